"""Tours by a policy: a small one with random weights answers whatever it is asked."""

from itertools import permutations

import numpy as np
import pytest

import netroute
from netroute.core.budget import Budget
from netroute.core.errors import InputError, UnsupportedError
from netroute.datasets.tsp.roads import generate_roads
from netroute.problems.tsp import TspInstance, TspSolution

torch = pytest.importorskip("torch")
pytest.importorskip("safetensors")

from netroute.solvers.neural.policy_file import save_policy  # noqa: E402
from netroute.solvers.neural.routing.model import TailTransformer  # noqa: E402
from netroute.solvers.tsp.bound.prices import quick_prices  # noqa: E402
from netroute.solvers.tsp.local_search import LocalSearch  # noqa: E402
from netroute.solvers.tsp.policy import PolicySolver, routing_instances  # noqa: E402
from netroute.solvers.tsp.search_space import search_space  # noqa: E402

DECODINGS = ["auto", "greedy", "sampling", "multi-start", "beam", "reconstruction"]


def write(folder, *, problem="tsp", routes=False):
    torch.manual_seed(0)
    sizes = {"candidates": 6, "width": 16, "hidden": 16, "layers": 1, "heads": 2}
    policy = TailTransformer(routes=routes, **sizes)
    facts = {"seed": 0, "data_hash": 64 * "0", "config": "", "log": "", "figures": {}}
    save_policy(folder, policy, problem=problem, **facts)
    return str(folder)


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    return write(tmp_path_factory.mktemp("policies") / "tsp")


def tour_of(result):
    return result.solution.tour.tolist()


@pytest.mark.parametrize("decoding", DECODINGS)
@pytest.mark.parametrize("kind", ["points", "matrix", "asymmetric"])
def test_all_decodings_answer(make_tsp, weights, decoding, kind):
    instance = make_tsp(23, kind, seed=2)
    solver = PolicySolver(weights=weights, decoding=decoding, samples=3, rounds=4)
    results = [solver.solve(instance, seed=seed) for seed in (1, 1, 2)]
    for result in results:
        verdict = netroute.check(instance, result.solution)
        assert verdict.feasible
        assert verdict.objective == result.objective
    rebuilt = decoding in ("auto", "reconstruction")
    assert results[0].iterations == (5 if rebuilt else 1)
    assert tour_of(results[0]) == tour_of(results[1])
    if decoding in ("greedy", "multi-start", "beam"):
        assert tour_of(results[0]) == tour_of(results[2])


@pytest.mark.parametrize("decoding", DECODINGS)
@pytest.mark.parametrize("nodes", [3, 4, 5, 6])
@pytest.mark.parametrize("kind", ["points", "asymmetric"])
def test_few_nodes(make_tsp, weights, decoding, nodes, kind):
    instance = make_tsp(nodes, kind, seed=3)
    solver = PolicySolver(weights=weights, decoding=decoding, samples=100, rounds=3)
    result = solver.solve(instance)
    verdict = netroute.check(instance, result.solution)
    assert verdict.feasible
    assert verdict.objective == result.objective
    if nodes == 3 or decoding in ("auto", "beam", "reconstruction"):
        # So wide a beam drops nothing.
        ways = (np.array([0, *way]) for way in permutations(range(1, nodes)))
        assert result.objective == min(map(instance.length, ways))


def test_more_decoding_is_no_worse(make_tsp, weights):
    instance = make_tsp(30, seed=4)

    def objective(**options):
        return PolicySolver(weights=weights, **options).solve(instance).objective

    greedy = objective(decoding="greedy")
    assert objective(decoding="sampling") <= greedy
    assert objective(decoding="multi-start", samples=30) <= greedy
    none = objective(rounds=0)
    assert none <= greedy
    assert objective(rounds=9) < none


def test_budgets(make_tsp, weights):
    instance = make_tsp(20, seed=5)
    solver = PolicySolver(weights=weights, rounds=2)
    for iterations in (1, 2, 5):
        result = solver.solve(instance, budget=Budget(iterations=iterations))
        assert result.iterations == iterations
        assert result.stopped_by == "iterations"
    # A target that the greedy tour reaches.
    result = solver.solve(instance, budget=Budget(target=1e9))
    assert result.stopped_by == "target"
    assert solver.solve(instance).iterations == 3


