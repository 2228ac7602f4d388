"""Many networks under admission at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from gymnasium.utils import seeding
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space

from netroute.core.errors import InputError
from netroute.envs.sdn.admission import Observation
from netroute.envs.sdn.engine import AdmissionEngine
from netroute.envs.sdn.sources import instance_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from netroute.problems.sdn import SdnInstance, SdnSolution


class SdnAdmissionVectorEnv(VectorEnv[Observation, np.ndarray, np.ndarray]):
    """A batch of `SdnAdmissionEnv` on one network, in compiled code.

    The i-th environment does what `SdnAdmissionEnv` does with the i-th seed; a single seed ``s``
    stands for ``s``, ``s + 1`` … The step after the last arrival of an episode begins the next
    one, whatever the action, with reward 0 (`AutoresetMode.NEXT_STEP`).

    Parameters
    ----------
    num_envs : int
    instance : SdnInstance or path, optional
        Network and flows; a small generated network without it.
    k, order, holding, prices
        As of `SdnAdmissionEnv`.

    Raises
    ------
    InputError
        A parameter out of its range.
    UnsupportedError
        The instance asks for protection or has a lexicographic objective.

    Examples
    --------
    >>> envs = SdnAdmissionVectorEnv(num_envs=3, k=2, order="shuffled")
    >>> seen, info = envs.reset(seed=1)
    >>> seen["paths"].shape, envs.step(np.zeros(3, np.int64))[1].shape
    ((3, 2, 3), (3,))
    """

    metadata: dict[str, Any] = {"autoreset_mode": AutoresetMode.NEXT_STEP}  # noqa: RUF012

    def __init__(
        self,
        num_envs: int = 1,
        instance: SdnInstance | str | Path | None = None,
        *,
        k: int = 8,
        order: str = "file",
        holding: float | None = None,
        prices: np.ndarray | None = None,
    ) -> None:
        self.num_envs = num_envs
        self._engine = AdmissionEngine(
            instance_of(instance), count=num_envs, k=k, order=order, holding=holding, prices=prices
        )
        self.single_observation_space, self.single_action_space = self._engine.spaces()
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.action_space = batch_space(self.single_action_space, num_envs)
        self._rngs: list[np.random.Generator] | None = None
        self._done = np.zeros(num_envs, bool)

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
            self._engine.begin(b, rng, (options or {}).get("order"))
        self._done[:] = False
        seen = self._engine.observe()
        return seen, self._info(seen)

    def step(
        self, actions: np.ndarray
    ) -> tuple[Observation, np.ndarray, np.ndarray, np.ndarray, dict[str, Any]]:
        """Decide the flow at hand in every environment."""
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
            offered, admitted = self._engine.classes()
            info |= {"offered": offered, "_offered": done.copy()}
            info |= {"admitted": admitted, "_admitted": done.copy()}
        return seen, reward, done.copy(), np.zeros(self.num_envs, bool), info

    def action_masks(self) -> np.ndarray:
        """Actions that are possible now: bool, shape (num_envs, k + 1)."""
        return self._engine.masks()

    def instance(self, b: int) -> SdnInstance:
        """Network and flows of the episode of environment ``b``."""
        return self._engine.day(b)

    def solution(self, b: int) -> SdnSolution:
        """Paths of the flows in the network of environment ``b``, as a plan of its instance."""
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
