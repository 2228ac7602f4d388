"""One round as an integer programme: who is a head and who reports to whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from netroute.problems.wsn.energy import between, member_costs, tables
from netroute.solvers.lp.mip import Mip

if TYPE_CHECKING:
    from netroute.problems.wsn import WsnInstance

TIE = 1e-3
"""Weight of all energy together beside the least battery."""


class Rules(NamedTuple):
    """What a round has to keep to; 0 stands for no limit.

    Attributes
    ----------
    heads : int
        Exact number of heads.
    capacity : int
        Most members of a head.
    radius : float
        Most metres between a member and its head.
    """

    heads: int = 0
    capacity: int = 0
    radius: float = 0.0


class RoundModel:
    """The programme of one round among the living.

    Parameters
    ----------
    instance : WsnInstance
        With clusters.
    price : array, shape (n,), or None
        Of each node's energy; None: the battery that is worst off afterwards shall be as full as
        can be, as a share of its first energy.
    left : array, shape (n,)
        Joules; nodes without any are dead.
    rules : Rules

    Examples
    --------
    >>> import numpy as np
    >>> from netroute.problems.wsn import WsnInstance
    >>> net = WsnInstance(
    ...     position=[[0, 0], [0, 60]], base_station=[0, 175], energy=1, field=[99, 99]
    ... )
    >>> model = RoundModel(net, np.ones(2), np.ones(2), Rules(heads=1))
    >>> len(model.mip.gain), len(model.mip.least)
    (6, 5)
    """

    def __init__(
        self, instance: WsnInstance, price: np.ndarray | None, left: np.ndarray, rules: Rules
    ) -> None:
        self._size = instance.size
        self.alive = np.flatnonzero(left > 0.0)
        costs = tables(instance)
        alive, count = self.alive, len(self.alive)
        weight = np.ones(instance.size) if price is None else price
        send = member_costs(instance, alive, alive)
        served = weight[alive, None] * send + (weight * costs.receive)[None, alive]
        direct = (weight * costs.direct)[alive]
        # Directly is always possible; in the worst case for more, but then it is not chosen.
        limit = send < costs.direct[alive, None] if price is None else served < direct[:, None]
        if rules.radius:
            limit &= between(instance, alive[:, None], alive[None, :]) <= rules.radius
        np.fill_diagonal(limit, False)
        self.member, self.head = np.nonzero(limit)
        scale = float(direct.mean()) or 1.0
        if price is None:
            scale *= count / TIE
        self.mip = mip = Mip("round")
        rent = (weight * costs.head)[alive]
        self._open = [mip.variable(f"y_{i}", -float(rent[i]) / scale) for i in range(count)]
        self._direct = [mip.variable(f"z_{i}", -float(direct[i]) / scale) for i in range(count)]
        arcs = list(zip(self.member.tolist(), self.head.tolist(), strict=True))
        self._arcs = [
            mip.variable(f"x_{i}_{j}", -float(served[i, j]) / scale, integer=bool(rules.capacity))
            for i, j in arcs
        ]
        reports: list[list[int]] = [[] for _ in range(count)]
        members: list[list[int]] = [[] for _ in range(count)]
        for x, (i, j) in zip(self._arcs, arcs, strict=True):
            mip.constrain(f"open_{i}_{j}", [(x, 1.0), (self._open[j], -1.0)], most=0.0)
            reports[i].append(x)
            members[j].append(x)
        for i in range(count):
            ways = [self._open[i], self._direct[i], *reports[i]]
            mip.constrain(f"report_{i}", [(v, 1.0) for v in ways], least=1.0, most=1.0)
            if rules.capacity:
                room = [(x, 1.0) for x in members[i]]
                room.append((self._open[i], -float(rules.capacity)))
                mip.constrain(f"room_{i}", room, most=0.0)
        if rules.heads:
            number = float(min(rules.heads, count))
            mip.constrain("heads", [(y, 1.0) for y in self._open], least=number, most=number)
        if price is None:
            worst = mip.variable("worst", 1.0, integer=False)
            share = 1.0 / instance.energy[alive]
            dearest = np.maximum(costs.direct, costs.head + count * costs.receive)[alive]
            # Even a battery that cannot pay the round is to be as little short as can be.
            mip.lower[worst] = -float((dearest * share).max())
            for i in range(count):
                node = alive[i]
                terms = [
                    (worst, 1.0),
                    (self._open[i], float(costs.head[node] * share[i])),
                    (self._direct[i], float(costs.direct[node] * share[i])),
                ]
                terms += [(x, float(costs.receive[node] * share[i])) for x in members[i]]
                for x in reports[i]:
                    j = arcs[x - self._arcs[0]][1]
                    terms.append((x, float(send[i, j] * share[i])))
                mip.constrain(f"left_{i}", terms, most=float(left[node] * share[i]))

    def read(self, values: np.ndarray) -> np.ndarray:
        """Return whom each node reports to: uint32, shape (n,), as `PricePlay` takes it."""
        first = np.full(self._size, self._size + 1, np.uint32)
        first[self.alive] = self._size
        opened = values[self._open] > 0.5
        first[self.alive[opened]] = self.alive[opened]
        used = values[self._arcs] > 0.5 if self._arcs else np.zeros(0, bool)
        used &= opened[self.head]
        first[self.alive[self.member[used]]] = self.alive[self.head[used]]
        return first
