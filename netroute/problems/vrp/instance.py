"""One instance type for all vehicle routing."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from dataclasses import replace as dataclass_replace
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from netroute.core.arrays import fingerprint
from netroute.core.errors import UnsupportedError
from netroute.problems.geometry import Metric, Rounding, measure
from netroute.problems.vrp.convert import convert
from netroute.problems.vrp.features import features
from netroute.problems.vrp.validate import validate
from netroute.problems.vrp.vehicle import VehicleType

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt

MATRIX_LIMIT = 12_000
"""Above this many locations `VrpInstance.distance_matrix` refuses: 1 GB of float64 and more."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class VrpInstance:
    """Locations, demands, windows and vehicles; plain CVRP is the case where most is left out.

    Locations are numbered from 0: the ``depots`` first ones are depots, the others are clients.
    All arrays have one row a location, are read-only, and are checked on construction.

    Parameters
    ----------
    name : str
        For people.
    depots : int
        Number of depots, at least 1.
    coordinates : array, shape (n, 2), optional
        Needed unless ``distances`` is given; always used for pictures.
    distances, durations : array, shape (n, n), optional
        Explicit matrices, asymmetric allowed. Without ``distances`` they are measured from the
        coordinates; without ``durations`` a trip takes as long as it is far.
    metric, rounding : Metric, Rounding
        How coordinates become distances. Explicit matrices are taken as they are.
    deliveries, pickups : array, shape (n, k), optional
        Amounts brought from the depot to the client, and taken from the client to the depot, in k
        load dimensions. A vector is taken as k = 1.
    service : array, shape (n,), optional
        Time spent at the location.
    windows : sequence of n sequences of (open, close), optional
        When service may begin; an empty one means always. Several per location are allowed.
    release : array, shape (n,), optional
        A route must not leave the depot before the release times of its clients.
    prizes : array, shape (n,), optional
        Collected when the client is served; only meaningful for optional clients.
    required : bool array, shape (n,), optional
        False for clients that may be left out. All clients are required without it.
    vehicles : tuple of VehicleType

    The objective to be minimised is the cost of the routes plus the prizes of the clients left out.

    Examples
    --------
    >>> instance = VrpInstance(
    ...     coordinates=[[0, 0], [3, 4], [6, 8]],
    ...     deliveries=[0, 1, 1],
    ...     vehicles=(VehicleType(capacity=(2,)),),
    ... )
    >>> instance.size, sorted(instance.features())
    (3, [])
    >>> instance.distance(0, 2)
    10.0
    """

    name: str = "unnamed"
    depots: int = 1
    coordinates: np.ndarray | None = None
    distances: np.ndarray | None = None
    durations: np.ndarray | None = None
    metric: Metric = Metric.EUCLIDEAN
    rounding: Rounding = Rounding.EXACT
    deliveries: np.ndarray | None = None
    pickups: np.ndarray | None = None
    service: np.ndarray | None = None
    windows: tuple[tuple[tuple[float, float], ...], ...] | None = None
    release: np.ndarray | None = None
    prizes: np.ndarray | None = None
    required: np.ndarray | None = None
    vehicles: tuple[VehicleType, ...] = (VehicleType(),)
    comment: str = ""
    fingerprint: str = field(init=False, default="")
    """Hash of everything but name and comment."""
    _features: frozenset[str] | None = field(init=False, default=None, repr=False)

    if TYPE_CHECKING:
        # The fields are arrays; what they are made from may be any numbers.
        def __init__(
            self,
            *,
            name: str = ...,
            depots: int = ...,
            coordinates: npt.ArrayLike | None = ...,
            distances: npt.ArrayLike | None = ...,
            durations: npt.ArrayLike | None = ...,
            metric: Metric | str = ...,
            rounding: Rounding | str = ...,
            deliveries: npt.ArrayLike | None = ...,
            pickups: npt.ArrayLike | None = ...,
            service: npt.ArrayLike | None = ...,
            windows: Iterable[Iterable[tuple[float, float]]] | None = ...,
            release: npt.ArrayLike | None = ...,
            prizes: npt.ArrayLike | None = ...,
            required: npt.ArrayLike | None = ...,
            vehicles: VehicleType | Iterable[VehicleType] = ...,
            comment: str = ...,
        ) -> None: ...

    def __post_init__(self) -> None:
        convert(self)
        validate(self)
        object.__setattr__(self, "fingerprint", fingerprint(self._content()))

    def __setstate__(self, state: list[Any]) -> None:
        # Arrays come out of a pickle writable.
        for entry, value in zip(fields(self), state, strict=True):
            if isinstance(value, np.ndarray):
                value.flags.writeable = False
            object.__setattr__(self, entry.name, value)

    def __getstate__(self) -> list[Any]:
        return [getattr(self, entry.name) for entry in fields(self)]

    @property
    def size(self) -> int:
        """Number of locations, depots included."""
        array = self.coordinates if self.coordinates is not None else self.distances
        return len(array) if array is not None and array.ndim else 0

    @property
    def clients(self) -> range:
        """Numbers of the client locations."""
        return range(self.depots, self.size)

    @property
    def dimensions(self) -> int:
        """Number of load dimensions."""
        for array in (self.deliveries, self.pickups):
            if array is not None:
                return int(array.shape[1])
        return 0

    def demand(self) -> np.ndarray:
        """Deliveries as a matrix of shape (n, k), zero where there are none."""
        if self.deliveries is not None:
            return self.deliveries
        return np.zeros((self.size, self.dimensions))

    def distance(self, a: int, b: int) -> float:
        """Distance from location ``a`` to location ``b``, rounded as the instance says."""
        if self.distances is not None:
            return float(self.distances[a, b])
        assert self.coordinates is not None
        value = measure(self.coordinates[a], self.coordinates[b], self.metric, self.rounding)
        return float(value)

    def duration(self, a: int, b: int) -> float:
        """Travel time from ``a`` to ``b``."""
        return float(self.durations[a, b]) if self.durations is not None else self.distance(a, b)

    def distance_rows(self, rows: Any) -> np.ndarray:
        """Distances from each location in ``rows`` to every location, shape (rows, n)."""
        if self.distances is not None:
            found: np.ndarray = self.distances[rows]
            return found
        assert self.coordinates is not None
        here = self.coordinates[rows][..., None, :]
        return measure(here, self.coordinates, self.metric, self.rounding)

    def distance_matrix(self) -> np.ndarray:
        """All distances as a new float64 matrix of shape (n, n)."""
        if self.distances is not None:
            return self.distances
        if self.size > MATRIX_LIMIT:
            raise UnsupportedError(
                f"a distance matrix of {self.size} locations would take "
                f"{self.size**2 * 8 / 1e9:.1f} GB; use distance() or distance_rows()"
            )
        return np.concatenate(
            [self.distance_rows(slice(i, i + 256)) for i in range(0, self.size, 256)]
        )

    def features(self) -> frozenset[str]:
        """Names of the features in use beyond a plain CVRP with any number of vehicles."""
        if self._features is None:
            object.__setattr__(self, "_features", features(self))
        return self._features or frozenset()

    def replace(self, **changes: Any) -> Self:
        """Return a validated copy with some fields changed."""
        return dataclass_replace(self, **changes)

    def _content(self) -> list[Any]:
        left_out = ("name", "comment", "fingerprint", "_features")
        names = [entry.name for entry in fields(self) if entry.name not in left_out]
        return [part for name in names for part in (name, getattr(self, name))]
