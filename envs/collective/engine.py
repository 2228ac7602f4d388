"""Any number of fabrics that get flows one by one: what the single and batched face share."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from netroute.core.errors import InputError, UnsupportedError
from netroute.envs.collective._kernels.placement import Menu, Worlds, act, clear, observe
from netroute.envs.collective.arrivals import arrivals_of
from netroute.envs.engine import require, whole
from netroute.solvers.collective._kernels.leaf import HIGHEST, Ledger, Sight

if TYPE_CHECKING:
    from gymnasium import spaces

    from netroute.problems.collective import CollectiveInstance, CollectiveSolution

ORDERS = ("file", "shuffled")
"""In which order the flows of a phase arrive."""

INFORMATION = ("none", "host", "full")
"""What is known of the demand still to come."""

MEMORIES = ("own_up", "own_down", "sent_up", "sent_down")
"""What a leaf remembers of its own flows, by spine, where loads or capacities are kept from it."""

MOST_MEMORY = 4 * 2**30
"""Bytes that the state may take."""


class PlacementEngine:
    """``count`` copies of a leaf-spine fabric, each with its own order of arrivals.

    Parameters
    ----------
    instance : CollectiveInstance
        Fabric and flows.
    count : int
    order : str
        One of `ORDERS`.
    information : str
        One of `INFORMATION`.
    noise : float
        Share by which the loads that are seen may be wrong, 0 to 1.
    delay : int
        Decisions that are not yet to be seen.
    refresh : int
        Decisions of a phase between two publications of the loads.
    hidden : bool
        Capacities are not shown.

    Raises
    ------
    InputError
        A parameter out of its range, no flow between leaves, or too much memory.
    UnsupportedError
        The fabric is a fat tree.
    """

    def __init__(
        self,
        instance: CollectiveInstance,
        *,
        count: int,
        order: str,
        information: str,
        noise: float,
        delay: int,
        refresh: int = 1,
        hidden: bool = False,
    ) -> None:
        require("num_envs", count, whole(count) and count >= 1, "an integer >= 1")
        require("order", order, order in ORDERS, f"one of: {', '.join(ORDERS)}")
        known = information in INFORMATION
        require("information", information, known, f"one of: {', '.join(INFORMATION)}")
        number = isinstance(noise, int | float) and not isinstance(noise, bool)
        require("noise", noise, number and 0 <= noise <= 1, "a number from 0 to 1")
        require("delay", delay, whole(delay) and 0 <= delay < 2**31, "an integer >= 0")
        fits = whole(refresh) and 1 <= refresh < 2**31 and (refresh == 1 or delay == 0)
        require("refresh", refresh, fits, "an integer >= 1, and 1 beside a delay")
        require("hidden", hidden, isinstance(hidden, bool), "true or false")
        fabric = instance.fabric
        if fabric.tiers != 2:
            raise UnsupportedError(
                f"netroute/CollectivePlacement-v0 does not support fat tree "
                f"(instance {instance.name!r})"
            )
        self.instance = instance
        self.count = count
        self.order = order
        self.information = information
        self.flows = sum(phase.crossing for phase in instance.phases)
        self._rows = {"none": 0, "host": fabric.hosts, "full": fabric.leaves}[information]
        self._recalls = refresh > 1 or hidden
        cells = 4 * fabric.up.size + self._rows * fabric.leaves + self.flows
        if self._recalls:
            cells += 2 * fabric.leaves * fabric.leaves * (fabric.planes + 1)
        needed = 8 * count * cells + 64 * self.flows
        if needed > MOST_MEMORY:
            raise InputError(
                f"{count} fabrics with {self.flows} flows would take {needed / 2**30:.1f} GiB, of "
                f"which at most {MOST_MEMORY / 2**30:.0f} are used",
                code="collective.memory",
            )
        self._table = arrivals_of(instance)
        self._menu = self._new_menu(float(noise), int(delay), int(refresh), hidden)
        self._worlds = self._new_worlds()
        self._ledger = self._new_ledger() if self._recalls else None

    @property
    def bound(self) -> float:
        """Lower bound of the objective by which returns are divided."""
        return float(self._menu.bound)

    def spaces(self) -> tuple[spaces.Space[dict[str, np.ndarray]], spaces.Discrete]:
        """Observation and action space of one fabric."""
        from gymnasium import spaces

        leaves, planes = self.instance.fabric.leaves, self.instance.fabric.planes
        seen: dict[str, Any] = {
            "up": spaces.Box(0.0, HIGHEST, (planes,), np.float32),
            "down": spaces.Box(0.0, HIGHEST, (planes,), np.float32),
            "up_rate": spaces.Box(0.0, 1.0, (planes,), np.float32),
            "down_rate": spaces.Box(0.0, 1.0, (planes,), np.float32),
            "flow": spaces.Box(0.0, 1.0, (3,), np.float32),
            "ends": spaces.MultiDiscrete([leaves, leaves]),
            "action_mask": spaces.MultiBinary(planes),
        }
        if self._recalls:
            for name in MEMORIES:
                seen[name] = spaces.Box(0.0, HIGHEST, (planes,), np.float32)
            seen["turn"] = spaces.Box(0.0, 1.0, (planes,), np.float32)
            seen["scale"] = spaces.Box(0.0, HIGHEST, (4,), np.float32)
        if self._rows:
            shape = (leaves,) if self.information == "host" else (leaves, leaves)
            seen["remaining"] = spaces.Box(0.0, 1.0, shape, np.float32)
        space: Any = spaces.Dict(seen)
        return space, spaces.Discrete(planes)

    @property
    def extent(self) -> str:
        """Number of leaves and spines, in words."""
        fabric = self.instance.fabric
        return f"a fabric of {fabric.leaves} leaves and {fabric.planes} spines"

    def begin(self, b: int, rng: np.random.Generator, options: dict[str, Any]) -> None:
        """Begin an episode of fabric ``b``; there are no options."""
        worlds, start = self._worlds, self._menu.start
        worlds.order[b] = np.arange(self.flows)
        if self.order == "shuffled":
            for first, end in pairwise(start.tolist()):
                rng.shuffle(worlds.order[b, first:end])
        worlds.seed[b] = rng.integers(0, 2**64, dtype=np.uint64)
        clear(self._menu, worlds, self._ledger, b)

    def act(self, action: np.ndarray, idle: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Place a flow on each fabric that is not ``idle``; return rewards and ends."""
        planes = self.instance.fabric.planes
        if action.min() < 0 or action.max() >= planes:
            wrong = int(action.min() if action.min() < 0 else action.max())
            require("action", wrong, False, f"a spine from 0 to {planes - 1}")
        reward, done = np.zeros(self.count), np.zeros(self.count, bool)
        act(self._menu, self._worlds, self._ledger, action, idle, reward, done)
        return reward, done

    def observe(self) -> dict[str, np.ndarray]:
        """Observations of all fabrics, in new arrays."""
        leaves, planes = self.instance.fabric.leaves, self.instance.fabric.planes
        many = (self.count, planes)
        rows = {"none": 0, "host": 1, "full": leaves}[self.information]
        seen: dict[str, np.ndarray] = {
            "up": np.empty(many, np.float32),
            "down": np.empty(many, np.float32),
            "up_rate": np.empty(many, np.float32),
            "down_rate": np.empty(many, np.float32),
            "flow": np.empty((self.count, 3), np.float32),
            "ends": np.empty((self.count, 2), np.int64),
            "action_mask": np.empty(many, np.int8),
        }
        remaining = np.empty((self.count, rows, leaves), np.float32)
        sight = None
        if self._recalls:
            shapes = dict.fromkeys(Sight._fields, many) | {"scale": (self.count, 4)}
            sight = Sight(*(np.empty(shape, np.float32) for shape in shapes.values()))
        observe(self._menu, self._worlds, self._ledger, *seen.values(), remaining, sight)
        if sight is not None:
            seen |= sight._asdict()
        if rows:
            seen["remaining"] = remaining[:, 0] if self.information == "host" else remaining
        return seen

    def over(self) -> np.ndarray:
        """Whether each fabric has no flow left, or has not begun: bool, shape (B,)."""
        found: np.ndarray = self._worlds.step >= self.flows
        return found

    def masks(self) -> np.ndarray:
        """Spines with both links up for the flows at hand: bool, shape (B, s)."""
        return np.asarray(self.observe()["action_mask"] != 0)

    def outcome(self) -> dict[str, np.ndarray]:
        """Sum over phases of the highest load over capacity so far, ``theta``: float64, (B,)."""
        return {"theta": self._worlds.total.copy()}

    def plan(self, b: int) -> CollectiveSolution:
        """Spines of the flows of fabric ``b`` that are placed, as a solution."""
        placed = int(self._worlds.step[b])
        order, choice = self._worlds.order[b, :placed], self._worlds.choice[b, :placed]
        return self._table.plan(self.instance, order, choice)

    def _new_menu(self, noise: float, delay: int, refresh: int, hidden: bool) -> Menu:
        fabric, table = self.instance.fabric, self._table
        up, down = np.array(fabric.up, np.int64, order="C"), np.array(fabric.down.T, order="C")
        fastest = max(int(up.max()), int(down.max()))
        flows = np.diff(table.start)
        return Menu(
            source=table.source.astype(np.int32),
            target=table.target.astype(np.int32),
            row=(table.host if self.information == "host" else table.source).astype(np.int32),
            phase=table.phase.astype(np.int32),
            size=table.size,
            start=table.start,
            nic=table.nic,
            low=table.low,
            volume=table.volume,
            up=up,
            down=down,
            up_time=np.divide(1.0, up, out=np.zeros(up.shape), where=up > 0),
            down_time=np.divide(1.0, down, out=np.zeros(up.shape), where=down > 0),
            up_rate=(up > 0 if hidden else up / fastest).astype(np.float32),
            down_rate=(down > 0 if hidden else down / fastest).astype(np.float32),
            extra=table.extra,
            bound=table.bound,
            largest=float(table.size.max()),
            delay=delay,
            noise=noise,
            refresh=refresh,
            unit=1.0 / (fastest * table.low),
            mean=table.volume / flows / (fastest * table.low),
        )

    def _new_worlds(self) -> Worlds:
        count, fabric = self.count, self.instance.fabric
        links, flows = (count, *fabric.up.shape), (count, self.flows)
        up, down = np.zeros(links, np.int64), np.zeros(links, np.int64)
        late = self._menu.delay > 0 or self._menu.refresh > 1
        return Worlds(
            up=up,
            down=down,
            seen_up=np.zeros(links, np.int64) if late else up,
            seen_down=np.zeros(links, np.int64) if late else down,
            remaining=np.zeros((count, self._rows, fabric.leaves), np.int64),
            theta=np.zeros(count),
            total=np.zeros(count),
            step=np.full(count, self.flows),
            order=np.zeros(flows, np.int32),
            choice=np.zeros(flows, np.int32),
            seed=np.zeros(count, np.uint64),
        )

    def _new_ledger(self) -> Ledger:
        leaves, planes = self.instance.fabric.leaves, self.instance.fabric.planes
        pairs = (self.count, leaves, leaves)
        return Ledger(
            sent=np.zeros((*pairs, planes), np.int64),
            before=np.zeros((*pairs, planes), np.int64),
            stamp=np.full(pairs, -1, np.int64),
            flows=np.zeros(pairs, np.int64),
        )
