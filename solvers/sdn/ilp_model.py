"""What the reference programmes have in common: admission variables, stages, reading a plan."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from netroute.problems.sdn import SdnInstance, SdnSolution
    from netroute.solvers.lp.mip import Mip


@dataclass(slots=True, eq=False)
class FlowModel:
    """A programme whose variables admit flows.

    Attributes
    ----------
    mip : Mip
        All rows that hold for any objective.
    admitting : list of list of int
        For each flow the variables whose sum is 1 where it is admitted, 0 where it is not.
    spending : list of float
        Bandwidth times delay that each variable stands for.
    read : callable
        Turns values of the variables into a plan.
    complete : bool
        Whether every plan of the instance is a solution of the programme.
    """

    mip: Mip
    admitting: list[list[int]]
    spending: list[float]
    read: Callable[[np.ndarray], SdnSolution]
    complete: bool
    _rows: int = field(init=False)

    def __post_init__(self) -> None:
        self._rows = len(self.mip.least)

    def aim(self, weights: np.ndarray, kept: list[tuple[np.ndarray, float]]) -> None:
        """Maximise the weight of admitted flows, where all that is in ``kept`` holds.

        Parameters
        ----------
        weights : ndarray of float64, shape (F,)
        kept : list of (ndarray of float64, float)
            Weights of flows, and what those admitted must weigh at least.
        """
        self.mip.without_rows(self._rows)
        self.mip.gain[:] = self._spread(weights)
        for number, (worth, least) in enumerate(kept):
            gain = self._spread(worth)
            terms = [(k, gain[k]) for k in np.flatnonzero(gain).tolist()]
            self.mip.constrain(f"keep_{number}", terms, least=least)

    def save(self) -> None:
        """Maximise what is saved of bandwidth times delay; all else as it was."""
        self.mip.gain[:] = [-spent for spent in self.spending]

    def _spread(self, weights: np.ndarray) -> list[float]:
        gain = [0.0] * len(self.mip.gain)
        for weight, variables in zip(weights.tolist(), self.admitting, strict=True):
            for variable in variables:
                gain[variable] = weight
        return gain


def limit_rows(
    instance: SdnInstance,
    mip: Mip,
    loads: list[list[tuple[int, float]]],
    entries: list[list[tuple[int, float]]],
) -> None:
    """Add the rows of capacities and flow tables.

    Parameters
    ----------
    loads, entries : list of list of (int, float)
        For each arc the variables and the bandwidth that they take; for each node the variables
        and the flow-table entries.
    """
    for arc, terms in enumerate(loads):
        capacity = float(instance.capacity[arc])
        if sum(amount for _, amount in terms) > capacity:
            mip.constrain(f"capacity_{arc}", terms, most=capacity)
    if instance.table_size is None:
        return
    for node, terms in enumerate(entries):
        room = float(instance.table_size[node])
        if room >= 0 and sum(amount for _, amount in terms) > room:
            mip.constrain(f"table_{node}", terms, most=room)
