from __future__ import annotations

import itertools

import numpy as np
import pytest

from netroute.core.budget import Budget
from netroute.core.errors import InfeasibleError, InputError, UnsupportedError
from netroute.core.status import StoppedBy
from netroute.problems.vrp import Metric, Rounding, VehicleType, VrpInstance, VrpSolution
from netroute.problems.vrp.check import check
from netroute.solvers._kernels.distance import Points
from netroute.solvers.vrp._kernels import (
    crossover,
    hgs_advance,
    hgs_moves,
    hgs_routes,
    local_search,
    population,
    split,
    swap_star,
)
from netroute.solvers.vrp.hgs import HgsSolver
from netroute.solvers.vrp.hgs_engine import HgsEngine
from netroute.solvers.vrp.search_data import SearchData, search_data


def make(clients, seed=0, capacity=20.0, number=None, rounding=Rounding.NEAREST):
    random = np.random.default_rng(seed)
    return VrpInstance(
        name=f"random-{clients}-{seed}",
        coordinates=random.integers(0, 1000, (clients + 1, 2)),
        deliveries=[0, *random.integers(1, 10, clients)],
        vehicles=(VehicleType(capacity=(capacity,), number=number),),
        rounding=rounding,
    )


def optimum(instance):
    """Cheapest plan by dynamic programming over sets of clients."""
    clients = list(instance.clients)
    distances = instance.distance_matrix()
    demand, vehicle = instance.demand()[:, 0], instance.vehicles[0]
    full = 1 << len(clients)
    tour = np.full(full, np.inf)
    for size in range(1, len(clients) + 1):
        for group in itertools.combinations(range(len(clients)), size):
            nodes = [clients[i] for i in group]
            if demand[nodes].sum() > vehicle.capacity[0]:
                continue
            tour[sum(1 << i for i in group)] = min(
                sum(distances[a, b] for a, b in itertools.pairwise([0, *order, 0]))
                for order in itertools.permutations(nodes)
                if order[0] <= order[-1]
            )
    best = {0: 0.0}
    answer = np.inf
    for _ in range(vehicle.number or len(clients)):
        step: dict[int, float] = {}
        for done, value in best.items():
            rest = (full - 1) & ~done
            first = rest & -rest
            group = rest
            while group:
                if group & first and np.isfinite(tour[group]):
                    key = done | group
                    step[key] = min(step.get(key, np.inf), value + tour[group])
                group = (group - 1) & rest
        best = step
        answer = min(answer, best.get(full - 1, np.inf))
    return answer


@pytest.mark.parametrize("seed", range(8))
def test_small_instances_are_solved_to_optimality(seed):
    instance = make(7, seed=seed)
    result = HgsSolver().solve(instance, budget=Budget(iterations=60))
    assert result.objective == pytest.approx(optimum(instance))


