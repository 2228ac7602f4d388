"""Build an instance step by step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self, TypedDict, Unpack

from netroute.core.errors import InputError
from netroute.problems.geometry import Metric, Rounding
from netroute.problems.vrp.instance import VrpInstance
from netroute.problems.vrp.vehicle import VehicleType

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy.typing as npt


class VehicleLimits(TypedDict, total=False):
    """What `VrpBuilder.add_vehicle_type` takes beside capacity and number; see `VehicleType`."""

    start_depot: int
    end_depot: int | None
    fixed_cost: float
    distance_cost: float
    duration_cost: float
    shift_start: float
    shift_end: float
    max_distance: float
    max_duration: float
    name: str


class VrpBuilder:
    """Collects depots, clients and vehicle types, and makes a `VrpInstance` of them.

    Every method returns the builder, so that calls can be chained. Locations are numbered in the
    order in which they are added, all depots first; `build` checks everything.

    Parameters
    ----------
    name : str
        For people.
    metric, rounding : Metric, Rounding
        How coordinates become distances.

    Examples
    --------
    >>> builder = VrpBuilder("lunch", rounding=Rounding.NEAREST)
    >>> instance = (
    ...     builder.add_depot(0, 0, windows=[(0, 50)])
    ...     .add_client(3, 4, delivery=2, service=1, windows=[(5, 20)])
    ...     .add_client(6, 8, delivery=1, prize=30, required=False)
    ...     .add_vehicle_type(capacity=3, number=2)
    ...     .build()
    ... )
    >>> instance.size, sorted(instance.features())[:2]
    (3, ['limited fleet', 'optional clients'])
    """

    def __init__(
        self,
        name: str = "unnamed",
        *,
        metric: Metric | str = Metric.EUCLIDEAN,
        rounding: Rounding | str = Rounding.EXACT,
    ) -> None:
        self._name = name
        self._metric = metric
        self._rounding = rounding
        self._depots: list[dict[str, Any]] = []
        self._clients: list[dict[str, Any]] = []
        self._vehicles: list[VehicleType] = []
        self._distances: npt.ArrayLike | None = None
        self._durations: npt.ArrayLike | None = None

    def add_depot(
        self,
        x: float | None = None,
        y: float | None = None,
        *,
        service: float = 0.0,
        windows: Sequence[tuple[float, float]] = (),
    ) -> Self:
        """Add a depot.

        Parameters
        ----------
        x, y : float, optional
            Coordinates; may be left out of all locations if there is a distance matrix.
        service : float
            Time that loading takes at the start of a route and unloading at its end.
        windows : sequence of (open, close)
            When a route may begin and end here; always without any.
        """
        if self._clients:
            raise InputError(
                "found a depot after a client", where="add_depot", hint="add all depots first"
            )
        self._depots.append({"x": x, "y": y, "service": service, "windows": windows})
        return self

    def add_client(
        self,
        x: float | None = None,
        y: float | None = None,
        *,
        delivery: float | Sequence[float] = 0.0,
        pickup: float | Sequence[float] = 0.0,
        service: float = 0.0,
        windows: Sequence[tuple[float, float]] = (),
        release: float = 0.0,
        prize: float = 0.0,
        required: bool = True,
    ) -> Self:
        """Add a client.

        Parameters
        ----------
        x, y : float, optional
            Coordinates; may be left out of all locations if there is a distance matrix.
        delivery, pickup : float or sequence of float
            Amount brought from and taken to the depot, one figure a load dimension.
        service : float
            Time spent here.
        windows : sequence of (open, close)
            When service may begin; always without any.
        release : float
            A route that serves this client does not begin before.
        prize : float
            Collected if an optional client is served.
        required : bool
            False for a client that may be left out.
        """
        self._clients.append(
            {
                "x": x,
                "y": y,
                "delivery": delivery,
                "pickup": pickup,
                "service": service,
                "windows": windows,
                "release": release,
                "prize": prize,
                "required": required,
            }
        )
        return self

    def add_vehicle_type(
        self,
        *,
        capacity: float | Sequence[float] = (),
        number: int | None = None,
        **limits: Unpack[VehicleLimits],
    ) -> Self:
        """Add a vehicle type; the parameters are those of `VehicleType`."""
        amounts = (capacity,) if isinstance(capacity, int | float) else tuple(capacity)
        try:
            self._vehicles.append(VehicleType(capacity=amounts, number=number, **limits))
        except TypeError as error:
            raise InputError(str(error), where="add_vehicle_type") from None
        return self

    def set_distances(self, matrix: npt.ArrayLike) -> Self:
        """Use a matrix of distances, shape (n, n), in place of measured ones."""
        self._distances = matrix
        return self

    def set_durations(self, matrix: npt.ArrayLike) -> Self:
        """Use a matrix of travel times, shape (n, n), apart from the distances."""
        self._durations = matrix
        return self

    def build(self) -> VrpInstance:
        """Return the instance; what no location uses is left out of it.

        Raises
        ------
        InputError
            With the field and the location that is wrong.
        """
        if not self._depots:
            raise InputError("found no depot, expected at least one", where="build")
        rows = [*self._depots, *self._clients]
        given = [row for row in rows if row["x"] is not None and row["y"] is not None]
        if len(given) not in (0, len(rows)) or (not given and self._distances is None):
            missing = next(i for i, row in enumerate(rows) if row["x"] is None or row["y"] is None)
            raise InputError(f"location {missing} has no coordinates", where="build")
        dimensions = self._dimensions(rows)
        required = [bool(row.get("required", True)) for row in rows]
        windows = [row["windows"] for row in rows]
        fields: dict[str, Any] = {
            "coordinates": [(row["x"], row["y"]) for row in rows] if given else None,
            "deliveries": _amounts(rows, "delivery", dimensions) if dimensions else None,
            "pickups": _amounts(rows, "pickup", dimensions) if dimensions else None,
            "windows": tuple(windows) if any(len(row) for row in windows) else None,
            "required": None if all(required) else required,
        }
        for field, key in (("service", "service"), ("release", "release"), ("prizes", "prize")):
            values = [row.get(key, 0.0) for row in rows]
            fields[field] = values if any(value != 0 for value in values) else None
        if dimensions and not _any(fields["pickups"]):
            fields["pickups"] = None
        return VrpInstance(
            name=self._name,
            depots=len(self._depots),
            distances=self._distances,
            durations=self._durations,
            metric=self._metric,
            rounding=self._rounding,
            vehicles=tuple(self._vehicles) or (VehicleType(),),
            **fields,
        )

    def _dimensions(self, rows: Iterable[dict[str, Any]]) -> int:
        """Count the load dimensions: none if there are neither loads nor capacities."""
        found = {len(v.capacity): "a vehicle type" for v in self._vehicles if v.capacity}
        for row in rows:
            for key in ("delivery", "pickup"):
                amount = row.get(key, 0.0)
                if _is_sequence(amount):
                    found.setdefault(len(amount), f"a {key}")
                elif amount != 0:
                    found.setdefault(1, f"a {key}")
        if len(found) > 1:
            sizes = " and ".join(f"{what} with {k}" for k, what in sorted(found.items()))
            raise InputError(f"load dimensions differ: {sizes}", where="build")
        return next(iter(found), 0)


def _is_sequence(value: Any) -> bool:
    return hasattr(value, "__len__") and not isinstance(value, str)


def _amounts(rows: Iterable[dict[str, Any]], key: str, dimensions: int) -> list[list[Any]]:
    found = []
    for row in rows:
        amount = row.get(key, 0.0)
        found.append(list(amount) if _is_sequence(amount) else [amount] * dimensions)
    return found


def _any(rows: list[list[Any]]) -> bool:
    return any(value != 0 for row in rows for value in row)
