"""Hosts that place their own flows, all at once, knowing little of each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from netroute.core.errors import InputError, UnsupportedError
from netroute.envs.collective.arrivals import arrivals_of
from netroute.envs.collective.engine import INFORMATION, MOST_MEMORY, ORDERS
from netroute.envs.engine import Observation, require, whole

if TYPE_CHECKING:
    from gymnasium import spaces

    from netroute.problems.collective import CollectiveInstance, CollectiveSolution

HIGHEST = 100.0
"""Loads that are seen are cut off here, in multiples of the lower bound."""


class HostTeam:
    """One agent a host that sends between leaves; see `CollectiveHostsEnv`.

    Raises
    ------
    InputError
        A parameter out of its range, no flow between leaves, or too much memory.
    UnsupportedError
        The fabric is a fat tree.
    """

    def __init__(
        self, instance: CollectiveInstance, *, order: str, information: str, threshold: float
    ) -> None:
        require("order", order, order in ORDERS, f"one of: {', '.join(ORDERS)}")
        known = information in INFORMATION
        require("information", information, known, f"one of: {', '.join(INFORMATION)}")
        number = isinstance(threshold, int | float) and not isinstance(threshold, bool)
        require("threshold", threshold, number and 0 <= threshold < np.inf, "a number >= 0")
        fabric = instance.fabric
        if fabric.tiers != 2:
            raise UnsupportedError(
                f"the environment of hosts does not support fat tree (instance {instance.name!r})"
            )
        self.instance, self.order, self.information = instance, order, information
        self.threshold = float(threshold)
        table = self._table = arrivals_of(instance)
        hosts, self._agent = np.unique(table.host, return_inverse=True)
        self.names = [f"host_{host}" for host in hosts.tolist()]
        self.leaf = hosts // fabric.hosts_per_leaf
        self._up = np.array(fabric.up, np.int64)
        self._down = np.array(fabric.down.T, np.int64)
        agents, flows = len(hosts), len(table.size)
        needed = 8 * agents * (8 * fabric.planes + 3 * fabric.leaves) + 64 * flows
        if needed > MOST_MEMORY:
            raise InputError(
                f"{agents} hosts with {flows} flows would take {needed / 2**30:.1f} GiB, of which "
                f"at most {MOST_MEMORY / 2**30:.0f} are used",
                code="collective.memory",
            )
        self._choice = np.zeros(flows, np.int64)
        self._begun: list[np.ndarray] = []
        self._phase, self._total = 0, 0.0
        self._rng = np.random.default_rng(0)
        self._enter(0)

    @property
    def bound(self) -> float:
        """Lower bound of the objective by which returns are divided."""
        return self._table.bound

    def spaces(self) -> tuple[spaces.Space[Observation], spaces.Discrete]:
        """Observation and action space of one host."""
        from gymnasium import spaces

        leaves, planes = self.instance.fabric.leaves, self.instance.fabric.planes
        share = spaces.Box(0.0, 1.0, (planes,), np.float32)
        seen: dict[str, Any] = {
            "own": share,
            "marks": spaces.MultiBinary(planes),
            "flow": spaces.Box(0.0, 1.0, (2,), np.float32),
            "target": spaces.Discrete(leaves),
            "action_mask": spaces.MultiBinary(planes),
        }
        if self.information != "none":
            seen["remaining"] = spaces.Box(0.0, 1.0, (leaves,), np.float32)
        if self.information == "full":
            seen["up"] = spaces.Box(0.0, HIGHEST, (planes,), np.float32)
            seen["down"] = spaces.Box(0.0, HIGHEST, (planes,), np.float32)
        space: Any = spaces.Dict(seen)
        return space, spaces.Discrete(planes)

    def begin(self, rng: np.random.Generator) -> None:
        """Begin an episode with empty links."""
        self._rng, self._total, self._begun = rng, 0.0, []
        self._enter(0)

    def act(self, actions: list[Any]) -> tuple[float, bool]:
        """Place the flows at hand of all hosts that have one."""
        table, planes = self._table, self.instance.fabric.planes
        chosen = np.array([self._spine(action) for action in actions], np.int64)
        agent = np.flatnonzero(self._next < self._end)
        flow, spine = self._queue[self._next[agent]], chosen[agent]
        source, target, size = table.source[flow], table.target[flow], table.size[flow]
        # Ends: an instance has a path for each of its flows.
        while (lost := (self._up[source, spine] == 0) | (self._down[target, spine] == 0)).any():
            spine = np.where(lost, (spine + 1) % planes, spine)
        self._choice[flow] = spine
        np.add.at(self._load_up, (source, spine), size)
        np.add.at(self._load_down, (target, spine), size)
        self._own[agent, spine] += size
        self._left[agent, target] -= size
        self._next[agent] += 1
        self._placed += int(size.sum())
        self._begun.append(flow)
        up, down = self._times()
        fair = self._placed / table.volume[self._phase] + self.threshold
        worse = np.maximum(up[source, spine], down[target, spine])
        self._marks[agent, spine] = worse > fair * table.low[self._phase]
        theta = max(float(up.max()), float(down.max()), float(table.nic[self._phase]))
        rise = theta - self._theta
        self._theta += rise
        if len(self._begun) == 1:
            rise += table.extra
        self._total += rise
        over = bool((self._next == self._end).all())
        done = over and self._phase + 1 == len(table.low)
        if over and not done:
            self._enter(self._phase + 1)
        return -rise / table.bound, done

    def observe(self) -> Observation:
        """Return what each host sees: arrays of shape (A, …)."""
        table = self._table
        busy = self._next < self._end
        flow = self._queue[np.minimum(self._next, len(self._queue) - 1)]
        target = np.where(busy, table.target[flow], 0)
        volume = np.maximum(1, self._volume)
        up_rate, down_rate = self._up[self.leaf], self._down[target]
        open_ = (up_rate > 0) & (down_rate > 0)
        done = (self._next - self._first) / np.maximum(1, self._end - self._first)
        seen: Observation = {
            "own": (self._own / volume[:, None]).astype(np.float32),
            "marks": self._marks.astype(np.int8),
            "flow": np.stack(
                [np.where(busy, table.size[flow] / table.size.max(), 0.0), done], axis=1
            ).astype(np.float32),
            "target": target,
            "action_mask": np.where(busy[:, None], open_, True).astype(np.int8),
        }
        if self.information != "none":
            seen["remaining"] = (self._left / volume[:, None]).astype(np.float32)
        if self.information == "full":
            up, down = self.state()
            seen["up"] = np.where(busy[:, None], up[self.leaf], np.float32(0.0))
            seen["down"] = np.where(busy[:, None], down[target], np.float32(0.0))
        return seen

    def state(self) -> np.ndarray:
        """Return loads over capacities over the phase's bound, both ways: float32, (2, L, s)."""
        found = np.stack(self._times()) / self._table.low[self._phase]
        return np.asarray(np.minimum(found, HIGHEST), np.float32)

    def outcome(self) -> dict[str, Any]:
        """Sum over phases of the highest load over capacity so far."""
        return {"theta": self._total}

    def plan(self) -> CollectiveSolution:
        """Spines of the flows that are placed, as a solution."""
        flow = np.concatenate([*self._begun, np.zeros(0, np.int64)])
        return self._table.plan(self.instance, flow, self._choice[flow])

    def _enter(self, p: int) -> None:
        """Begin a phase with empty links; each host's flows wait in a queue of their order."""
        table, fabric = self._table, self.instance.fabric
        here = np.arange(table.start[p], table.start[p + 1])
        if self.order == "shuffled":
            self._rng.shuffle(here)
        agent = self._agent[here]
        agents = len(self.names)
        self._phase, self._theta, self._placed = p, 0.0, 0
        self._queue = here[np.argsort(agent, kind="stable")]
        ends = np.cumsum(np.bincount(agent, minlength=agents))
        self._first, self._end = np.concatenate([[0], ends[:-1]]), ends
        self._next = self._first.copy()
        self._load_up, self._load_down = np.zeros_like(self._up), np.zeros_like(self._down)
        self._own = np.zeros((agents, fabric.planes), np.int64)
        self._marks = np.zeros((agents, fabric.planes), bool)
        self._left = np.zeros((agents, fabric.leaves), np.int64)
        np.add.at(self._left, (agent, table.target[here]), table.size[here])
        self._volume = self._left.sum(axis=1)

    def _times(self) -> tuple[np.ndarray, np.ndarray]:
        """Return loads over capacities, 0 where a link failed."""
        return (
            self._load_up / np.maximum(1, self._up),
            self._load_down / np.maximum(1, self._down),
        )

    def _spine(self, action: Any) -> int:
        planes = self.instance.fabric.planes
        fits = whole(action) and 0 <= action < planes
        require("action", action, fits, f"a spine from 0 to {planes - 1}")
        return int(action)
