"""The programme of a phase whose flows may be cut, into a limited number of pieces."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from netroute.core.errors import UnsupportedError
from netroute.problems.collective import Placement
from netroute.problems.collective.instance import usable
from netroute.problems.collective.registry import MOST_VARIABLES
from netroute.solvers.collective.programmes import bound_links

if TYPE_CHECKING:
    from netroute.problems.collective import CollectiveInstance

FINEST = 2**20
"""Units that a flow is divided into where the engine's shares are no small fractions."""

DENOMINATOR = 1000
"""Largest denominator of a share that is taken for exact."""

EXACT = 1e-6
"""How far a share may be from such a fraction."""


@dataclass(slots=True)
class _Rows:
    """What has been written down of a phase: numbers of variables, and terms of links."""

    theta: int
    whole: dict[tuple[int, int], int] = field(default_factory=dict)
    cuts: list[tuple[int, dict[int, int]]] = field(default_factory=list)
    up: dict[tuple[int, int], list[tuple[int, float]]] = field(default_factory=dict)
    down: dict[tuple[int, int], list[tuple[int, float]]] = field(default_factory=dict)


class SplitProgramme:
    """Minimise the sum of all phases' highest loads where flows are cut, at a limit on pieces.

    Of the flows of a row (same leaves, same size) on ``s`` planes at most ``s - 1`` are cut: flows
    and planes are the nodes of a graph with an edge for each piece of a flow that is cut; around a
    cycle shares can be shifted until one of its pieces is gone, so that a forest is enough. Each
    row has so many flows that may be cut, and numbers of those that go whole.

    Parameters
    ----------
    instance : CollectiveInstance
        Of two tiers, and with a limit on pieces.
    lows : list of Fraction
        Proven bounds of the phases.

    Raises
    ------
    UnsupportedError
        It would have too many variables.

    Examples
    --------
    >>> from netroute.problems.collective import CollectiveInstance, Fabric
    >>> fabric = Fabric.leaf_spine(2, 2, hosts_per_leaf=3)
    >>> flows = [(0, 0, 3, 2), (0, 1, 4, 2), (0, 2, 5, 2)]
    >>> instance = CollectiveInstance(fabric=fabric, flows=flows, extra_pieces=1)
    >>> programme = SplitProgramme(instance, [Fraction(3)])
    >>> from netroute.solvers.lp.native import solve_highs
    >>> answer = solve_highs(programme.model, relaxed=False, seconds=None)
    >>> (placement,) = programme.read(answer.values)
    >>> placement.counts.tolist(), placement.unit, placement.cut.tolist()
    ([[3], [3]], 2, [[0, 0, 0, 1], [0, 0, 1, 1]])
    """

    def __init__(self, instance: CollectiveInstance, lows: list[Fraction]) -> None:
        from netroute.solvers.lp.mip import Mip

        self._instance = instance
        self._tables = [usable(instance.fabric, p.source, p.target) for p in instance.phases]
        self._numbers = [self._cuttable(p) for p in range(len(self._tables))]
        cells = sum(
            int((cut * (2 * (planes := table.sum(axis=1)) + 1) + planes).sum())
            for table, cut in zip(self._tables, self._numbers, strict=True)
        )
        if cells > MOST_VARIABLES:
            raise UnsupportedError(
                f"the programme of pieces would have {cells} variables, of which at most "
                f"{MOST_VARIABLES} are taken (instance {instance.name!r}); fewer extra_pieces "
                "take less"
            )
        self.model = Mip("pieces")
        self._phases: list[_Rows] = []
        pieces: list[tuple[int, float]] = []
        for number, low in enumerate(lows):
            theta = self.model.variable(f"theta_{number}", -1.0, upper=math.inf, integer=False)
            self._phases.append(rows := _Rows(theta))
            for r in range(len(instance.phases[number].size)):
                pieces += self._row(number, r)
            bound_links(self.model, theta, instance.fabric, rows.up, rows.down, low, str(number))
        if instance.extra_pieces is not None:
            self.model.constrain("pieces", pieces, most=float(instance.extra_pieces))

    def _cuttable(self, number: int) -> np.ndarray:
        """How many flows of each row may be cut."""
        cut = np.minimum(self._instance.phases[number].count, self._tables[number].sum(axis=1) - 1)
        extra = self._instance.extra_pieces
        return np.asarray(cut if extra is None else np.minimum(cut, extra))

    def _row(self, number: int, r: int) -> list[tuple[int, float]]:
        """Write a row down; return the terms of its extra pieces."""
        phase, rows, model = self._instance.phases[number], self._phases[number], self.model
        i, j = int(phase.source[r]), int(phase.target[r])
        size, count = float(phase.size[r]), float(phase.count[r])
        here = np.flatnonzero(self._tables[number][r]).tolist()
        name = f"{number}_{r}"
        flows, pieces = [], []

        def load(x: int, k: int) -> None:
            rows.up.setdefault((i, k), []).append((x, size))
            rows.down.setdefault((k, j), []).append((x, size))

        for k in here:
            x = rows.whole[r, k] = model.variable(f"x_{name}_{k}", upper=count)
            flows.append((x, 1.0))
            load(x, k)
        before = None
        for c in range(int(self._numbers[number][r])):
            taken = model.variable(f"w_{name}_{c}")
            flows.append((taken, 1.0))
            shares, used = {}, []
            for k in here:
                z = model.variable(f"z_{name}_{c}_{k}")
                y = shares[k] = model.variable(f"y_{name}_{c}_{k}", integer=False)
                model.constrain(f"piece_{name}_{c}_{k}", [(y, 1.0), (z, -1.0)], most=0.0)
                used.append((z, 1.0))
                load(y, k)
            parts = [(y, 1.0) for y in shares.values()]
            model.constrain(f"all_{name}_{c}", [*parts, (taken, -1.0)], least=0.0, most=0.0)
            limit = self._instance.pieces_per_flow
            if limit is not None:
                model.constrain(f"limit_{name}_{c}", [*used, (taken, -float(limit))], most=0.0)
            if before is not None:
                # Flows of a row are alike: the first ones are cut.
                model.constrain(f"order_{name}_{c}", [(taken, 1.0), (before, -1.0)], most=0.0)
            before = taken
            pieces += [*used, (taken, -1.0)]
            rows.cuts.append((r, shares))
        model.constrain(f"flows_{name}", flows, least=count, most=count)
        return pieces

    def read(self, values: np.ndarray) -> list[Placement]:
        """Return the placements of an engine's values, with the lists of their pieces."""
        return [self._read(number, values) for number in range(len(self._phases))]

    def _read(self, number: int, values: np.ndarray) -> Placement:
        rows = self._phases[number]
        found: list[tuple[int, dict[int, Fraction]]] = []
        for row, shares in rows.cuts:
            parts = {k: float(values[y]) for k, y in shares.items() if values[y] > EXACT}
            if sum(parts.values()) > 0.5:
                found.append((row, _fractions(parts)))
        unit = math.lcm(1, *(part.denominator for _, parts in found for part in parts.values()))
        unit = min(unit, FINEST)
        counts = np.zeros((self._instance.fabric.planes, self._tables[number].shape[0]), np.int64)
        for (row, plane), x in rows.whole.items():
            counts[plane, row] = unit * max(0, round(float(values[x])))
        cut = []
        for flow, (row, portions) in enumerate(found):
            units = {k: math.floor(part * unit) for k, part in portions.items()}
            units[max(units, key=lambda k: units[k])] += unit - sum(units.values())
            for k, amount in units.items():
                counts[k, row] += amount
                if 0 < amount < unit:
                    cut.append((flow, row, k, amount))
        return Placement(counts=counts, unit=unit, cut=np.array(cut, np.int64).reshape(-1, 4))


def _fractions(parts: dict[int, float]) -> dict[int, Fraction]:
    """Return shares of sum 1: small fractions where they are near enough."""
    total = sum(parts.values())
    near = {k: Fraction(part / total).limit_denominator(DENOMINATOR) for k, part in parts.items()}
    exact = all(abs(float(near[k]) - part / total) <= EXACT for k, part in parts.items())
    if exact and sum(near.values()) == 1:
        return near
    return {k: Fraction(round(part / total * FINEST), FINEST) for k, part in parts.items()}
