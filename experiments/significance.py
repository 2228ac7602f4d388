"""Whether one solver is better than another beyond chance: the Wilcoxon signed-rank test."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from netroute.experiments.statistics import TIE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from netroute.experiments.statistics import Gaps


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two solvers paired over the instances that both answered.

    Attributes
    ----------
    pairs, better, worse : int
        Instances, and those on which ``first`` is better or worse than ``second``.
    difference : float
        Mean gap of ``first`` minus that of ``second``, in percentage points.
    p : float
        Two-sided p-value; 1 where no instance tells them apart.
    adjusted : float
        The p-value after Holm's correction for the number of comparisons.
    """

    first: str
    second: str
    pairs: int
    better: int
    worse: int
    difference: float
    p: float
    adjusted: float = 1.0


def signed_rank(differences: Sequence[float]) -> float:
    """Two-sided p-value of Wilcoxon's signed-rank test (Wilcoxon 1945) on paired differences.

    Differences of zero are left out, as Wilcoxon did; with none left the answer is 1.

    Examples
    --------
    >>> signed_rank([-1.0, -2.0, -3.0, -4.0, -5.0])
    0.0625
    """
    from scipy.stats import wilcoxon

    values = np.array([value for value in differences if abs(value) > TIE])
    return float(wilcoxon(values).pvalue) if len(values) else 1.0


def holm(values: Sequence[float]) -> list[float]:
    """Return p-values adjusted by the step-down method of Holm (1979).

    Examples
    --------
    >>> holm([0.01, 0.04])
    [0.02, 0.04]
    """
    adjusted = [1.0] * len(values)
    least = 0.0
    for rank, index in enumerate(sorted(range(len(values)), key=lambda i: values[i])):
        least = max(least, min(1.0, (len(values) - rank) * values[index]))
        adjusted[index] = least
    return adjusted


def compare_pair(gaps: Gaps, budget: str, first: str, second: str) -> Comparison | None:
    """Compare two solvers at one budget over the instances that both answered; None without any."""
    one, other = gaps.medians(budget, first), gaps.medians(budget, second)
    differences = [one[name] - other[name] for name in one if name in other]
    if not differences:
        return None
    return Comparison(
        first=first,
        second=second,
        pairs=len(differences),
        better=sum(value < -TIE for value in differences),
        worse=sum(value > TIE for value in differences),
        difference=float(np.mean(differences)),
        p=signed_rank(differences),
    )


def compare(gaps: Gaps, budget: str) -> list[Comparison]:
    """Compare each two solvers at one budget, paired over instances."""
    pairs = [compare_pair(gaps, budget, *labels) for labels in combinations(gaps.labels, 2)]
    found = [entry for entry in pairs if entry is not None]
    adjusted = holm([entry.p for entry in found])
    return [replace(entry, adjusted=p) for entry, p in zip(found, adjusted, strict=True)]
