"""A schedule: who reports to whom, and for how many rounds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from netroute.core.arrays import frozen
from netroute.core.errors import InputError
from netroute.core.packed import pack, unpack

if TYPE_CHECKING:
    import numpy.typing as npt

BASE = -1
"""As a parent: the base station."""

SILENT = -2
"""As a parent: the node is dead, or does not report."""

MOST_ROUNDS = 2**53

_CODE = "wsn.solution"


@dataclass(frozen=True, slots=True, eq=False)
class WsnSolution:
    """Configurations of rounds in order, each with the number of rounds that it is kept.

    Parameters
    ----------
    parent : array of int, shape (m, n)
        To which node each one reports; -1: to the base station; -2: it is dead or silent.
    head : array of bool, shape (m, n)
        Whether each node is a cluster head; in a tree, whether any other reports to it.
    rounds : array of int, shape (m,)
        At least 1 each.

    Raises
    ------
    InputError
        The shapes do not fit, or an entry is out of range.

    Examples
    --------
    >>> plan = WsnSolution(parent=[[-1, 0]], head=[[True, False]], rounds=[700])
    >>> WsnSolution.from_dict(plan.to_dict()).parent.tolist()
    [[-1, 0]]
    """

    parent: np.ndarray
    head: np.ndarray
    rounds: np.ndarray

    if TYPE_CHECKING:

        def __init__(
            self, parent: npt.ArrayLike, head: npt.ArrayLike, rounds: npt.ArrayLike
        ) -> None: ...

    def __post_init__(self) -> None:
        parent = _integers("parent", self.parent, 2)
        shape = parent.shape
        wrong = (parent < SILENT) | (parent >= shape[1])
        if wrong.any():
            row, node = np.argwhere(wrong)[0].tolist()
            found = parent[row, node]
            message = f"found {found}, expected {SILENT} to {shape[1] - 1}"
            raise _fault(f"parent[{row}][{node}]", message)
        head = np.asarray(self.head)
        if head.dtype != bool:
            head = _integers("head", head, 2)
            if head.size and not 0 <= head.min() <= head.max() <= 1:
                raise _fault("head", "found numbers, expected true or false")
        if head.shape != shape:
            raise _fault("head", f"found shape {head.shape}, expected {shape}")
        rounds = _integers("rounds", self.rounds, 1)
        if rounds.shape != shape[:1]:
            raise _fault("rounds", f"found shape {rounds.shape}, expected {shape[:1]}")
        few = (rounds < 1) | (rounds > MOST_ROUNDS)
        if few.any():
            row = int(np.argmax(few))
            raise _fault(f"rounds[{row}]", f"found {rounds[row]}, expected at least 1 round")
        if float(rounds.sum(dtype=np.float64)) > MOST_ROUNDS:
            raise _fault("rounds", f"found more than {MOST_ROUNDS} in all")
        object.__setattr__(self, "parent", frozen(parent, np.int32))
        object.__setattr__(self, "head", frozen(head, np.bool_))
        object.__setattr__(self, "rounds", frozen(rounds, np.int64))

    def __setstate__(self, state: list[Any]) -> None:
        # Arrays come out of a pickle writable.
        for name, value in zip(self.__slots__, state, strict=True):
            value.flags.writeable = False
            object.__setattr__(self, name, value)

    def __getstate__(self) -> list[Any]:
        return [getattr(self, name) for name in self.__slots__]

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON; large arrays are packed as ``[kind, shape, text]``."""
        narrow = np.result_type(np.min_scalar_type(SILENT), np.min_scalar_type(-self._width))
        return {
            "rounds": pack(self.rounds),
            "parent": pack(self.parent.astype(narrow)),
            "head": pack(self.head.astype(np.uint8)),
        }

    @property
    def _width(self) -> int:
        return max(1, int(self.parent.shape[1]))

    @classmethod
    def from_dict(cls, data: Any) -> Self:
        """Rebuild a schedule from `to_dict`.

        Raises
        ------
        InputError
            With the key.
        """
        if not isinstance(data, dict):
            raise _fault("solution", "found no object with 'parent', 'head' and 'rounds'")
        for name in data:
            if name not in cls.__slots__:
                raise _fault(str(name)[:40], "is not a key of a schedule")
        for name in cls.__slots__:
            if name not in data:
                raise _fault(name, "not found")
        return cls(
            parent=unpack("parent", data["parent"], 2, low=SILENT, code=_CODE),
            head=unpack("head", data["head"], 2, code=_CODE),
            rounds=unpack("rounds", data["rounds"], 1, code=_CODE),
        )


def _integers(name: str, values: npt.ArrayLike, axes: int) -> np.ndarray:
    try:
        array = np.asarray(values)
    except ValueError:
        raise _fault(name, "found rows of different lengths") from None
    if array.ndim != axes:
        raise _fault(name, f"found {array.ndim} axes, expected {axes}")
    if array.size and array.dtype.kind not in "iu":
        raise _fault(name, "expected integers")
    if array.dtype.kind == "u" and array.size and array.max() > MOST_ROUNDS:
        raise _fault(name, f"found {array.max()}, expected at most {MOST_ROUNDS}")
    return array if array.size else array.astype(np.int64)


def _fault(where: str, message: str) -> InputError:
    return InputError(message, code=_CODE, where=where)
