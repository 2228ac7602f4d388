"""Search and bound side by side: reasons to stop, faults, interrupts, time."""

from __future__ import annotations

import logging
import math
import os
import signal
import threading
import time

import pytest

from netroute.core.budget import Budget
from netroute.core.errors import InputError, NoAnswerError, UnsupportedError
from netroute.core.solve import run
from netroute.core.status import Status, StoppedBy


@pytest.fixture
def solve(tiny):
    def call(*, budget=None, instance=None, solver=None, **options):
        budget = budget or Budget(seconds=0.3)
        return run(
            tiny.problem,
            instance or tiny.Numbers(),
            solver or tiny.Scan(),
            budget=budget,
            **options,
        )

    return call


def test_best_answer_is_checked_and_complete(solve):
    result = solve()
    assert (result.objective, result.status) == (5.0, Status.FEASIBLE)
    assert (result.problem, result.instance, result.size) == ("tiny", "numbers", 3)
    assert result.stopped_by is StoppedBy.TIME
    assert result.metrics["picked"] == 5.0
    assert [p.objective for p in result.trace] == [9.0, 7.0, 5.0]
    assert 0.3 <= result.seconds < 3.0


@pytest.mark.parametrize(
    ("budget", "reason"),
    [
        (Budget(iterations=5), StoppedBy.ITERATIONS),
        (Budget(target=7.0), StoppedBy.TARGET),
        (Budget(seconds=60, target=8.0), StoppedBy.TARGET),
        (Budget(seconds=0.05), StoppedBy.TIME),
    ],
)
def test_reasons_to_stop(solve, budget, reason):
    assert solve(budget=budget).stopped_by is reason


def test_solver_that_ends_by_itself(solve, tiny):
    result = solve(budget=Budget(), solver=tiny.Scan(rounds=4))
    assert result.stopped_by is StoppedBy.COMPLETED


def test_compilation_is_not_charged(solve, tiny):
    result = solve(budget=Budget(seconds=0.5), solver=tiny.Scan(compile=0.6))
    assert result.compile_seconds >= 0.6
    assert result.objective == 5.0
    assert result.trace[0].seconds < 0.5


def test_start_is_used(solve, tiny):
    result = solve(start=tiny.Pick(1.0))
    assert result.objective == 1.0


def test_bound_and_gap(solve, tiny):
    tiny.script(3.0, 4.0, 2.0)
    result = solve(bound="scripted")
    assert result.bound == 4.0
    assert result.gap == pytest.approx(0.2)
    assert result.certificate == {"method": "scripted", "value": 4.0, "data": {"value": 4.0}}
    assert [p.bound for p in result.trace if p.bound is not None][-1] == 4.0
    assert result.trace[-1].objective == 5.0
    assert [p.seconds for p in result.trace] == sorted(p.seconds for p in result.trace)


def test_proof_ends_the_search(solve, tiny):
    tiny.script(5.0, end="work")
    began = time.perf_counter()
    result = solve(budget=Budget(seconds=60), bound="scripted")
    assert time.perf_counter() - began < 30
    assert (result.status, result.stopped_by, result.gap) == (
        Status.OPTIMAL,
        StoppedBy.PROOF,
        0.0,
    )


def test_proof_does_not_cut_an_iteration_budget(solve, tiny):
    tiny.script(5.0)
    result = solve(budget=Budget(iterations=50), bound="scripted")
    assert (result.status, result.iterations) == (Status.OPTIMAL, 50)
    assert result.stopped_by is StoppedBy.ITERATIONS


def test_solver_that_proves_its_own_answer(solve, tiny):
    result = solve(budget=Budget(), solver=tiny.Scan(rounds=4, own_bound=5.0))
    assert (result.status, result.stopped_by) == (Status.OPTIMAL, StoppedBy.PROOF)
    assert result.certificate == {"own": True}


def test_failing_bound_loses_nothing(solve, tiny, caplog):
    tiny.script(3.0, end="fail")
    with caplog.at_level(logging.WARNING, "netroute"):
        result = solve(bound="scripted")
    assert (result.objective, result.bound) == (5.0, 3.0)
    assert result.metrics["bound_error"] == "RuntimeError: the numbers are too hard"
    assert "too hard" in caplog.text


@pytest.mark.parametrize("own", [False, True])
def test_bound_that_the_answer_contradicts_is_not_reported(solve, tiny, caplog, own):
    tiny.script(*(() if own else (5.5,)))
    solver = tiny.Scan(rounds=4, own_bound=5.5 if own else None)
    result = solve(budget=Budget(iterations=6), solver=solver, bound="scripted")
    assert (result.bound, result.certificate, result.status) == (None, None, Status.FEASIBLE)
    assert "contradicts" in result.metrics["bound_error"]
    assert "contradicts" in caplog.text


def test_bounds_that_are_no_numbers_are_ignored(solve, tiny):
    tiny.script(math.nan, -math.inf, 2.0, math.inf)
    assert solve(bound="scripted").bound == 2.0


def test_hanging_bound_does_not_hold_up_the_answer(solve, tiny, caplog):
    tiny.script(3.0, end="hang")
    began = time.perf_counter()
    result = solve(budget=Budget(seconds=0.2), bound="scripted")
    assert time.perf_counter() - began < 10
    assert result.bound == 3.0
    assert "has not stopped" in caplog.text
    tiny.Scripted.released.set()
    (left,) = [t for t in threading.enumerate() if t.name == "netroute-bound"]
    left.join(10)
    assert result.bound == 3.0


