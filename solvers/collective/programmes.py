"""Integer programmes of a phase in a leaf-spine fabric, and what their answers mean."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from netroute.problems.collective import Placement
from netroute.problems.collective.instance import usable
from netroute.solvers.collective.spray_lp import alike

if TYPE_CHECKING:
    from netroute.problems.collective import CollectiveInstance, Fabric
    from netroute.problems.collective.phase import Phase
    from netroute.solvers.lp.mip import Mip

TOLERANCE = 1e-9
"""Relative: what a bound gives way for the engine's rounding errors."""


@dataclass(frozen=True, slots=True)
class GoalProgramme:
    """Whether flows of one size can be placed so that all links are within a goal.

    Planes whose links have the same capacities are not told apart: their flows are one number for
    each pair of leaves, and an equitable colouring divides these among the planes evenly, so that
    ``m`` planes with room for ``u`` flows on a link have room for ``m u``. No plan is lost.

    Attributes
    ----------
    planes : list of array
        Numbers of the planes of each kind.
    row, kind : array of int
        Of each variable, a number of flows.

    Examples
    --------
    >>> from netroute.problems.collective import CollectiveInstance, Fabric
    >>> fabric = Fabric.leaf_spine(2, 4, hosts_per_leaf=3)
    >>> flows = [(0, t, 3 + t, 1) for t in range(3)]
    >>> instance = CollectiveInstance(fabric=fabric, flows=flows)
    >>> programme = GoalProgramme.of(fabric, instance.phases[0], Fraction(1))
    >>> len(programme.model.gain), programme.read(instance.phases[0], np.array([3.0])).counts.sum()
    (1, np.uint64(3))
    """

    model: Mip
    planes: list[np.ndarray]
    row: np.ndarray
    kind: np.ndarray

    @classmethod
    def of(cls, fabric: Fabric, phase: Phase, goal: Fraction) -> GoalProgramme:
        """Write the programme down."""
        from netroute.solvers.lp.mip import Mip

        which = alike(fabric)
        planes = [np.flatnonzero(which == kind) for kind in range(int(which.max()) + 1)]
        first = np.array([members[0] for members in planes])
        row, kind = np.nonzero(usable(fabric, phase.source, phase.target)[:, first])
        size = int(phase.size[0])
        model = Mip("goal")
        ends: dict[tuple[str, int, int], list[tuple[int, float]]] = {}
        whole: list[list[tuple[int, float]]] = [[] for _ in phase.size]
        for r, t in zip(row.tolist(), kind.tolist(), strict=True):
            x = model.variable(f"x_{r}_{t}", upper=float(phase.count[r]))
            whole[r].append((x, 1.0))
            ends.setdefault(("up", int(phase.source[r]), t), []).append((x, 1.0))
            ends.setdefault(("down", int(phase.target[r]), t), []).append((x, 1.0))
        for r, terms in enumerate(whole):
            count = float(phase.count[r])
            model.constrain(f"flows_{r}", terms, least=count, most=count)
        for (side, leaf, t), terms in ends.items():
            capacity = fabric.up[leaf, first[t]] if side == "up" else fabric.down[first[t], leaf]
            room = len(planes[t]) * math.floor(goal * int(capacity) / size)
            model.constrain(f"{side}_{leaf}_{t}", terms, most=float(room))
        return cls(model, planes, row, kind)

    def read(self, phase: Phase, values: np.ndarray) -> Placement:
        """Return the placement of an engine's values."""
        from netroute.solvers.collective.colouring import equitable

        numbers = np.zeros((len(self.planes), len(phase.size)), np.int64)
        numbers[self.kind, self.row] = np.maximum(0, np.rint(values)).astype(np.int64)
        counts = np.zeros((sum(map(len, self.planes)), len(phase.size)), np.int64)
        for members, number in zip(self.planes, numbers, strict=True):
            counts[members] = equitable(phase.source, phase.target, number, len(members))
        return Placement(counts=counts)


