"""Schedules made round by round at prices of the nodes' energy, and the choice of the last rounds.

The prices are those of the multiplicative weights method with an integral part: a node that has
used more of its battery than the others gets dearer at once, and dearer still while that lasts.
"""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from netroute.problems.wsn import WsnSolution
from netroute.problems.wsn.energy import round_costs, tables
from netroute.problems.wsn.replay import SPENT
from netroute.solvers.wsn.ahead import SLICE, Ahead
from netroute.solvers.wsn.location import make_clusters, make_field, passes_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from netroute.problems.wsn import WsnInstance
    from netroute.solvers.wsn._kernels.facility import Field
    from netroute.solvers.wsn._kernels.prices import Log, Rule

LEAST_WORTH = 1e-3
"""Of a battery at given prices, over the average: none is for nothing."""


class PricePlay:
    """Plays a field to its last node.

    Parameters
    ----------
    instance : WsnInstance
        With clusters.
    eta, gain : float
        See `netroute.solvers.wsn._kernels.prices.Rule`.
    hold : int
        Rounds that a configuration is kept.
    tries : int
        Attempts at each round to find one that everybody can pay.
    field : Field, optional
        Of `make_field`, where it is known.

    Attributes
    ----------
    rounds, full : int
        Rounds played, and full ones among them.
    alive : int
        Living nodes.

    Examples
    --------
    >>> from netroute.datasets.wsn.generate import generate_field
    >>> play = PricePlay(generate_field(nodes=10, seed=1))
    >>> play.run(lambda: False)
    >>> play.alive, play.full > 1000
    (0, True)
    """

    def __init__(
        self,
        instance: WsnInstance,
        *,
        eta: float = 15.0,
        gain: float = 0.1,
        hold: int = 1,
        tries: int = 30,
        field: Field | None = None,
    ) -> None:
        from netroute.solvers.wsn._kernels.prices import Batteries, Rule

        self.instance = instance
        self.field: Field = make_field(instance).field if field is None else field
        self.clusters = make_clusters(instance.size)
        full = np.array(instance.energy)
        spare, zero = SPENT * full, np.zeros(instance.size)
        self.batteries = Batteries(full, full.copy(), spare, zero, zero.copy(), zero.copy())
        self.rule: Rule = Rule(
            float(eta), float(gain), int(hold), int(tries), instance.death_test == "strict"
        )
        self.rounds = self.full = 0
        self._logs: list[tuple[np.ndarray, np.ndarray]] = []

    @property
    def alive(self) -> int:
        """Number of living nodes."""
        return int((self.clusters.usable > 0).sum())

    def run(
        self, stop: Callable[[], bool], *, last: int | None = None, whole: bool = False
    ) -> None:
        """Play until all are dead, to round ``last``, until ``stop()``, or to the first death."""
        from netroute.solvers.wsn._kernels.prices import play

        n = self.instance.size
        size = max(1, int(SLICE / max(1, 10 * len(self.field.near) + 100 * n)))
        end = 2**62 if last is None else last
        # However late it is, a few rounds are played: an answer must be there.
        while self.alive and self.rounds < end and not (self._logs and stop()):
            if whole and self.alive < n:
                break
            log = self._log(size)
            count = np.int64(size)
            if whole:
                # One at a time, not to go on after the first death.
                count = np.int64(min(size, max(1, self._safe() // self.rule.hold)))
            play(
                self.field, self.clusters, self.batteries, self.rule, log,
                np.int64(passes_of(self.field)), count, np.int64(end),
            )  # fmt: skip
            self._keep(log)

    def add(self, first: np.ndarray, rounds: np.ndarray) -> None:
        """Put configurations that everybody can pay before all that is played later.

        Parameters
        ----------
        first : array of uint32, shape (m, n)
            As in `netroute.solvers.wsn._kernels.prices.Log`.
        rounds : array of int64, shape (m,)
        """
        used = self.costs(first)
        self.batteries.left[:] -= rounds @ used
        self._logs.append((first.astype(np.uint32), rounds.astype(np.int64)))
        self.rounds += int(rounds.sum())
        self.full += int(rounds.sum())

    def impose(self, first: np.ndarray, rounds: int) -> int:
        """Play a configuration made elsewhere until the first death; return its rounds.

        Parameters
        ----------
        first : array of uint32, shape (n,)
            As in `netroute.solvers.wsn._kernels.prices.Log`, for the nodes that are alive.
        rounds : int
            How long at most.
        """
        batteries, size = self.batteries, self.instance.size
        acts = first != size + 1
        cost = np.where(acts, self.costs(first[None])[0], 1.0)
        able = np.floor((batteries.left + batteries.edge) / cost)
        short = batteries.left - able * cost > batteries.edge
        death = np.where(acts, able + short, np.inf)
        count = int(min(rounds, death.min()))
        unpaid = bool((acts & (able < count)).any()) and self.rule.strict
        whole = bool(acts.all())
        left = np.maximum(batteries.left - count * cost, 0.0)
        batteries.left[:] = np.where(acts, left, batteries.left)
        self.clusters.usable[acts & (death <= count)] = 0
        self._logs.append((first[None].astype(np.uint32), np.array([count])))
        self.rounds += count
        self.full += whole * (count - unpaid)
        return count

    def configurations(self) -> np.ndarray:
        """Return what was played, in order: uint32, shape (m, n), as in `Log`."""
        return np.concatenate([log[0] for log in self._logs])

    def prices(self) -> np.ndarray:
        """Return prices as they have settled, positive and of sum 1 over the batteries' worth."""
        prices = np.exp(np.clip(self.batteries.drift, -30.0, 30.0)) / self.batteries.full
        return np.asarray(prices / float(prices @ self.batteries.full))

    def mean_prices(self) -> np.ndarray:
        """Return the average of all prices, scaled like `prices`."""
        total = self.batteries.average
        return np.asarray(total / float(total @ self.batteries.full))

    def start_at(self, prices: np.ndarray) -> None:
        """Begin with other prices of energy, shape (n,), and follow what is left from here on."""
        worth = prices * self.batteries.full
        self.batteries.drift[:] = np.log(np.maximum(worth / worth.mean(), LEAST_WORTH))
        share = float((self.batteries.left / self.batteries.full).mean())
        self.rule = self.rule._replace(eta=self.rule.eta / max(share, LEAST_WORTH))

    def costs(self, first: np.ndarray) -> np.ndarray:
        """Return what configurations cost the nodes: shape (m, n)."""
        parent, head = self._parents(first)
        return round_costs(self.instance, parent.astype(np.int64), head, tables(self.instance))

    def finish(self, stop: Callable[[], bool], *, rounds: int, effort: int) -> int:
        """Choose the last rounds before the first death together, to make them more.

        Parameters
        ----------
        stop : callable
        rounds : int
            How many of them, at most.
        effort : int
            How many choices may be made.

        Returns
        -------
        int
            Rounds gained. The play goes on from the end of the last full one.
        """
        first = np.concatenate([log[0] for log in self._logs])
        count = np.concatenate([log[1] for log in self._logs])
        rows = np.repeat(np.arange(len(count)), count)[: self.full]
        begin = max(0, len(rows) - rounds)
        kept, chosen = rows[:begin], rows[begin:]
        if not len(chosen):
            return 0
        number = np.bincount(kept, minlength=len(count))
        keep = number > 0
        limit = self.instance.energy.copy()
        block = max(1, 2**20 // self.instance.size)
        index = np.flatnonzero(keep)
        for a in range(0, len(index), block):
            part = index[a : a + block]
            limit -= number[part] @ self.costs(first[part])
        ahead = Ahead(self, limit, first[chosen])
        gained = ahead.extend(stop, effort=effort)
        self._logs = [(first[keep], number[keep])] if keep.any() else []
        self._logs.append((ahead.first, np.ones(len(ahead.first), np.int64)))
        left = limit - ahead.costs.sum(axis=0)
        self.batteries.left[:] = np.maximum(left, 0.0)
        self.clusters.usable[:] = np.where(left > self.batteries.edge, 2, 0)
        self.rounds = self.full = begin + len(ahead.first)
        return gained

    def times_more(self) -> int:
        """Return how many times the batteries would suffice for what was played; at least 1."""
        used = float((1.0 - self.batteries.left / self.batteries.full).max())
        return max(1, math.floor(1.0 / used * (1.0 - 1e-9))) if used > 0.0 else 1

    def solution(self, *, times: int = 1) -> WsnSolution:
        """Return the schedule so far, each configuration ``times`` as long."""
        first = np.concatenate([log[0] for log in self._logs])
        rounds = np.concatenate([log[1] for log in self._logs])
        new = np.ones(len(first), bool)
        new[1:] = (first[1:] != first[:-1]).any(axis=1)
        begin = np.flatnonzero(new)
        parent, head = self._parents(first[begin])
        return WsnSolution(parent, head, times * np.add.reduceat(rounds, begin))

    def _parents(self, first: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        n = self.instance.size
        head = first == np.arange(n, dtype=np.uint32)
        parent = first.astype(np.int32)
        parent[head | (first == n)] = -1
        parent[first == n + 1] = -2
        return parent, head

    def _log(self, size: int) -> Log:
        from netroute.solvers.wsn._kernels.prices import Log

        first = np.empty((size, self.instance.size), np.uint32)
        cursor = np.array([0, self.rounds, self.full])
        return Log(first, np.zeros(size, np.int64), cursor)

    def _keep(self, log: Log) -> None:
        count, self.rounds, self.full = log.cursor.tolist()
        self._logs.append((log.first[:count].copy(), log.rounds[:count].copy()))

    def _safe(self) -> int:
        """Return a number of rounds in which surely nobody dies."""
        field, left = self.field, self.batteries.left
        n = self.instance.size
        dearest = np.maximum(field.direct, field.head) + n * field.receive
        return math.floor(float((left / dearest).min()))


@cache
def compile_play() -> None:
    """Compile the kernels on three nodes."""
    from netroute.problems.wsn import WsnInstance

    net = WsnInstance(
        position=[[0, 0], [0, 60], [0, 90]], base_station=[0, 175], energy=0.05, field=[99, 99]
    )
    play = PricePlay(net)
    play.run(lambda: False, whole=True)
    play.finish(lambda: False, rounds=3, effort=9)
    play.run(lambda: False)
