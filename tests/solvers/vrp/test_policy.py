"""Routes by a policy: a small one with random weights answers whatever it is asked."""

import numpy as np
import pytest

import netroute
from netroute.core.budget import Budget
from netroute.core.errors import InputError, UnsupportedError
from netroute.datasets.vrp.roads import generate_roads
from netroute.problems.vrp import Rounding, VehicleType, VrpInstance

torch = pytest.importorskip("torch")
pytest.importorskip("safetensors")

from netroute.solvers.neural.policy_file import save_policy  # noqa: E402
from netroute.solvers.neural.routing.model import TailTransformer  # noqa: E402
from netroute.solvers.vrp.policy import PolicySolver, routing_instances  # noqa: E402
from netroute.solvers.vrp.search_data import search_data  # noqa: E402

DECODINGS = ["auto", "greedy", "sampling", "multi-start", "beam", "reconstruction"]


def write(folder, *, problem="cvrp", routes=True):
    torch.manual_seed(0)
    sizes = {"candidates": 6, "width": 16, "hidden": 16, "layers": 1, "heads": 2}
    policy = TailTransformer(routes=routes, **sizes)
    if routes:
        with torch.no_grad():
            # Without returns that are not due plans are of as many routes as others.
            policy.score.bias[1] -= 5.0
    facts = {"seed": 0, "data_hash": 64 * "0", "config": "", "log": "", "figures": {}}
    save_policy(folder, policy, problem=problem, **facts)
    return str(folder)


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    return write(tmp_path_factory.mktemp("policies") / "cvrp")


def routes_of(result):
    return [route.clients for route in result.solution.routes]


def judged(instance, result):
    verdict = netroute.check(instance, result.solution)
    assert verdict.feasible
    assert verdict.objective == pytest.approx(result.objective, rel=1e-12)
    return verdict.objective


@pytest.mark.parametrize(
    ("decoding", "clients"), [*((decoding, 23) for decoding in DECODINGS), ("auto", 101)]
)
def test_all_decodings_answer(make_cvrp, weights, decoding, clients):
    instance = make_cvrp(clients, seed=2)
    solver = PolicySolver(weights=weights, decoding=decoding, samples=3, rounds=2)
    results = [solver.solve(instance, seed=seed) for seed in (1, 1, 2)]
    for result in results:
        judged(instance, result)
    rebuilt = decoding in ("auto", "reconstruction")
    assert results[0].iterations == (3 if rebuilt else 1)
    assert routes_of(results[0]) == routes_of(results[1])
    if decoding in ("greedy", "multi-start", "beam"):
        assert routes_of(results[0]) == routes_of(results[2])


@pytest.mark.parametrize("decoding", DECODINGS)
@pytest.mark.parametrize("clients", [0, 1, 2, 5])
def test_few_clients(make_cvrp, weights, decoding, clients):
    if clients:
        instance = make_cvrp(clients, seed=3)
    else:
        instance = VrpInstance(coordinates=[[0, 0]])
    result = PolicySolver(weights=weights, decoding=decoding, rounds=2).solve(instance)
    objective = judged(instance, result)
    if clients == 1:
        assert objective == instance.distance(0, 1) + instance.distance(1, 0)
    if clients == 0:
        assert objective == 0.0


def test_more_decoding_is_no_worse(make_cvrp, weights):
    instance = make_cvrp(20, seed=4)

    def objective(**options):
        return PolicySolver(weights=weights, **options).solve(instance).objective

    greedy = objective(decoding="greedy")
    assert objective(decoding="sampling") <= greedy
    none = objective(rounds=0)
    assert none <= greedy
    assert objective(rounds=9) < none


def test_budgets(make_cvrp, weights):
    instance = make_cvrp(15, seed=5)
    solver = PolicySolver(weights=weights, rounds=2)
    for iterations in (1, 2, 5):
        result = solver.solve(instance, budget=Budget(iterations=iterations))
        assert result.iterations == iterations
        assert result.stopped_by == "iterations"
    assert solver.solve(instance, budget=Budget(target=1e9)).stopped_by == "target"
    assert solver.solve(instance).iterations == 3


def test_a_start_is_kept_where_it_is_better(make_cvrp, weights):
    instance = make_cvrp(30, seed=6)
    best = netroute.solve(instance, solver="hgs", seconds=5, iterations=200, bound="none")
    for decoding in ("greedy", "reconstruction"):
        solver = PolicySolver(weights=weights, decoding=decoding, rounds=2)
        assert solver.solve(instance, start=best.solution).objective <= best.objective


