"""A fabric and the collective traffic that is to be placed on it."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from dataclasses import replace as dataclass_replace
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from netroute.core.arrays import fingerprint, frozen
from netroute.core.errors import InputError
from netroute.problems.collective.job import MOST_BYTES, Job, require_listed
from netroute.problems.collective.patterns import Block, Pairs
from netroute.problems.collective.phase import Phase, phase_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt

    from netroute.problems.collective.fabric import Fabric
    from netroute.problems.collective.patterns import Part

FEATURES = frozenset({"fat tree", "unequal sizes", "unequal capacities", "split flows"})

MOST_PHASES = 4096


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CollectiveInstance:
    """Flows between hosts, in phases, each to be put on a path of the fabric.

    The load of a link over its capacity is the least time that its bytes take; the most loaded
    link of a phase, hosts' links included, bounds the time of the phase from below. The objective,
    to be minimised, is the sum of these bounds over the phases.

    Parameters
    ----------
    name : str
        For people.
    fabric : Fabric
        Links and capacities.
    jobs : iterable of Job
        The n-th phases of all jobs, counted from each job's start, are under way together.
    flows : array of int, shape (F, 4), optional
        Further flows: phase, source host, target host, bytes.
    extra_pieces : int, optional
        Pieces that flows may be cut into beyond one piece each, in all: 0 without it, where each
        flow keeps to one path. None: any number.
    pieces_per_flow : int, optional
        Pieces that one flow may be cut into; any number without it. 1 is as no ``extra_pieces``.

    Raises
    ------
    InputError
        For the first thing that is wrong, with field and index; and for leaves between which there
        are flows but no path.

    Examples
    --------
    >>> from netroute.problems.collective import Fabric, Job
    >>> fabric = Fabric.leaf_spine(4, 2, hosts_per_leaf=2)
    >>> job = Job(pattern="all-to-all", hosts=range(8))
    >>> instance = CollectiveInstance(fabric=fabric, jobs=[job])
    >>> instance.size, instance.phases[0].crossing, instance.phases[0].count.max()
    (56, 48, np.int64(4))
    """

    name: str = "unnamed"
    fabric: Fabric
    jobs: tuple[Job, ...] = ()
    flows: np.ndarray = None  # type: ignore[assignment]  # filled on construction
    extra_pieces: int | None = 0
    pieces_per_flow: int | None = None
    fingerprint: str = field(init=False, default="")
    """Hash of everything but the name."""
    phases: tuple[Phase, ...] = field(init=False, default=(), repr=False)
    """What the flows sum up to."""

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            name: str = ...,
            fabric: Fabric,
            jobs: Iterable[Job] = ...,
            flows: npt.ArrayLike | None = ...,
            extra_pieces: int | None = ...,
            pieces_per_flow: int | None = ...,
        ) -> None: ...

    def __post_init__(self) -> None:
        object.__setattr__(self, "jobs", tuple(self.jobs))
        object.__setattr__(self, "flows", _flows(self.fabric, self.flows))
        extra = self.extra_pieces
        if extra is not None and (type(extra) is not int or not 0 <= extra < 2**62):
            raise _fault("extra_pieces", f"found {extra!r}, expected an integer >= 0 or none")
        most = self.pieces_per_flow
        if most is not None and (type(most) is not int or not 1 <= most < 2**62):
            raise _fault("pieces_per_flow", f"found {most!r}, expected an integer >= 1 or none")
        if extra == 0 or most == 1:
            # One way to say that each flow keeps to one path.
            object.__setattr__(self, "extra_pieces", 0)
            object.__setattr__(self, "pieces_per_flow", None)
        for index, job in enumerate(self.jobs):
            outside = (job.hosts < 0) | (job.hosts >= self.fabric.hosts)
            if outside.any():
                at = np.argwhere(outside)[0].tolist()
                message = f"found host {job.hosts[*at]}, expected 0 to {self.fabric.hosts - 1}"
                place = "".join(f"[{i}]" for i in at)
                raise _fault(f"jobs[{index}].hosts{place}", message)
        object.__setattr__(self, "phases", tuple(self._expand()))
        for number, phase in enumerate(self.phases):
            _require_paths(self.fabric, number, phase)
        object.__setattr__(self, "fingerprint", fingerprint(self._content()))

    def __setstate__(self, state: list[Any]) -> None:
        for entry, value in zip(fields(self), state, strict=True):
            if isinstance(value, np.ndarray):
                value.flags.writeable = False
            object.__setattr__(self, entry.name, value)

    def __getstate__(self) -> list[Any]:
        return [getattr(self, entry.name) for entry in fields(self)]

    @property
    def size(self) -> int:
        """Number of flows."""
        return sum(phase.crossing + phase.local for phase in self.phases)

    def features(self) -> frozenset[str]:
        """Names of the features in use beyond equal flows on one path in a uniform fabric."""
        tests = {
            "fat tree": self.fabric.tiers == 3,
            "unequal sizes": any(
                len(phase.size) and phase.size.min() < phase.size.max() for phase in self.phases
            ),
            "unequal capacities": not self.fabric.uniform(),
            "split flows": self.extra_pieces != 0,
        }
        return frozenset(name for name, used in tests.items() if used)

    def replace(self, **changes: Any) -> Self:
        """Return a validated copy with some fields changed."""
        return dataclass_replace(self, **changes)

    def _expand(self) -> Iterable[Phase]:
        parts: dict[int, list[Part]] = {}
        require_listed(self.jobs)
        for index, job in enumerate(self.jobs):
            try:
                phases = job.expand()
            except InputError as error:
                raise error.at(f"jobs[{index}]") from None
            for number, found in enumerate(phases):
                parts.setdefault(number, []).extend(found)
        # Sorted by phase, in the order given within one.
        order = np.argsort(self.flows[:, 0], kind="stable")
        numbers, first = np.unique(self.flows[order, 0], return_index=True)
        pieces = np.split(order, first[1:]) if len(numbers) else []
        for number, chosen in zip(numbers.tolist(), pieces, strict=True):
            _, source, target, size = (np.ascontiguousarray(c) for c in self.flows[chosen].T)
            parts.setdefault(number, []).append(Pairs(source, target, size))
        for number in range(max(parts, default=-1) + 1):
            yield phase_of(self.fabric, parts.get(number, []))

    def _content(self) -> list[Any]:
        fabric = self.fabric
        links = [fabric.up, fabric.down, fabric.core_up, fabric.core_down]
        jobs: list[Any] = []
        for job in self.jobs:
            jobs += [job.pattern, job.hosts, job.size, job.channels, job.start]
        limits = [self.extra_pieces]
        if self.pieces_per_flow is not None:
            limits.append(self.pieces_per_flow)
        return [fabric.hosts_per_leaf, fabric.nic, *links, *jobs, self.flows, *limits]


def usable(fabric: Fabric, source: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Planes on which a pair of leaves can be joined: bool, shape (R, s).

    Examples
    --------
    >>> from netroute.problems.collective import Fabric
    >>> fabric = Fabric.leaf_spine(2, 2, hosts_per_leaf=1)
    >>> up = fabric.up.copy()
    >>> up[0, 1] = 0
    >>> usable(fabric.replace(up=up), np.array([0, 1]), np.array([1, 0])).tolist()
    [[True, False], [True, True]]
    """
    joined = (fabric.up[source] > 0) & (fabric.down.T[target] > 0)
    if fabric.core_up is not None and fabric.core_down is not None:
        p, q = source // fabric.leaves_per_pod, target // fabric.leaves_per_pod
        ups = fabric.core_up > 0
        downs = fabric.core_down > 0
        over = np.einsum("pac,acq->pqa", ups, downs, dtype=np.int64) > 0
        joined &= over[p, q] | (p == q)[:, None]
    return np.asarray(joined)


