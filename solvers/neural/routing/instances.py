"""Instances as the routing policy reads them: plain arrays, many at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from netroute.solvers.neural.routing._kernels.alpha import fill_alpha
from netroute.solvers.neural.routing._kernels.prices import settle_prices
from netroute.solvers.neural.routing._kernels.tables import States, Tables
from netroute.solvers.neural.routing.depot_tables import directions, savings
from netroute.solvers.neural.routing.room import tree_room

if TYPE_CHECKING:
    import numpy.typing as npt


@dataclass(frozen=True)
class Instances:
    """A number of instances of the same room.

    Attributes
    ----------
    tables : Tables
        For the kernels.
    sizes : ndarray of int64, shape (I,)
        Nodes of each.
    planar : ndarray of uint8, shape (I,)
        Whether the policy is shown directions in the plane, not distances alone.
    """

    tables: Tables
    sizes: np.ndarray
    planar: np.ndarray


def make_instances(
    points: npt.ArrayLike | None = None,
    *,
    matrix: npt.ArrayLike | None = None,
    prices: npt.ArrayLike | None = None,
    demands: npt.ArrayLike | None = None,
    sizes: npt.ArrayLike | None = None,
) -> Instances:
    """Return instances from points of the plane, from matrices of distances, or from both.

    Parameters
    ----------
    points : array, shape (I, N, 2), optional
        Their Euclidean distances count unless there is a ``matrix``; with one, they still tell the
        policy directions.
    matrix : array, shape (I, N, N), optional
        Distances, row to column.
    prices : array, shape (I, N), optional
        Multipliers of the Held-Karp bound; zeros without it.
    demands : array, shape (I, N), optional
        Shares of a vehicle's capacity, 0 at the depot; zeros without it.
    sizes : array, shape (I,), optional
        Nodes of each instance where they differ; what is behind them is not looked at.

    Examples
    --------
    >>> found = make_instances([[[0, 0], [3, 0], [3, 4]]])
    >>> found.sizes.tolist(), found.tables.alpha[0].tolist()
    ([3], [[0.0, 0.0, 1.0], [0.0, 0.0, 0.0], [1.0, 0.0, 0.0]])
    """
    planar = points is not None
    table = np.zeros((0, 0, 0), np.float32)
    if matrix is not None:
        table = np.ascontiguousarray(matrix, np.float32)
    if points is not None:
        place = np.asarray(points, np.float64)
        count, most = place.shape[:2]
        x, y = np.ascontiguousarray(place[..., 0]), np.ascontiguousarray(place[..., 1])
    else:
        count, most = table.shape[:2]
        x = y = np.zeros((count, most))
    if matrix is None:
        table = np.zeros((count, 0, 0), np.float32)
    size = np.full(count, most) if sizes is None else np.asarray(sizes)
    size = np.ascontiguousarray(size, np.int64)
    routes = demands is not None
    pairs, saved = savings(x, y, table, size if routes else size[:0])
    turn, around = directions(x, y, size if routes else size[:0])
    tables = Tables(
        x,
        y,
        table,
        _or_zeros(prices, (count, most)),
        np.zeros((count, most, most), np.float32),
        _or_zeros(demands, (count, most)),
        pairs,
        saved,
        turn,
        around,
    )
    found = Instances(tables, size, np.full(count, planar, np.uint8))
    _weigh(found)
    return found


def price_routes(instances: Instances) -> np.ndarray:
    """Set the prices of instances of routes, and return them: float64, (I, N).

    They make a tree over the clients nearly a plan of as many routes as the demand needs at least;
    the capacity of a single route does not matter.
    """
    count, most = instances.tables.x.shape
    left = np.tile(np.arange(1, most), (count, 1))
    depot = np.zeros(count, np.int64)
    states = make_states(
        instances, np.arange(count), here=depot, goal=depot, left=left, number=instances.sizes - 1
    )
    settle_prices(instances.tables, states, tree_room(most))
    _weigh(instances)
    return instances.tables.price


def _weigh(instances: Instances) -> None:
    most = instances.tables.x.shape[1]
    room = np.empty(most), np.empty(most, np.int64), np.empty(most, np.int64)
    fill_alpha(instances.tables, instances.sizes, *room, np.empty((most, most)))


def make_states(
    instances: Instances,
    instance: npt.ArrayLike,
    *,
    here: npt.ArrayLike,
    goal: npt.ArrayLike,
    left: npt.ArrayLike,
    number: npt.ArrayLike,
    room: npt.ArrayLike | float = 1.0,
) -> States:
    """Return partial solutions; see `States`. All arrays are copied."""
    index = np.array(instance, np.int64)
    rest = np.array(left, np.int64, order="C")
    amount = np.array(number, np.int64)
    demand = instances.tables.demand[index[:, None], np.maximum(rest, 0)]
    mass = np.where(np.arange(rest.shape[1]) < amount[:, None], demand, 0.0).sum(axis=1)
    return States(
        index,
        np.array(here, np.int64),
        np.array(goal, np.int64),
        rest,
        amount,
        np.broadcast_to(np.asarray(room, np.float64), index.shape).copy(),
        mass,
    )


def _or_zeros(values: npt.ArrayLike | None, shape: tuple[int, int]) -> np.ndarray:
    if values is None:
        return np.zeros(shape)
    return np.ascontiguousarray(values, np.float64)
