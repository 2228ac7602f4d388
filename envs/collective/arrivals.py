"""The flows between leaves of all phases in one table, with the bounds of their phases."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from netroute.envs.engine import require
from netroute.problems.collective import CollectiveSolution
from netroute.problems.collective.bounds import degree_bounds
from netroute.solvers.collective.paths import of_paths

if TYPE_CHECKING:
    from netroute.problems.collective import CollectiveInstance


class Arrivals(NamedTuple):
    """F flows between leaves, of which P phases have some.

    Attributes
    ----------
    host, source, target : ndarray of int64, shape (F,)
        Sending host; source and target leaf.
    size : ndarray of int64, shape (F,)
        Bytes.
    row, number : ndarray of int64, shape (F,)
        Row of the flow in its phase, and which of the instance's phases that is.
    start : ndarray of int64, shape (P + 1,)
        First flow of each phase.
    nic, low, volume : ndarray of float64, shape (P,)
        Time that hosts' links take at least, lower bound, and bytes, of each phase.
    extra, bound : float
        Time of phases without flows here; lower bound of all phases.
    """

    host: np.ndarray
    source: np.ndarray
    target: np.ndarray
    size: np.ndarray
    row: np.ndarray
    number: np.ndarray
    start: np.ndarray
    nic: np.ndarray
    low: np.ndarray
    volume: np.ndarray
    extra: float
    bound: float

    @property
    def phase(self) -> np.ndarray:
        """Phase of each flow, of those that have flows here: int64, shape (F,)."""
        return np.repeat(np.arange(len(self.low)), np.diff(self.start))

    def plan(
        self, instance: CollectiveInstance, flow: np.ndarray, spine: np.ndarray
    ) -> CollectiveSolution:
        """Sum up the spines of some flows as a solution of the instance."""
        found = []
        for number, phase in enumerate(instance.phases):
            here = self.number[flow] == number
            chosen = spine[here].astype(np.int64)
            found.append(of_paths(instance.fabric, phase, self.row[flow[here]], chosen))
        return CollectiveSolution.of(found)


def arrivals_of(instance: CollectiveInstance) -> Arrivals:
    """List the flows between leaves, phase by phase in the order of the instance.

    Raises
    ------
    InputError
        There are none, or too many in a phase.

    Examples
    --------
    >>> from netroute.datasets.collective.generate import generate_collective
    >>> table = arrivals_of(generate_collective(leaves=2, spines=2, group=4))
    >>> len(table.size), table.bound
    (8, 3.0)
    """
    fabric = instance.fabric
    crossing = sum(phase.crossing for phase in instance.phases)
    require("instance", instance.name, crossing > 0, "an instance with flows between leaves")
    extra, total = 0.0, Fraction(0)
    bounds, columns = [], []
    for number, phase in enumerate(instance.phases):
        found = degree_bounds(fabric, phase, whole=instance.extra_pieces == 0)
        total += max(found.values())
        if not phase.crossing:
            extra += float(found["nic"])
            continue
        flows = phase.listing(fabric)
        row = np.asarray(flows.row, np.int64)
        same = np.full(len(row), number)
        table = (flows.source, phase.source[row], phase.target[row], phase.size[row], row, same)
        columns.append([np.asarray(column, np.int64) for column in table])
        volume = float(phase.size[row].sum())
        bounds.append((len(row), float(found["nic"]), float(max(found.values())), volume))
    host, source, target, size, row, numbers = (
        np.concatenate(column) for column in zip(*columns, strict=True)
    )
    counts, nic, low, volumes = (np.array(column) for column in zip(*bounds, strict=True))
    start = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    return Arrivals(
        host, source, target, size, row, numbers, start, nic, low, volumes, extra, float(total)
    )  # fmt: skip
