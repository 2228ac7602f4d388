"""The reference ILP against a dynamic program that shares nothing with it."""

from __future__ import annotations

import math
import os
import signal
import threading
from typing import TYPE_CHECKING

import numpy as np
import pytest

from netroute.core.budget import Budget
from netroute.core.errors import InfeasibleError, InputError, NetrouteError, UnsupportedError
from netroute.core.recorder import Recorder
from netroute.core.status import Status, StoppedBy
from netroute.problems.vrp import Rounding, VehicleType, VrpInstance, VrpSolution
from netroute.solvers.lp.process import Worker
from netroute.solvers.vrp.ilp import IlpSolver
from netroute.solvers.vrp.ilp_model import two_index_model
from netroute.solvers.vrp.ilp_partition import partition_rounds
from netroute.solvers.vrp.ilp_rounds import two_index_rounds
from netroute.solvers.vrp.ilp_run import IlpRun
from netroute.solvers.vrp.nearest import NearestSolver

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

KINDS = ("rounded", "fractional", "asymmetric", "asymmetric fractional", "unlimited load")


def optimum(instance: VrpInstance) -> float:
    """Partition all clients into cheapest tours, by dynamic programming over subsets."""
    clients = list(instance.clients)
    vehicle = instance.vehicles[0]
    demand = instance.demand()
    whole = (1 << len(clients)) - 1
    way = {(1 << k, k): instance.distance(0, c) for k, c in enumerate(clients)}
    tour = [math.inf] * (whole + 1)
    for subset in range(1, whole + 1):
        inside = [k for k in range(len(clients)) if subset >> k & 1]
        load = sum(float(demand[clients[k]].sum()) for k in inside)
        for k in inside:
            rest = subset ^ (1 << k)
            if rest:
                way[subset, k] = min(
                    way[rest, j] + instance.distance(clients[j], clients[k])
                    for j in inside
                    if j != k
                )
        if not vehicle.capacity or load <= vehicle.capacity[0] + 1e-9:
            tour[subset] = min(way[subset, k] + instance.distance(clients[k], 0) for k in inside)
    best = [0.0] + [math.inf] * whole
    for _ in range(vehicle.number if vehicle.number is not None else len(clients)):
        longer = best.copy()
        for subset in range(1, whole + 1):
            part = subset
            while part:
                longer[subset] = min(longer[subset], best[subset ^ part] + tour[part])
                part = (part - 1) & subset
        best = longer
    return best[whole]


