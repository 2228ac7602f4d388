"""What a benchmark says of solvers that draw: gaps over all seeds rather than their medians."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from netroute.experiments.statistics import TIE
from netroute.experiments.tables import markdown, number, write_csv

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from netroute.experiments.statistics import Gaps
    from netroute.experiments.store import Record


REACHED = 0.005
"""Gaps in percent below it count as none: they are shown as 0.00, and programmes round."""


@dataclass(frozen=True, slots=True)
class Spread:
    """Gaps of some runs in percent.

    ``p99`` is the 99th percentile; ``reached`` the share of the runs at the reference or better;
    ``measures`` holds, by name, the mean and the largest of a further figure over the objective.
    """

    runs: int
    mean: float
    p99: float
    worst: float
    reached: float
    measures: dict[str, tuple[float, float]]


def spread(gaps: Gaps, records: Iterable[Record]) -> Spread | None:
    """Summarise the runs that were answered; None if there are none.

    Each instance counts as much as any other, however many seeds it has.
    """
    answered = [
        (record, record.objective)
        for record in records
        if record.status == "done" and record.objective is not None
    ]
    if not answered:
        return None
    found: dict[str, list[float]] = {}
    ratios: dict[str, list[float]] = {}
    for record, objective in answered:
        found.setdefault(record.instance, []).append(gaps.gap(record.instance, objective))
        for name, value in record.measures.items():
            if value is not None and objective:
                ratios.setdefault(name, []).append(value / objective)
    every = np.concatenate([np.array(values) for values in found.values()])
    return Spread(
        runs=len(answered),
        mean=float(np.mean([np.mean(values) for values in found.values()])),
        p99=float(np.quantile(every, 0.99)),
        worst=float(every.max()),
        reached=float(np.mean([np.mean(np.array(v) < REACHED) for v in found.values()])),
        measures={name: (float(np.mean(v)), float(np.max(v))) for name, v in ratios.items()},
    )


def spread_table(gaps: Gaps, budget: str) -> str:
    """One line a solver: runs, gaps over all of them, further figures over the objective."""
    records = [r for r in gaps.records if r.budget == budget]
    names = list(dict.fromkeys(name for r in records for name in r.measures))
    header = ["solver", "runs", "mean gap %", "p99 %", "worst %", "at the reference %"]
    for name in names:
        header += [f"{name} / objective", "largest"]
    rows = []
    for label in gaps.labels:
        entry = spread(gaps, (r for r in records if r.label == label))
        if entry is None:
            rows.append([label, "0", *["–"] * (len(header) - 2)])
            continue
        row = [label, str(entry.runs), number(entry.mean, 2), number(entry.p99, 2)]
        row += [number(entry.worst, 2), number(100.0 * entry.reached, 1)]
        for name in names:
            row += [number(value, 4) for value in entry.measures.get(name, (None, None))]
        rows.append(row)
    return markdown(header, rows)


def worst_table(gaps: Gaps, budget: str) -> str:
    """One line an instance: mean and, behind a stroke, largest gap over seeds of each solver."""
    rows = []
    for name in gaps.instances(budget):
        row = [name]
        for label in gaps.labels:
            entry = spread(gaps, _cell(gaps, budget, name, label))
            if entry is None:
                row.append("–")
            elif entry.worst - entry.mean <= TIE:
                row.append(number(entry.mean, 1))
            else:
                row.append(f"{entry.mean:.1f} / {entry.worst:.1f}")
        rows.append(row)
    return markdown(["instance", *gaps.labels], rows)


def write_spread(gaps: Gaps, path: Path) -> None:
    """Write the figures of each instance and solver as CSV."""
    names = list(dict.fromkeys(name for r in gaps.records for name in r.measures))
    header = ["budget", "instance", "label", "runs", "mean", "p99", "worst", "reached"]
    header += [f"{name} / objective" for name in names]
    lines: list[Sequence[object]] = []
    for budget in gaps.budgets:
        for name in gaps.instances(budget):
            for label in gaps.labels:
                entry = spread(gaps, _cell(gaps, budget, name, label))
                if entry is not None:
                    row = [budget, name, label, entry.runs]
                    row += [entry.mean, entry.p99, entry.worst, entry.reached]
                    row += [entry.measures.get(measure, (None,))[0] for measure in names]
                    lines.append(row)
    write_csv(path, header, lines)


def _cell(gaps: Gaps, budget: str, instance: str, label: str) -> list[Record]:
    where = (budget, instance, label)
    return [r for r in gaps.records if (r.budget, r.instance, r.label) == where]
