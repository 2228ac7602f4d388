"""Mean gap over time, from the traces of the runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from netroute.experiments.statistics import Gaps
    from netroute.experiments.store import Record

POINTS = 160
EARLIEST = 0.01
"""First moment of a curve in seconds; time is drawn on a logarithmic axis."""


@dataclass(frozen=True, slots=True)
class Curve:
    """Mean gap in percent of one solver at ``seconds``; it starts once every run has an answer."""

    label: str
    seconds: np.ndarray
    gaps: np.ndarray


def step_values(times: np.ndarray, values: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Last value known at each moment of ``at``; NaN before the first one.

    Examples
    --------
    >>> step_values(np.array([1.0, 3.0]), np.array([9.0, 5.0]), np.array([0.5, 1.0, 2.0, 4.0]))
    array([nan,  9.,  9.,  5.])
    """
    index = np.searchsorted(times, at, side="right") - 1
    return np.where(index >= 0, values[np.maximum(index, 0)], np.nan)


def curves(gaps: Gaps, budget: str) -> list[Curve]:
    """Mean over instances and seeds for each solver that answered anything at ``budget``.

    Only the instances that every solver answered count, so that the curves can be compared.
    """
    common = set(gaps.common(budget))
    done = [
        r
        for r in gaps.records
        if r.budget == budget and r.status == "done" and r.instance in common
    ]
    if not done:
        return []
    end = max((r.budget_seconds or r.seconds) for r in done)
    moments = np.geomspace(EARLIEST, max(end, 2 * EARLIEST), POINTS)
    found = []
    for label in gaps.labels:
        runs = [r for r in done if r.label == label]
        if not runs:
            continue
        mean = np.mean([_gap_steps(gaps, run, moments) for run in runs], axis=0)
        known = ~np.isnan(mean)
        if not known.any():
            # The answer came with the last moment, or after it: one point, at the end.
            known[-1] = True
            mean[-1] = np.mean([gaps.gap(r.instance, float(r.objective or 0.0)) for r in runs])
        found.append(Curve(label, moments[known], mean[known]))
    return found


def _gap_steps(gaps: Gaps, run: Record, moments: np.ndarray) -> np.ndarray:
    points = [(s, value) for s, value, _ in run.trace if value is not None]
    # The answer as it was checked closes the trace, whatever the solver believed.
    points.append((max([run.seconds, *(s for s, _ in points)]), float(run.objective or 0.0)))
    times = np.array([seconds for seconds, _ in points])
    values = np.array([gaps.gap(run.instance, value) for _, value in points])
    return step_values(times, values, moments)