def test_a_start_is_kept_where_it_is_better(make_tsp, weights):
    instance = make_tsp(30, seed=6)
    best = netroute.solve(instance, solver="or-opt", seconds=5, iterations=5, bound="none")
    for decoding in ("greedy", "reconstruction"):
        solver = PolicySolver(weights=weights, decoding=decoding, rounds=3)
        result = solver.solve(instance, start=best.solution)
        assert result.objective <= best.objective
    worst = TspSolution.of(np.random.default_rng(0).permutation(30))
    result = PolicySolver(weights=weights, decoding="greedy").solve(instance, start=worst)
    assert result.objective < netroute.check(instance, worst).objective


@pytest.mark.parametrize("kind", ["points", "asymmetric"])
def test_local_search_at_the_end(make_tsp, weights, kind):
    instance = make_tsp(40, kind, seed=7)
    options = {"weights": weights, "decoding": "greedy"}
    plain = PolicySolver(**options).solve(instance)
    shorter = PolicySolver(**options, local_search=True).solve(instance)
    assert shorter.objective < plain.objective
    space = search_space(instance)
    local = LocalSearch(space, seed=0)
    local.load(space.from_tour(plain.solution.tour.astype(np.int64)))
    local.descend(lambda: False)
    assert shorter.objective == instance.length(space.to_tour(local.order))
    for nodes in (3, 5, 7):
        few = make_tsp(nodes, kind)
        result = PolicySolver(**options, local_search=True).solve(few)
        assert netroute.check(few, result.solution).feasible


def test_other_distances(weights):
    rng = np.random.default_rng(8)
    degrees = rng.uniform(-60, 60, (12, 2))
    solid = rng.integers(0, 99, (12, 3))
    for instance in (
        generate_roads(nodes=20, seed=1),
        TspInstance(coordinates=degrees, metric="geographic"),
        TspInstance(coordinates=rng.integers(0, 99, (12, 2)), metric="manhattan"),
        TspInstance(coordinates=solid),
        TspInstance(coordinates=np.zeros((9, 2))),
        TspInstance(coordinates=rng.random((12, 2)), rounding="exact"),
    ):
        result = PolicySolver(weights=weights, rounds=3).solve(instance)
        verdict = netroute.check(instance, result.solution)
        assert verdict.feasible
        assert verdict.objective == result.objective


def test_shipped_policies_find_short_tours(make_tsp):
    for problem, instance in (
        ("tsp", make_tsp(30, seed=9)),
        ("atsp", generate_roads(nodes=20, seed=2)),
    ):
        options = {"problem": problem, "bound": "none"}
        learned = netroute.solve(instance, solver="policy", rounds=5, **options)
        assert learned.parameters["weights"] == {"tsp": "tsp", "atsp": "tsp-roads"}[problem]
        nearest = netroute.solve(instance, solver="nearest", **options)
        assert learned.objective < nearest.objective


def test_how_an_instance_is_read(make_tsp):
    rounded, exact = make_tsp(9), make_tsp(9, rounding="exact")
    for instance, size, planar in (
        (rounded, 9, 1),
        (exact, 0, 1),
        (make_tsp(9, "asymmetric"), 9, 0),
    ):
        found = routing_instances(instance)
        assert found.tables.matrix.shape == (1, size, size)
        assert found.planar.tolist() == [planar]
        if size:
            assert np.array_equal(found.tables.matrix[0], instance.distance_matrix())
        assert np.array_equal(found.tables.price[0], quick_prices(instance))
    assert not quick_prices(make_tsp(9, "asymmetric")).any()


def test_what_is_refused(make_tsp, weights, tmp_path):
    many = TspInstance(coordinates=np.random.default_rng(0).random((4_001, 2)))
    with pytest.raises(UnsupportedError, match=r"^4001 nodes, expected at most 4000 .*tails$"):
        PolicySolver(weights=weights).solve(many)
    other = write(tmp_path / "cvrp", problem="cvrp", routes=True)
    with pytest.raises(InputError, match="found a policy for cvrp, expected one for tsp"):
        PolicySolver(weights=other).solve(make_tsp(9))
    with pytest.raises(InputError, match="no such policy"):
        PolicySolver(weights=str(tmp_path / "none")).solve(make_tsp(9))
    with pytest.raises(UnsupportedError, match="fixed edges"):
        PolicySolver(weights=weights).solve(make_tsp(9, fixed=1))
    for wrong in ({"samples": 0}, {"rounds": -1}, {"decoding": "best"}):
        with pytest.raises(InputError):
            PolicySolver(weights=weights, **wrong)
