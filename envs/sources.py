"""Where environments take their instances from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

from netroute.core.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

Instance = TypeVar("Instance")


@dataclass(frozen=True)
class Sources(Generic[Instance]):
    """How the environments of a family come by an instance.

    Parameters
    ----------
    kind : type
        Class of the family's instances.
    family : str
        Its name in messages.
    default : callable
        Makes a small instance, for environments that are made without one.

    Examples
    --------
    >>> Sources(int, "numbers", lambda: 7).instance(None)
    7
    """

    kind: type[Instance]
    family: str
    default: Callable[[], Instance]

    def instance(self, source: object) -> Instance:
        """Return the instance that an instance, its file, its catalogue name or None means."""
        if source is None:
            return self.default()
        if isinstance(source, str | Path):
            from netroute.face import read

            return self.require(read(source))
        return self.require(source)

    def require(self, value: object) -> Instance:
        """Return ``value``; raise `InputError` unless it is an instance of the family."""
        if isinstance(value, self.kind):
            return value
        raise InputError(
            f"found {type(value).__name__}, expected an instance of {self.family} or its file",
            code="env",
            where="instance",
        )
