"""One instance type for all vehicle routing."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from dataclasses import replace as dataclass_replace
from typing import Any, Self

import numpy as np

from netroute.core.arrays import fingerprint, frozen
from netroute.problems.vrp.metric import Metric, Rounding, measure
from netroute.problems.vrp.validate import validate
from netroute.problems.vrp.vehicle import VehicleType

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

    def __post_init__(self) -> None:
        put = lambda name, value: object.__setattr__(self, name, value)  # noqa: E731
        put("metric", Metric(self.metric))
        put("rounding", Rounding(self.rounding))
        put("vehicles", tuple(self.vehicles))
        for name in ("coordinates", "distances", "durations", "service", "release", "prizes"):
            if getattr(self, name) is not None:
                put(name, _floats(getattr(self, name), name))
        for name in ("deliveries", "pickups"):
            if getattr(self, name) is not None:
                array = _floats(getattr(self, name), name)
                put(name, frozen(array[:, None]) if array.ndim == 1 else array)
        if self.required is not None:
            put("required", frozen(self.required, bool))
        if self.windows is not None:
            put(
                "windows",
                tuple(tuple((float(a), float(b)) for a, b in row) for row in self.windows),
            )
        validate(self)
        put("fingerprint", fingerprint(self._content()))

    @property
    def size(self) -> int:
        """Number of locations, depots included."""
        array = self.coordinates if self.coordinates is not None else self.distances
        return 0 if array is None else len(array)

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
        assert self.coordinates is not None  # noqa: S101 - validated
        value = measure(self.coordinates[a], self.coordinates[b], self.metric, self.rounding)
        return float(value)

    def duration(self, a: int, b: int) -> float:
        """Travel time from ``a`` to ``b``."""
        return float(self.durations[a, b]) if self.durations is not None else self.distance(a, b)

    def distance_rows(self, rows: Any) -> np.ndarray:
        """Distances from each location in ``rows`` to every location, shape (rows, n)."""
        if self.distances is not None:
            return self.distances[rows]
        assert self.coordinates is not None  # noqa: S101 - validated
        return measure(
            self.coordinates[rows][..., None, :], self.coordinates, self.metric, self.rounding
        )

    def distance_matrix(self) -> np.ndarray:
        """All distances as a new float64 matrix of shape (n, n)."""
        if self.distances is not None:
            return self.distances
        if self.size > MATRIX_LIMIT:
            from netroute.core.errors import UnsupportedError

            raise UnsupportedError(
                f"a distance matrix of {self.size} locations would take "
                f"{self.size**2 * 8 / 1e9:.1f} GB; use distance() or distance_rows()"
            )
        return np.concatenate(
            [self.distance_rows(slice(i, i + 256)) for i in range(0, self.size, 256)]
        )

    def features(self) -> frozenset[str]:
        """Names of the features in use beyond a plain CVRP with any number of vehicles."""
        tests = {
            "asymmetric distances": self.distances is not None
            and not np.array_equal(self.distances, self.distances.T),
            "separate durations": self.durations is not None,
            "several load dimensions": self.dimensions > 1,
            "pickups": self.pickups is not None and bool(self.pickups.any()),
            "service times": self.service is not None and bool(self.service.any()),
            "time windows": self.windows is not None and any(self.windows),
            "several time windows": self.windows is not None
            and any(len(row) > 1 for row in self.windows),
            "release times": self.release is not None and bool(self.release.any()),
            "optional clients": self.required is not None
            and not bool(self.required[self.depots :].all()),
            "several depots": self.depots > 1,
            "several vehicle types": len(self.vehicles) > 1,
            "limited fleet": any(v.number is not None for v in self.vehicles),
            "fixed costs": any(v.fixed_cost != 0 for v in self.vehicles),
            "distance costs": any(v.distance_cost != 1 for v in self.vehicles),
            "duration costs": any(v.duration_cost != 0 for v in self.vehicles),
            "shifts": any(v.shift_start > 0 or math.isfinite(v.shift_end) for v in self.vehicles),
            "maximum distance": any(math.isfinite(v.max_distance) for v in self.vehicles),
            "maximum duration": any(math.isfinite(v.max_duration) for v in self.vehicles),
            "open routes": any(v.end_depot is None for v in self.vehicles),
            "different end depots": any(
                v.end_depot is not None and v.end_depot != v.start_depot for v in self.vehicles
            ),
        }
        return frozenset(name for name, used in tests.items() if used)

    def replace(self, **changes: Any) -> Self:
        """Return a validated copy with some fields changed."""
        return dataclass_replace(self, **changes)

    def _content(self) -> list[Any]:
        names = [n for n in self.__dataclass_fields__ if n not in ("name", "comment", "fingerprint")]
        return [part for name in names for part in (name, getattr(self, name))]


def _floats(values: Any, name: str) -> np.ndarray:
    from netroute.core.errors import InputError

    try:
        return frozen(values, np.float64)
    except (TypeError, ValueError) as error:
        raise InputError(f"expected numbers: {error}", code=f"vrp.{name}", where=name) from None