def test_local_search_at_the_end(make_cvrp, weights):
    options = {"weights": weights, "decoding": "greedy"}
    for clients in (1, 2, 5, 40):
        instance = make_cvrp(clients, seed=7)
        plain = judged(instance, PolicySolver(**options).solve(instance))
        shorter = judged(instance, PolicySolver(**options, local_search=True).solve(instance))
        assert shorter <= plain
    # Random weights leave much to do.
    assert shorter < plain
    with pytest.raises(UnsupportedError, match=r"^local_search of a policy needs symmetric"):
        PolicySolver(**options, local_search=True).solve(generate_roads(12, seed=1))


def test_other_instances(weights):
    rng = np.random.default_rng(8)
    points = rng.integers(0, 99, (13, 2))
    demands = np.concatenate([[0], rng.integers(1, 9, 12)])
    truck = VehicleType(capacity=(20,))
    table = np.linalg.norm(points[:, None] - points, axis=2).round()
    some = demands * (np.arange(13) % 3 > 0)
    for instance, fewest in (
        (generate_roads(20, seed=1), 2),
        (VrpInstance(distances=table, deliveries=demands, vehicles=truck), 2),
        (VrpInstance(coordinates=points, deliveries=some, vehicles=truck), 2),
        (VrpInstance(coordinates=points, deliveries=np.zeros(13), vehicles=truck), 1),
        (VrpInstance(coordinates=points), 1),
        (VrpInstance(coordinates=points, deliveries=demands), 1),
        (VrpInstance(coordinates=np.zeros((9, 2)), deliveries=demands[:9], vehicles=truck), 1),
        (VrpInstance(coordinates=rng.uniform(-60, 60, (9, 2)), metric="geographic"), 1),
        (VrpInstance(coordinates=points / 7, deliveries=demands / 4, vehicles=truck), 1),
    ):
        result = PolicySolver(weights=weights, rounds=2).solve(instance)
        judged(instance, result)
        assert len(result.solution.routes) >= fewest


def test_full_vehicles(weights):
    # Shares of a third add up to more than one in floating point, or to less.
    points = np.random.default_rng(9).random((13, 2))
    for capacity, each in ((3, 1), (7, 1), (0.3, 0.1), (3e9, 1e9)):
        demands = np.concatenate([[0], np.full(12, each)])
        truck = VehicleType(capacity=(capacity,))
        instance = VrpInstance(coordinates=points, deliveries=demands, vehicles=truck)
        for decoding in ("reconstruction", "sampling"):
            solver = PolicySolver(weights=weights, decoding=decoding, rounds=2)
            judged(instance, solver.solve(instance))


def test_how_an_instance_is_read(make_cvrp):
    # From a hundred nodes on they are renumbered.
    for instance, size in (
        (make_cvrp(9), 10),
        (make_cvrp(120), 121),
        (VrpInstance(coordinates=[[0, 0], [3, 4], [6, 8]]), 0),
    ):
        data = search_data(instance, neighbours=5)
        found = routing_instances(instance, data)
        assert found.tables.matrix.shape == (1, size, size)
        assert found.planar.tolist() == [1]
        place = data.location.astype(np.int64)
        assert np.array_equal(found.tables.x[0], instance.coordinates[place, 0])
        if instance.rounding is Rounding.NEAREST:
            expected = instance.distance_matrix()[np.ix_(place, place)]
            assert np.array_equal(found.tables.matrix[0], expected)
            shares = instance.deliveries[place, 0] / instance.vehicles[0].capacity[0]
            assert np.allclose(found.tables.demand[0], shares)
        assert found.tables.price[0, 0] == 0.0
    assert not routing_instances(
        generate_roads(9, seed=1), search_data(generate_roads(9, seed=1), neighbours=5)
    ).planar.any()


def test_what_is_refused(make_cvrp, weights, tmp_path):
    many = VrpInstance(coordinates=np.random.default_rng(0).random((4_001, 2)))
    with pytest.raises(UnsupportedError, match=r"^4001 locations, expected at most 4000 .*tails$"):
        PolicySolver(weights=weights).solve(many)
    other = write(tmp_path / "tsp", problem="tsp", routes=False)
    with pytest.raises(InputError, match="found a policy for tsp, expected one for cvrp"):
        PolicySolver(weights=other).solve(make_cvrp(9))
    few = VehicleType(capacity=(9,), number=2)
    limited = VrpInstance(coordinates=np.eye(5, 2), deliveries=[0, 1, 1, 1, 1], vehicles=few)
    with pytest.raises(UnsupportedError, match="fleet"):
        PolicySolver(weights=weights).solve(limited)
    for wrong in ({"samples": 0}, {"rounds": -1}, {"decoding": "best"}):
        with pytest.raises(InputError):
            PolicySolver(weights=weights, **wrong)
