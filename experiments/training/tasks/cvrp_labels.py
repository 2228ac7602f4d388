"""Good plans of many instances: what the policy of routes learns from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from netroute.core.budget import Budget
from netroute.datasets.vrp.mixture import draw_batch
from netroute.problems.geometry import Rounding
from netroute.problems.vrp import VehicleType, VrpInstance
from netroute.solvers.neural.routing.construct import construct
from netroute.solvers.neural.routing.instances import make_instances, price_routes
from netroute.solvers.neural.routing.starts import closed_tours
from netroute.solvers.vrp.hgs import HgsSolver

if TYPE_CHECKING:
    from collections.abc import Mapping

FEWEST = 5
"""Clients from which on a leftover of the policy is worth a label."""


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
        ``opens`` of the same shape, whether a route begins; ``size`` (count,), clients, and
        ``cost`` (count,).
    """
    points, demands = _draw(parameters, rng, count)
    return _solved(parameters, rng, points, demands)


def make_leftovers(
    parameters: Mapping[str, Any], rng: np.random.Generator, count: int
) -> dict[str, np.ndarray]:
    """Let a policy build some of the routes, and solve what it leaves, an instance of its own.

    Parameters
    ----------
    parameters : mapping
        As of `make_plans`, and ``weights``, the policy.

    Returns
    -------
    dict of ndarray
        As of `make_plans`.
    """
    from netroute.solvers.neural.policy_file import load_policy

    policy: Any = load_policy(
        parameters["weights"], problem="cvrp", architectures=("tail-transformer",)
    )
    points, demands = _draw(parameters, rng, count)
    instances = make_instances(points, demands=demands)
    price_routes(instances)
    walks = construct(policy, instances, closed_tours(instances, np.zeros(count, np.int64)))
    if walks is None:
        raise AssertionError("a walk that nothing halts has ended")
    n = points.shape[1] - 1
    left = np.zeros((count, n + 1), bool)
    left[:, 0] = True
    for k in range(count):
        begins = np.flatnonzero(walks.via[k, :n])
        begins = begins[begins <= n - FEWEST]
        at = int(begins[rng.integers(len(begins))])
        left[k, walks.order[k, at:n]] = True
    return _solved(parameters, rng, points, demands, left)


def _draw(
    parameters: Mapping[str, Any], rng: np.random.Generator, count: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return points, and demands in shares of the capacity."""
    least, most = parameters["clients"]
    n = int(rng.integers(least, most + 1))
    options = {name: parameters[name] for name in ("distribution", "depot", "demand")}
    points, demands, capacity = draw_batch(rng, count, n, **options)
    return points, demands / capacity[:, None]


def _solved(
    parameters: Mapping[str, Any],
    rng: np.random.Generator,
    points: np.ndarray,
    demands: np.ndarray,
    left: np.ndarray | None = None,
) -> dict[str, np.ndarray]:
    """Return the labels of instances, or of their nodes ``left``."""
    most = parameters["clients"][1]
    count, nodes = demands.shape
    found = {
        "points": np.zeros((count, most + 1, 2)),
        "demand": np.zeros((count, most + 1)),
        "order": np.zeros((count, most), np.int32),
        "opens": np.zeros((count, most), bool),
        "size": np.zeros(count, np.int64),
        "cost": np.zeros(count),
    }
    for k in range(count):
        kept = np.arange(nodes) if left is None else np.flatnonzero(left[k])
        place, demand = points[k, kept], demands[k, kept]
        instance = VrpInstance(
            coordinates=place,
            deliveries=demand,
            rounding=Rounding.EXACT,
            vehicles=(VehicleType(capacity=(1.0,)),),
        )
        result = HgsSolver().solve(
            instance,
            budget=Budget(iterations=parameters["offspring"]),
            seed=int(rng.integers(2**31)),
        )
        n = len(kept)
        routes = [np.asarray(route.clients, np.int64) for route in result.solution.routes]
        routes = [route for route in routes if len(route)]
        opens = np.cumsum([0] + [len(route) for route in routes[:-1]])
        found["points"][k, :n] = place
        found["demand"][k, :n] = demand
        found["order"][k, : n - 1] = np.concatenate(routes)
        found["opens"][k, opens] = True
        found["size"][k] = n - 1
        found["cost"][k] = result.objective
    return found
