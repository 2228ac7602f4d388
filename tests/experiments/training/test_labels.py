"""Labels: made in parallel, kept in the cache, the same however they are made."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from netroute.core.errors import InputError, NetrouteError
from netroute.experiments.training.config import LabelSpec
from netroute.experiments.training.labels import Labels, LabelStore, label_folder

MAKER = "label_plugin:label"


@pytest.fixture
def make(training) -> Callable[..., Labels]:
    def call(count: int = 30, *, jobs: int = 1, chunk: int = 10, **parameters: object) -> Labels:
        store = LabelStore(LabelSpec(count=count, chunk=chunk, jobs=jobs))
        return store.make(MAKER, version=1, parameters={"points": 4, **parameters}, seed=9)

    return call


def files() -> dict[str, int]:
    return {path.name: path.stat().st_mtime_ns for path in label_folder().glob("*")}


def test_the_cache_lies_where_the_environment_says(training) -> None:
    assert label_folder() == training.folder / "cache" / "labels"


def test_labels_are_made_once(make, training) -> None:
    log = training.folder / "log.txt"
    first = make(log=str(log))
    assert len(first.chunks) == 3
    assert first.stacked("points").shape == (30, 4, 2)
    assert log.read_text().count("\n") == 3
    again = make(log=str(log))
    assert log.read_text().count("\n") == 3
    assert again.digest == first.digest
    np.testing.assert_array_equal(again.stacked("nearest"), first.stacked("nearest"))


def test_more_labels_go_on_from_those_that_are_there(make) -> None:
    first = make(20)
    before = files()
    more = make(45)
    np.testing.assert_array_equal(more.stacked("points")[:20], first.stacked("points"))
    assert more.digest != first.digest
    assert {name: files()[name] for name in before} == before
    assert len(more.chunks[-1]["nearest"]) == 5


def test_other_parameters_make_other_labels(make) -> None:
    assert make(rest=0.0).digest == make(rest=0.0).digest
    assert make(points=3).digest != make(points=4).digest
    store = LabelStore(LabelSpec(count=30, chunk=10, jobs=1))
    parameters = {"points": 4}
    one = store.make(MAKER, version=1, parameters=parameters, seed=9)
    other = store.make(MAKER, version=1, parameters=parameters, seed=10)
    assert one.digest == make().digest != other.digest
    before = len(files())
    store.make(MAKER, version=2, parameters=parameters, seed=9)
    assert len(files()) == before + 3


def test_a_task_may_ask_for_another_number_of_them_even_none(training) -> None:
    store = LabelStore(LabelSpec(count=30, chunk=10, jobs=1))
    assert store.count == 30
    assert store.make(MAKER, version=1, parameters={"points": 4}, count=0).chunks == ()
    assert len(store.make(MAKER, version=1, parameters={"points": 4}, count=3).chunks) == 1


def test_processes_make_the_same_on_one_thread_each(training, make) -> None:
    alone = make()
    store = LabelStore(LabelSpec(count=30, chunk=10, jobs=2), folder=training.folder / "other")
    log = training.folder / "log.txt"
    together = store.make(MAKER, version=1, parameters={"points": 4, "log": str(log)}, seed=9)
    assert together.digest == alone.digest
    lines = [line.split() for line in log.read_text().splitlines()]
    assert {threads for _, threads in lines} == {"1"}
    pids = {int(pid) for pid, _ in lines}
    assert os.getpid() not in pids
    wait(lambda: not any(map(alive, pids)))


def test_a_fault_of_the_maker_is_one_line(make) -> None:
    with pytest.raises(NetrouteError) as caught:
        make(jobs=2, fault="yes")
    assert "labels cannot be made: chunk " in str(caught.value)
    assert "ZeroDivisionError: a bug" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert files() == {}


def test_a_damaged_chunk_is_named(make) -> None:
    make()
    path = sorted(label_folder().glob("*.npz"))[0]
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(InputError) as caught:
        make()
    assert str(path) in str(caught.value)
    assert "remove it to make it again" in str(caught.value)
    path.unlink()
    make()


CODE = """
import sys
from netroute.experiments.training.config import LabelSpec
from netroute.experiments.training.labels import LabelStore
store = LabelStore(LabelSpec(count=12, chunk=1, jobs=2))
parameters = {"points": 4, "rest": 0.3, "log": sys.argv[1]}
store.make("label_plugin:label", version=1, parameters=parameters)
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_stopped_in_the_middle_what_was_made_stays(training, number) -> None:
    log = training.folder / "log.txt"
    process = subprocess.Popen(
        [sys.executable, "-P", "-c", CODE, str(log)],
        env=os.environ | {"PYTHONPATH": str(training.folder)},
        start_new_session=True,
        stderr=subprocess.PIPE,
    )
    wait(lambda: len(list(label_folder().glob("*.npz"))) >= 3, 120.0)
    if number == signal.SIGINT:
        os.killpg(process.pid, number)
    else:
        process.kill()
    text = process.communicate(timeout=60)[1]
    if number == signal.SIGINT:
        assert text.count(b"Traceback") == 1, "that of the main process only"
        assert b"KeyboardInterrupt" in text.splitlines()[-1]
    pids = {int(line.split()[0]) for line in log.read_text().splitlines()}
    wait(lambda: not any(map(alive, pids)))
    kept = files()
    made = {name for name in kept if name.endswith(".npz")}
    assert 3 <= len(made) < 12

    begun = log.read_text().count("\n")
    store = LabelStore(LabelSpec(count=12, chunk=1, jobs=1))
    parameters = {"points": 4, "rest": 0.3, "log": str(log)}
    labels = store.make(MAKER, version=1, parameters=parameters)
    assert len(labels.chunks) == 12
    assert log.read_text().count("\n") - begun == 12 - len(made)
    assert {name: files()[name] for name in made} == {name: kept[name] for name in made}


def wait(condition: Callable[[], bool], seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
