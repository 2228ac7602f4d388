"""The frame of environments in which one episode is played."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar

import gymnasium
import numpy as np

from netroute.core.errors import InputError
from netroute.envs.engine import Engine, Observation

if TYPE_CHECKING:
    from collections.abc import Callable

    from netroute.envs.sources import Sources

E = TypeVar("E", bound=Engine)


class OnlineEnv(gymnasium.Env[Observation, Any], Generic[E]):
    """One decision after the other on one copy of an instance.

    Parameters
    ----------
    source : instance, path, callable or None
        Of the instance; a function ``draw(rng)`` is asked at each reset.
    sources : Sources
        How to come by an instance.
    engine : callable
        Makes an engine of one copy of an instance.
    """

    def __init__(self, source: Any, *, sources: Sources[Any], engine: Callable[[Any], E]) -> None:
        self._draw = source if callable(source) else None
        self._sources, self._make = sources, engine
        # The spaces follow from any one instance that the function draws.
        self._played = (
            sources.instance(source)
            if self._draw is None
            else sources.require(self._draw(np.random.default_rng(0)))
        )
        self._engine = engine(self._played)
        self.observation_space, self.action_space = self._engine.spaces()

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Observation, dict[str, Any]]:
        """Begin an episode, of a new instance where a function draws them."""
        super().reset(seed=seed)
        if self._draw is not None:
            self._enter(self._sources.require(self._draw(self.np_random)))
        self._engine.begin(0, self.np_random, options or {})
        seen = self._observe()
        return seen, self._info(seen)

    def step(self, action: Any) -> tuple[Observation, float, bool, bool, dict[str, Any]]:
        """Decide what is at hand."""
        if self._engine.over()[0]:
            raise InputError("the episode is over or has not begun: call reset", where="step")
        chosen, idle = np.array([action], self.action_space.dtype), np.zeros(1, bool)
        reward, done = self._engine.act(chosen, idle)
        seen = self._observe()
        info = self._info(seen)
        if done[0]:
            info |= {name: values[0] for name, values in self._engine.outcome().items()}
        return seen, float(reward[0]), bool(done[0]), False, info

    def action_masks(self) -> np.ndarray:
        """Actions that are possible now: bool, shape (actions,)."""
        found: np.ndarray = self._engine.masks()[0]
        return found

    def _enter(self, instance: Any) -> None:
        if instance.fingerprint == self._played.fingerprint:
            return
        found = self._make(instance)
        if found.extent != self._engine.extent:
            raise InputError(
                f"found {found.extent}, expected {self._engine.extent} as in the first one",
                code="env",
                where="instance",
            )
        self._played, self._engine = instance, found

    def _observe(self) -> Observation:
        return {name: values[0] for name, values in self._engine.observe().items()}

    def _info(self, seen: Observation) -> dict[str, Any]:
        return {"action_mask": seen["action_mask"].copy()}
