"""Which flows are admitted, and on which path each of them runs."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain, pairwise
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from netroute.core.arrays import frozen
from netroute.core.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt


@dataclass(frozen=True, slots=True, eq=False)
class SdnSolution:
    """A path of arcs for each admitted flow; a flow without arcs is rejected.

    Flow ``f`` runs on ``arcs[start[f]:start[f + 1]]``, in order from its source to its target.

    Parameters
    ----------
    start : array of int, shape (F + 1,)
        Never decreasing, from 0 to the number of ``arcs``.
    arcs : array of int
        Numbers of the instance's arcs.
    backup_start, backup_arcs : array of int, optional
        The same for the backup paths of an instance with protection.

    Raises
    ------
    InputError
        ``start`` and ``arcs`` do not fit together.

    Examples
    --------
    >>> plan = SdnSolution.of(3, {0: [4, 1], 2: [0]})
    >>> plan.path(0).tolist(), plan.admitted.tolist()
    ([4, 1], [True, False, True])
    >>> SdnSolution.from_dict(plan.to_dict()).start.tolist()
    [0, 2, 2, 3]
    """

    start: np.ndarray
    arcs: np.ndarray
    backup_start: np.ndarray | None = None
    backup_arcs: np.ndarray | None = None

    if TYPE_CHECKING:

        def __init__(
            self,
            start: npt.ArrayLike,
            arcs: npt.ArrayLike,
            backup_start: npt.ArrayLike | None = ...,
            backup_arcs: npt.ArrayLike | None = ...,
        ) -> None: ...

    def __post_init__(self) -> None:
        self._set("start", "arcs")
        if (self.backup_start is None) != (self.backup_arcs is None):
            raise _fault("found one of backup_start and backup_arcs, expected both or none")
        if self.backup_start is not None:
            self._set("backup_start", "backup_arcs")
            if len(self.backup_start) != len(self.start):
                raise _fault("found backups of another number of flows")

    def _set(self, start_name: str, arcs_name: str) -> None:
        try:
            start = frozen(getattr(self, start_name), np.int64)
            given = np.asarray(getattr(self, arcs_name))
            if given.size and (given.dtype.kind not in "iu" or given.min() < 0):
                raise _fault(f"{arcs_name}: expected integers >= 0")
            if given.size and given.max() >= 2**32:
                raise _fault(f"{arcs_name}: found {given.max()}, which is no arc")
            arcs = frozen(given, np.uint32)
        except (TypeError, ValueError, OverflowError) as error:
            raise _fault(f"{arcs_name}: expected integers: {error}") from None
        fits = start.ndim == 1 and arcs.ndim == 1 and len(start) > 0
        if not fits or start[0] != 0 or start[-1] != len(arcs) or (np.diff(start) < 0).any():
            raise _fault(f"{start_name}: expected to rise from 0 to the number of {arcs_name}")
        object.__setattr__(self, start_name, start)
        object.__setattr__(self, arcs_name, arcs)

    def __setstate__(self, state: list[Any]) -> None:
        # Arrays come out of a pickle writable.
        for name, value in zip(self.__slots__, state, strict=True):
            if value is not None:
                value.flags.writeable = False
            object.__setattr__(self, name, value)

    def __getstate__(self) -> list[Any]:
        return [getattr(self, name) for name in self.__slots__]

    @classmethod
    def of(
        cls,
        flow_count: int,
        paths: Mapping[int, Sequence[int]],
        *,
        backups: Mapping[int, Sequence[int]] | None = None,
    ) -> Self:
        """Build a plan of ``flow_count`` flows from ``{flow: [arc, ...]}``."""
        first = _rows(flow_count, paths)
        return cls(*first) if backups is None else cls(*first, *_rows(flow_count, backups))

    @property
    def admitted(self) -> np.ndarray:
        """Whether each flow is admitted: bool, shape (F,)."""
        found: np.ndarray = np.diff(self.start) > 0
        return found

    def path(self, flow: int) -> np.ndarray:
        """Arcs of a flow's path in order; empty if it is rejected."""
        return self.arcs[self.start[flow] : self.start[flow + 1]]

    def backup(self, flow: int) -> np.ndarray:
        """Arcs of a flow's backup path in order; empty if it has none."""
        if self.backup_start is None or self.backup_arcs is None:
            return np.zeros(0, np.uint32)
        return self.backup_arcs[self.backup_start[flow] : self.backup_start[flow + 1]]

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON: a list of arcs a flow, empty where it is rejected."""
        data: dict[str, Any] = {"paths": _lists(self.start, self.arcs)}
        if self.backup_start is not None and self.backup_arcs is not None:
            data["backups"] = _lists(self.backup_start, self.backup_arcs)
        return data

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """Rebuild from `to_dict`; faults name the flow."""
        if not isinstance(data, dict) or not isinstance(data.get("paths"), list):
            raise _fault("found no list 'paths'")
        first = _parse("paths", data["paths"])
        if data.get("backups") is None:
            return cls(*first)
        if not isinstance(data["backups"], list):
            raise _fault("'backups' is not a list")
        return cls(*first, *_parse("backups", data["backups"]))


def _fault(message: str, where: str = "solution") -> InputError:
    return InputError(message, code="sdn.solution", where=where)


def _rows(flow_count: int, paths: Mapping[int, Sequence[int]]) -> tuple[np.ndarray, np.ndarray]:
    lengths = np.zeros(flow_count, np.int64)
    for flow, path in paths.items():
        if not 0 <= flow < flow_count:
            raise _fault(f"found flow {flow}, expected 0 to {flow_count - 1}")
        lengths[flow] = len(path)
    start = np.concatenate([[0], np.cumsum(lengths)])
    arcs = [arc for flow in sorted(paths) for arc in paths[flow]]
    return start, np.array(arcs, np.int64)


def _lists(start: np.ndarray, arcs: np.ndarray) -> list[list[int]]:
    ends, flat = start.tolist(), arcs.tolist()
    return [flat[a:b] for a, b in pairwise(ends)]


def _parse(name: str, rows: list[Any]) -> tuple[np.ndarray, np.ndarray]:
    for flow, row in enumerate(rows):
        if not isinstance(row, list):
            raise _fault("expected a list of arcs", where=f"solution.{name}[{flow}]")
    flat = list(chain.from_iterable(rows))
    if not set(map(type, flat)) <= {int} or (flat and not 0 <= min(flat) <= max(flat) < 2**32):
        for flow, row in enumerate(rows):
            for arc in row:
                if type(arc) is not int or not 0 <= arc < 2**32:
                    raise _fault(
                        f"found {str(arc)[:40]!r}, expected the number of an arc",
                        where=f"solution.{name}[{flow}]",
                    )
    start = np.concatenate([[0], np.cumsum([len(row) for row in rows], dtype=np.int64)])
    return start, np.array(flat, np.int64)
