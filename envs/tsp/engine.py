"""Any number of tours built node by node: what both faces share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from netroute.envs.routing import RoutingEngine, copies, map_of, map_spaces
from netroute.envs.tsp.data import TspData
from netroute.envs.tsp.tours import TspBatch, code

if TYPE_CHECKING:
    from collections.abc import Callable

    from gymnasium import spaces

    from netroute.problems.tsp import TspInstance, TspSolution


class TspEngine(RoutingEngine["TspInstance"]):
    """``count`` tours, each at its own place in its own episode.

    Parameters
    ----------
    data : TspData
        One problem, or as many as ``count``; problems that are drawn replace them.
    count : int
    start : int or None
        Node at which tours begin; None: the first decision chooses it.
    draw : callable, optional
        ``draw(rng)`` returns the instance of an episode.

    Raises
    ------
    InputError
        ``start`` is no node, ``count`` does not fit to the number of problems, or too much memory.
    """

    def __init__(
        self,
        data: TspData,
        *,
        count: int,
        start: int | None,
        draw: Callable[[np.random.Generator], TspInstance] | None = None,
    ) -> None:
        self.data = data
        self.tours = TspBatch(data, starts=copies(data.count, count), start=start)
        self._start = np.full(count, code(start))
        super().__init__(draw, map_of(data.legs), count=count)

    @property
    def extent(self) -> str:
        """Number of nodes and kind of distances, in words."""
        return self.data.extent

    def spaces(self) -> tuple[spaces.Space[dict[str, np.ndarray]], spaces.Discrete]:
        """Observation and action space of one problem."""
        from gymnasium import spaces

        nodes = self.data.nodes
        seen: dict[str, Any] = {
            **map_spaces(self.data.legs),
            "node": spaces.Discrete(nodes + 1),
            "first": spaces.Discrete(nodes + 1),
            "action_mask": spaces.MultiBinary(nodes),
        }
        space: Any = spaces.Dict(seen)
        return space, spaces.Discrete(nodes)

    def put(self, b: int, instance: TspInstance) -> None:
        """Make ``instance`` problem ``b``."""
        one = TspData.of_instances([instance])
        self.require(one.extent)
        self.data.put(b, one)
        for name, values in map_of(one.legs).items():
            self._fixed[name][b] = values[0]

    def begin(self, b: int, rng: np.random.Generator, options: dict[str, Any]) -> None:
        """Begin an episode of tour ``b``, at ``options["start"]`` where that is given."""
        start = options.get("start", self.tours.start)
        self._start[b] = code(self.tours.require_start(start))
        super().begin(b, rng, options)

    def act(self, action: np.ndarray, idle: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Go to a node in each tour that is not ``idle``; return rewards and ends."""
        self._renew()
        return self.tours.advance(action, idle)

    def observe(self) -> dict[str, np.ndarray]:
        """Observations of all tours; what does not change is shared by them, and read-only."""
        self._renew()
        tours, nodes = self.tours, self.data.nodes
        return {
            **self.static(),
            "node": np.where(tours.node < 0, nodes, tours.node).reshape(-1),
            "first": np.where(tours.first < 0, nodes, tours.first).reshape(-1),
            "action_mask": tours.mask.view(np.int8).reshape(self.count, -1).copy(),
        }

    def over(self) -> np.ndarray:
        """Whether each tour is complete or has not begun: bool, shape (B,)."""
        self._renew()
        return np.asarray((self.tours.left.reshape(-1) == 0) | ~self._begun)

    def masks(self) -> np.ndarray:
        """Nodes that may come next: bool, shape (B, n)."""
        self._renew()
        return self.tours.mask.reshape(self.count, -1).copy()

    def outcome(self) -> dict[str, np.ndarray]:
        """Distance of all legs so far, ``cost``: float64, (B,)."""
        return {"cost": self.tours.cost.flatten()}

    def problem(self, b: int) -> TspInstance:
        """Return the problem of plan ``b``."""
        return self.data.instance(b // self.tours.starts)

    def plan(self, b: int) -> TspSolution:
        """Return the nodes of tour ``b`` so far, in order of visit."""
        self._renew()
        return self.tours.solution(*divmod(b, self.tours.starts))

    def _renew(self) -> None:
        if self._stale:
            self.tours.renew(self._fresh, start=self._start)
            self._settle()
