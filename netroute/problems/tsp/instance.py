"""One instance type for symmetric and asymmetric travelling salesman problems."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, fields
from dataclasses import replace as dataclass_replace
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from netroute.core.arrays import fingerprint, is_symmetric, restore, state_of
from netroute.core.errors import UnsupportedError
from netroute.problems.geometry import Metric, Rounding, measure
from netroute.problems.tsp.validate import convert, require_tour, validate

if TYPE_CHECKING:
    import numpy.typing as npt

MATRIX_LIMIT = 25_000
"""Above this many nodes `TspInstance.distance_matrix` refuses: 5 GB of float64 and more."""

ASYMMETRIC, FIXED, NEGATIVE = "asymmetric distances", "fixed edges", "negative distances"
FEATURES = frozenset({ASYMMETRIC, FIXED, NEGATIVE})


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TspInstance:
    """Nodes, their distances, and edges that every tour must have.

    Nodes are numbered from 0. All arrays are read-only, and are checked on construction.

    Parameters
    ----------
    name : str
        For people.
    coordinates : array, shape (n, 2) or (n, 3), optional
        Needed unless ``matrix`` is given.
    matrix : array, shape (n, n), optional
        Explicit distances, row to column; asymmetric and negative ones are allowed, the diagonal is
        taken as 0.
    metric, rounding : Metric, Rounding
        How coordinates become distances. An explicit matrix is taken as it is.
    fixed_edges : array, shape (f, 2), optional
        Pairs of nodes that are next to each other in every tour; where distances are asymmetric the
        tour goes from the first to the second one.
    display : array, shape (n, 2), optional
        Coordinates for pictures, where there are no others.
    comment : str
        For people.

    The objective to be minimised is the length of a closed tour through all nodes.

    Examples
    --------
    >>> square = TspInstance(coordinates=[[0, 0], [3, 0], [3, 4], [0, 4]])
    >>> square.size, square.symmetric, square.length([0, 1, 2, 3])
    (4, True, 14.0)
    >>> square.replace(fixed_edges=[(0, 2)]).features()
    frozenset({'fixed edges'})
    """

    name: str = "unnamed"
    coordinates: np.ndarray | None = None
    matrix: np.ndarray | None = None
    metric: Metric = Metric.EUCLIDEAN
    rounding: Rounding = Rounding.EXACT
    fixed_edges: np.ndarray = None  # type: ignore[assignment]  # filled on construction
    display: np.ndarray | None = None
    comment: str = ""
    fingerprint: str = field(init=False, default="")
    """Hash of everything but name, comment and display."""
    symmetric: bool = field(init=False, default=True)
    """Whether all distances are the same both ways."""
    _negative: bool = field(init=False, default=False, repr=False)

    if TYPE_CHECKING:
        # The fields are arrays; what they are made from may be any numbers.
        def __init__(
            self,
            *,
            name: str = ...,
            coordinates: npt.ArrayLike | None = ...,
            matrix: npt.ArrayLike | None = ...,
            metric: Metric | str = ...,
            rounding: Rounding | str = ...,
            fixed_edges: npt.ArrayLike | None = ...,
            display: npt.ArrayLike | None = ...,
            comment: str = ...,
        ) -> None: ...

    def __post_init__(self) -> None:
        convert(self)
        validate(self)
        if self.matrix is not None:
            object.__setattr__(self, "symmetric", is_symmetric(self.matrix))
            object.__setattr__(self, "_negative", bool(self.matrix.min() < 0))
        require_tour(self)
        left_out = ("name", "comment", "display", "fingerprint", "symmetric", "_negative")
        names = [entry.name for entry in fields(self) if entry.name not in left_out]
        content = [part for name in names for part in (name, getattr(self, name))]
        object.__setattr__(self, "fingerprint", fingerprint(content))

    __getstate__ = state_of
    __setstate__ = restore

    @property
    def size(self) -> int:
        """Number of nodes."""
        array = self.coordinates if self.coordinates is not None else self.matrix
        return len(array) if array is not None and array.ndim else 0

    def features(self) -> frozenset[str]:
        """Names of the features in use beyond a symmetric problem with distances from 0 on."""
        tests = {
            ASYMMETRIC: not self.symmetric,
            FIXED: len(self.fixed_edges) > 0,
            NEGATIVE: self._negative,
        }
        return frozenset(name for name, used in tests.items() if used)

    def integral(self) -> bool:
        """Whether all distances are integers."""
        if self.matrix is not None:
            return bool((self.matrix == np.floor(self.matrix)).all())
        return self.rounding in (Rounding.NEAREST, Rounding.UP, Rounding.DOWN)

    def distances(self, a: npt.ArrayLike, b: npt.ArrayLike) -> np.ndarray:
        """Distances from the nodes ``a`` to the nodes ``b``, broadcast against each other.

        Examples
        --------
        >>> TspInstance(coordinates=[[0, 0], [3, 4], [6, 8]]).distances(0, [1, 2]).tolist()
        [5.0, 10.0]
        """
        here, there = np.asarray(a, np.int64), np.asarray(b, np.int64)
        if self.matrix is not None:
            return np.asarray(self.matrix[here, there])
        points = self._points()
        return measure(points[here], points[there], self.metric, self.rounding)

    def distance(self, a: int, b: int) -> float:
        """Distance from node ``a`` to node ``b``."""
        return float(self.distances(a, b))

    def distance_rows(self, rows: Any) -> np.ndarray:
        """Distances from each node in ``rows`` to every node, shape (rows, n)."""
        if self.matrix is not None:
            found: np.ndarray = self.matrix[rows]
            return found
        points = self._points()
        return measure(points[rows][..., None, :], points, self.metric, self.rounding)

    def distance_matrix(self) -> np.ndarray:
        """All distances as a float64 matrix of shape (n, n).

        Raises
        ------
        UnsupportedError
            More than `MATRIX_LIMIT` nodes with coordinates.
        """
        if self.matrix is not None:
            return self.matrix
        if self.size > MATRIX_LIMIT:
            raise UnsupportedError(
                f"a distance matrix of {self.size} nodes would take {8e-9 * self.size**2:.1f} GB; "
                "use distances() or distance_rows()"
            )
        return np.concatenate(
            [self.distance_rows(slice(i, i + 256)) for i in range(0, self.size, 256)]
        )

    def length(self, tour: npt.ArrayLike) -> float:
        """Length of a closed tour; the rounded exact sum, so that the start does not matter.

        Parameters
        ----------
        tour : array of nodes
            In order of visit.
        """
        order = np.asarray(tour, np.int64)
        return math.fsum(self.distances(order, np.roll(order, -1)).tolist())

    def replace(self, **changes: Any) -> Self:
        """Return a validated copy with some fields changed."""
        return dataclass_replace(self, **changes)

    def _points(self) -> np.ndarray:
        if self.coordinates is None:
            raise UnsupportedError(f"instance {self.name!r} has neither coordinates nor a matrix")
        return self.coordinates
