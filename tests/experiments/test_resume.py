"""A benchmark that is killed goes on where it was."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable

from netroute.experiments.bench import run_bench

CODE = "import sys; from netroute.experiments.bench import run_bench; run_bench(*sys.argv[1:])"


def start(bench, log) -> subprocess.Popen[bytes]:
    bench.write(seeds=[1, 2, 3], solvers=[bench.tiny(rest=0.15, log=str(log))])
    return subprocess.Popen(
        [sys.executable, "-P", "-c", CODE, str(bench.config), str(bench.out)],
        env=os.environ | {"PYTHONPATH": str(bench.folder)},
        start_new_session=True,
        stderr=subprocess.PIPE,
    )


def done(bench) -> dict[str, float]:
    try:
        connection = sqlite3.connect(f"file:{bench.out / 'runs.sqlite'}?mode=ro", uri=True)
    except sqlite3.OperationalError:
        return {}
    try:
        return dict(connection.execute("SELECT key, finished FROM runs WHERE status = 'done'"))
    except sqlite3.OperationalError:
        return {}
    finally:
        connection.close()


def wait(condition: Callable[[], bool], seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    with open(f"/proc/{pid}/stat") as stream:  # noqa: PTH123
        return stream.read().rpartition(")")[2].split()[0] != "Z"


def test_nothing_is_lost_or_doubled_after_sigkill(bench) -> None:
    log = bench.folder / "log.txt"
    process = start(bench, log)
    wait(lambda: len(done(bench)) >= 3)
    process.kill()
    process.communicate()
    kept = done(bench)
    assert 3 <= len(kept) < 9
    worker = int(log.read_text().split()[0])
    wait(lambda: not alive(worker), 10.0)

    executed: list[str] = []
    result = run_bench(bench.config, bench.out, observe=lambda run, _: executed.append(run.key))
    assert (result.done, result.missing) == (9, 0)
    assert len(executed) == len(set(executed)) == 9 - len(kept)
    assert not kept.keys() & set(executed)
    after = done(bench)
    assert after.keys() == kept.keys() | set(executed)
    assert all(after[key] == finished for key, finished in kept.items())


def test_an_interrupt_stops_cleanly_and_writes_the_report(bench) -> None:
    log = bench.folder / "log.txt"
    process = start(bench, log)
    wait(lambda: len(done(bench)) >= 2)
    os.killpg(process.pid, signal.SIGINT)
    _, text = process.communicate(timeout=60)
    assert b"KeyboardInterrupt" in text.splitlines()[-1]
    assert "runs;" in (bench.out / "report.md").read_text()
    connection = sqlite3.connect(bench.out / "runs.sqlite")
    assert connection.execute("SELECT DISTINCT status FROM runs").fetchall() == [("done",)]
    connection.close()
    wait(lambda: not alive(int(log.read_text().split()[0])), 10.0)
