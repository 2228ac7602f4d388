"""Any number of capacitated problems solved node by node: what both faces share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from netroute.envs.routing import RoutingEngine, copies, map_of, map_spaces
from netroute.envs.vrp.data import CvrpData
from netroute.envs.vrp.plans import CvrpBatch

if TYPE_CHECKING:
    from collections.abc import Callable

    from gymnasium import spaces

    from netroute.problems.vrp import VrpInstance, VrpSolution


class CvrpEngine(RoutingEngine["VrpInstance"]):
    """``count`` plans of capacitated problems, each at its own place in its own episode.

    Parameters
    ----------
    data : CvrpData
        One problem, or as many as ``count``; problems that are drawn replace them.
    count : int
    draw : callable, optional
        ``draw(rng)`` returns the instance of an episode.

    Raises
    ------
    InputError
        ``count`` does not fit to the number of problems, or too much memory.
    """

    def __init__(
        self,
        data: CvrpData,
        *,
        count: int,
        draw: Callable[[np.random.Generator], VrpInstance] | None = None,
    ) -> None:
        self.data = data
        self.plans = CvrpBatch(data, starts=copies(data.count, count))
        fixed = {**map_of(data.legs), "demand": _share(data)}
        super().__init__(draw, fixed, count=count)

    @property
    def extent(self) -> str:
        """Number of clients and kind of distances, in words."""
        return self.data.extent

    def spaces(self) -> tuple[spaces.Space[dict[str, np.ndarray]], spaces.Discrete]:
        """Observation and action space of one problem."""
        from gymnasium import spaces

        nodes = self.data.clients + 1
        seen: dict[str, Any] = {
            **map_spaces(self.data.legs),
            "demand": spaces.Box(0.0, 1.0, (nodes,), np.float32),
            "node": spaces.Discrete(nodes),
            "load": spaces.Box(0.0, 1.0, (1,), np.float32),
            "unserved": spaces.MultiBinary(nodes),
            "action_mask": spaces.MultiBinary(nodes),
        }
        space: Any = spaces.Dict(seen)
        return space, spaces.Discrete(nodes)

    def put(self, b: int, instance: VrpInstance) -> None:
        """Make ``instance`` problem ``b``."""
        one = CvrpData.of_instances([instance])
        self.require(one.extent)
        self.data.put(b, one)
        for name, values in {**map_of(one.legs), "demand": _share(one)}.items():
            self._fixed[name][b] = values[0]

    def act(self, action: np.ndarray, idle: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Go to a node in each plan that is not ``idle``; return rewards and ends."""
        self._renew()
        return self.plans.advance(action, idle)

    def observe(self) -> dict[str, np.ndarray]:
        """Observations of all plans; what does not change is shared by them, and read-only."""
        self._renew()
        return {**self.static(), **self.plans.seen()}

    def over(self) -> np.ndarray:
        """Whether each plan is complete or has not begun: bool, shape (B,)."""
        self._renew()
        return np.asarray((self.plans.left.reshape(-1) == 0) | ~self._begun)

    def masks(self) -> np.ndarray:
        """Nodes that may come next: bool, shape (B, n + 1)."""
        self._renew()
        return self.plans.mask.reshape(self.count, -1).copy()

    def outcome(self) -> dict[str, np.ndarray]:
        """Distance of all legs so far, ``cost``: float64, (B,)."""
        return {"cost": self.plans.cost.flatten()}

    def problem(self, b: int) -> VrpInstance:
        """Return the problem of plan ``b``."""
        return self.data.instance(b // self.plans.starts)

    def plan(self, b: int) -> VrpSolution:
        """Return the routes of plan ``b`` so far."""
        self._renew()
        return self.plans.solution(*divmod(b, self.plans.starts))

    def _renew(self) -> None:
        if self._stale:
            self.plans.renew(self._fresh)
            self._settle()


def _share(data: CvrpData) -> np.ndarray:
    """Return demands over the capacity: float32, (B, n + 1)."""
    found: np.ndarray = (data.demand * data.unit[:, None]).astype(np.float32)
    return found
