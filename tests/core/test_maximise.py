"""Maximisation, ranks among equal answers, several objectives, and bounds of the solver itself."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar

import pytest

import netroute
from netroute.core.budget import Budget
from netroute.core.result import relative_gap
from netroute.core.solve import run
from netroute.core.status import Status, StoppedBy


@pytest.fixture
def solve(tiny):
    """Run a script of ("incumbent", number, rank), ("bound", value) and ("proven",) steps."""

    @dataclass(frozen=True, kw_only=True)
    class Play(tiny.Scan):
        sense: ClassVar[Any] = "max"
        steps: tuple[Any, ...] = ()

        def search(self, instance, recorder, *, seed, start):
            for kind, *values in self.steps:
                if recorder.stop():
                    return
                if kind == "incumbent":
                    recorder.incumbent(values[0], tiny.Pick(values[0]), rank=values[1], tag=values)
                elif kind == "bound":
                    recorder.bound(values[0], {"method": "own", "value": values[0]})
                else:
                    recorder.proven = True

    @dataclass(frozen=True)
    class Several(tiny.Numbers):
        objectives: int = 2

    def call(*steps, several=False, bound="none", seen=None, seconds=5.0):
        events = [] if seen is None else seen
        return run(
            replace(tiny.problem, sense="max"),
            Several() if several else tiny.Numbers(),
            Play(steps=steps),
            budget=Budget(seconds=seconds),
            bound=bound,
            observe=lambda event: events.append(event) and False,
        )

    return call


def test_the_larger_answer_wins(solve):
    result = solve(("incumbent", 5.0, None), ("incumbent", 4.0, None), ("incumbent", 7.0, None))
    assert result.objective == 7.0
    assert [point.objective for point in result.trace] == [5.0, 7.0]


def test_bound_of_the_solver_is_an_upper_one(solve):
    result = solve(("incumbent", 5.0, None), ("bound", 9.0), ("bound", 12.0), ("bound", 8.0))
    assert (result.bound, result.certificate) == (8.0, {"method": "own", "value": 8.0})
    assert result.gap == pytest.approx(3 / 8)
    assert [point.bound for point in result.trace] == [None, 9.0, 8.0]


def test_closed_gap_ends_the_search_as_proof(solve):
    result = solve(("incumbent", 5.0, None), ("bound", 5.0), ("incumbent", 4.0, None))
    assert (result.status, result.stopped_by) == (Status.OPTIMAL, StoppedBy.PROOF)
    assert result.gap == 0.0


def test_bound_below_the_answer_is_not_reported(solve, caplog):
    result = solve(("bound", 4.0), ("incumbent", 5.0, None))
    assert result.bound is None
    assert "contradicts" in result.metrics["bound_error"]


def test_the_tighter_of_both_bounds_is_kept(solve, tiny):
    tiny.script(11.0, 9.5)
    result = solve(("incumbent", 5.0, None), ("bound", 10.0), bound="scripted")
    assert (result.bound, result.certificate["method"]) == (9.5, "scripted")
    tiny.script(11.0)
    result = solve(("incumbent", 5.0, None), ("bound", 10.0), bound="scripted")
    assert (result.bound, result.certificate["method"]) == (10.0, "own")


def test_rank_breaks_ties(solve):
    seen: list[Any] = []
    steps = [("incumbent", 5.0, (5.0, -3.0)), ("incumbent", 5.0, (5.0, -9.0))]
    steps += [("incumbent", 5.0, (5.0, -1.0)), ("incumbent", 4.0, (4.0, 0.0))]
    result = solve(*steps, seen=seen)
    assert result.objective == 5.0
    taken = [event.info["tag"][1] for event in seen if event.kind == "incumbent"]
    assert taken == [(5.0, -3.0), (5.0, -1.0)]


def test_closed_gap_of_the_first_objective_does_not_end_the_search(solve):
    steps = [("incumbent", 5.0, (5.0, 1.0)), ("bound", 5.0), ("incumbent", 5.0, (5.0, 2.0))]
    seen: list[Any] = []
    result = solve(*steps, several=True, seen=seen)
    assert sum(event.kind == "incumbent" for event in seen) == 2
    assert (result.status, result.stopped_by) == (Status.FEASIBLE, StoppedBy.COMPLETED)


def test_bound_thread_does_not_prove_several_objectives(solve, tiny):
    tiny.script(5.0)
    result = solve(("incumbent", 5.0, (5.0, 1.0)), several=True, bound="scripted")
    assert (result.bound, result.status) == (5.0, Status.FEASIBLE)


def test_solver_may_prove_several_objectives(solve):
    steps = [("incumbent", 5.0, (5.0, 1.0)), ("bound", 5.0), ("proven",)]
    assert solve(*steps, several=True).status is Status.OPTIMAL
    # Its word counts for nothing where the bound says otherwise.
    steps[1] = ("bound", 6.0)
    assert solve(*steps, several=True).status is Status.FEASIBLE


def test_solver_that_proves_bounds_gets_no_bound_thread(tiny, monkeypatch):
    tiny.script(3.0)
    monkeypatch.setattr("tiny_family.rule", lambda instance: "scripted")
    options = {"problem": "tiny", "solver": "scan", "seconds": 0.2}
    assert netroute.solve(tiny.Numbers(), **options).bound == 3.0
    monkeypatch.setattr(tiny.Scan, "proves", True)
    assert netroute.solve(tiny.Numbers(), **options).bound is None
    assert netroute.solve(tiny.Numbers(), bound="scripted", **options).bound == 3.0


def test_gap_is_relative_to_the_larger_figure():
    assert relative_gap(8.0, 10.0) == relative_gap(10.0, 8.0) == pytest.approx(0.2)
    assert relative_gap(0.0, 3.0) == 1.0
    assert relative_gap(None, 3.0) is None
