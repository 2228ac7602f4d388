"""Training of tours and routes: small, from labels to weights."""

from itertools import pairwise

import numpy as np
import pytest
import yaml

torch = pytest.importorskip("torch")
pytest.importorskip("safetensors")

from netroute.core.errors import InputError  # noqa: E402
from netroute.experiments.training import train  # noqa: E402
from netroute.experiments.training.config import LabelSpec, PolicySpec  # noqa: E402
from netroute.experiments.training.labels import LabelStore  # noqa: E402
from netroute.experiments.training.tasks.atsp import AtspParameters, AtspTask  # noqa: E402
from netroute.experiments.training.tasks.cvrp import CvrpParameters, CvrpTask  # noqa: E402
from netroute.experiments.training.tasks.routing import count_labels  # noqa: E402
from netroute.experiments.training.tasks.tsp import TspParameters, TspTask, cut_ways  # noqa: E402
from netroute.solvers.neural.policy_file import save_policy  # noqa: E402
from netroute.solvers.neural.routing.model import TailTransformer  # noqa: E402

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


def test_own_labels_alone(tmp_path, begun_by):
    """Labels of the policy take the place of a solver's, which stay where they are."""
    for make, given, noun, kinds in (
        (TspTask, TspParameters(**TOURS, **alone(begun_by["tsp"])), "tours", 2),
        (CvrpTask, CvrpParameters(**PLANS, **alone(begun_by["cvrp"])), "plans", 2),
        (
            AtspTask,
            AtspParameters(nodes=(8, 9), validation=2, **alone(begun_by["tsp"])),
            "tours",
            1,
        ),
    ):
        told = []
        task = make(given)
        digest = task.prepare(store(tmp_path, count=9, chunk=3), told.append)
        assert len(told) == kinds
        assert all(noun in text and "improves" in text for text in told)
        batch = task.batch(np.random.default_rng(0), 16)
        assert len(batch["target"]) == 16
        more = make(given.model_copy(update={"rounds": 2}))
        assert more.prepare(store(tmp_path, count=9, chunk=3), told.append) != digest


def alone(policy):
    return {"improved": 1.0, "improved_by": policy, "rounds": 1, "candidates": 6}


def test_labels_in_parts(tmp_path, begun_by):
    shares = {"own": 0.5, "begun_by": begun_by["tsp"], "improved": 0.5}
    given = TspParameters(**TOURS, **shares, improved_by=begun_by["tsp"], rounds=0)
    # Half of seven is rounded up once.
    assert count_labels(given, 7) == ((0, 0), (2, 1), 4)
    assert count_labels(given.model_copy(update={"improved": 0.25}), 16) == ((2, 2), (2, 2), 8)
    told = []
    task = TspTask(given)
    task.prepare(store(tmp_path, count=7), told.append)
    assert [int(text.split()[0]) for text in told] == [4, 2, 1]


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
        (TspTask, TspParameters(improved=0.5), "improved_by"),
        (TspTask, TspParameters(improved_by="tsp"), "improved_by"),
        (
            TspTask,
            TspParameters(own=0.6, begun_by="tsp", improved=0.5, improved_by="tsp"),
            "improved:",
        ),
        (AtspTask, AtspParameters(improved=0.5), "improved_by"),
        (AtspTask, AtspParameters(nodes=(7, 9)), "nodes"),
        (CvrpTask, CvrpParameters(improved_by="cvrp"), "improved_by"),
        (CvrpTask, CvrpParameters(clients=(7, 9)), "clients"),
        (CvrpTask, CvrpParameters(own=0.5), "begun_by"),
    ):
        with pytest.raises(InputError, match=rf"^task\.{where}"):
            task(parameters)


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