@pytest.mark.parametrize("seed", range(4))
def test_a_limited_fleet_is_kept(seed):
    free = make(7, seed=seed, capacity=16.0)
    least = -(-int(free.demand().sum()) // 16)
    for number in (least, least + 1):
        instance = make(7, seed=seed, capacity=16.0, number=number)
        try:
            result = HgsSolver().solve(instance, budget=Budget(iterations=100))
        except InfeasibleError:
            assert optimum(instance) == np.inf
        else:
            assert len(result.solution.routes) <= number
            assert result.objective == pytest.approx(optimum(instance))


def test_same_seed_and_iterations_give_the_same_plan():
    instance = make(60)
    budget = Budget(iterations=130)
    first, second = (HgsSolver().solve(instance, budget=budget, seed=5) for _ in range(2))
    assert first.solution == second.solution
    assert first.iterations == second.iterations == 130
    assert first.stopped_by is StoppedBy.ITERATIONS
    assert HgsSolver().solve(instance, budget=budget, seed=6).solution != first.solution


def test_slices_and_machine_speed_change_nothing():
    instance = make(40, seed=2)
    data = search_data(instance, neighbours=20)
    whole, sliced = (HgsEngine(instance, data, seed=3) for _ in range(2))
    whole.step(offspring=120)
    while sliced.iterations < 120:
        sliced._units = 100
        sliced.step(seconds=0.0005, offspring=120 - sliced.iterations)
    assert sliced.best_cost == whole.best_cost
    one, other = whole._population, sliced._population
    assert (one.order == other.order).all()
    assert (one.individual == other.individual).all()


def test_coordinates_and_matrix_agree():
    instance = make(40, seed=4)
    data = search_data(instance, neighbours=20)
    x, y = (np.ascontiguousarray(column) for column in instance.coordinates.T)
    fields = {name: getattr(data, name) for name in SearchData.__dataclass_fields__}
    fields["source"] = Points(x, y, np.array([0, 1]))
    engines = [HgsEngine(instance, d, seed=1) for d in (data, SearchData(**fields))]
    for engine in engines:
        engine.step(offspring=110)
    assert engines[0].best_cost == engines[1].best_cost


def test_each_kernel_has_one_signature_a_kind_of_distance():
    assert HgsSolver().solve(make(12), budget=Budget(iterations=110)).objective
    modules = (crossover, hgs_advance, hgs_moves, hgs_routes, local_search, population, split)
    assert hgs_advance.advance.signatures
    for module in (*modules, swap_star):
        for name, item in vars(module).items():
            if getattr(getattr(item, "py_func", None), "__module__", "") != module.__name__:
                continue  # what it shares with others has their signatures, too
            kinds = ["Points(" in str(s) for s in item.signatures]
            assert len(set(kinds)) == len(kinds), (name, item.signatures)


def test_costs_without_rounding():
    instance = make(30, seed=1, rounding=Rounding.EXACT)
    result = HgsSolver().solve(instance, budget=Budget(iterations=150))
    assert result.objective == pytest.approx(check(instance, result.solution).objective, abs=1e-9)


@pytest.mark.parametrize("radius", [1e-6, 1.0, 1e7 / 3])
def test_ties_without_rounding_end(radius):
    """On a ring many moves gain nothing but rounding errors: none may be made for ever."""
    angle = np.arange(48) * (2.0 * np.pi / 48)
    ring = radius * np.column_stack([np.cos(angle), np.sin(angle)])
    instance = VrpInstance(
        coordinates=np.vstack([[[0.0, 0.0]], ring]),
        deliveries=[0] + [1] * 48,
        vehicles=(VehicleType(capacity=(6.0,)),),
        rounding=Rounding.EXACT,
    )
    result = HgsSolver().solve(instance, budget=Budget(iterations=200))
    chord = 2.0 * np.sin(np.pi / 48)
    assert result.objective == pytest.approx(radius * 8 * (2.0 + 5 * chord), rel=1e-9)


def test_an_explicit_matrix_without_coordinates():
    with_points = make(25, seed=3)
    instance = VrpInstance(
        distances=with_points.distance_matrix(),
        deliveries=with_points.deliveries,
        vehicles=with_points.vehicles,
    )
    results = [
        HgsSolver().solve(i, budget=Budget(iterations=300)).objective
        for i in (instance, with_points)
    ]
    assert results[0] == pytest.approx(results[1], rel=0.01)


@pytest.mark.parametrize("clients", [0, 1, 2, 3])
def test_almost_no_clients(clients):
    result = HgsSolver().solve(make(clients), budget=Budget(iterations=20))
    assert sum(len(route) for route in result.solution.visits()) == clients


def test_without_demands_one_tour_serves_all():
    instance = VrpInstance(coordinates=[[0, 0], [0, 3], [4, 3], [4, 0], [2, 0]])
    result = HgsSolver().solve(instance, budget=Budget(iterations=50))
    assert result.objective == 14.0


def test_warm_starts():
    instance = make(50, seed=9)
    good = HgsSolver().solve(instance, budget=Budget(iterations=400), seed=1)
    resumed = HgsSolver().solve(instance, budget=Budget(iterations=1), seed=2, start=good.solution)
    assert resumed.objective <= good.objective
    partial = VrpSolution.of([*good.solution.visits()[:2], [10_000]])
    doubled = VrpSolution.of([range(1, 51), range(1, 51)])
    for start in (partial, doubled, VrpSolution(())):
        result = HgsSolver().solve(instance, budget=Budget(iterations=5), start=start)
        assert check(instance, result.solution).feasible


def test_seconds_observer_and_target_stop_the_search():
    instance = make(80)
    solver = HgsSolver()
    timed = solver.solve(instance, budget=Budget(seconds=0.3))
    assert timed.stopped_by is StoppedBy.TIME
    assert timed.seconds >= 0.3
    assert [p.objective for p in timed.trace] == sorted(
        (p.objective for p in timed.trace), reverse=True
    )
    stopped = solver.solve(
        instance, budget=Budget(iterations=10_000), observe=lambda event: event.iteration >= 20
    )
    assert stopped.stopped_by is StoppedBy.INTERRUPT
    target = timed.objective * 1.1
    reached = solver.solve(instance, budget=Budget(iterations=10_000, target=target))
    assert reached.stopped_by is StoppedBy.TARGET
    assert reached.objective <= target


def test_unsupported_and_invalid():
    asymmetric = VrpInstance(distances=[[0, 1, 2], [2, 0, 1], [1, 2, 0]])
    with pytest.raises(UnsupportedError, match="asymmetric"):
        HgsSolver().solve(asymmetric, budget=Budget(iterations=1))
    with pytest.raises(InfeasibleError):
        HgsSolver().solve(make(7, number=1, capacity=10.0), budget=Budget(iterations=1))
    with pytest.raises(InputError, match="minimum"):
        HgsSolver(minimum=1)


def test_large_instance_by_coordinates_answers_in_time():
    instance = make(3000, capacity=100.0)
    result = HgsSolver().solve(instance, budget=Budget(seconds=1.0))
    assert result.stopped_by is StoppedBy.TIME
    assert len(result.trace) >= 2  # the sweep, then its improvement


def test_other_metrics():
    instance = make(20).replace(metric=Metric.MANHATTAN)
    result = HgsSolver().solve(instance, budget=Budget(iterations=20))
    assert result.objective == check(instance, result.solution).objective
