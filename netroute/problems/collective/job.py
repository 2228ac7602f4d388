"""A collective operation of groups of hosts."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from netroute.core.arrays import frozen
from netroute.core.errors import InputError
from netroute.core.problem import unknown_name
from netroute.problems.collective.fabric import MOST_MEMORY
from netroute.problems.collective.patterns import PATTERNS, Block, Pairs, listed_flows

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt

    from netroute.problems.collective.patterns import Part

MOST_BYTES = 2**40

MOST_SENT = 2**62
"""Bytes that a host sends in a phase stay below it."""

MOST_START = 4000

LISTED = 64
"""Bytes of a flow in a list, and while the list is made."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Job:
    """A pattern of communication among hosts, in the order of their ranks.

    Parameters
    ----------
    pattern : str
        One of `netroute.problems.collective.patterns.PATTERNS`.
    hosts : sequence of int, or rows of them of one length
        One group, or a group a row: each has the pattern on its own, all at the same time. At least
        2 hosts a group, all different.
    size : int
        Bytes of a flow; of the smallest one where they differ.
    channels : int
        Rings side by side; other patterns send so many times the bytes.
    start : int
        Phase of the instance in which the first phase of the job is.

    Examples
    --------
    >>> ((ring,),) = Job(pattern="ring", hosts=[0, 3, 5], size=10).expand()
    >>> ring.source.tolist(), ring.target.tolist(), ring.size.tolist()
    ([0, 3, 5], [3, 5, 0], [10, 10, 10])
    >>> ((), (chains,)) = Job(pattern="pipeline", hosts=[[0, 3], [5, 2]], start=1).expand()
    >>> chains.source.tolist(), chains.target.tolist()
    ([0, 5], [3, 2])
    """

    pattern: str
    hosts: np.ndarray
    size: int = 1
    channels: int = 1
    start: int = 0

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            pattern: str,
            hosts: npt.ArrayLike,
            size: int = ...,
            channels: int = ...,
            start: int = ...,
        ) -> None: ...

    def __post_init__(self) -> None:
        if self.pattern not in PATTERNS:
            raise unknown_name("pattern", str(self.pattern)[:40], PATTERNS)
        try:
            hosts = np.asarray(self.hosts)
        except ValueError:
            raise _fault("hosts", "found groups of different lengths") from None
        whole = hosts.ndim in (1, 2) and hosts.dtype.kind in "iu"
        if not whole or hosts.shape[-1] < 2 or not hosts.size:
            message = "expected a list of at least 2 host numbers, or rows of them"
            raise _fault("hosts", message)
        values, first = np.unique(hosts, return_index=True)
        if len(values) < hosts.size:
            twice = np.setdiff1d(np.arange(hosts.size), first)[0]
            raise _fault("hosts", f"host {hosts.flat[twice]} is there twice")
        object.__setattr__(self, "hosts", frozen(hosts, np.int64))
        limits = (("size", 1, MOST_BYTES), ("channels", 1, 1024), ("start", 0, MOST_START))
        for name, low, most in limits:
            value = getattr(self, name)
            sound = isinstance(value, int | np.integer) and not isinstance(value, bool)
            if not sound or not low <= value <= most:
                raise _fault(name, f"found {value!r}, expected an integer from {low} to {most}")
            object.__setattr__(self, name, int(value))
        if self.size * self.channels * hosts.shape[-1] >= MOST_SENT:
            raise _fault("size", f"found {self.size}, with which a host sends too much in a phase")

    def __setstate__(self, state: list[Any]) -> None:
        for entry, value in zip(fields(self), state, strict=True):
            if isinstance(value, np.ndarray):
                value.flags.writeable = False
            object.__setattr__(self, entry.name, value)

    def __getstate__(self) -> list[Any]:
        return [getattr(self, entry.name) for entry in fields(self)]

    @property
    def groups(self) -> np.ndarray:
        """Hosts of each group: int64, shape (G, n)."""
        return np.atleast_2d(self.hosts)

    @property
    def listed(self) -> int:
        """Flows that are listed one by one."""
        number, n = self.groups.shape
        return int(number) * listed_flows(self.pattern, int(n), self.channels)

    def expand(self) -> list[tuple[Part, ...]]:
        """Return the flows of each phase, of which the first ``start`` ones are empty.

        Raises
        ------
        InputError
            The groups do not suit the pattern, or the flows would take too much memory.
        """
        require_listed([self])
        groups = self.groups
        phases: list[tuple[Part, ...]] = [()] * self.start
        for part in PATTERNS[self.pattern](np.arange(groups.shape[1]), self.size, self.channels):
            if isinstance(part, Block):
                phases.append(tuple(Block(row, part.size) for row in groups))
            else:
                source, target = groups[:, part.source].ravel(), groups[:, part.target].ravel()
                phases.append((Pairs(source, target, np.tile(part.size, len(groups))),))
        return phases


def require_listed(jobs: Iterable[Job]) -> None:
    """Raise `InputError` if listing the flows of jobs would take too much memory."""
    flows = sum(job.listed for job in jobs)
    if LISTED * flows > MOST_MEMORY:
        raise InputError(
            f"a list of {flows} flows would take {LISTED * flows / 2**30:.1f} GiB, "
            f"of which at most {MOST_MEMORY / 2**30:.0f} are used",
            code="collective.memory",
        )


def _fault(where: str, message: str) -> InputError:
    return InputError(message, code="collective.job", where=where)
