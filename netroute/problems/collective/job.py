"""A collective operation of a group of hosts."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from netroute.core.arrays import frozen
from netroute.core.errors import InputError
from netroute.core.problem import unknown_name
from netroute.problems.collective.patterns import PATTERNS

if TYPE_CHECKING:
    import numpy.typing as npt

    from netroute.problems.collective.patterns import Part

MOST_BYTES = 2**40


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Job:
    """A pattern of communication among hosts, in the order of their ranks.

    Parameters
    ----------
    pattern : str
        One of `netroute.problems.collective.patterns.PATTERNS`.
    hosts : sequence of int
        At least 2, all different.
    size : int
        Bytes of a flow; of the smallest one where they differ.
    channels : int
        Rings side by side; other patterns send so many times the bytes.

    Examples
    --------
    >>> parts = Job(pattern="ring", hosts=[0, 3, 5], size=10).expand()
    >>> parts[0].source.tolist(), parts[0].target.tolist(), parts[0].size.tolist()
    ([0, 3, 5], [3, 5, 0], [10, 10, 10])
    """

    pattern: str
    hosts: np.ndarray
    size: int = 1
    channels: int = 1

    if TYPE_CHECKING:

        def __init__(
            self, *, pattern: str, hosts: npt.ArrayLike, size: int = ..., channels: int = ...
        ) -> None: ...

    def __post_init__(self) -> None:
        if self.pattern not in PATTERNS:
            raise unknown_name("pattern", str(self.pattern)[:40], PATTERNS)
        hosts = np.asarray(self.hosts)
        if hosts.ndim != 1 or len(hosts) < 2 or hosts.dtype.kind not in "iu":
            raise _fault("hosts", "expected a list of at least 2 host numbers")
        values, first = np.unique(hosts, return_index=True)
        if len(values) < len(hosts):
            twice = np.setdiff1d(np.arange(len(hosts)), first)[0]
            raise _fault("hosts", f"host {hosts[twice]} is there twice")
        object.__setattr__(self, "hosts", frozen(hosts, np.int64))
        for name, most in (("size", MOST_BYTES), ("channels", 1024)):
            value = getattr(self, name)
            whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
            if not whole or not 1 <= value <= most:
                raise _fault(name, f"found {value!r}, expected an integer from 1 to {most}")
            object.__setattr__(self, name, int(value))

    def __setstate__(self, state: list[Any]) -> None:
        for entry, value in zip(fields(self), state, strict=True):
            if isinstance(value, np.ndarray):
                value.flags.writeable = False
            object.__setattr__(self, entry.name, value)

    def __getstate__(self) -> list[Any]:
        return [getattr(self, entry.name) for entry in fields(self)]

    def expand(self) -> list[Part]:
        """Return the flows of each phase."""
        return PATTERNS[self.pattern](self.hosts, self.size, self.channels)


def _fault(where: str, message: str) -> InputError:
    return InputError(message, code="collective.job", where=where)
