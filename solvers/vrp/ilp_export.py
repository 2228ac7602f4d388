"""Write an instance as an LP or MPS file: a compact model that is complete by itself.

Directed two-index variables ``x_i_j`` (1 if a vehicle drives from i to j), and flows along them:
``load_i_j`` is what is aboard between i and j, which keeps the capacity; ``stops_i_j`` is how many
clients are still to be visited, which rules out tours without the depot where loads cannot (clients
without demand, unlimited capacity).

Source: B. Gavish, S. Graves, The travelling salesman problem and related problems (MIT working
paper 1978).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from netroute.core.errors import UnsupportedError
from netroute.solvers.lp.engines import add_variable, write_problem
from netroute.solvers.vrp.ilp_model import TwoIndexModel, two_index_model

if TYPE_CHECKING:
    from pathlib import Path

    from netroute.problems.vrp import VrpInstance

SIZE_LIMIT = 250
"""Largest number of locations: the model has up to three variables for each ordered pair."""

FEATURES = frozenset({"limited fleet", "asymmetric distances"})


def compact_problem(instance: VrpInstance) -> Any:
    """Return the compact model as a PuLP problem.

    Raises
    ------
    UnsupportedError
        The instance is too large, or has features beyond limited fleets and asymmetric distances.

    Examples
    --------
    >>> from netroute.problems.vrp import VehicleType, VrpInstance
    >>> instance = VrpInstance(
    ...     coordinates=[[0, 0], [0, 3], [4, 3]],
    ...     deliveries=[0, 1, 1],
    ...     vehicles=(VehicleType(capacity=(2,)),),
    ... )
    >>> problem = compact_problem(instance)
    >>> problem.numVariables(), problem.numConstraints()
    (10, 16)
    """
    extra = sorted(instance.features() - FEATURES)
    if extra:
        raise UnsupportedError(f"the compact model does not support {', '.join(extra)}")
    if instance.size > SIZE_LIMIT:
        raise UnsupportedError(
            f"the compact model takes at most {SIZE_LIMIT} locations, instance {instance.name!r} "
            f"has {instance.size}"
        )
    import pulp

    model = two_index_model(instance)
    problem = pulp.LpProblem("cvrp", pulp.LpMinimize)
    drives = _drives(problem, instance, model)
    clients = range(1, model.size)
    if np.isfinite(model.capacity):
        _flow(problem, drives, "load", model.demand.tolist(), model.capacity)
    if not np.isfinite(model.capacity) or not model.demand[1:].all():
        _flow(problem, drives, "stops", [0.0] + [1.0] * len(clients), float(len(clients)))
    return problem


def write_lp(instance: VrpInstance, path: str | Path) -> None:
    """Write the compact model in CPLEX LP format."""
    write_problem(path, lambda: compact_problem(instance), form="lp")


def write_mps(instance: VrpInstance, path: str | Path) -> None:
    """Write the compact model in free MPS format."""
    write_problem(path, lambda: compact_problem(instance), form="mps")


def _drives(
    problem: Any, instance: VrpInstance, model: TwoIndexModel
) -> dict[tuple[int, int], Any]:
    """Add objective, degrees and the limits on the number of routes."""
    import pulp

    pairs = [(i, j) for i, j in model.pairs.tolist()]
    if not model.directed:
        pairs += [(j, i) for i, j in pairs]
    drives = {(i, j): add_variable(problem, f"x_{i}_{j}", 1, "Integer") for i, j in sorted(pairs)}
    problem += pulp.lpSum(instance.distance(i, j) * x for (i, j), x in drives.items())
    for place in range(1, model.size):
        problem += pulp.lpSum(x for (i, _), x in drives.items() if i == place) == 1, f"out_{place}"
        problem += pulp.lpSum(x for (_, j), x in drives.items() if j == place) == 1, f"in_{place}"
    leaving = pulp.lpSum(x for (i, _), x in drives.items() if i == 0)
    problem += leaving >= model.fewest, "fewest_routes"
    problem += leaving <= model.most, "most_routes"
    return drives


def _flow(
    problem: Any,
    drives: dict[tuple[int, int], Any],
    name: str,
    amounts: list[float],
    most: float,
) -> None:
    """Add a flow from the depot that leaves ``amounts`` at the clients, along driven arcs only."""
    import pulp

    into: list[list[Any]] = [[] for _ in amounts]
    out: list[list[Any]] = [[] for _ in amounts]
    for (i, j), x in drives.items():
        if j == 0:
            continue
        flow = add_variable(problem, f"{name}_{i}_{j}", None, "Continuous")
        problem += flow >= amounts[j] * x, f"{name}_least_{i}_{j}"
        problem += flow <= (most - amounts[i]) * x, f"{name}_most_{i}_{j}"
        into[j].append(flow)
        out[i].append(flow)
    for place in range(1, len(amounts)):
        left = pulp.lpSum(into[place]) - pulp.lpSum(out[place])
        problem += left == amounts[place], f"{name}_{place}"
