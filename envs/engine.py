"""What an engine of an online problem offers to the single and the batched environment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from netroute.core.errors import InputError

if TYPE_CHECKING:
    from gymnasium import spaces

Observation = dict[str, np.ndarray]


class Engine(Protocol):
    """``count`` copies of one instance, each at its own place in its own episode."""

    count: int

    @property
    def extent(self) -> str:
        """What instances must share to be played in turn, in words: the sizes of the spaces."""

    def spaces(self) -> tuple[spaces.Space[Observation], spaces.Space[Any]]:
        """Observation and action space of one copy."""

    def begin(self, b: int, rng: np.random.Generator, options: dict[str, Any]) -> None:
        """Begin an episode of copy ``b``."""

    def act(self, action: np.ndarray, idle: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Decide in each copy that is not ``idle``; return rewards and ends.

        ``action`` has B rows in the action space's shape and type; ``idle`` is bool, (B,).
        """

    def observe(self) -> Observation:
        """Observations of all copies, ``action_mask`` (int8) among them, in new arrays."""

    def over(self) -> np.ndarray:
        """Whether nothing is left to decide in each copy, or it has not begun: bool, (B,)."""

    def masks(self) -> np.ndarray:
        """Actions that are possible now: bool, shape (B, actions)."""

    def outcome(self) -> dict[str, np.ndarray]:
        """Return what ``info`` tells of an episode at its end, by name: arrays of shape (B, …)."""


def whole(value: object) -> bool:
    """Whether ``value`` is an integer and no truth value.

    Examples
    --------
    >>> whole(3), whole(True), whole(3.0)
    (True, False, False)
    """
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def require(where: str, value: Any, holds: Any, expected: str) -> None:
    """Raise `InputError` with what was expected at ``where`` unless it holds."""
    if not holds:
        raise InputError(f"found {value!r}, expected {expected}", code="env", where=where)
