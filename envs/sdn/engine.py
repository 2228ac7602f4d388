"""Any number of networks under admission at once: what the single and the batched face share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from netroute.core.errors import UnsupportedError
from netroute.core.rng import generator
from netroute.envs.engine import require, whole
from netroute.envs.sdn._kernels.admission import (
    DEAREST,
    Calendar,
    Scales,
    Worlds,
    act,
    clear,
    observe,
)
from netroute.problems.sdn import SdnSolution
from netroute.solvers.sdn.candidates import candidate_paths
from netroute.solvers.sdn.online import LIMITS, Day, arrivals, menu_of
from netroute.solvers.sdn.online_days import Draw, day_of, draw_day
from netroute.solvers.sdn.online_prices import dual_prices

if TYPE_CHECKING:
    from gymnasium import spaces

    from netroute.problems.sdn import SdnInstance

ORDERS = ("file", "shuffled", "resampled")
"""Where the arrivals of an episode come from."""


class AdmissionEngine:
    """``count`` copies of a network and its candidate paths, each with its own arrivals.

    Parameters
    ----------
    instance : SdnInstance
        Network and flows.
    count : int
    k : int
        Candidate paths of each source-target pair.
    order : str
        One of `ORDERS`.
    holding : float, optional
        Mean time for which admitted flows stay, in mean times between arrivals; for ever without.
    prices : ndarray of float64, shape (m,), optional
        Bid prices of arcs; those of one resampled day without it.

    Raises
    ------
    InputError
        A parameter out of its range.
    UnsupportedError
        The instance asks for protection or has a lexicographic objective.
    """

    def __init__(
        self,
        instance: SdnInstance,
        *,
        count: int,
        k: int,
        order: str,
        holding: float | None,
        prices: np.ndarray | None,
    ) -> None:
        require("k", k, whole(k) and 1 <= k <= 64, "an integer from 1 to 64")
        require("num_envs", count, whole(count) and count >= 1, "an integer >= 1")
        require("order", order, order in ORDERS, f"one of: {', '.join(ORDERS)}")
        stays = holding is None or (isinstance(holding, int | float) and 0 < holding < np.inf)
        require("holding", holding, stays, "a number > 0")
        require("instance", instance.name, instance.size > 0, "an instance with flows")
        missing = sorted(instance.features() - LIMITS)
        if missing:
            raise UnsupportedError(
                f"netroute/SdnAdmission-v0 does not support {', '.join(missing)} "
                f"(instance {instance.name!r})"
            )
        self.instance = instance
        self.count = count
        self.k = k
        self.order = order
        self.holding = holding
        self.candidates = candidate_paths(instance, k)
        self.prices = self._prices(prices)
        self._menu = menu_of(instance, self.candidates)
        self._entries = Day(instance, self._menu).entries
        self._scales = self._new_scales()
        self._worlds = self._new_worlds()
        shape = (count, instance.size)
        self._calendar = None
        if holding is not None:
            self._calendar = Calendar(
                arrival=np.zeros(shape),
                leave=np.zeros(shape),
                heap=np.zeros(shape, np.int64),
                present=np.zeros(count, np.int64),
            )

    def spaces(self) -> tuple[spaces.Space[dict[str, np.ndarray]], spaces.Discrete]:
        """Observation and action space of one network."""
        from gymnasium import spaces

        nodes, arcs = len(self.instance.nodes), len(self.instance.tail)
        top = np.broadcast_to(np.array([1.0, 1.0, DEAREST], np.float32), (self.k, 3))
        seen: Any = spaces.Dict(
            {
                "paths": spaces.Box(np.zeros_like(top), top, dtype=np.float32),
                "flow": spaces.Box(0.0, 1.0, (4,), np.float32),
                "ends": spaces.MultiDiscrete([nodes, nodes]),
                "utilisation": spaces.Box(0.0, 1.0, (arcs,), np.float32),
                "action_mask": spaces.MultiBinary(self.k + 1),
            }
        )
        return seen, spaces.Discrete(self.k + 1)

    @property
    def extent(self) -> str:
        """Number of nodes and arcs, in words."""
        net = self.instance
        return f"a network of {len(net.nodes)} nodes and {len(net.tail)} arcs"

    def begin(self, b: int, rng: np.random.Generator, options: dict[str, Any]) -> None:
        """Empty network ``b`` and draw its arrivals; ``order`` names a solver's order instead."""
        flows, worlds, order = self.instance.size, self._worlds, options.get("order")
        if order is not None:
            worlds.ends[b] = worlds.size[b] = arrivals(flows, order)
        elif self.order == "resampled":
            worlds.ends[b], worlds.size[b] = draw_day(flows, rng)
        elif self.order == "shuffled":
            worlds.ends[b] = worlds.size[b] = rng.permutation(flows)
        else:
            worlds.ends[b] = worlds.size[b] = np.arange(flows)
        if self._calendar is not None and self.holding is not None:
            arrival = np.cumsum(rng.exponential(size=flows))
            self._calendar.arrival[b] = arrival
            self._calendar.leave[b] = arrival + rng.exponential(self.holding, flows)
        clear(self._menu, worlds, self._calendar, b, self._entries)

    def act(self, action: np.ndarray, idle: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Decide an arrival of each network that is not ``idle``; return rewards and ends."""
        reward, done = np.zeros(self.count), np.zeros(self.count, bool)
        act(
            self._menu, self._scales, self._worlds, self._calendar, action, idle, reward, done
        )  # fmt: skip
        return reward, done

    def observe(self) -> dict[str, np.ndarray]:
        """Observations of all networks, in new arrays."""
        seen: dict[str, np.ndarray] = {
            "paths": np.empty((self.count, self.k, 3), np.float32),
            "flow": np.empty((self.count, 4), np.float32),
            "ends": np.empty((self.count, 2), np.int64),
            "utilisation": np.empty((self.count, len(self.instance.tail)), np.float32),
            "action_mask": np.empty((self.count, self.k + 1), np.int8),
        }
        observe(self._menu, self._scales, self._worlds, *seen.values())
        return seen

    def over(self) -> np.ndarray:
        """Whether each network has no arrival left, or none yet: bool, shape (B,)."""
        found: np.ndarray = self._worlds.step >= self.instance.size
        return found

    def masks(self) -> np.ndarray:
        """Actions that are possible now: bool, shape (B, k + 1)."""
        found: np.ndarray = self._worlds.mask != 0
        return found

    def outcome(self) -> dict[str, np.ndarray]:
        """Flows offered and admitted so far by class, lowest first: int64, (B, priorities)."""
        return {"offered": self._worlds.offered.copy(), "admitted": self._worlds.admitted.copy()}

    def day(self, b: int) -> SdnInstance:
        """Return the instance whose flows the network is asked to admit."""
        if self.order != "resampled":
            return self.instance
        return day_of(self.instance, Draw(self._worlds.ends[b], self._worlds.size[b]))

    def plan(self, b: int) -> SdnSolution:
        """Return the paths of the flows in the network, as a plan of `day`."""
        worlds, start, arc = self._worlds, self.candidates.start, self.candidates.arc
        here = np.flatnonzero(worlds.choice[b] >= 0)
        number = here if self.order == "resampled" else worlds.size[b, here]
        chosen = worlds.choice[b, here]
        paths = {
            int(flow): arc[start[path] : start[path + 1]].tolist()
            for flow, path in zip(number, chosen, strict=True)
        }
        return SdnSolution.of(self.instance.size, paths)

    def _prices(self, given: np.ndarray | None) -> np.ndarray:
        arcs = len(self.instance.tail)
        if given is None:
            # Of flows that stay for a while, those that are there at a time compete.
            present = self.instance.size if self.holding is None else max(1, round(self.holding))
            draw = draw_day(self.instance.size, generator(0), arrivals=present)
            return dual_prices(self.instance, [draw], [lambda: False])
        try:
            found = np.array(given, np.float64)
        except (TypeError, ValueError):
            found = np.zeros(0)
        fits = found.shape == (arcs,) and bool(np.isfinite(found).all() and (found >= 0).all())
        require("prices", given, fits, f"{arcs} finite numbers >= 0, one an arc")
        return found

    def _new_scales(self) -> Scales:
        net, start = self.instance, self.candidates.start
        total = np.concatenate([[0.0], np.cumsum(self.prices[self.candidates.arc])])
        widest = float(net.capacity.max(initial=1))
        weight = net.weights()
        each = [np.minimum(1.0, net.bandwidth / widest), weight / max(weight.max(), 1e-300)]
        each.append(net.priority / net.priorities)
        return Scales(
            cost=np.maximum(0.0, np.diff(total[start])),
            flow=np.stack(each, axis=1).astype(np.float32),
            node=np.stack([net.source, net.target], axis=1).astype(np.int64),
            priority=np.array(net.priority, np.int64),
            longest=float(np.diff(start).max(initial=1)),
            widest=widest,
        )

    def _new_worlds(self) -> Worlds:
        net, count = self.instance, self.count
        shape = (count, net.size)
        classes = (count, net.priorities)
        return Worlds(
            capacity=np.zeros((count, len(net.tail)), np.int64),
            entries=np.zeros((count, len(net.nodes)), np.int64),
            used=np.zeros((count, len(net.tail)), np.float32),
            step=np.full(count, net.size),
            ends=np.zeros(shape, np.int64),
            size=np.zeros(shape, np.int64),
            choice=np.zeros(shape, np.int64),
            offered=np.zeros(classes, np.int64),
            admitted=np.zeros(classes, np.int64),
            mask=np.zeros((count, self.k + 1), np.int8),
        )