def next_goal(fabric: Fabric, size: int, goal: Fraction) -> Fraction:
    """Return the least load over capacity above ``goal`` that flows of one size can make.

    Examples
    --------
    >>> from netroute.problems.collective import Fabric
    >>> next_goal(Fabric.leaf_spine(2, 2, hosts_per_leaf=2, capacity=4), 3, Fraction(3, 2))
    Fraction(9, 4)
    """
    speeds = [int(c) for c in np.unique(np.concatenate([fabric.up.ravel(), fabric.down.ravel()]))]
    return min(Fraction((math.floor(goal * c / size) + 1) * size, c) for c in speeds if c > 0)


def phase_model(
    instance: CollectiveInstance,
    phase: Phase,
    *,
    low: Fraction,
    most: float = math.inf,
) -> Mip:
    """Return the programme of whole flows; variable 0 is the highest load over capacity.

    It is at least ``low``, a proven bound, and at most ``most``, what a plan reaches.

    Examples
    --------
    >>> from netroute.problems.collective import CollectiveInstance, Fabric
    >>> fabric = Fabric.leaf_spine(2, 2, hosts_per_leaf=2)
    >>> instance = CollectiveInstance(fabric=fabric, flows=[(0, 0, 3, 1)])
    >>> model = phase_model(instance, instance.phases[0], low=Fraction(1))
    >>> problem, _, _ = model.to_pulp(relaxed=False)
    >>> problem.numVariables(), problem.numConstraints()
    (3, 6)
    """
    from netroute.solvers.lp.mip import Mip

    fabric = instance.fabric
    model = Mip("placement")
    theta = model.variable("theta", -1.0, upper=most, integer=False)
    up: dict[tuple[int, int], list[tuple[int, float]]] = {}
    down: dict[tuple[int, int], list[tuple[int, float]]] = {}
    table = usable(fabric, phase.source, phase.target)
    rows = zip(
        *(c.tolist() for c in (phase.source, phase.target, phase.size, phase.count)), strict=True
    )
    for number, (i, j, size, count) in enumerate(rows):
        terms = []
        for k in np.flatnonzero(table[number]).tolist():
            x = model.variable(f"x_{number}_{k}", upper=float(count))
            terms.append((x, 1.0))
            up.setdefault((i, k), []).append((x, float(size)))
            down.setdefault((k, j), []).append((x, float(size)))
        model.constrain(f"flows_{number}", terms, least=float(count), most=float(count))
    bound_links(model, theta, fabric, up, down, low)
    return model


def bound_links(
    model: Mip,
    theta: int,
    fabric: Fabric,
    up: dict[tuple[int, int], list[tuple[int, float]]],
    down: dict[tuple[int, int], list[tuple[int, float]]],
    low: Fraction,
    suffix: str = "",
) -> None:
    """Let no link carry more than ``theta`` times its capacity, and ``theta`` be no less."""
    for name, links, capacity in (("up", up, fabric.up), ("down", down, fabric.down)):
        for (a, b), entries in links.items():
            entries.append((theta, -float(capacity[a, b])))
            model.constrain(f"{name}{suffix}_{a}_{b}", entries, most=0.0)
    # Known beforehand; an engine would have to branch for long to find it out.
    model.constrain(f"bound{suffix}", [(theta, 1.0)], least=float(low) * (1.0 - TOLERANCE))


def read_whole(instance: CollectiveInstance, phase: Phase, values: np.ndarray) -> Placement:
    """Return the placement of an engine's values of `phase_model`."""
    table = usable(instance.fabric, phase.source, phase.target)
    row, plane = np.nonzero(table)
    counts = np.zeros((instance.fabric.planes, len(phase.size)), np.int64)
    counts[plane, row] = np.maximum(0, np.rint(values[1:])).astype(np.int64)
    return Placement(counts=counts)
