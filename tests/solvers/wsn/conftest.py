"""Fields, and the kernels' random numbers in plain Python."""

from __future__ import annotations

import numpy as np
import pytest

from netroute.core.rng import kernel_state
from netroute.problems.wsn import WsnInstance
from netroute.problems.wsn.energy import member_costs, tables


@pytest.fixture(scope="session")
def make_field():
    """Make a field of random nodes, the same one for the same arguments."""

    def make(nodes=12, *, seed=0, **changes):
        spots = np.random.default_rng(seed).random((nodes, 2)) * 100.0
        settings = {"base_station": [50, 120], "energy": 0.01, "field": [100, 100]} | changes
        return WsnInstance(name=f"random-{nodes}-{seed}", position=spots, **settings)

    return make


class Dice:
    """Xorshift64* in Python integers."""

    def __init__(self, *stream):
        self.x = int(kernel_state(*stream)[0])

    def uniform(self):
        x, most = self.x, 2**64 - 1
        x ^= x >> 12
        x ^= (x << 25) & most
        x ^= x >> 27
        self.x = x
        return ((x * 2685821657736338717 & most) >> 11) / 2.0**53

    def below(self, n):
        self.uniform()
        bits = self.x * 2685821657736338717 & 2**64 - 1
        return (bits >> 33) * n >> 31


@pytest.fixture(scope="session")
def dice():
    """Return what makes such numbers from a seed and keys."""
    return Dice


class Slow:
    """A network that dies round by round.

    ``elect(r, left, last)`` names the heads, or the head of each node, heads being their own.
    """

    def __init__(self, net, elect, *, reports=None):
        self.net, self.elect, self.reports = net, elect, reports
        self.left = net.energy.copy()
        self.last = np.full(net.size, -1)
        self.costs = tables(net)
        self.rows = []

    @staticmethod
    def apart(net):
        """Distances of all pairs."""
        return np.hypot(*(net.position[:, None] - net.position).transpose(2, 0, 1))

    @staticmethod
    def living(left):
        return [i for i in range(len(left)) if left[i] > 0]

    @staticmethod
    def rich(left):
        """Nodes with at least the mean energy, rounding or not."""
        alive = Slow.living(left)
        return [i for i in alive if left[i] >= min(max(left), sum(left) / len(alive))]

    def run(self):
        r = 0
        while (self.left > 0).any():
            self.round(r, self.elect(r, self.left, self.last))
            r += 1
        return self.rows

    def round(self, r, chosen):
        net, n = self.net, self.net.size
        own = chosen if isinstance(chosen, dict) else {}
        heads = [i for i in own if own[i] == i] if own else chosen
        alive = [i for i in range(n) if self.left[i] > 0]
        parent, head, spent = np.full(n, -2), np.zeros(n, bool), np.zeros(n)
        tells = np.ones(n, bool) if self.reports is None else self.reports.next(1)[0]
        self.last[heads] = r
        distance = self.apart(net)
        base = np.hypot(*(net.position - net.base_station).T)
        for i in alive:
            if i in heads or not tells[i]:
                continue
            if not heads:
                silent = net.headless == "silent" and net.hard_threshold is None
                parent[i] = -2 if silent else -1
                continue
            j = own[i] if own else min(heads, key=distance[i].__getitem__)
            parent[i] = -1 if net.base_if_nearer and base[i] < distance[i, j] else j
        members = [[i for i in alive if parent[i] == j] for j in range(n)]
        for j in heads:
            if members[j] or (tells[j] and net.routing == "clusters"):
                parent[j], head[j] = -1, True
            elif tells[j]:
                parent[j] = -1
        for i in alive:
            if head[i]:
                spent[i] = self.costs.head[i] + len(members[i]) * self.costs.receive[i]
            elif parent[i] == -1:
                spent[i] = self.costs.direct[i]
            elif parent[i] >= 0:
                spent[i] = member_costs(net, np.array([i]), np.array([parent[i]]))[0, 0]
        self.left -= spent
        self.left[self.left <= 1e-9 * net.energy] = 0.0
        self.rows.append((parent.tolist(), head.tolist()))


@pytest.fixture(scope="session")
def slow():
    """Return the class of slow networks."""
    return Slow


@pytest.fixture(scope="session")
def rows_of():
    """Return what lists the configuration of each round of a schedule."""

    def listed(plan):
        return [
            (parent.tolist(), head.tolist())
            for parent, head, rounds in zip(plan.parent, plan.head, plan.rounds, strict=True)
            for _ in range(rounds)
        ]

    return listed


@pytest.fixture
def same(rows_of):
    """Assert that a solver's schedule is that of an election in plain Python."""

    def judge(net, solver, elect, seed=3):
        assert rows_of(solver.solve(net, seed=seed).solution) == Slow(net, elect).run()

    return judge
