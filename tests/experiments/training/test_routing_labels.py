"""Labels of tours and routes: as short as enumeration says, and where the policy began them."""

from itertools import pairwise, permutations

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("safetensors")

from netroute.core.errors import InputError  # noqa: E402
from netroute.experiments.training.tasks import cvrp_labels, tsp_labels  # noqa: E402
from netroute.experiments.training.tasks.atsp import (  # noqa: E402
    make_improved_road_tours,
    make_road_tours,
)
from netroute.experiments.training.tasks.improvement import load_labeller  # noqa: E402
from netroute.experiments.training.tasks.tsp import tour_lengths  # noqa: E402
from netroute.solvers.neural.policy_file import save_policy  # noqa: E402
from netroute.solvers.neural.routing.construct import greedy_walks  # noqa: E402
from netroute.solvers.neural.routing.instances import make_instances, price_routes  # noqa: E402
from netroute.solvers.neural.routing.model import TailTransformer  # noqa: E402
from netroute.solvers.tsp.batch import solve_path  # noqa: E402

SIZES = {"width": 16, "hidden": 32, "layers": 1, "heads": 2}


@pytest.fixture(scope="module")
def begun_by(tmp_path_factory):
    """Folders of policies with random weights, by problem."""
    folders = {}
    for problem in ("tsp", "cvrp"):
        torch.manual_seed(0)
        policy = TailTransformer(candidates=6, routes=problem == "cvrp", **SIZES)
        facts = {"seed": 0, "data_hash": 64 * "0", "config": "", "log": "", "figures": {}}
        folder = tmp_path_factory.mktemp("policies") / problem
        save_policy(folder, policy, problem=problem, **facts)
        folders[problem] = str(folder)
    return folders


def measure(points, way):
    return sum(np.linalg.norm(points[i] - points[j]) for i, j in pairwise(way))


def shortest(points, here, goal, left):
    return min(measure(points, (here, *way, goal)) for way in permutations(left))


def test_tours_are_shortest():
    parameters = {"nodes": [8, 8], "distribution": "uniform", "tours": 3, "kicks": 3}
    made = tsp_labels.make_tours(parameters, np.random.default_rng(1), 3)
    assert not made["begin"].any()
    assert made["size"].tolist() == [8, 8, 8]
    for points, tour, length in zip(
        made["points"], made["tour"], tour_lengths(made["points"], made["tour"]), strict=True
    ):
        assert sorted(tour) == list(range(8))
        assert np.isclose(length, measure(points, [*tour, tour[0]]))
        assert np.isclose(length, shortest(points, 0, 0, range(1, 8)))


def test_begun_tours_end_as_short_as_can_be(begun_by):
    parameters = {
        "nodes": [9, 9],
        "distribution": "uniform",
        "tours": 3,
        "kicks": 3,
        "weights": begun_by["tsp"],
    }
    made = tsp_labels.make_detours(parameters, np.random.default_rng(2), 12)
    assert made["begin"].min() >= 1
    assert made["begin"].max() <= 5
    for points, tour, begin in zip(made["points"], made["tour"], made["begin"], strict=True):
        assert sorted(tour) == list(range(9))
        assert tour[0] == 0
        rest = [*tour[begin:], 0]
        best = shortest(points, rest[0], 0, rest[1:-1])
        assert np.isclose(measure(points, rest), best)


def test_ways_through_points():
    for n in (3, 4, 6, 8, 9):
        points = np.random.default_rng(n).random((n, 2))
        way = solve_path(points, seed=1, tours=3, kicks=3)
        assert sorted(way) == list(range(n))
        assert (way[0], way[-1]) == (0, n - 1)
        best = shortest(points, 0, n - 1, range(1, n - 1))
        assert np.isclose(measure(points, way), best)
    with pytest.raises(InputError):
        solve_path([[0, 0], [1, 1]])


@pytest.mark.parametrize("begun", [False, True])
def test_labels_of_plans(begun_by, begun):
    kind = {"distribution": "uniform", "depot": "random", "demand": "1-9"}
    parameters = {"clients": [9, 9], "offspring": 60, "weights": begun_by["cvrp"]} | kind
    make = cvrp_labels.make_detours if begun else cvrp_labels.make_plans
    made = make(parameters, np.random.default_rng(3), 8)
    assert (made["begun"] == begun).all()
    small = 0
    for k, n in enumerate(made["size"]):
        assert 3 <= n <= 9 if begun else n == 9
        order, opens = made["order"][k, :n], made["opens"][k]
        assert sorted(order) == list(range(1, n + 1))
        assert opens[0]
        assert not opens[n:].any()
        routes = np.split(order, np.flatnonzero(opens[1:n]) + 1)
        points, demand = made["points"][k], made["demand"][k]
        assert demand[0] == 0.0
        assert all(demand[route].sum() <= 1 + 1e-9 for route in routes)
        assert not demand[n + 1 :].any()
        table = np.linalg.norm(points[:, None] - points, axis=2)
        if begun:
            # The vehicle is on its way: where it is, its route begins, at no cost.
            assert order[0] == 1
            table[0, 1] = table[1, 0] = 0.0
        length = sum(table[i, j] for route in routes for i, j in pairwise([0, *route, 0]))
        assert np.isclose(length, made["cost"][k])
        if n < 7:
            small += 1
            ways = permutations(range(1, n + 1))
            assert np.isclose(length, min(cheapest(table, demand, way) for way in ways))
    assert begun == (small > 0)


