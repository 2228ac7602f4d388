"""Training of online admission: small, from labels to weights."""

import json

import numpy as np
import pytest
import yaml

torch = pytest.importorskip("torch")
pytest.importorskip("safetensors")

from safetensors.torch import load_file  # noqa: E402

from netroute.core.errors import InputError  # noqa: E402
from netroute.datasets.sdn.priority_flows import generate_priority_flows  # noqa: E402
from netroute.experiments.training import train  # noqa: E402
from netroute.experiments.training.tasks.sdn_days import SdnDaysParameters, SdnDaysTask  # noqa: E402
from netroute.experiments.training.tasks.sdn_labels import (  # noqa: E402
    make_advantages,
    make_networks,
    networks_of,
    specs,
)
from netroute.solvers.sdn._kernels.online import CHEAPEST  # noqa: E402
from netroute.solvers.sdn.learned.model import BidPriceCorrection  # noqa: E402
from netroute.solvers.sdn.online import Day, arrivals  # noqa: E402
from netroute.solvers.sdn.online_days import day_of  # noqa: E402
from netroute.solvers.sdn.path_lp import PathLpSolver  # noqa: E402

SMALL = {"nodes": [6, 8], "validation_nodes": [6, 8], "validation_networks": 1}


@pytest.fixture(autouse=True)
def one_thread(tmp_path, monkeypatch):
    monkeypatch.setenv("NETROUTE_CACHE", str(tmp_path / "cache"))
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def write(folder, **changes):
    config = {
        "name": "small",
        "labels": {"count": 2, "chunk": 2, "jobs": 1},
        "steps": 4,
        "batch": 2,
        "learning_rate": 0.02,
        "validate_every": 2,
        "seed": 1,
    }
    file = folder / "small.yaml"
    file.write_text(yaml.safe_dump(config | changes))
    return file


def test_networks_are_made_again_from_their_labels():
    parameters = {"nodes": (6, 8), "days": 2}
    chunk = make_networks(parameters, np.random.default_rng([7, 0]), 2)
    assert [json.loads(s) for s in chunk["spec"].tolist()] == specs(
        7, 2, nodes=(6, 8), days=2, chunk=2
    )
    again = make_networks(parameters, np.random.default_rng([7, 0]), 2)
    assert all((chunk[name] == again[name]).all() for name in chunk)
    for site, days, bounds in networks_of(chunk):
        for day, bound in zip(days, bounds.tolist(), strict=True):
            solver = PathLpSolver(day_of(site.instance, day))
            solver.run(lambda: False)
            assert solver.bound == bound > 0
        flows = arrivals(site.instance.size, None)
        assert (Day(site.instance, site.menu).run(flows, CHEAPEST, site.prices) >= 0).any()
        assert site.known.level == site.prices.level


def test_what_is_worth_admitting_in_hindsight():
    parameters = {"nodes": (6, 7), "days": 1, "stops": 2, "window": 5}
    made = make_advantages(parameters, np.random.default_rng(3), 1)
    total = len(made["weight"])
    assert 5 < total <= 10
    assert made["arc"].shape[:2] == (total, 8)
    mask, advantage = made["mask"], made["advantage"]
    assert mask.any()
    assert (advantage[~mask] == 0).all()
    # A path is worth no more than the flow's weight, and here some are not worth their cost.
    assert (advantage <= made["weight"][:, None]).all()
    assert (advantage[mask] < 0).any()
    assert (advantage[mask] > 0).any()


def test_networks_learned_on_are_known_again():
    parameters = {"nodes": (6, 8), "days": 2, "stops": 2, "window": 2}
    made = make_advantages(parameters, np.random.default_rng([5, 0]), 2)
    again = [
        generate_priority_flows(**spec)
        for spec in specs(5, 2, nodes=(6, 8), days=2, stops=2, chunk=2)
    ]
    typical = [np.median(net.weights() / net.bandwidth) for net in again]
    assert list(dict.fromkeys(made["typical"].tolist())) == pytest.approx(typical)


def test_hindsight_is_imitated(tmp_path):
    task = {"name": "sdn-hindsight", **SMALL, "days": 2, "stops": 4, "window": 20}
    config = write(
        tmp_path,
        task=task,
        steps=120,
        batch=64,
        learning_rate=0.01,
        validate_every=120,
        policy={"settings": {"arc_units": 4, "path_units": 3}},
    )
    report = train(config, tmp_path / "out")
    rows = [json.loads(line) for line in (tmp_path / "out" / "log.jsonl").read_text().splitlines()]
    losses = [row["loss"] for row in rows if "loss" in row]
    assert np.mean(losses[-20:]) < 0.9 * np.mean(losses[:10])
    assert rows[0]["gap"] == rows[0]["adaptive_gap"]
    assert report.problem == "sdn"


def test_days_are_learned_from_bit_for_bit(tmp_path):
    task = {"name": "sdn-days", **SMALL}
    config = write(tmp_path, task=task, objective="reinforce")
    states = []
    for name in ("one", "two"):
        report = train(config, tmp_path / name)
        state = load_file(tmp_path / name / "checkpoint.safetensors")
        states.append((report.gap, state))
    (gap, one), (other_gap, other) = states
    assert gap == other_gap
    assert one.keys() == other.keys()
    assert all(torch.equal(one[key], other[key]) for key in one)
    assert not torch.equal(one["weights.arc_out"], torch.zeros(2, 8))


@pytest.mark.parametrize("layers", ["last", "all"])
def test_noise_is_opposite_and_its_likelihood_that_of_a_normal_distribution(layers):
    task = SdnDaysTask(SdnDaysParameters(nodes=(6, 8), spread=0.5, layers=layers))
    chunk = make_networks({"nodes": (6, 8), "days": 0}, np.random.default_rng(2), 2)
    task._sites = [site for site, _, _ in networks_of(chunk)]
    torch.manual_seed(1)
    policy = BidPriceCorrection(arc_units=3, path_units=2)
    cost, likelihood = task.rollout(policy, np.random.default_rng(4), 3)
    assert cost.shape == likelihood.shape == (3, 2)
    assert ((cost >= 0) & (cost <= 100)).all()
    # Opposite noise is equally likely, and moves the weights in opposite directions.
    assert torch.allclose(likelihood[:, 0], likelihood[:, 1], rtol=1e-4)
    likelihood.sum().backward()
    assert all(weights.grad.abs().max() < 1e-4 for weights in policy.parameters())
    policy.zero_grad()
    _, likelihood = task.rollout(policy, np.random.default_rng(4), 3)
    likelihood[:, 0].sum().backward()
    named = list(policy.named_parameters())
    noise = 0.5 * np.random.default_rng(4).standard_normal((3, sum(w.numel() for _, w in named)))
    last = np.repeat(["out" in n or "base" in n for n, _ in named], [w.numel() for _, w in named])
    expected = np.where(last | (layers == "all"), noise.sum(axis=0) / 0.25, 0.0)
    found = torch.cat([weights.grad.flatten() for _, weights in named]).numpy()
    assert found == pytest.approx(expected, rel=1e-3, abs=1e-3)


def test_parameters_are_checked(tmp_path):
    config = write(tmp_path, task={"name": "sdn-days", "nodes": [9, 4]})
    with pytest.raises(InputError, match="expected two numbers of nodes"):
        train(config, tmp_path / "out")
