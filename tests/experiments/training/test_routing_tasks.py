"""Training of tours and routes: small, from labels to weights."""

from itertools import pairwise, permutations

import numpy as np
import pytest
import yaml

torch = pytest.importorskip("torch")
pytest.importorskip("safetensors")

from netroute.core.errors import InputError  # noqa: E402
from netroute.experiments.training import train  # noqa: E402
from netroute.experiments.training.config import LabelSpec, PolicySpec  # noqa: E402
from netroute.experiments.training.labels import LabelStore  # noqa: E402
from netroute.experiments.training.tasks import cvrp_labels, tsp_labels  # noqa: E402
from netroute.experiments.training.tasks.atsp import (  # noqa: E402
    AtspParameters,
    AtspTask,
    make_road_tours,
)
from netroute.experiments.training.tasks.cvrp import CvrpParameters, CvrpTask  # noqa: E402
from netroute.experiments.training.tasks.tsp import (  # noqa: E402
    TspParameters,
    TspTask,
    cut_ways,
    tour_lengths,
)
from netroute.solvers.neural.policy_file import save_policy  # noqa: E402
from netroute.solvers.neural.routing.model import TailTransformer  # noqa: E402
from netroute.solvers.tsp.batch import solve_path  # noqa: E402

SIZES = {"width": 16, "hidden": 32, "layers": 1, "heads": 2}
TOURS = {"nodes": (10, 14), "tours": 3, "kicks": 3, "validation": 5, "validation_nodes": 12}
PLANS = {"clients": (10, 14), "offspring": 30, "validation": 5, "validation_clients": 10}


@pytest.fixture(autouse=True)
def one_thread(tmp_path, monkeypatch):
    monkeypatch.setenv("NETROUTE_CACHE", str(tmp_path / "cache"))
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


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


def store(folder, **changes):
    return LabelStore(LabelSpec(**({"count": 20, "chunk": 10, "jobs": 1} | changes)), folder=folder)


def trained(task, steps=30):
    """Losses of some steps on one batch, and the policy."""
    torch.manual_seed(1)
    policy = task.make_policy(PolicySpec(architecture="tail-transformer", settings=SIZES))
    optimiser = torch.optim.Adam(policy.parameters(), lr=0.01)
    batch = task.batch(np.random.default_rng(0), 64)
    losses = []
    for _ in range(steps):
        loss, figures = task.loss(policy, batch)
        assert 0.0 <= figures["right"] <= 1.0
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(float(loss.detach()))
    return losses, policy.eval(), batch


@pytest.mark.parametrize("own", [0.0, 0.5])
def test_tours(tmp_path, begun_by, own):
    more = {"own": own, "begun_by": begun_by["tsp"]} if own else {}
    task = TspTask(TspParameters(**TOURS, candidates=6, **more))
    told = []
    digest = task.prepare(store(tmp_path), told.append)
    assert len(told) == (3 if own else 2)
    again = TspTask(TspParameters(**TOURS, candidates=6, **more))
    assert again.prepare(store(tmp_path), told.append) == digest
    other = TspTask(TspParameters(**(TOURS | {"nodes": (10, 13)}), candidates=6, **more))
    assert other.prepare(store(tmp_path), told.append) != digest
    losses, policy, batch = trained(task)
    assert losses[-1] < 0.9 * losses[0]
    assert batch["target"].shape == (64,)
    chosen = torch.where(batch["target"] >= 0)[0]
    assert batch["mask"][chosen, batch["target"][chosen]].all()
    # Most next nodes of a short tour are among the six nearest.
    assert len(chosen) > 50
    # For a dozen nodes prices and trees tell nearly all.
    torch.manual_seed(1)
    untrained = task.make_policy(PolicySpec(architecture="tail-transformer", settings=SIZES))
    assert -1e-9 < task.validate(policy)["gap"] < 2.0 < 20.0 < task.validate(untrained)["gap"]
    same = task.batch(np.random.default_rng(0), 64)
    assert all(torch.equal(same[name], batch[name]) for name in same)


