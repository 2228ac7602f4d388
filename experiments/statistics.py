"""Gaps of a benchmark: per run, per instance (median over seeds), per solver."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from netroute.experiments.references import Reference
    from netroute.experiments.store import Record

TIE = 1e-9
"""Gaps, in percent, closer than this count as equal."""


def percent_gap(objective: float, reference: float, *, sense: str = "min") -> float:
    """Distance to a reference value in percent of it; negative where it is beaten.

    Examples
    --------
    >>> percent_gap(101.0, 100.0)
    1.0
    >>> percent_gap(99.0, 100.0, sense="max")
    1.0
    """
    worse = objective - reference if sense == "min" else reference - objective
    if worse == 0.0:
        return 0.0
    return 100.0 * worse / abs(reference) if reference else float("inf") * worse


@dataclass(frozen=True, slots=True)
class Summary:
    """Figures of one solver at one budget.

    Gaps in percent over instances, each the median over seeds; ``common`` is the mean over the
    instances of `Gaps.common`. ``wins`` counts instances on which no other solver is
    better. Seconds and memory are means and maximum over the runs.
    """

    label: str
    answered: int
    instances: int
    done: int
    failed: int
    mean: float
    median: float
    worst: float
    common: float
    wins: int
    wall_seconds: float
    cpu_seconds: float
    overrun_seconds: float
    peak_megabytes: float


class Gaps:
    """Gaps of all finished runs, in the order of the plan.

    Parameters
    ----------
    records : sequence of Record
        All runs of a benchmark.
    references : mapping
        By instance name.
    sense : str
        ``min`` or ``max``.
    kinds : mapping, optional
        Kind of solver by label, such as ``learned``.
    """

    def __init__(
        self,
        records: Sequence[Record],
        references: Mapping[str, Reference],
        sense: str,
        *,
        kinds: Mapping[str, str] | None = None,
    ) -> None:
        self.records = list(records)
        self.kinds = dict(kinds or {})
        self.references = references
        self.sense = sense
        self.budgets = list(dict.fromkeys(record.budget for record in records))
        self.labels = list(dict.fromkeys(record.label for record in records))
        self._cells: dict[tuple[str, str, str], list[float]] = {}
        for record in records:
            if record.status == "done" and record.objective is not None:
                gap = self.gap(record.instance, record.objective)
                cell = (record.budget, record.label, record.instance)
                self._cells.setdefault(cell, []).append(gap)

    def gap(self, instance: str, objective: float) -> float:
        """Gap of one objective value to the instance's reference."""
        return percent_gap(objective, self.references[instance].value, sense=self.sense)

    def of_kind(self, kind: str) -> list[str]:
        """Labels of the solvers of one kind."""
        return [label for label in self.labels if self.kinds.get(label) == kind]

    def values(self, budget: str, label: str, instances: Iterable[str]) -> list[float]:
        """Gaps of all runs on some instances, each seed by itself."""
        return [gap for name in instances for gap in self._cells.get((budget, label, name), ())]

    def instances(self, budget: str) -> list[str]:
        """Names of the instances that were planned for ``budget``."""
        return list(dict.fromkeys(r.instance for r in self.records if r.budget == budget))

    def medians(self, budget: str, label: str) -> dict[str, float]:
        """Median gap over seeds by instance, of the instances with any answer."""
        return {
            name: float(np.median(self._cells[budget, label, name]))
            for name in self.instances(budget)
            if (budget, label, name) in self._cells
        }

    def best(self, budget: str) -> dict[str, float]:
        """Smallest median gap of any solver by instance."""
        found: dict[str, float] = {}
        for label in self.labels:
            for name, gap in self.medians(budget, label).items():
                found[name] = min(gap, found.get(name, gap))
        return found

    def common(self, budget: str) -> list[str]:
        """Instances that were answered by every solver that answered any."""
        answered = [self.medians(budget, label) for label in self.labels]
        tables = [table for table in answered if table]
        return [name for name in self.instances(budget) if all(name in table for table in tables)]

    def summary(self, budget: str, label: str) -> Summary:
        """Figures of one solver at one budget."""
        medians = self.medians(budget, label)
        best, common = self.best(budget), self.common(budget)
        runs = [r for r in self.records if r.budget == budget and r.label == label]
        done = [r for r in runs if r.status == "done"]
        gaps = np.array(list(medians.values()))
        return Summary(
            label=label,
            answered=len(medians),
            instances=len(self.instances(budget)),
            done=len(done),
            failed=sum(r.status == "failed" for r in runs),
            mean=_of(np.mean, gaps),
            median=_of(np.median, gaps),
            worst=_of(np.max, gaps),
            common=_of(np.mean, np.array([medians[name] for name in common if name in medians])),
            wins=sum(gap <= best[name] + TIE for name, gap in medians.items()),
            wall_seconds=_of(np.mean, np.array([r.wall_seconds for r in done])),
            cpu_seconds=_of(np.mean, np.array([r.cpu_seconds for r in done])),
            overrun_seconds=_of(np.max, np.array([overrun(r) for r in done])),
            peak_megabytes=_of(np.max, np.array([r.peak_megabytes for r in done])),
        )


def overrun(record: Record) -> float:
    """Wall-clock seconds beyond the budget, compilation not counted; 0 without a time limit."""
    if record.budget_seconds is None:
        return 0.0
    return max(0.0, record.wall_seconds - record.compile_seconds - record.budget_seconds)


def _of(function: object, values: np.ndarray) -> float:
    assert callable(function)
    return float(function(values)) if len(values) else float("nan")
