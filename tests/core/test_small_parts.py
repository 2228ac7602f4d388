"""Budget, clock, recorder, errors, random streams and arrays."""

from __future__ import annotations

import math
import time

import numpy as np
import pytest

from netroute.core.arrays import fingerprint, frozen
from netroute.core.budget import Budget
from netroute.core.errors import (
    InfeasibleError,
    InputError,
    MissingExtraError,
    NetrouteError,
    NoAnswerError,
    UnsupportedError,
)
from netroute.core.recorder import Recorder
from netroute.core.rng import generator, kernel_state


@pytest.mark.parametrize(
    "limits",
    [
        {"seconds": 0},
        {"seconds": -1},
        {"seconds": math.nan},
        {"seconds": math.inf},
        {"iterations": -1},
        {"target": math.nan},
        {"target": math.inf},
    ],
)
def test_budget_rejects(limits):
    with pytest.raises(InputError, match=f"budget.{next(iter(limits))}"):
        Budget(**limits)


@pytest.fixture
def compiled(monkeypatch):
    """Grows by one entry for each kernel that is compiled."""
    kernels: list[str] = []
    monkeypatch.setattr("netroute.core.budget.compilations", lambda: len(kernels))
    return kernels


def test_clock_leaves_compilation_out(compiled):
    clock = Budget(seconds=0.2).start()
    with clock.compiling():
        compiled.append("a kernel")
        time.sleep(0.3)
    assert clock.elapsed() < 0.3
    assert clock.compile_seconds >= 0.3
    time.sleep(0.25)
    assert clock.expired()
    assert clock.remaining() == 0.0
    assert Budget().start().remaining() == math.inf


def test_clock_charges_kernels_loaded_from_disk(compiled):
    clock = Budget(seconds=0.2).start()
    with clock.compiling():
        time.sleep(0.25)
    assert clock.compile_seconds == 0.0
    assert clock.expired()


def test_clock_charges_a_failed_compilation_to_compilation(compiled):
    clock = Budget(seconds=1).start()

    def fail():
        with clock.compiling():
            compiled.append("half a kernel")
            time.sleep(0.05)
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert clock.compile_seconds >= 0.05


@pytest.fixture
def recorder(tiny):
    def make(budget=None, observe=None):
        return Recorder(tiny.Scan(), tiny.Numbers(), budget or Budget(), seed=0, observe=observe)

    return make


def test_recorder_keeps_the_best(recorder, tiny):
    record = recorder()
    assert record.incumbent(3.0, tiny.Pick(3.0))
    assert not record.incumbent(4.0, tiny.Pick(4.0))
    assert not record.incumbent(3.0, tiny.Pick(3.0))
    record.bound(1.0, {"a": 1})
    record.bound(0.5, {"b": 1})
    record.bound(math.nan)
    assert record.result().certificate == {"a": 1}
    assert record.result().objective == 3.0


def test_recorder_stays_stopped_for_the_first_reason(recorder):
    record = recorder(Budget(iterations=3))
    assert not record.stop(2)
    assert record.stop(3)
    assert record.stop(0)
    assert record.stopped_by == "iterations"


def test_recorder_tells_the_observer(recorder, tiny):
    events = []
    record = recorder(observe=events.append)
    record.phase("compiling")
    record.incumbent(3.0, tiny.Pick(3.0), vehicles=2)
    record.bound(1.0)
    record.stop(7)
    assert [e.kind for e in events] == ["phase", "incumbent", "bound", "tick"]
    assert events[0].message == "compiling"
    assert events[1].info == {"vehicles": 2}
    assert (events[3].iteration, events[3].objective, events[3].bound) == (7, 3.0, 1.0)


def test_no_answer(recorder):
    with pytest.raises(NoAnswerError, match="'scan' found no answer"):
        recorder().result()


def test_objective_is_the_checkers_not_the_solvers(recorder, tiny):
    record = recorder()
    record.incumbent(2.9999, tiny.Pick(3.0))
    assert record.result().objective == 3.0


def test_exit_codes_and_tree():
    codes = {InputError: 2, UnsupportedError: 2, InfeasibleError: 3, NoAnswerError: 4}
    for kind, code in codes.items():
        assert issubclass(kind, NetrouteError)
        assert kind("x").exit_code == code
    assert MissingExtraError("pyvrp", extra="peers").extra == "peers"
    assert InfeasibleError("x", report={"bins": 3}).report == {"bins": 3}


def test_input_error_gathers_its_place():
    error = InputError("found 3", code="a.b", where="line 7", hint="use 4").at("x.vrp")
    assert str(error) == "x.vrp: line 7: found 3 (use 4)"
    assert (error.code, error.hint) == ("a.b", "use 4")


def test_streams_are_reproducible_and_apart():
    first = generator(1, 2).random(3).tolist()
    assert first == generator(1, 2).random(3).tolist()
    assert first != generator(1, 3).random(3).tolist()
    assert first != generator(2, 2).random(3).tolist()
    assert kernel_state(np.int64(4))[0] == kernel_state(4)[0] != 0
    for seed in (-1, 1.5, "1", None):
        with pytest.raises(InputError, match="seed"):
            generator(seed)


def test_streams_do_not_change_between_versions():
    assert kernel_state(0).tolist() == [int(kernel_state(0)[0])]
    assert generator(0).integers(1000, size=4).tolist() == [850, 636, 511, 269]


def test_fingerprint_tells_type_shape_and_order_apart():
    row = np.arange(4.0)
    prints = {
        fingerprint(parts)
        for parts in (
            [row],
            [row.reshape(2, 2)],
            [row.astype(np.float32)],
            [row[::-1]],
            [row, None],
            ["ab"],
            ["a", "b"],
        )
    }
    assert len(prints) == 7
    assert fingerprint([frozen(row[::-1])]) == fingerprint([row[::-1]])
