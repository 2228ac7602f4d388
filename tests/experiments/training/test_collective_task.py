"""Training of online placement: networks with drawn weights, and the weights that are shipped."""

import numpy as np
import pytest
import yaml

torch = pytest.importorskip("torch")
pytest.importorskip("safetensors")

from netroute.datasets.collective.generate import generate_collective  # noqa: E402
from netroute.experiments.training import train  # noqa: E402
from netroute.experiments.training.config import LabelSpec  # noqa: E402
from netroute.experiments.training.labels import LabelStore  # noqa: E402
from netroute.experiments.training.tasks.collective import (  # noqa: E402
    CollectiveParameters,
    CollectiveTask,
)
from netroute.solvers.collective.learned.model import SpineScorer  # noqa: E402
from netroute.solvers.collective.online_rules import (  # noqa: E402
    OnlineGreedySolver,
    OnlineTwoChoicesSolver,
)
from netroute.solvers.collective.policy import PolicySolver  # noqa: E402

SMALL = {
    "instances": 4,
    "validation": 3,
    "leaves": [4],
    "spines": [3, 4],
    "hosts": [4],
    "group": [8],
    "starts": 6,
}


@pytest.fixture(autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def task(tmp_path):
    task = CollectiveTask(CollectiveParameters(**SMALL, seed=3))
    store = LabelStore(LabelSpec(count=1, jobs=1), folder=tmp_path, progress=False)
    task.data_hash = task.prepare(store, lambda _: None)
    return task


def test_the_same_jobs_follow_from_the_seed(task, tmp_path):
    hashes = set()
    for seed in (3, 4):
        other = CollectiveTask(CollectiveParameters(**SMALL, seed=seed))
        hashes.add(other.prepare(LabelStore(LabelSpec(), folder=tmp_path), lambda _: None))
    assert task.data_hash in hashes
    assert len(hashes) == 2


def test_drawn_weights_are_judged_by_the_jobs_and_their_likelihood_leads_to_them(task):
    torch.manual_seed(0)
    policy = SpineScorer(width=3)
    cost, likelihood = task.rollout(policy, np.random.default_rng(5), 2)
    again, _ = task.rollout(policy, np.random.default_rng(5), 2)
    assert cost.shape == likelihood.shape == (2, 6)
    assert torch.equal(cost, again)
    assert cost.std(dim=1).min() > 0

    rng = np.random.default_rng(5)
    weights = torch.nn.utils.parameters_to_vector(policy.parameters()).detach()
    noise = torch.from_numpy(rng.standard_normal((3, len(weights)))).float()
    noise = torch.cat([noise, -noise])
    jobs = [task._jobs[k] for k in rng.integers(0, 4, 2)]
    other = SpineScorer(width=3)
    torch.nn.utils.vector_to_parameters(weights + 0.1 * noise[4], other.parameters())
    for job, found in zip(jobs, cost[:, 4].tolist(), strict=True):
        job.clear()
        job.by_scorer(other.scorer())
        mean = np.log((job.loads**12).mean()) / 12
        assert found == pytest.approx(0.5 * (np.log(job.theta) + mean), abs=1e-6)

    excess = cost - cost.mean(dim=1, keepdim=True)
    (excess * likelihood).mean().backward()
    gradient = torch.cat([p.grad.ravel() for p in policy.parameters()])
    expected = (excess.mean(dim=0)[:, None] * noise).mean(dim=0) / 0.1
    assert torch.allclose(gradient, expected, atol=1e-4 * float(expected.abs().max()))


def test_untrained_networks_are_all_the_same_rule(task):
    torch.manual_seed(1)
    figures = task.validate(SpineScorer(width=2).eval())
    assert figures == task.validate(SpineScorer(width=4).eval())
    assert 0 < figures["gap"] != figures["gap_own"]


def test_a_small_training_gives_weights_that_the_solver_takes(tmp_path):
    config = {
        "name": "small",
        "task": {"name": "collective", **SMALL},
        "objective": {"name": "reinforce", "scale": True},
        "steps": 4,
        "batch": 2,
        "learning_rate": 0.05,
        "seed": 1,
    }
    file = tmp_path / "small.yaml"
    file.write_text(yaml.safe_dump(config))
    report = train(file, tmp_path / "run", progress=False)
    assert report.problem == "collective"
    instance = generate_collective(leaves=4, spines=4, hosts_per_leaf=4, group=8, nic=1000)
    result = PolicySolver(weights=str(report.policy)).solve(instance)
    assert str(result.status) == "feasible"


@pytest.mark.parametrize("information", ["stale", "hidden"])
def test_shipped_weights_beat_simple_rules_on_fabrics_they_were_not_trained_on(information):
    known = {"information": information, "refresh": 256}
    solvers = {
        "policy": PolicySolver(**known),
        "blind": OnlineGreedySolver(**known, memory="none"),
        "own": OnlineGreedySolver(**known),
        "expected": OnlineGreedySolver(**known, memory="expected"),
        "two choices": OnlineTwoChoicesSolver(**known),
    }
    theta = {name: [] for name in solvers}
    for seed in range(501, 511):
        job = generate_collective(
            leaves=8, spines=8, hosts_per_leaf=16, group=32, nic=1000, half_rate=6, seed=seed
        )
        for name, solver in solvers.items():
            theta[name].append(solver.solve(job, seed=1).metrics["fabric"])
    found = {name: np.array(values) for name, values in theta.items()}
    assert (found["policy"] < found["blind"]).mean() == 1.0
    assert (found["policy"] < found["own"]).mean() >= 0.8
    assert found["policy"].mean() < min(found["expected"].mean(), found["two choices"].mean())
