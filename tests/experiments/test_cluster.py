"""A benchmark on a real Ray cluster: a head and two workers that the tests start here."""

from __future__ import annotations

import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest

from netroute.core.errors import InputError, MissingExtraError, NetrouteError
from netroute.experiments.bench import run_bench
from netroute.experiments.cluster import Seat, joined, share_cores
from netroute.experiments.pool import work

ITERATIONS = {
    "instances": [{"generator": "uniform", "sweep": {"n": [12, 16], "seed": [1, 2]}}],
    "solvers": ["savings", {"solver": "hgs", "parameters": {"restart": 50}}],
    "seeds": [1],
    "budgets": [{"iterations": 30}],
}


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def processes(*marks: str) -> list[int]:
    """Return the processes of this machine whose command line has one of ``marks``."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            command = (entry / "cmdline").read_bytes().decode(errors="replace")
        except OSError:
            continue
        if any(mark in command for mark in marks) and int(entry.name) != os.getpid():
            found.append(int(entry.name))
    return found


def kill(pids: list[int]) -> None:
    for pid in pids:
        try:
            os.kill(pid, 9)
        except ProcessLookupError:
            continue


@pytest.fixture(scope="module")
def address(tmp_path_factory, plugin):
    pytest.importorskip("ray")
    ray = Path(sys.executable).parent / "ray"
    # Paths of Unix sockets are short.
    folder = Path(tempfile.mkdtemp(prefix="ray", dir="/tmp"))
    port = free_port()
    head = f"127.0.0.1:{port}"
    plugins = tmp_path_factory.mktemp("plugins")
    (plugins / "bench_plugin.py").write_text(plugin)
    environment = os.environ | {"PYTHONPATH": str(plugins), "RAY_DISABLE_MEMORY_MONITOR": "1"}
    common = ["--disable-usage-stats", "--object-store-memory", "100000000"]

    def start(*arguments: str) -> None:
        subprocess.run(
            [str(ray), "start", *arguments, *common],
            env=environment, check=True, capture_output=True, timeout=120,
        )  # fmt: skip

    try:
        start(
            "--head", "--port", str(port), "--num-cpus", "0", "--temp-dir", str(folder),
            "--include-dashboard=false", "--ray-client-server-port", str(free_port()),
        )  # fmt: skip
        for _ in range(2):
            start("--address", head, "--num-cpus", "1")
        yield head
    finally:
        kill(processes(f"{folder}/", head))
        shutil.rmtree(folder, ignore_errors=True)


def results(folder: Path) -> list[tuple[object, ...]]:
    query = (
        "SELECT instance, label, seed, objective, iterations FROM runs JOIN planned USING (key) "
        "WHERE status = 'done' ORDER BY instance, label, seed"
    )
    with closing(sqlite3.connect(folder / "runs.sqlite")) as store:
        return store.execute(query).fetchall()


def test_same_results_as_on_this_machine(bench, address) -> None:
    bench.write(**ITERATIONS)
    seen = set()
    far = run_bench(
        bench.config, bench.out, cluster=address, observe=lambda _, done: seen.add(done.cores)
    )
    assert (far.done, far.failed, far.missing) == (8, 0, 0)
    near = run_bench(bench.config, bench.folder / "near")
    assert near.done == 8
    assert results(bench.out) == results(bench.folder / "near")
    if len(os.sched_getaffinity(0)) > 1:
        assert len(seen) == 2
        assert None not in seen
    assert "2 run(s) at a time" in (bench.out / "report.md").read_text()
    assert f"| {socket.gethostname()}: cores |" in (bench.out / "report.md").read_text()
    assert run_bench(bench.config, bench.out).done == 8


def test_a_lost_worker_is_a_failed_run_that_is_tried_again(bench, address) -> None:
    log = bench.folder / "log.txt"
    bench.write(
        instances=["box0.vrp", "box1.vrp"],
        solvers=[bench.tiny(rest=3.0, log=str(log))],
        seeds=[1],
    )

    def lose() -> None:
        # Warm-ups have seed 0; the line of the run itself names the process that makes it.
        end = time.monotonic() + 100.0
        while time.monotonic() < end:
            lines = log.read_text().splitlines() if log.exists() else []
            for process, _, seed, *_ in (line.split() for line in lines):
                if seed == "1":
                    status = Path(f"/proc/{process}/status").read_text().splitlines()
                    parent = next(line for line in status if line.startswith("PPid:"))
                    kill([int(parent.split()[1])])
                    return
            time.sleep(0.05)

    thread = threading.Thread(target=lose, daemon=True)
    thread.start()
    first = run_bench(bench.config, bench.out, cluster=address)
    thread.join()
    assert (first.done, first.failed) == (1, 1)
    assert "the worker on the cluster was lost" in (bench.out / "report.md").read_text()
    again = run_bench(bench.config, bench.out, cluster=address)
    assert (again.done, again.failed) == (2, 0)


def test_addresses_at_which_there_is_no_cluster(bench) -> None:
    pytest.importorskip("ray")
    with pytest.raises(InputError, match=r"--cluster nowhere: expected HOST:PORT"):
        run_bench(bench.config, bench.out, cluster="nowhere")
    with pytest.raises(InputError, match="no Ray cluster answers: Connection refused"):
        run_bench(bench.config, bench.out, cluster=f"127.0.0.1:{free_port()}")
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        def answer() -> None:
            with server.accept()[0] as connection:
                connection.recv(64)
                connection.sendall(b"HTTP/1.0 400 Bad request\r\n\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        with pytest.raises(InputError, match="what answers is no Ray cluster"):
            run_bench(bench.config, bench.out, cluster=f"127.0.0.1:{port}")
        thread.join()


def test_without_ray(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with (
        pytest.raises(MissingExtraError, match=r"pip install 'netroute\[ray\]'"),
        joined("127.0.0.1:1"),
    ):
        pass


def test_cores_are_shared_out_by_machine() -> None:
    here = [Seat(host, "boot", (0, 1, 2), {}) for host in ("one", "two")]
    there = Seat("three", "other", (0, 1), {})
    assert share_cores([here[0], here[1], there], 2) == [(0, 1), None, (0, 1)]
    assert share_cores([here[0], here[1], there], 1) == [(0,), (1,), (0,)]


class Gone:
    """A slot that is lost before its first run."""

    lost = True

    def enlist(self, runs, stop):
        pass

    def outcome(self, planned, stop):
        raise AssertionError

    def end(self):
        pass


def test_all_slots_lost_is_an_error_and_no_hang() -> None:
    with pytest.raises(NetrouteError, match="all workers are lost, 2 runs are left"):
        list(work([object(), object()], [Gone(), Gone()]))