def test_bound_goes_on_when_the_search_ends_early(solve, tiny):
    tiny.script(3.0, end="work")
    began = time.perf_counter()
    result = solve(
        budget=Budget(seconds=0.5), solver=tiny.Scan(rounds=3, pause=0.0), bound="scripted"
    )
    assert time.perf_counter() - began >= 0.5
    assert result.seconds >= 0.5
    assert tiny.Scripted.seen[-1] == (5.0, tiny.Pick(5.0))


def test_target_ends_the_bound_too(solve, tiny):
    tiny.script(3.0, end="work")
    began = time.perf_counter()
    solve(budget=Budget(seconds=60, target=9.0), bound="scripted")
    assert time.perf_counter() - began < 30


def test_limit_of_the_bound_itself(solve, tiny):
    tiny.script(3.0, end="work")
    began = time.perf_counter()
    solve(budget=Budget(iterations=4), bound="scripted", bound_seconds=0.3)
    assert 0.3 <= time.perf_counter() - began < 30


def test_without_seconds_the_bound_gets_its_grace(solve, tiny, monkeypatch):
    monkeypatch.setattr("netroute.core.solve.BOUND_GRACE", 0.2)
    tiny.script(3.0, end="work")
    assert solve(budget=Budget(iterations=4), bound="scripted").seconds >= 0.2


def test_observer_sees_the_better_bound_and_can_stop(solve, tiny):
    tiny.script(3.0)
    events = []

    def observe(event):
        events.append(event)
        return event.objective == 5.0 and event.bound == 3.0

    result = solve(budget=Budget(seconds=60), bound="scripted", observe=observe)
    assert result.stopped_by is StoppedBy.INTERRUPT
    assert result.objective == 5.0
    assert {e.kind for e in events} >= {"tick", "incumbent"}
    assert all(e.solution is not None for e in events if e.kind == "incumbent")


def test_error_of_the_observer_ends_the_run_and_the_bound(solve, tiny):
    tiny.script(3.0, end="work")

    def observe(event):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        solve(budget=Budget(seconds=60), bound="scripted", observe=observe)
    assert not [t for t in threading.enumerate() if t.name == "netroute-bound"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_first_signal_gives_the_best_answer(solve, tiny, number):
    tiny.script(3.0, end="work")
    before = signal.getsignal(number)
    timer = threading.Timer(0.3, os.kill, (os.getpid(), number))
    timer.start()
    result = solve(budget=Budget(seconds=60), bound="scripted")
    assert (result.objective, result.bound) == (5.0, 3.0)
    assert result.stopped_by is StoppedBy.INTERRUPT
    assert signal.getsignal(number) is before


def test_second_signal_acts_as_usual(solve, tiny):
    class Stubborn(tiny.Scan):
        def search(self, instance, recorder, *, seed, start):
            for _ in range(2):
                os.kill(os.getpid(), signal.SIGINT)
                time.sleep(0.05)

    with pytest.raises(KeyboardInterrupt):
        solve(solver=Stubborn())
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_signal_before_a_first_answer(solve, tiny):
    with pytest.raises(NoAnswerError):
        solve(instance=tiny.Numbers(values=()), budget=Budget(seconds=0.05))


def test_runs_outside_the_main_thread(solve):
    results = []
    thread = threading.Thread(target=lambda: results.append(solve(budget=Budget(iterations=4))))
    thread.start()
    thread.join()
    assert results[0].objective == 5.0


def test_answer_that_fails_the_check_is_never_returned(solve, tiny):
    with pytest.raises(Exception, match=r"fails the check: -1\.0 < 0"):
        solve(instance=tiny.Numbers(values=(-1.0,)))


def test_features_are_matched_against_problem_and_solver(solve, tiny):
    assert solve(instance=tiny.Numbers(extra=frozenset({"colours"}))).objective == 5.0
    with pytest.raises(InputError, match="shapes"):
        solve(instance=tiny.Numbers(extra=frozenset({"shapes"})))
    with pytest.raises(UnsupportedError, match="'scan' does not support shapes"):
        tiny.Scan().solve(tiny.Numbers(extra=frozenset({"shapes"})))


def test_faulty_limits_of_the_bound(solve):
    for limit in (0, -1, math.nan):
        with pytest.raises(InputError, match="bound_seconds"):
            solve(bound="scripted", bound_seconds=limit)
    with pytest.raises(InputError, match=r"unknown bound 'skripted'.*did you mean 'scripted'"):
        solve(bound="skripted")


def test_maximisation(tiny):
    class Largest(tiny.Scan):
        sense = "max"

    problem = tiny.problem
    most = type(problem)(
        **{n: getattr(problem, n) for n in problem.__dataclass_fields__} | {"sense": "max"}
    )
    tiny.script(12.0, 10.0, 11.0)
    result = run(most, tiny.Numbers(), Largest(), budget=Budget(seconds=0.2), bound="scripted")
    assert (result.objective, result.bound) == (9.0, 10.0)
    assert result.gap == pytest.approx(1 / 10)
