"""What a solver tells its observer while it works."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

EventKind = Literal["tick", "incumbent", "bound", "phase"]


@dataclass(frozen=True, slots=True)
class Event:
    """One message of a running solver.

    Attributes
    ----------
    kind : str
        ``tick`` between kernel slices, ``incumbent`` for a better answer, ``bound`` for a
        better proven bound, ``phase`` when a stage such as compilation begins.
    seconds : float
        Time spent, compilation not counted.
    iteration : int
        Iterations done.
    objective, bound : float or None
        Best known so far.
    solution : Any
        The new incumbent, on ``incumbent`` events only.
    message : str
        For people.
    info : dict
        Family-specific figures, such as ``vehicles``.
    """

    kind: EventKind
    seconds: float
    iteration: int = 0
    objective: float | None = None
    bound: float | None = None
    solution: Any = None
    message: str = ""
    info: dict[str, Any] | None = None


Observer: TypeAlias = Callable[[Event], bool | None]
"""Gets every event; the solver stops as soon as it can once the observer returns ``True``."""
