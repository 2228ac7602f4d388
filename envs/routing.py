"""Routes that are built node by node: what environments of tours and of vehicles have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import numpy as np

from netroute.core.errors import InputError
from netroute.envs._kernels.legs import Tables
from netroute.envs.engine import Observation, require, whole
from netroute.envs.legs import Legs, into_square

if TYPE_CHECKING:
    from collections.abc import Callable

    from gymnasium import spaces

I = TypeVar("I")  # noqa: E741


class RoutingEngine(ABC, Generic[I]):
    """``count`` problems of one size, each at its own place in its own episode.

    Parameters
    ----------
    draw : callable, optional
        ``draw(rng)`` returns the instance of an episode.
    fixed : dict of str to ndarray
        What observations tell of each problem: arrays of B rows, or of one that is all problems'.
    count : int
    """

    def __init__(
        self,
        draw: Callable[[np.random.Generator], I] | None,
        fixed: Observation,
        *,
        count: int,
    ) -> None:
        self.count = count
        self._draw = draw
        self._fixed = fixed
        self._shown: Observation | None = None
        self._begun = np.zeros(count, bool)
        # Episodes that are to begin do so at once, before the next look or step.
        self._fresh = np.zeros(count, bool)
        self._stale = False

    @property
    @abstractmethod
    def extent(self) -> str:
        """What instances must share to be played in turn, in words."""

    @abstractmethod
    def spaces(self) -> tuple[spaces.Space[Observation], spaces.Discrete]:
        """Observation and action space of one problem."""

    @abstractmethod
    def put(self, b: int, instance: I) -> None:
        """Make ``instance`` problem ``b``."""

    def require(self, extent: str) -> None:
        """Raise `InputError` unless a drawn instance has the extent of the first one."""
        if extent != self.extent:
            raise InputError(
                f"found {extent}, expected {self.extent} as in the first one",
                code="env",
                where="instance",
            )

    def begin(self, b: int, rng: np.random.Generator, options: dict[str, Any]) -> None:
        """Begin an episode of problem ``b``, which is another one where a function draws it."""
        if self._draw is not None:
            self.put(b, self._draw(rng))
            self._shown = None
        self._fresh[b] = self._begun[b] = self._stale = True

    def _settle(self) -> None:
        """Note that all episodes that are to begin have begun."""
        self._fresh[:] = False
        self._stale = False

    def static(self) -> Observation:
        """Return what observations tell of each problem: arrays of B rows, not to be written to.

        The arrays stay the same until a problem is replaced, and then others take their place.
        """
        if self._shown is None:
            self._shown = {}
            for name, values in self._fixed.items():
                kept = values.copy() if self._draw is not None else values
                kept = np.broadcast_to(kept, (self.count, *values.shape[1:]))
                kept.flags.writeable = False
                self._shown[name] = kept
        return self._shown


def copies(problems: int, num_envs: int) -> int:
    """Return how many environments play each problem.

    Raises
    ------
    InputError
        There is neither one problem nor one an environment.

    Examples
    --------
    >>> copies(1, 8), copies(8, 8)
    (8, 1)
    """
    require("num_envs", num_envs, whole(num_envs) and num_envs >= 1, "an integer >= 1")
    if problems not in (1, num_envs):
        raise InputError(
            f"found {problems} problems for {num_envs} environments, expected one for all or one "
            "for each",
            code="env",
            where="instance",
        )
    return num_envs // problems


def map_of(legs: Legs) -> Observation:
    """Return what observations tell of distances.

    ``coordinates`` (float32, (B, n, 2)) in the unit square where distances are measured in the
    plane; otherwise ``distances`` (float32, (B, n, n)) over the largest one of the problem, by its
    absolute value.

    Examples
    --------
    >>> from netroute.envs.legs import places
    >>> {name: values.shape for name, values in map_of(places(np.zeros((3, 5, 2)))).items()}
    {'coordinates': (3, 5, 2)}
    """
    if not isinstance(legs, Tables):
        return {"coordinates": into_square(legs.points)}
    values = legs.values.astype(np.float32)
    nodes = np.arange(values.shape[1])
    values[:, nodes, nodes] = 0.0
    largest = np.abs(values).max(axis=(1, 2), keepdims=True)
    values /= np.where(largest > 0.0, largest, 1.0)
    return {"distances": values}


def map_spaces(legs: Legs) -> dict[str, spaces.Space[Any]]:
    """Return the spaces of `map_of`."""
    from gymnasium import spaces

    if not isinstance(legs, Tables):
        return {"coordinates": spaces.Box(0.0, 1.0, legs.points.shape[1:], np.float32)}
    return {"distances": spaces.Box(-1.0, 1.0, legs.values.shape[1:], np.float32)}
