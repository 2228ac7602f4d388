"""Good plans of many instances: what the policy of routes learns from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from netroute.core.budget import Budget
from netroute.datasets.vrp.mixture import draw_batch
from netroute.experiments.training.tasks.improvement import improve_routes, load_labeller
from netroute.problems.geometry import Rounding
from netroute.problems.vrp import VehicleType, VrpInstance
from netroute.solvers.neural.routing.construct import greedy_walks
from netroute.solvers.neural.routing.instances import make_instances, price_routes
from netroute.solvers.vrp.hgs import HgsSolver

if TYPE_CHECKING:
    from collections.abc import Mapping


def make_plans(
    parameters: Mapping[str, Any], rng: np.random.Generator, count: int
) -> dict[str, np.ndarray]:
    """Draw instances of one size, and solve them by hybrid genetic search.

    Parameters
    ----------
    parameters : mapping
        ``clients``, least and largest number; ``offspring`` of the search; and what `draw_batch`
        takes.

    Returns
    -------
    dict of ndarray
        ``points`` (count, N + 1, 2), depot first; ``demand`` (count, N + 1), in shares of the
        capacity; ``order`` (count, N), clients in order of visit, and
        ``opens`` of the same shape, whether a route begins; and of shape (count,) ``size``,
        clients, ``cost``, and ``begun``, whether the first route is on its way, which none is.
    """
    points, demands = _draw(parameters, rng, count)
    found = _empty(parameters, count)
    for k in range(count):
        _solve(parameters, rng, points[k], demands[k], found, k, begun=False)
    return found


def make_detours(
    parameters: Mapping[str, Any], rng: np.random.Generator, count: int
) -> dict[str, np.ndarray]:
    """Let a policy begin the plans, and finish them as well as can be.

    Where the vehicle is becomes a client with the demand of all that it has served, next to the
    depot at no cost: nearly all good plans of that instance begin a route with it. Those that do
    not are left out, and others drawn.

    What the policy meets on its own ways is not what good plans lead to; learning from both is due
    to S. Ross, G. Gordon, D. Bagnell, A reduction of imitation learning and structured prediction
    to no-regret online learning (AISTATS 2011).

    Parameters
    ----------
    parameters : mapping
        As of `make_plans`, and ``weights``, the policy.

    Returns
    -------
    dict of ndarray
        As of `make_plans`; ``begun`` is set, and client 1 is where the vehicle is.
    """
    policy = load_labeller(parameters, "cvrp")
    points, demands = _draw(parameters, rng, count)
    instances = make_instances(points, demands=demands)
    price_routes(instances)
    walks = greedy_walks(policy, instances)
    found = _empty(parameters, count)
    n = points.shape[1] - 1
    for k in range(count):
        while True:
            at = int(rng.integers(1, n - 1))
            route = int(np.flatnonzero(walks.via[k, :at])[-1])
            order = walks.order[k, :n]
            kept = np.concatenate([[0], order[at - 1 :]])
            demand = demands[k, kept]
            demand[1] = demands[k, order[route:at]].sum()
            if _solve(parameters, rng, points[k, kept], demand, found, k, begun=True):
                break
    found["begun"][:] = True
    return found


def make_improved(
    parameters: Mapping[str, Any], rng: np.random.Generator, count: int
) -> dict[str, np.ndarray]:
    """Let a policy make the plans alone; see `improve_routes`.

    Parameters
    ----------
    parameters : mapping
        As of `make_plans` but for ``offspring``; ``weights``, the policy; and ``rounds``.

    Returns
    -------
    dict of ndarray
        As of `make_plans`.
    """
    policy = load_labeller(parameters, "cvrp")
    points, demands = _draw(parameters, rng, count)
    found = _empty(parameters, count)
    for k in range(count):
        alone = make_instances(points[k : k + 1], demands=demands[k : k + 1])
        price_routes(alone)
        routes = improve_routes(policy, alone, rounds=parameters["rounds"], rng=rng)
        closed = [points[k, np.r_[0, route, 0]] for route in routes]
        _write(found, k, points[k], demands[k], routes)
        found["cost"][k] = sum(np.hypot(*np.diff(stops, axis=0).T).sum() for stops in closed)
    return found


def _draw(
    parameters: Mapping[str, Any], rng: np.random.Generator, count: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return points, and demands in shares of the capacity."""
    least, most = parameters["clients"]
    n = int(rng.integers(least, most + 1))
    options = {name: parameters[name] for name in ("distribution", "depot", "demand")}
    points, demands, capacity = draw_batch(rng, count, n, **options)
    return points, demands / capacity[:, None]


def _empty(parameters: Mapping[str, Any], count: int) -> dict[str, np.ndarray]:
    most = parameters["clients"][1]
    return {
        "points": np.zeros((count, most + 1, 2)),
        "demand": np.zeros((count, most + 1)),
        "order": np.zeros((count, most), np.int32),
        "opens": np.zeros((count, most), bool),
        "size": np.zeros(count, np.int64),
        "begun": np.zeros(count, bool),
        "cost": np.zeros(count),
    }


def _solve(
    parameters: Mapping[str, Any],
    rng: np.random.Generator,
    points: np.ndarray,
    demand: np.ndarray,
    found: dict[str, np.ndarray],
    k: int,
    *,
    begun: bool,
) -> bool:
    """Write the label of an instance to row ``k``; False if no route begins with client 1."""
    instance = VrpInstance(
        coordinates=points,
        deliveries=np.minimum(demand, 1.0),
        rounding=Rounding.EXACT,
        vehicles=(VehicleType(capacity=(1.0,)),),
    )
    if begun:
        matrix = instance.distance_matrix().copy()
        matrix[0, 1] = matrix[1, 0] = 0.0
        instance = instance.replace(distances=matrix)
    result = HgsSolver().solve(
        instance,
        budget=Budget(iterations=parameters["offspring"]),
        seed=int(rng.integers(2**31)),
    )
    routes = [np.array(route.clients, np.int64) for route in result.solution.routes]
    routes = [route for route in routes if len(route)]
    if begun:
        own = next(r for r, route in enumerate(routes) if 1 in route)
        if routes[own][0] != 1:
            routes[own] = routes[own][::-1]
        if routes[own][0] != 1:
            return False
        routes = [routes[own], *routes[:own], *routes[own + 1 :]]
    _write(found, k, points, instance.demand()[:, 0], routes)
    found["cost"][k] = result.objective
    return True


def _write(
    found: dict[str, np.ndarray],
    k: int,
    points: np.ndarray,
    demand: np.ndarray,
    routes: list[np.ndarray],
) -> None:
    """Write a plan to row ``k``."""
    n = len(points)
    found["points"][k, :n] = points
    found["demand"][k, :n] = demand
    found["order"][k, : n - 1] = np.concatenate(routes)
    found["opens"][k, np.cumsum([0] + [len(route) for route in routes[:-1]])] = True
    found["size"][k] = n - 1