def _require_paths(fabric: Fabric, number: int, phase: Phase) -> None:
    if (
        fabric.up.all()
        and fabric.down.all()
        and (fabric.core_up is None or (fabric.core_up.all() and bool(np.all(fabric.core_down))))
    ):
        return
    step = max(1, 2**24 // fabric.planes)
    for first in range(0, len(phase.source), step):
        part = slice(first, first + step)
        cut = ~usable(fabric, phase.source[part], phase.target[part]).any(axis=1)
        if cut.any():
            row = first + int(np.argmax(cut))
            more = int(cut.sum()) - 1
            source, target = _example(fabric, phase, row)
            raise _fault(
                f"phase {number}",
                f"no path from leaf {phase.source[row]} to leaf {phase.target[row]}, between which "
                f"there are {phase.count[row]} flows, such as from host {source} to host {target}"
                + (f" (and {more} more pairs of leaves)" if more else ""),
            )


def _example(fabric: Fabric, phase: Phase, row: int) -> tuple[int, int]:
    """Return source and target host of the first flow of a row."""
    ends = phase.source[row], phase.target[row]
    for part in phase.parts:
        if isinstance(part, Block):
            leaf = part.hosts // fabric.hosts_per_leaf
            members = [part.hosts[leaf == end] for end in ends]
            if part.size == phase.size[row] and len(members[0]) and len(members[1]):
                return int(members[0][0]), int(members[1][0])
            continue
        leaf, other = (x // fabric.hosts_per_leaf for x in (part.source, part.target))
        same = (leaf == ends[0]) & (other == ends[1]) & (part.size == phase.size[row])
        if same.any():
            at = int(np.argmax(same))
            return int(part.source[at]), int(part.target[at])
    raise LookupError(row)


def _flows(fabric: Fabric, values: npt.ArrayLike | None) -> np.ndarray:
    if values is None:
        return frozen(np.zeros((0, 4)), np.int64)
    array = np.asarray(values)
    if array.size == 0:
        array = np.zeros((0, 4), np.int64)
    if array.ndim != 2 or array.shape[1] != 4 or array.dtype.kind not in "iu":
        raise _fault("flows", "expected rows of four integers: phase, source, target, bytes")
    flows = frozen(array, np.int64)
    last = fabric.hosts - 1
    tests = (
        (0, MOST_PHASES - 1, "phase"),
        (0, last, "source"),
        (0, last, "target"),
        (1, MOST_BYTES, "bytes"),
    )
    for column, (low, high, what) in enumerate(tests):
        wrong = (flows[:, column] < low) | (flows[:, column] > high)
        if wrong.any():
            row = int(np.argmax(wrong))
            message = f"{what}: found {flows[row, column]}, expected {low} to {high}"
            raise _fault(f"flows[{row}]", message)
    selfish = flows[:, 1] == flows[:, 2]
    if selfish.any():
        row = int(np.argmax(selfish))
        raise _fault(f"flows[{row}]", f"host {flows[row, 1]} sends to itself")
    return flows


def _fault(where: str, message: str) -> InputError:
    return InputError(message, code="collective.instance", where=where)
