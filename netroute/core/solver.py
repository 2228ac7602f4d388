"""What every solver is: a frozen set of documented parameters and one ``solve`` method."""

from __future__ import annotations

import operator
from abc import ABC, abstractmethod
from contextlib import suppress
from dataclasses import MISSING, dataclass, field, fields
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self, SupportsFloat, SupportsIndex

from netroute.core.budget import Budget
from netroute.core.errors import InputError, UnsupportedError
from netroute.core.recorder import Recorder

if TYPE_CHECKING:
    from collections.abc import Mapping

    from netroute.core.evaluation import Evaluation
    from netroute.core.event import Observer
    from netroute.core.result import Result


def parameter(
    default: Any,
    help: str,
    *,
    low: float | None = None,
    high: float | None = None,
    choices: tuple[str, ...] | None = None,
) -> Any:
    """Declare a solver's parameter: default, description and allowed range (ends included)."""
    return field(
        default=default, metadata={"help": help, "low": low, "high": high, "choices": choices}
    )


@dataclass(frozen=True, kw_only=True)
class Solver(ABC):
    """Base of all solvers; a subclass is a frozen dataclass whose fields are its parameters.

    Attributes
    ----------
    name : str
        As the registry and ``--solver`` know it.
    summary : str
        One line for ``netroute solvers``.
    kind : str
        ``exact``, ``heuristic``, ``baseline``, ``learned`` or ``peer``.
    supports : frozenset of str
        Instance features that it can handle (see ``instance.features()``).
    sense : str
        ``min`` or ``max``.
    proves : bool
        It reports bounds itself: unless one is asked for, no bound method works beside it.
    """

    name: ClassVar[str]
    summary: ClassVar[str]
    kind: ClassVar[Literal["exact", "heuristic", "baseline", "learned", "peer"]]
    supports: ClassVar[frozenset[str]] = frozenset()
    sense: ClassVar[Literal["min", "max"]] = "min"
    proves: ClassVar[bool] = False

    def __post_init__(self) -> None:
        for entry in fields(self):
            if "help" in entry.metadata:
                where = f"{self.name}.{entry.name}"
                value = _of_type(where, getattr(self, entry.name), entry.default)
                _check_range(where, value, entry.metadata)
                object.__setattr__(self, entry.name, value)

    @classmethod
    def from_settings(cls, settings: Mapping[str, Any]) -> Self:
        """Build the solver from ``{parameter: value}``, where values may be text."""
        known = {entry.name: entry for entry in fields(cls)}
        values: dict[str, Any] = {}
        for key, value in settings.items():
            if key not in known:
                expected = ", ".join(known) or "no parameters"
                raise InputError(
                    f"unknown parameter {key!r}, expected one of: {expected}",
                    code="solver.parameter",
                    where=cls.name,
                )
            values[key] = _from_text(value, known[key].default)
        return cls(**values)

    def parameters(self) -> dict[str, Any]:
        """All parameters by name."""
        return {entry.name: getattr(self, entry.name) for entry in fields(self)}

    def require_support(self, instance: Any) -> None:
        """Raise `UnsupportedError` if the instance has a feature that this solver lacks."""
        missing = sorted(instance.features() - self.supports)
        if missing:
            raise UnsupportedError(
                f"solver {self.name!r} does not support {', '.join(missing)} "
                f"(instance {instance.name!r}); 'netroute solvers' lists what each one supports"
            )

    def solve(
        self,
        instance: Any,
        *,
        budget: Budget | None = None,
        seed: int = 0,
        start: Any = None,
        observe: Observer | None = None,
    ) -> Result:
        """Search within ``budget`` and return the best checked answer.

        Parameters
        ----------
        instance : Instance
            The problem to solve.
        budget : Budget, optional
            When to stop; without one the solver ends by itself.
        seed : int
            Same seed, parameters and iteration budget give the same answer.
        start : Solution, optional
            Any solution to start from, partial or infeasible ones too.
        observe : callable, optional
            Gets each `Event`; returns True to stop the search.

        Raises
        ------
        UnsupportedError
            The instance has a feature that the solver does not support.
        InfeasibleError
            The instance is proven to have no solution.
        """
        self.require_support(instance)
        recorder = Recorder(self, instance, budget or Budget(), seed=seed, observe=observe)
        self.search(instance, recorder, seed=seed, start=start)
        return recorder.result()

    @abstractmethod
    def search(self, instance: Any, recorder: Recorder, *, seed: int, start: Any) -> None:
        """Do the work: hand incumbents and bounds to ``recorder`` and heed its ``stop``."""

    @abstractmethod
    def evaluate(self, instance: Any, solution: Any) -> Evaluation:
        """Check a solution with the family's independent checker."""


def _check_range(where: str, value: Any, metadata: Mapping[str, Any]) -> None:
    choices, low, high = metadata["choices"], metadata["low"], metadata["high"]
    if choices is not None and value not in choices:
        raise InputError(f"found {value!r}, expected one of: {', '.join(choices)}", where=where)
    if value is None:
        return
    if low is None and high is None:
        return
    number = not isinstance(value, str) and isinstance(value, SupportsFloat)
    if not number or not ((low is None or value >= low) and (high is None or value <= high)):
        bounds = f"{'-inf' if low is None else low} to {'inf' if high is None else high}"
        raise InputError(f"found {value!r}, expected a value from {bounds}", where=where)


def _from_text(value: Any, default: Any) -> Any:
    """Turn the text of ``--set`` into a value of the default's type."""
    if not isinstance(value, str) or isinstance(default, str):
        return value
    text = value.strip().lower()
    if isinstance(default, bool):
        return {"true": True, "1": True, "false": False, "0": False}.get(text, value)
    if default is None and text == "none":
        return None
    for kind in (int, float):
        if not isinstance(default, int) or kind is int:
            with suppress(ValueError):
                return kind(text)
    return value


def _of_type(where: str, value: Any, default: Any) -> Any:
    """Accept a value of the default's type, whole numbers for floats; anything beside None."""
    if default is None or default is MISSING or value is default:
        return value
    kind = type(default)
    if kind is bool or isinstance(value, bool):
        fits = kind is bool and isinstance(value, bool)
    elif kind is int:
        fits = isinstance(value, SupportsIndex)
    elif kind is float:
        fits = isinstance(value, SupportsFloat)
    else:
        fits = isinstance(value, kind)
    with suppress(OverflowError):
        if fits:
            return operator.index(value) if kind is int else kind(value)
    raise InputError(f"found {value!r}, expected a value of type {kind.__name__}", where=where)
