"""A tiny problem, solver and bound method: all that the contract asks of a family."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest

from netroute.core.bound import BoundMethod, Certificate
from netroute.core.evaluation import Evaluation, Violation
from netroute.core.problem import Problem
from netroute.core.solver import Solver, parameter

COMPILED: list[str] = []
"""Stands for the kernels that this process has compiled."""


@dataclass(frozen=True)
class Numbers:
    """Pick one number, the smaller the better; negative ones are not allowed."""

    values: tuple[float, ...] = (9.0, 7.0, 5.0)
    name: str = "numbers"
    fingerprint: str = "0"
    extra: frozenset[str] = frozenset()

    @property
    def size(self) -> int:
        return len(self.values)

    def features(self) -> frozenset[str]:
        return self.extra


@dataclass(frozen=True)
class Pick:
    number: float

    def to_dict(self) -> dict[str, Any]:
        return {"number": self.number}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Pick:
        return cls(data["number"])


def check_pick(instance: Numbers, pick: Pick) -> Evaluation:
    faults = () if pick.number >= 0 else (Violation("pick.negative", f"{pick.number} < 0"),)
    return Evaluation(pick.number, not faults, faults, {"picked": pick.number})


@dataclass(frozen=True, kw_only=True)
class Scan(Solver):
    """Takes the numbers in order, a round each; goes on idly until told to stop."""

    name: ClassVar[str] = "scan"
    summary: ClassVar[str] = "takes the numbers in order"
    kind: ClassVar[Any] = "baseline"
    supports: ClassVar[frozenset[str]] = frozenset({"colours"})

    pause: float = parameter(0.001, "Seconds a round.", low=0.0, high=1.0)
    rounds: int = parameter(0, "Rounds; 0 for as many as the budget allows.", low=0)
    compile: float = parameter(0.0, "Seconds of pretended compilation.", low=0.0)
    own_bound: float | None = parameter(None, "A bound that the solver itself reports.")

    def search(self, instance: Numbers, recorder: Any, *, seed: int, start: Any) -> None:
        with recorder.clock.compiling():
            time.sleep(self.compile)
            COMPILED.extend(["scan"] if self.compile else [])
        if start is not None:
            recorder.incumbent(start.number, start)
        if self.own_bound is not None:
            recorder.bound(self.own_bound, {"own": True})
        turn = 0
        while not recorder.stop(turn):
            if turn < instance.size:
                recorder.incumbent(instance.values[turn], Pick(instance.values[turn]), turn=turn)
            elif self.rounds and turn >= self.rounds:
                return
            turn += 1
            time.sleep(self.pause)

    def evaluate(self, instance: Numbers, solution: Pick) -> Evaluation:
        return check_pick(instance, solution)


class Scripted(BoundMethod):
    """Reports ``steps`` and then does ``end``: returns, works on, fails or hangs."""

    name = "scripted"
    summary = "for tests"
    steps: ClassVar[tuple[float, ...]] = ()
    end: ClassVar[str] = "return"
    released: ClassVar[threading.Event] = threading.Event()
    seen: ClassVar[list[Any]] = []

    def run(self, instance: Numbers, *, report: Any, stop: Any, incumbent: Any) -> None:
        for value in self.steps:
            report(Certificate("scripted", value, {"value": value}))
        if self.end == "fail":
            raise RuntimeError("the numbers are too hard")
        while self.end == "work" and not stop():
            self.seen.append(incumbent())
            time.sleep(0.005)
        if self.end == "hang":
            self.released.wait(30)
            report(Certificate("scripted", 1e9, {}))


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Register the family and hand out its parts."""
    parts = {"Numbers": Numbers, "Pick": Pick, "Scan": Scan, "Scripted": Scripted}
    parts |= {"check": check_pick, "rule": lambda instance: "none"}
    problem = Problem(
        name="tiny",
        family="tiny",
        title="the smallest number",
        sense="min",
        instance="tiny_family:Numbers",
        solution="tiny_family:Pick",
        check="tiny_family:check",
        solvers={"scan": "tiny_family:Scan"},
        default_solver="scan",
        features=frozenset({"colours"}),
        bounds={"scripted": "tiny_family:Scripted"},
        default_bound="tiny_family:rule",
    )
    module = SimpleNamespace(**parts, TINY=problem)
    monkeypatch.setitem(__import__("sys").modules, "tiny_family", module)
    monkeypatch.setitem(
        __import__("netroute.core.registry", fromlist=["PROBLEMS"]).PROBLEMS,
        "tiny",
        "tiny_family:TINY",
    )
    monkeypatch.setattr("netroute.core.budget.compilations", lambda: len(COMPILED))
    monkeypatch.setattr(Scripted, "steps", ())
    monkeypatch.setattr(Scripted, "end", "return")
    monkeypatch.setattr(Scripted, "released", threading.Event())
    monkeypatch.setattr(Scripted, "seen", [])

    def script(*steps: float, end: str = "return") -> None:
        monkeypatch.setattr(Scripted, "steps", steps)
        monkeypatch.setattr(Scripted, "end", end)

    return SimpleNamespace(**parts, problem=problem, script=script)
