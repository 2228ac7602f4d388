"""Performance targets: the figure that was asked for beside the one that was measured."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

import numpy as np

from netroute.experiments.statistics import overrun

if TYPE_CHECKING:
    from collections.abc import Sequence

    from netroute.experiments.config import TargetSpec
    from netroute.experiments.statistics import Gaps

_UNITS = {"behind": "points", "difference": "points", "memory": "MB", "overrun": "s"}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of one target; ``value`` is None where runs for it are missing."""

    text: str
    value: float | None
    unit: str
    at_most: float
    stretch: float | None

    @property
    def reached(self) -> bool:
        """Whether the figure was measured and is good enough."""
        return self.value is not None and self.value <= self.at_most

    @property
    def word(self) -> str:
        """``reached``, ``stretch reached``, ``not reached`` or ``not measured``."""
        if self.value is None:
            return "not measured"
        if self.stretch is not None and self.value <= self.stretch:
            return "stretch reached"
        return "reached" if self.reached else "not reached"

    def figure(self) -> str:
        """Return the measured value with its unit."""
        return "–" if self.value is None else f"{self.value:.3g} {self.unit}"


def judge(gaps: Gaps, targets: Sequence[TargetSpec]) -> list[Verdict]:
    """Measure every target on the finished runs.

    A target counts as measured only once every run that it speaks of has been answered: a mean
    over the instances that happened to work would flatter the solver.
    """
    return [_judge(gaps, target) for target in targets]


def _judge(gaps: Gaps, target: TargetSpec) -> Verdict:
    budget = target.budget
    parts = [target.metric.replace("_", " "), f"of {target.solver}"]
    if target.rival is not None:
        parts.append(f"to {target.rival}")
    parts.append(f"at {budget}")
    if target.instances is not None:
        parts.append(f"on {', '.join(target.instances)}")
    names = _names(gaps, budget, target.instances)
    value = _measure(gaps, target, budget, names) if names else None
    return Verdict(
        text=" ".join(parts),
        value=value,
        unit=_UNITS.get(target.metric, "%"),
        at_most=target.at_most,
        stretch=target.stretch,
    )


def _names(gaps: Gaps, budget: str, patterns: Sequence[str] | None) -> list[str]:
    planned = gaps.instances(budget)
    if patterns is None:
        return planned
    return [n for n in planned if any(fnmatchcase(n, pattern) for pattern in patterns)]


def _measure(gaps: Gaps, target: TargetSpec, budget: str, names: Sequence[str]) -> float | None:
    runs = [
        r
        for r in gaps.records
        if r.budget == budget and r.label == target.solver and r.instance in names
    ]
    if any(run.status != "done" for run in runs):
        return None
    if target.metric == "memory":
        return max(run.peak_megabytes for run in runs)
    if target.metric == "overrun":
        return max(overrun(run) for run in runs)
    medians = gaps.medians(budget, target.solver)
    values = np.array([medians[name] for name in names])
    if target.metric == "difference":
        rival = gaps.medians(budget, str(target.rival))
        if any(name not in rival for name in names):
            return None
        return float(np.mean(values - np.array([rival[name] for name in names])))
    if target.metric == "behind":
        return _behind(gaps, target, budget, medians, names)
    if target.metric == "max_gap":
        return float(np.max(values))
    return float(np.median(values) if target.metric == "median_gap" else np.mean(values))


def _behind(
    gaps: Gaps,
    target: TargetSpec,
    budget: str,
    medians: dict[str, float],
    names: Sequence[str],
) -> float | None:
    """Largest lead, in points, of the best other solver over ``names``."""
    others = [gaps.medians(budget, label) for label in gaps.labels if label != target.solver]
    largest = -math.inf
    for name in names:
        rivals = [table[name] for table in others if name in table]
        if name in target.peers:
            rivals.append(target.peers[name])
        if rivals:
            largest = max(largest, medians[name] - min(rivals))
    return largest if math.isfinite(largest) else None
