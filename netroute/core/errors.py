"""The errors that netroute raises on purpose, each with what the user can do about it."""

from __future__ import annotations

from typing import Any


class NetrouteError(Exception):
    """Base class of every error that netroute raises on purpose.

    ``exit_code`` is the status with which the command line ends on it.
    """

    exit_code = 2


class InputError(NetrouteError):
    """What the user gave cannot be used.

    Parameters
    ----------
    message : str
        What was found and what was expected, in one line.
    code : str, optional
        Short stable identifier, for programs (``"vrplib.dimension"``).
    where : str, optional
        Place of the fault: ``file:line`` or the name of a field.
    hint : str, optional
        What to do about it.

    Examples
    --------
    >>> print(InputError("found -3, expected a positive number", where="a.vrp:7"))
    a.vrp:7: found -3, expected a positive number
    """

    def __init__(
        self,
        message: str,
        *,
        code: str = "input",
        where: str | None = None,
        hint: str | None = None,
    ) -> None:
        self.message = message
        self.code = code
        self.where = where
        self.hint = hint
        text = f"{where}: {message}" if where else message
        super().__init__(f"{text} ({hint})" if hint else text)

    def at(self, where: str) -> InputError:
        """Return the same error with ``where`` put in front of its place."""
        place = f"{where}: {self.where}" if self.where else where
        return type(self)(self.message, code=self.code, where=place, hint=self.hint)


class InfeasibleError(NetrouteError):
    """The instance is proven to have no solution; ``report`` holds the reason."""

    exit_code = 3

    def __init__(self, message: str, *, report: dict[str, Any] | None = None) -> None:
        self.report = report or {}
        super().__init__(message)


class UnsupportedError(NetrouteError):
    """A solver was given an instance with a feature that it does not support."""


class MissingExtraError(NetrouteError):
    """An optional dependency is not installed.

    Examples
    --------
    >>> print(MissingExtraError("pyvrp", extra="peers"))
    pyvrp is not installed: pip install 'netroute[peers]'
    """

    def __init__(self, package: str, *, extra: str) -> None:
        self.package = package
        self.extra = extra
        super().__init__(f"{package} is not installed: pip install 'netroute[{extra}]'")


class NoAnswerError(NetrouteError):
    """The budget ended before a first answer was found."""

    exit_code = 4