@pytest.mark.parametrize("own", [0.0, 0.5])
def test_plans(tmp_path, begun_by, own):
    more = {"own": own, "begun_by": begun_by["cvrp"]} if own else {}
    task = CvrpTask(CvrpParameters(**PLANS, candidates=6, **more))
    told = []
    digest = task.prepare(store(tmp_path, count=12), told.append)
    assert len(told) == (3 if own else 2)
    again = CvrpTask(CvrpParameters(**PLANS, candidates=6, **more))
    assert again.prepare(store(tmp_path, count=12), told.append) == digest
    losses, policy, batch = trained(task)
    assert losses[-1] < 0.9 * losses[0]
    assert batch["target"].shape == batch["mask"].shape == (64, 12)
    assert not (batch["target"] & ~batch["mask"]).any()
    assert batch["target"].any(1).sum() > 40
    assert task.validate(policy)["gap"] > -5.0


def test_roads(tmp_path):
    task = AtspTask(AtspParameters(nodes=(8, 9), kicks=20, candidates=6, validation=2))
    told = []
    digest = task.prepare(store(tmp_path, count=8, chunk=2), told.append)
    assert told == ["8 tours on roads"]
    assert len(digest) == 64
    losses, policy, batch = trained(task)
    assert losses[-1] < 0.9 * losses[0]
    assert not batch["token"][..., 6:8].any()
    assert task.validate(policy)["gap"] > -5.0


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


@pytest.mark.parametrize(("task", "settings"), [("tsp", TOURS), ("cvrp", PLANS)])
def test_from_labels_to_weights(tmp_path, task, settings):
    plain = {key: list(v) if isinstance(v, tuple) else v for key, v in settings.items()}
    config = {
        "name": "small",
        "task": {"name": task, **plain},
        "policy": {"settings": SIZES},
        "labels": {"count": 4, "chunk": 4, "jobs": 1},
        "steps": 4,
        "batch": 16,
        "validate_every": 2,
    }
    file = tmp_path / "small.yaml"
    file.write_text(yaml.safe_dump(config))
    report = train(file, tmp_path / "out")
    assert report.problem == task
    assert np.isfinite(report.gap)


def test_bad_parameters():
    for task, parameters, where in (
        (TspTask, TspParameters(nodes=(7, 9)), "nodes"),
        (TspTask, TspParameters(nodes=(9, 8)), "nodes"),
        (TspTask, TspParameters(own=0.5), "begun_by"),
        (TspTask, TspParameters(begun_by="tsp"), "begun_by"),
        (CvrpTask, CvrpParameters(clients=(7, 9)), "clients"),
        (CvrpTask, CvrpParameters(own=0.5), "begun_by"),
    ):
        with pytest.raises(InputError, match=rf"^task\.{where}"):
            task(parameters)


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


@pytest.mark.parametrize("turn", [True, False])
def test_cut_ways(turn):
    rng = np.random.default_rng(4)
    count, most = 4_000, 12
    sizes = rng.integers(8, most + 1, count)
    tours = np.zeros((count, most), np.int64)
    for tour, n in zip(tours, sizes, strict=True):
        tour[:n] = rng.permutation(n)
    begin = np.where(rng.random(count) < 0.5, 0, rng.integers(1, sizes - 3))
    ways, number = cut_ways(tours, sizes, begin, rng, turn=turn)
    home = turned = around = 0
    for tour, n, at, way, between in zip(tours, sizes, begin, ways, number, strict=True):
        assert between >= 1
        way = way[: between + 2].tolist()
        place = [int(np.flatnonzero(tour[:n] == node)[0]) for node in way]
        step = (place[1] - place[0]) % n
        assert step in (1, n - 1)
        turned += step == n - 1
        # A sub-path of the tour, in one of its directions.
        assert all((b - a) % n == step for a, b in pairwise(place))
        inner = set(way[1:-1])
        assert len(inner) == between
        assert not inner & {way[0], way[-1]}
        if at == 0:
            assert between <= n - 1
            around += way[0] == way[-1]
        else:
            # Nothing of what the policy did before, but for the first node at an end.
            assert all(p >= at for p in place[1:-1])
            ends = {place[0], place[-1]}
            assert all(p >= at or p == 0 for p in ends)
            home += 0 in ends
    begun = np.count_nonzero(begin)
    assert 0.5 < home / begun < 0.75
    assert (0.45 < turned / count < 0.55) if turn else turned == 0
    assert around > 0
