"""Many capacitated problems of one size as arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from netroute.core.errors import InputError, UnsupportedError
from netroute.envs.engine import require
from netroute.envs.legs import Legs, Places, fields_of, joined, measurable, places, put, tables
from netroute.problems.geometry import Rounding
from netroute.problems.vrp.timing import slack

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from netroute.problems.vrp import VrpInstance

SUPPORTED = frozenset({"asymmetric distances", "limited fleet"})
"""A limited fleet only where it is no limit."""


@dataclass(frozen=True, eq=False)
class CvrpData:
    """B problems with n clients each; node 0 is the depot.

    Make one by `of_arrays` or `of_instances`.

    Attributes
    ----------
    legs : Places or Tables
        Distances.
    demand : ndarray of float64, shape (B, n + 1)
    largest : ndarray of float64, shape (B,)
        The largest demand.
    capacity, limit, unit : ndarray of float64, shape (B,)
        Capacity, the load up to which the checker finds that it is kept, and the capacity's
        inverse; 1 where it is 0.
    """

    legs: Legs
    demand: np.ndarray
    largest: np.ndarray
    capacity: np.ndarray
    limit: np.ndarray
    unit: np.ndarray

    @property
    def extent(self) -> str:
        """What problems must share to be played in one batch, in words."""
        return _extent(self.clients, measured=isinstance(self.legs, Places))

    @property
    def count(self) -> int:
        """Number of problems."""
        return len(self.demand)

    @property
    def clients(self) -> int:
        """Number of clients of each problem."""
        return int(self.demand.shape[1]) - 1

    @classmethod
    def of_arrays(
        cls,
        coordinates: npt.ArrayLike | None,
        demand: npt.ArrayLike,
        capacity: npt.ArrayLike,
        *,
        distances: npt.ArrayLike | None = None,
        rounding: Rounding = Rounding.EXACT,
    ) -> CvrpData:
        """Take problems whose distances are Euclidean, or explicit.

        Parameters
        ----------
        coordinates : array, shape (B, n + 1, 2), or None
            Depot first; not read if there are ``distances``.
        demand : array, shape (B, n + 1)
            0 at the depot.
        capacity : array, shape (B,)
        distances : array, shape (B, n + 1, n + 1), optional
            Row to column.
        rounding : Rounding
            Of Euclidean distances.

        Raises
        ------
        InputError
            Shapes that do not fit together, or a demand above the capacity.

        Examples
        --------
        >>> from netroute.datasets.vrp.mixture import draw_batch
        >>> data = CvrpData.of_arrays(*draw_batch(np.random.default_rng(1), 8, 20))
        >>> data.count, data.clients
        (8, 20)
        """
        wanted = np.array(demand, np.float64, order="C")
        require("demand", wanted.shape, wanted.ndim == 2 and wanted.shape[1] > 1, "(B, n + 1)")
        count, nodes = wanted.shape
        if distances is not None:
            values = np.asarray(distances, np.float64)
            require("distances", values.shape, values.shape == (count, nodes, nodes), "(B, m, m)")
            legs: Legs = tables(values)
        else:
            points = np.asarray(coordinates, np.float64)
            require("coordinates", points.shape, points.shape == (count, nodes, 2), "(B, m, 2)")
            legs = places(points, rounding=rounding)
        room = np.array(capacity, np.float64)
        require("capacity", room.shape, room.shape == (count,), f"({count},)")
        require("demand", "at the depot", not wanted[:, 0].any(), "0 there")
        fits = (wanted >= 0.0).all() and (wanted <= room[:, None]).all()
        require("demand", "outside", fits, "amounts from 0 to the capacity")
        return cls(legs, wanted, wanted.max(axis=1), room, _limits(room), _units(room))

    @classmethod
    def of_instances(cls, instances: Sequence[VrpInstance]) -> CvrpData:
        """Take instances of one size.

        Raises
        ------
        InputError
            No instance or client, or not all of one size and kind of distances.
        UnsupportedError
            A feature that makes more of them than capacitated routing with as many vehicles as
            routes.

        Examples
        --------
        >>> from netroute.datasets.vrp.uniform import generate_uniform
        >>> CvrpData.of_instances([generate_uniform(20, seed=s) for s in range(3)]).count
        3
        """
        require("instances", "none", len(instances) > 0, "at least one")
        kinds = sorted({extent_of(instance) for instance in instances})
        if len(kinds) > 1:
            raise InputError(
                f"found {kinds[0]} beside {kinds[1]}, expected the same of all of them",
                code="env",
                where="instance",
            )
        demand = np.stack([_demand(instance) for instance in instances])
        room = np.array([(*each.vehicles[0].capacity, np.inf)[0] for each in instances])
        legs = _legs(instances)
        return cls(legs, demand, demand.max(axis=1), room, _limits(room), _units(room))

    def put(self, b: int, other: CvrpData) -> None:
        """Copy the only problem of ``other`` over problem ``b``; they have the same extent."""
        put(self.legs, b, other.legs)
        for name in ("demand", "largest", "capacity", "limit", "unit"):
            getattr(self, name)[b] = getattr(other, name)[0]

    def instance(self, b: int) -> VrpInstance:
        """Return problem ``b`` as an instance.

        Examples
        --------
        >>> data = CvrpData.of_arrays(np.ones((2, 3, 2)), [[0, 1, 2]] * 2, [2, 3])
        >>> data.instance(1).size, data.instance(1).vehicles[0].capacity
        (3, (3.0,))
        """
        from netroute.problems.vrp import VehicleType, VrpInstance

        return VrpInstance(
            name=f"problem {b}",
            deliveries=self.demand[b],
            vehicles=(VehicleType(capacity=(self.capacity[b],)),),
            **fields_of(self.legs, b),
        )


def extent_of(instance: VrpInstance) -> str:
    """Return what problems must share to be played in one batch, in words.

    Raises
    ------
    InputError
        There is no client.
    UnsupportedError
        Another feature than those of capacitated routing with as many vehicles as routes.

    Examples
    --------
    >>> from netroute.datasets.vrp.uniform import generate_uniform
    >>> extent_of(generate_uniform(20))
    '20 clients with coordinates'
    """
    excess = sorted(instance.features() - SUPPORTED)
    number, clients = instance.vehicles[0].number, len(instance.clients)
    if excess or (number is not None and number < clients):
        what = excess[0] if excess else f"limited fleet ({number} vehicles)"
        raise UnsupportedError(
            f"netroute/Cvrp-v0 does not support {what} (instance {instance.name!r})"
        )
    require("instance", instance.name, clients > 0, "an instance with clients")
    return _extent(clients, measured=_measured(instance))


def _extent(clients: int, *, measured: bool) -> str:
    return f"{clients} clients with {'coordinates' if measured else 'a matrix'}"


def _measured(instance: VrpInstance) -> bool:
    return measurable(instance.coordinates, instance.distances, instance.metric)


def _demand(instance: VrpInstance) -> np.ndarray:
    return np.asarray(instance.demand().sum(axis=1))


def _limits(room: np.ndarray) -> np.ndarray:
    return np.asarray(room + np.array([slack(float(value)) for value in room]))


def _units(room: np.ndarray) -> np.ndarray:
    return np.asarray(np.divide(1.0, room, out=np.ones(len(room)), where=room > 0.0))


def _legs(instances: Sequence[VrpInstance]) -> Legs:
    if not _measured(instances[0]):
        return tables([instance.distance_matrix() for instance in instances])
    return joined(
        places(each.coordinates[None], metric=each.metric, rounding=each.rounding)
        for each in instances
        if each.coordinates is not None
    )