def random_instance(kind: str, seed: int) -> VrpInstance:
    rng = np.random.default_rng(seed)
    clients = int(rng.integers(2, 8))
    capacity = float(rng.integers(8, 20))
    demand = np.concatenate([[0], rng.integers(0, int(capacity) // 2 + 3, clients)]).astype(float)
    number = int(rng.integers(2, clients + 1)) if seed % 2 else None
    fields: dict[str, object] = {}
    if kind.startswith("asymmetric"):
        matrix = rng.integers(0, 60, (clients + 1, clients + 1)).astype(float)
        if "fractional" in kind:
            matrix += rng.random(matrix.shape)
        np.fill_diagonal(matrix, 0.0)
        fields["distances"] = matrix
    else:
        fields["coordinates"] = rng.integers(0, 30, (clients + 1, 2))
        fields["rounding"] = Rounding.NEAREST if kind == "rounded" else Rounding.EXACT
    if kind == "fractional":
        demand, capacity = demand * 0.1, capacity * 0.1
    load = () if kind == "unlimited load" else (capacity,)
    return VrpInstance(
        name=f"{kind} {seed}",
        deliveries=demand,
        vehicles=(VehicleType(capacity=load, number=number),),
        **fields,  # type: ignore[arg-type]
    )


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    with Worker() as process:
        yield process


def prove(instance: VrpInstance, worker: Worker, *, routes: bool) -> Recorder:
    """Run one of the two models to its end."""
    solver = IlpSolver()
    recorder = Recorder(solver, instance, Budget(), seed=0, observe=None)
    NearestSolver().construct(instance, recorder, seed=0, start=None)
    run = IlpRun(solver, solver.engine, instance, recorder, worker)
    model = two_index_model(instance)
    if routes:
        partition_rounds(run, model)
    else:
        two_index_rounds(run, model)
    return recorder


@pytest.mark.parametrize("routes", [False, True], ids=["two-index", "routes"])
@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("kind", KINDS)
def test_proves_the_optimum_of_the_oracle(
    kind: str, seed: int, routes: bool, worker: Worker
) -> None:
    instance = random_instance(kind, seed)
    expected = optimum(instance)
    if math.isinf(expected):
        with pytest.raises(InfeasibleError):
            prove(instance, worker, routes=routes)
        return
    result = prove(instance, worker, routes=routes).result()
    assert result.objective == pytest.approx(expected, rel=1e-9)
    assert result.status is Status.OPTIMAL


@pytest.mark.parametrize(("per_route", "seed"), [(4.2, 1), (8.0, 2)])
def test_twenty_locations_are_proven(
    make_cvrp: Callable[..., VrpInstance], per_route: float, seed: int
) -> None:
    instance = make_cvrp(19, seed=seed, per_route=per_route)
    bounds: list[float] = []
    result = IlpSolver().solve(
        instance,
        budget=Budget(seconds=600),
        observe=lambda event: bounds.append(event.bound) if event.kind == "bound" else None,
    )
    assert result.status is Status.OPTIMAL
    assert result.stopped_by is StoppedBy.PROOF
    assert result.bound == result.objective
    assert bounds == sorted(bounds)
    assert len(bounds) > 1


def test_both_models_agree_on_twelve_clients(
    make_cvrp: Callable[..., VrpInstance], worker: Worker
) -> None:
    instance = make_cvrp(12, seed=5, per_route=4.5)
    first = prove(instance, worker, routes=False).result()
    second = prove(instance, worker, routes=True).result()
    assert first.status is second.status is Status.OPTIMAL
    assert first.objective == second.objective


def test_iteration_budget_ends_rounds(make_cvrp: Callable[..., VrpInstance]) -> None:
    instance = make_cvrp(15, seed=3, per_route=4.2)
    result = IlpSolver().solve(instance, budget=Budget(iterations=2))
    assert result.stopped_by is StoppedBy.ITERATIONS
    assert result.iterations == 2
    assert result.bound is not None
    assert result.objective is not None
    assert result.bound < result.objective


def test_start_is_kept_where_it_is_better(make_cvrp: Callable[..., VrpInstance]) -> None:
    instance = make_cvrp(9, seed=1)
    best = IlpSolver().solve(instance).solution
    result = IlpSolver().solve(instance, budget=Budget(iterations=0), start=best)
    assert result.solution == best


def test_stopping_ends_the_engine_at_once(make_cvrp: Callable[..., VrpInstance]) -> None:
    instance = make_cvrp(60, seed=1)
    stopping = threading.Event()

    def observe(event: object) -> bool:
        # The second bound comes after the first round; the engine is at work when this is asked.
        if getattr(event, "iteration", 0) >= 1:
            stopping.set()
        return stopping.is_set()

    result = IlpSolver().solve(instance, observe=observe)
    assert result.stopped_by is StoppedBy.INTERRUPT
    assert result.status is Status.FEASIBLE


def test_worker_group_is_gone_after_use() -> None:
    with Worker() as process:
        group = process.group
        os.killpg(group, 0)
    with pytest.raises(ProcessLookupError):
        os.killpg(group, signal.SIGTERM)


def test_no_clients() -> None:
    result = IlpSolver().solve(VrpInstance(coordinates=[[0, 0]]))
    assert result.solution == VrpSolution(())
    assert result.status is Status.OPTIMAL


def test_too_small_fleet_is_infeasible() -> None:
    instance = VrpInstance(
        coordinates=np.arange(8).reshape(4, 2),
        deliveries=[0, 6, 6, 6],
        vehicles=(VehicleType(capacity=(10,), number=2),),
    )
    with pytest.raises(InfeasibleError, match="at least 3 vehicles"):
        IlpSolver().solve(instance)


def test_limits_are_named(make_cvrp: Callable[..., VrpInstance]) -> None:
    with pytest.raises(UnsupportedError, match="at most 250 locations"):
        IlpSolver().solve(make_cvrp(250))
    with pytest.raises(UnsupportedError, match="at most 20 clients"):
        IlpSolver(model="routes").solve(make_cvrp(21))
    with pytest.raises(InputError, match="expected one of"):
        IlpSolver(model="three-index")


def test_unknown_engine_is_named(make_cvrp: Callable[..., VrpInstance]) -> None:
    with pytest.raises(NetrouteError, match="PULP_CBC_CMD"):
        IlpSolver(engine="ABACUS").solve(make_cvrp(5))
