"""The frame of environments in which many episodes are played at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar

import numpy as np
from gymnasium.utils import seeding
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space

from netroute.core.errors import InputError
from netroute.envs.engine import Engine, Observation

if TYPE_CHECKING:
    from collections.abc import Sequence

E = TypeVar("E", bound=Engine)


class OnlineVectorEnv(VectorEnv[Observation, np.ndarray, np.ndarray], Generic[E]):
    """One decision after the other on many copies of an instance, in compiled code.

    The i-th copy does what the single environment does with the i-th seed; a single seed ``s``
    stands for ``s``, ``s + 1`` … The step after the last decision of an episode begins the next
    one, whatever the action, with reward 0 (`AutoresetMode.NEXT_STEP`).

    Parameters
    ----------
    engine : Engine
        Of as many copies as environments.
    """

    metadata: dict[str, Any] = {"autoreset_mode": AutoresetMode.NEXT_STEP}  # noqa: RUF012

    def __init__(self, engine: E) -> None:
        self.num_envs = engine.count
        self._engine = engine
        self.single_observation_space, self.single_action_space = engine.spaces()
        self.observation_space = batch_space(self.single_observation_space, self.num_envs)
        self.action_space = batch_space(self.single_action_space, self.num_envs)
        self._rngs: list[np.random.Generator] | None = None
        self._done = np.zeros(self.num_envs, bool)

    def reset(
        self,
        *,
        seed: int | Sequence[int | None] | None = None,
        options: dict[str, Any] | None = None,
    ) -> tuple[Observation, dict[str, Any]]:
        """Begin an episode in every environment."""
        if seed is not None or self._rngs is None:
            seeds = self._seeds(seed)
            self._rngs = [seeding.np_random(each)[0] for each in seeds]
        for b, rng in enumerate(self._rngs):
            self._engine.begin(b, rng, options or {})
        self._done[:] = False
        seen = self._engine.observe()
        return seen, self._info(seen)

    def step(
        self, actions: np.ndarray
    ) -> tuple[Observation, np.ndarray, np.ndarray, np.ndarray, dict[str, Any]]:
        """Decide what is at hand in every environment."""
        if self._rngs is None:
            raise InputError("call reset before step", code="env", where="step")
        space = self.single_action_space
        chosen = np.ascontiguousarray(actions, space.dtype)
        expected = (self.num_envs, *(space.shape or ()))
        if chosen.shape != expected:
            raise InputError(
                f"found actions of shape {chosen.shape}, expected {expected}",
                code="env",
                where="actions",
            )
        again = self._done
        reward, done = self._engine.act(chosen, again)
        for b in np.flatnonzero(again):
            self._engine.begin(int(b), self._rngs[b], {})
        self._done = done
        seen = self._engine.observe()
        info = self._info(seen)
        if done.any():
            for name, values in self._engine.outcome().items():
                info |= {name: values, f"_{name}": done.copy()}
        return seen, reward, done.copy(), np.zeros(self.num_envs, bool), info

    def action_masks(self) -> np.ndarray:
        """Actions that are possible now: bool, shape (num_envs, actions)."""
        return self._engine.masks()

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
