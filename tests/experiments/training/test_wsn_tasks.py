"""Training of sensor fields: small, from labels to weights."""

import numpy as np
import pytest
import yaml

torch = pytest.importorskip("torch")
pytest.importorskip("safetensors")

from safetensors.torch import load_file  # noqa: E402

from netroute.core.errors import InputError  # noqa: E402
from netroute.experiments.training import train  # noqa: E402
from netroute.experiments.training.tasks.wsn import WsnTask  # noqa: E402
from netroute.experiments.training.tasks.wsn_fields import Known, WsnParameters  # noqa: E402
from netroute.experiments.training.tasks.wsn_labels import fields_of, make_fields  # noqa: E402
from netroute.experiments.training.tasks.wsn_local import (  # noqa: E402
    WsnLocalParameters,
    WsnLocalTask,
)
from netroute.problems.wsn.verify_bound import verify_bound  # noqa: E402
from netroute.solvers.wsn.learned.model import NodeAttention  # noqa: E402
from netroute.solvers.wsn.learned.rollout import Rollout  # noqa: E402

SMALL = {"nodes": [8, 12], "energy": [0.01, 0.02], "turns": 3, "validation": 2}


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
        "labels": {"count": 4, "chunk": 2, "jobs": 1},
        "steps": 6,
        "batch": 2,
        "learning_rate": 0.02,
        "validate_every": 3,
        "seed": 1,
    }
    file = folder / "small.yaml"
    file.write_text(yaml.safe_dump(config | changes))
    return file


def weights(folder):
    (file,) = folder.glob("policy/weights-*.safetensors")
    return load_file(file)


def made():
    parameters = {"nodes": (8, 12), "energy": (0.01, 0.02), "turns": 4}
    return make_fields(parameters, np.random.default_rng(5), 3)


def known(net, price, bound):
    rollout = Rollout(net, radius=30.0, nearest=16)
    seen = {name: torch.as_tensor(part)[None] for name, part in rollout.seen.items()}
    return Known(net, rollout, seen, price, bound)


def test_prices_prove_the_bounds():
    for net, price, bound in fields_of(made()):
        assert 8 <= net.size <= 12
        assert np.isclose(price.sum(), 1.0)
        certificate = {"method": "lifetime", "data": {"prices": (price / net.energy).tolist()}}
        assert verify_bound(net, certificate) <= bound + 1e-6


def test_a_batch_is_one_graph():
    task = WsnTask(WsnParameters())
    task.training = [known(*row) for row in fields_of(made())]
    batch = task.batch(np.random.default_rng(0), 3)
    policy = NodeAttention(width=8)
    torch.nn.init.normal_(policy.out.weight, generator=torch.Generator().manual_seed(0))
    chosen = np.random.default_rng(0).integers(3, size=3)
    apart = [policy(task.training[i].seen)[0] for i in chosen]
    assert torch.allclose(policy(batch)[0], torch.cat(apart), atol=1e-6)
    loss, _ = task.loss(policy, batch)
    parts = [
        found[:, 0] - torch.as_tensor(np.log(np.maximum(row.price * row.instance.size, 0.02)))
        for found, row in zip(apart, (task.training[i] for i in chosen), strict=True)
    ]
    expected = torch.cat([part - part.mean() for part in parts]).square().mean()
    assert torch.isclose(loss, expected.float(), rtol=1e-4)


def test_lives_under_noise():
    task = WsnLocalTask(WsnLocalParameters(spread=2.0))
    task.training = [known(*row) for row in fields_of(made())]
    policy = NodeAttention(width=8)
    before = {name: part.clone() for name, part in policy.state_dict().items()}
    cost, likelihood = task.rollout(policy, np.random.default_rng(2), 4)
    assert cost.shape == likelihood.shape == (4, 2)
    assert (cost < 100.0).all()
    assert (cost[:, 0] != cost[:, 1]).any()
    assert all((part == before[name]).all() for name, part in policy.state_dict().items())
    likelihood[0, 0].backward(retain_graph=True)
    one = policy.out.bias.grad.clone()
    policy.zero_grad()
    likelihood[0, 1].backward()
    # Opposite noise: what makes one likelier makes the other less so.
    assert torch.allclose(one, -policy.out.bias.grad, rtol=1e-3, atol=1e-4)
    assert policy.embed.weight.grad is None


def test_from_prices_to_habits(tmp_path):
    report = train(write(tmp_path, task={"name": "wsn", **SMALL}), tmp_path / "prices")
    assert report.problem == "wsn"
    assert 0.0 <= report.gap < 100.0
    task = {"name": "wsn-local", **SMALL}
    config = write(
        tmp_path, task=task, objective="reinforce", start=str(tmp_path / "prices" / "policy")
    )
    first = train(config, tmp_path / "one")
    assert train(config, tmp_path / "two").gap == first.gap
    one, two = weights(tmp_path / "one"), weights(tmp_path / "two")
    prices = weights(tmp_path / "prices")
    assert all((one[name] == two[name]).all() for name in one)
    assert all((one[name] == prices[name]).all() for name in one if not name.startswith("out."))


def test_weights_for_other_neighbours_are_refused(tmp_path):
    train(write(tmp_path, task={"name": "wsn", **SMALL}, steps=1), tmp_path / "prices")
    task = {"name": "wsn-local", **SMALL, "radius": 20.0}
    start = str(tmp_path / "prices" / "policy")
    config = write(tmp_path, task=task, objective="reinforce", start=start)
    with pytest.raises(InputError, match=r"task\.radius: found 20, but .* are for 30"):
        train(config, tmp_path / "other")
