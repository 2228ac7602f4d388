"""Which share of the flows between two leaves runs over which plane, and over which core."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from netroute.core.errors import InputError
from netroute.core.packed import pack, unpack

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt

_CODE = "collective.solution"
_KINDS = ("uint8", "uint16", "uint32", "uint64")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Placement:
    """The placement of one phase.

    Parameters
    ----------
    counts : array, shape (s, R)
        For each plane and each row of the phase, how much of the row's flows runs over the plane,
        in units of 1 / ``unit`` flow.
    cores : array, shape (s, c, Q), optional
        In a fat tree, for each plane, core and row between pods (`Phase.pod_rows`) the same.
    unit : int
        Into how many equal parts a flow is thought to be divided; 1 if none is split.
    pieces : int, optional
        Pieces between leaves in all that the plan cuts the flows into; without it, the fewest that
        cutting one flow after the other takes.
    cut : array, shape (C, 4), optional
        How flows are cut: for each piece the number of its flow, from 0 and rising, and the row,
        the plane and the units that it has. All others go whole. Without it flows are cut as
        `netroute.problems.collective.spelled` says.
    """

    counts: np.ndarray
    cores: np.ndarray | None = None
    unit: int = 1
    pieces: int | None = None
    cut: np.ndarray | None = None

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            counts: npt.ArrayLike,
            cores: npt.ArrayLike | None = ...,
            unit: int = ...,
            pieces: int | None = ...,
            cut: npt.ArrayLike | None = ...,
        ) -> None: ...

    def __post_init__(self) -> None:
        object.__setattr__(self, "counts", _compact("counts", self.counts, 2))
        if self.cores is not None:
            object.__setattr__(self, "cores", _compact("cores", self.cores, 3))
        if self.cut is not None:
            object.__setattr__(self, "cut", _cut(self.cut))
        for name, low in (("unit", 1), ("pieces", 0)):
            value = getattr(self, name)
            if value is None and name == "pieces":
                continue
            whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
            if not whole or not low <= value < 2**62:
                raise _fault(name, f"found {value!r}, expected an integer >= {low}")
            object.__setattr__(self, name, int(value))

    def __setstate__(self, state: list[Any]) -> None:
        for entry, value in zip(fields(self), state, strict=True):
            if isinstance(value, np.ndarray):
                value.flags.writeable = False
            object.__setattr__(self, entry.name, value)

    def __getstate__(self) -> list[Any]:
        return [getattr(self, entry.name) for entry in fields(self)]

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        data: dict[str, Any] = {"counts": pack(self.counts)}
        if self.cores is not None:
            data["cores"] = pack(self.cores)
        if self.unit != 1:
            data["unit"] = self.unit
        if self.pieces is not None:
            data["pieces"] = self.pieces
        if self.cut is not None:
            data["cut"] = pack(self.cut)
        return data

    @classmethod
    def from_dict(cls, data: Any) -> Self:
        """Rebuild a placement from `to_dict`."""
        if not isinstance(data, dict) or "counts" not in data:
            raise _fault("counts", "not found")
        known = {entry.name for entry in fields(cls)}
        for name in data:
            if name not in known:
                raise _fault(str(name)[:40], "is not a key of a placement")
        values = dict(data)
        values["counts"] = unpack("counts", data["counts"], 2, code=_CODE)
        if data.get("cores") is not None:
            values["cores"] = unpack("cores", data["cores"], 3, code=_CODE)
        if data.get("cut") is not None:
            values["cut"] = unpack("cut", data["cut"], 2, code=_CODE)
        return cls(**values)


@dataclass(frozen=True, slots=True, eq=False)
class CollectiveSolution:
    """A placement for each phase.

    Examples
    --------
    >>> plan = CollectiveSolution((Placement(counts=[[2, 0], [1, 3]]),))
    >>> CollectiveSolution.from_dict(plan.to_dict()).placements[0].counts.tolist()
    [[2, 0], [1, 3]]
    """

    placements: tuple[Placement, ...]

    @classmethod
    def of(cls, placements: Iterable[Placement]) -> Self:
        """Build a solution of any iterable."""
        return cls(tuple(placements))

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON; large arrays are packed as ``[kind, shape, text]``."""
        return {"placements": [placement.to_dict() for placement in self.placements]}

    @classmethod
    def from_dict(cls, data: Any) -> Self:
        """Rebuild a solution from `to_dict`.

        Raises
        ------
        InputError
            With the key.
        """
        rows = data.get("placements") if isinstance(data, dict) else None
        if not isinstance(rows, list):
            raise _fault("placements", "found no list of placements")
        found = []
        for index, row in enumerate(rows):
            try:
                found.append(Placement.from_dict(row))
            except InputError as error:
                raise error.at(f"placements[{index}]") from None
        return cls(tuple(found))


def smallest_kind(most: int) -> type[np.unsignedinteger[Any]]:
    """Return the narrowest unsigned type that holds ``most``.

    Examples
    --------
    >>> smallest_kind(255).__name__, smallest_kind(256).__name__
    ('uint8', 'uint16')
    """
    for name in _KINDS:
        if most <= np.iinfo(name).max:
            return np.dtype(name).type
    raise OverflowError(most)


def _compact(name: str, values: npt.ArrayLike, axes: int) -> np.ndarray:
    try:
        array = np.asarray(values)
    except ValueError:
        raise _fault(name, "found rows of different lengths") from None
    if array.ndim != axes:
        raise _fault(name, f"found {array.ndim} axes, expected {axes}")
    if array.size == 0:
        array = array.astype(np.uint8)
    if array.dtype.kind not in "iu":
        raise _fault(name, "expected integers")
    if array.dtype.kind == "i" and array.size and array.min() < 0:
        raise _fault(name, f"found {array.min()}, expected numbers >= 0")
    kind = smallest_kind(int(array.max(initial=0)))
    if array.dtype == kind and array.flags.c_contiguous:
        # Of a large fabric it takes hundreds of megabytes: a view, so that it can be read-only.
        array = array.view()
    else:
        array = np.ascontiguousarray(array, kind)
    array.flags.writeable = False
    return array


def _cut(values: npt.ArrayLike) -> np.ndarray:
    """Return the pieces of flows that are cut as int64, shape (C, 4)."""
    array = np.array(_compact("cut", values, 2), np.int64)
    if array.size == 0:
        array = array.reshape(0, 4)
    if array.shape[1] != 4:
        raise _fault("cut", "expected rows of four integers: flow, row, plane, units")
    if (np.diff(array[:, 0]) < 0).any():
        raise _fault("cut", "expected the flows in rising order")
    array.flags.writeable = False
    return array


def _fault(where: str, message: str) -> InputError:
    return InputError(message, code=_CODE, where=where)
