"""Nodes that decide for themselves whether to lead, all at once, knowing what is near."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from netroute.core.rng import generator
from netroute.envs.engine import Observation, require, whole
from netroute.envs.wsn.engine import HeadsEngine
from netroute.solvers.wsn.world import require_memory

if TYPE_CHECKING:
    from gymnasium import spaces

    from netroute.problems.wsn import WsnInstance, WsnSolution


class NodeTeam:
    """One agent a node; see `WsnNodesEnv`.

    Raises
    ------
    InputError
        A parameter out of its range, or too much memory.
    """

    def __init__(self, instance: WsnInstance, *, hold: int, radius: float) -> None:
        n = instance.size
        require_memory(9 * n * n, f"the surroundings of {n} nodes")
        self.names = [f"node_{i}" for i in range(n)]
        self.engine = HeadsEngine(instance, count=1, action="heads", hold=hold, radius=radius)
        self.engine.begin(0, generator(0), {})
        self._radius = float(radius)
        x, y = instance.position.T
        self._apart = np.hypot(x[:, None] - x, y[:, None] - y)
        self._around = self._apart <= radius
        np.fill_diagonal(self._around, False)
        self._number = np.maximum(1, self._around.sum(axis=1))

    def spaces(self) -> tuple[spaces.Space[Observation], spaces.Space[Any]]:
        """Observation and action space of one node."""
        from gymnasium import spaces

        seen: dict[str, Any] = {
            "own": spaces.Box(0.0, 1.0, (4,), np.float32),
            "around": spaces.Box(0.0, 1.0, (3,), np.float32),
            "action_mask": spaces.MultiBinary(2),
        }
        space: Any = spaces.Dict(seen)
        return space, spaces.Discrete(2)

    def begin(self, rng: np.random.Generator) -> None:
        """Begin an episode with full batteries; nothing is random."""
        self.engine.begin(0, rng, {})

    def act(self, actions: list[Any]) -> tuple[float, bool]:
        """Let those lead whose action is 1."""
        for name, action in zip(self.names, actions, strict=True):
            require(name, action, whole(action) and 0 <= action <= 1, "0 or 1")
        chosen = np.array([actions], np.int8)
        reward, done = self.engine.act(chosen, np.zeros(1, bool))
        return float(reward[0]), bool(done[0])

    def observe(self) -> Observation:
        """Return what each node sees: arrays of shape (n, …)."""
        nodes = self.engine.observe()["nodes"][0]
        heads = self.engine.leading()
        left = np.where(self._around, nodes[:, 2], 0.0).sum(axis=1) / self._number
        led = (self._around & heads).sum(axis=1) / self._number
        nearest = np.full(len(heads), np.inf)
        if heads.any():
            nearest = self._apart[:, heads].min(axis=1)
        far = np.minimum(1.0, nearest / max(self._radius, 1e-9))
        return {
            "own": np.ascontiguousarray(nodes[:, 2:6]),
            "around": np.stack([left, led, far], axis=1).astype(np.float32),
            "action_mask": np.ones((len(heads), 2), np.int8),
        }

    def state(self) -> np.ndarray:
        """Return all nodes as `WsnClusterHeadEnv` shows them: float32, (n, 7)."""
        found: np.ndarray = self.engine.observe()["nodes"][0]
        return found

    def outcome(self) -> dict[str, Any]:
        """Return the rounds before the first death."""
        return {"fnd": int(self.engine.outcome()["fnd"][0])}

    def plan(self) -> WsnSolution:
        """Return the rounds played so far as a schedule."""
        return self.engine.plan()