def cheapest(table, demand, way):
    """Cost of the best plan whose routes one behind the other are ``way``."""
    best = [0.0]
    for end in range(1, len(way) + 1):
        best.append(
            min(
                best[begin] + sum(table[i, j] for i, j in pairwise([0, *way[begin:end], 0]))
                for begin in range(end)
                if demand[list(way[begin:end])].sum() <= 1 + 1e-9
            )
        )
    return best[-1]


def test_tours_on_roads_are_short():
    made = make_road_tours({"nodes": [6, 7], "kicks": 20}, np.random.default_rng(6), 3)
    n = int(made["size"][0])
    assert not made["matrix"][:, n:].any()
    for matrix, tour in zip(made["matrix"], made["tour"], strict=True):
        assert sorted(tour[:n]) == list(range(n))
        assert (matrix != matrix.T).any()

        def length(way, matrix=matrix):
            return sum(matrix[i, j] for i, j in pairwise([*way, way[0]]))

        ways = ((0, *way) for way in permutations(range(1, n)))
        assert length(tour[:n]) == min(map(length, ways))


def test_improved_tours_are_shorter(begun_by):
    parameters = {"nodes": [20, 20], "distribution": "uniform", "weights": begun_by["tsp"]}
    greedy = labelled(tsp_labels.make_improved, parameters | {"rounds": 0}, 3)
    better = labelled(tsp_labels.make_improved, parameters | {"rounds": 4}, 3)
    assert not better["begin"].any()
    assert all(sorted(tour) == list(range(20)) for tour in better["tour"])
    points, prices = better["points"], better["price"]
    assert np.array_equal(points, greedy["points"])
    policy = load_labeller(parameters, "tsp")
    walked = greedy_walks(policy, make_instances(points, prices=prices)).length
    # Beam search first, where the instance is small.
    before = tour_lengths(points, greedy["tour"])
    assert (before <= walked + 1e-9).all()
    assert before.sum() < 0.95 * walked.sum()
    assert tour_lengths(points, better["tour"]).sum() < 0.95 * before.sum()


def test_improved_tours_on_roads_are_shorter(begun_by):
    parameters = {"nodes": [9, 9], "weights": begun_by["tsp"]}
    lengths = []
    for rounds in (0, 6):
        made = labelled(make_improved_road_tours, parameters | {"rounds": rounds}, 3)
        assert all(sorted(tour) == list(range(9)) for tour in made["tour"])
        onward = np.roll(made["tour"], -1, axis=1)
        lengths.append(made["matrix"][np.arange(3)[:, None], made["tour"], onward].sum(axis=1))
    assert (lengths[1] <= lengths[0] + 1e-3).all()
    assert lengths[1].sum() < lengths[0].sum()


def test_improved_plans_are_cheaper(begun_by):
    kind = {"distribution": "uniform", "depot": "random", "demand": "1-9"}
    parameters = {"clients": [18, 18], "weights": begun_by["cvrp"]} | kind
    first = labelled(cvrp_labels.make_improved, parameters | {"rounds": 0}, 3)
    better = labelled(cvrp_labels.make_improved, parameters | {"rounds": 4}, 3)
    assert not better["begun"].any()
    for order, opens, points, demand, cost in zip(
        *(better[name] for name in ("order", "opens", "points", "demand", "cost")), strict=True
    ):
        assert sorted(order) == list(range(1, 19))
        assert opens[0]
        routes = np.split(order, np.flatnonzero(opens[1:]) + 1)
        assert all(demand[route].sum() <= 1 + 1e-9 for route in routes)
        assert np.isclose(sum(measure(points, [0, *route, 0]) for route in routes), cost)
    instances = make_instances(better["points"], demands=better["demand"])
    price_routes(instances)
    walked = greedy_walks(load_labeller(parameters, "cvrp"), instances).length
    assert (first["cost"] <= walked + 1e-9).all()
    assert (better["cost"] <= first["cost"] + 1e-9).all()
    assert better["cost"].sum() < first["cost"].sum() < walked.sum()


def labelled(make, parameters, count):
    return make(parameters, np.random.default_rng(7), count)
