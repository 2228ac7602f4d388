"""A tour: all nodes in order of visit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from netroute.core.arrays import frozen, restore, state_of
from netroute.core.errors import InputError

if TYPE_CHECKING:
    import numpy.typing as npt


@dataclass(frozen=True, slots=True, eq=False)
class TspSolution:
    """Nodes in order of visit, closed; it begins with node 0 if it has it.

    Attributes
    ----------
    tour : ndarray of uint32, shape (n,)
        Missing, doubled and unknown nodes are left to the checker.

    Examples
    --------
    >>> tour = TspSolution.of([2, 0, 1])
    >>> tour.tour.tolist()
    [0, 1, 2]
    >>> TspSolution.from_dict(tour.to_dict()) == tour
    True
    """

    tour: np.ndarray

    __getstate__ = state_of
    __setstate__ = restore

    @classmethod
    def of(cls, nodes: npt.ArrayLike) -> Self:
        """Make a solution of nodes in order of visit, whichever comes first.

        Raises
        ------
        InputError
            Not a sequence of node numbers.
        """
        try:
            found = np.asarray(nodes)
            whole = found.astype(np.int64)
        except (TypeError, ValueError, OverflowError) as error:
            raise _fault(f"expected node numbers: {error}") from None
        if found.ndim != 1 or found.dtype == bool or not (whole == found).all():
            raise _fault("expected a list of node numbers")
        if len(whole) and not (whole.min() >= 0 and whole.max() < 2**32):
            raise _fault(f"found {whole.min()} to {whole.max()}, expected numbers from 0 on")
        first = int(np.argmax(whole == 0)) if len(whole) else 0
        return cls(frozen(np.roll(whole, -first), np.uint32))

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {"tour": self.tour.tolist()}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """Rebuild from `to_dict`."""
        try:
            nodes = data["tour"]
        except (KeyError, TypeError, IndexError):
            raise _fault("found no 'tour'") from None
        if not isinstance(nodes, list) or not {type(node) for node in nodes} <= {int}:
            raise _fault("expected {'tour': [integers]}")
        return cls.of(np.array(nodes, object) if nodes else np.zeros(0, np.int64))

    def __eq__(self, other: object) -> bool:
        """Whether the nodes come in the same order; the reverse order is another solution."""
        if not isinstance(other, TspSolution):
            return NotImplemented
        return np.array_equal(self.tour, other.tour)

    def __hash__(self) -> int:
        return hash(self.tour.tobytes())

    def __len__(self) -> int:
        return len(self.tour)


def _fault(message: str) -> InputError:
    return InputError(message, code="tsp.solution", where="solution.tour")
