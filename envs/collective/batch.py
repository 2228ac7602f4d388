"""Many fabrics that get flows one by one at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from gymnasium.utils import seeding
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space

from netroute.core.errors import InputError
from netroute.envs.collective.engine import PlacementEngine
from netroute.envs.collective.placement import Observation
from netroute.envs.collective.sources import instance_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from netroute.problems.collective import CollectiveInstance, CollectiveSolution


class CollectivePlacementVectorEnv(VectorEnv[Observation, np.ndarray, np.ndarray]):
    """A batch of `CollectivePlacementEnv` on one instance, in compiled code.

    The i-th environment does what `CollectivePlacementEnv` does with the i-th seed; a single seed
    ``s`` stands for ``s``, ``s + 1`` … The step after the last flow of an episode begins the next
    one, whatever the action, with reward 0 (`AutoresetMode.NEXT_STEP`).

    Parameters
    ----------
    num_envs : int
    instance : CollectiveInstance or path, optional
        Leaf-spine fabric and flows; a small generated job without it.
    order, information, noise, delay
        As of `CollectivePlacementEnv`.

    Raises
    ------
    InputError
        A parameter out of its range, no flows between leaves, or more memory than 4 GiB.
    UnsupportedError
        The fabric is a fat tree.

    Examples
    --------
    >>> envs = CollectivePlacementVectorEnv(num_envs=3, order="shuffled")
    >>> seen, info = envs.reset(seed=1)
    >>> seen["up"].shape, envs.step(np.zeros(3, np.int64))[1].shape
    ((3, 4), (3,))
    """

    metadata: dict[str, Any] = {"autoreset_mode": AutoresetMode.NEXT_STEP}  # noqa: RUF012

    def __init__(
        self,
        num_envs: int = 1,
        instance: CollectiveInstance | str | Path | None = None,
        *,
        order: str = "file",
        information: str = "host",
        noise: float = 0.0,
        delay: int = 0,
    ) -> None:
        self.num_envs = num_envs
        self._engine = PlacementEngine(
            instance_of(instance),
            count=num_envs,
            order=order,
            information=information,
            noise=noise,
            delay=delay,
        )
        self.single_observation_space, self.single_action_space = self._engine.spaces()
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.action_space = batch_space(self.single_action_space, num_envs)
        self._rngs: list[np.random.Generator] | None = None
        self._done = np.zeros(num_envs, bool)

    @property
    def instance(self) -> CollectiveInstance:
        """Fabric and flows of all environments."""
        return self._engine.instance

    @property
    def bound(self) -> float:
        """Lower bound of the objective by which rewards are divided."""
        return self._engine.bound

    def reset(
        self,
        *,
        seed: int | Sequence[int | None] | None = None,
        options: dict[str, Any] | None = None,
    ) -> tuple[Observation, dict[str, Any]]:
        """Begin an episode in every environment; there are no options."""
        if seed is not None or self._rngs is None:
            seeds = self._seeds(seed)
            self._rngs = [seeding.np_random(each)[0] for each in seeds]
        for b, rng in enumerate(self._rngs):
            self._engine.begin(b, rng)
        self._done[:] = False
        seen = self._engine.observe()
        return seen, self._info(seen)

    def step(
        self, actions: np.ndarray
    ) -> tuple[Observation, np.ndarray, np.ndarray, np.ndarray, dict[str, Any]]:
        """Put the flow at hand on a spine in every environment."""
        if self._rngs is None:
            raise InputError("call reset before step", code="env", where="step")
        chosen = np.ascontiguousarray(actions, np.int64)
        if chosen.shape != (self.num_envs,):
            raise InputError(
                f"found actions of shape {chosen.shape}, expected ({self.num_envs},)",
                code="env",
                where="actions",
            )
        again = self._done
        reward, done = self._engine.act(chosen, again)
        for b in np.flatnonzero(again):
            self._engine.begin(int(b), self._rngs[b])
        self._done = done
        seen = self._engine.observe()
        info = self._info(seen)
        if done.any():
            info |= {"theta": self._engine.thetas(), "_theta": done.copy()}
        return seen, reward, done.copy(), np.zeros(self.num_envs, bool), info

    def action_masks(self) -> np.ndarray:
        """Spines with both links up for the flows at hand: bool, shape (num_envs, s)."""
        return np.asarray(self._engine.observe()["action_mask"] != 0)

    def solution(self, b: int) -> CollectiveSolution:
        """Spines of the flows that are placed in environment ``b``, as a solution."""
        return self._engine.plan(b)

    def _seeds(self, seed: int | Sequence[int | None] | None) -> list[int | None]:
        if seed is None:
            return [None] * self.num_envs
        if isinstance(seed, int | np.integer):
            return [int(seed) + b for b in range(self.num_envs)]
        if len(seed) != self.num_envs:
            raise InputError(f"found {len(seed)}, expected {self.num_envs}", where="seed")
        return list(seed)

    def _info(self, seen: Observation) -> dict[str, Any]:
        every = np.ones(self.num_envs, bool)
        return {"action_mask": seen["action_mask"].copy(), "_action_mask": every}
