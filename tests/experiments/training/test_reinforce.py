"""REINFORCE: the gradient by enumeration, and policies that learn tours and routes."""

import json

import numpy as np
import pytest

torch = pytest.importorskip("torch")

import yaml  # noqa: E402

import netroute  # noqa: E402
from netroute.experiments.training import train  # noqa: E402
from netroute.experiments.training.config import TrainConfig  # noqa: E402
from netroute.experiments.training.descent import Descent  # noqa: E402
from netroute.experiments.training.objectives.reinforce import (  # noqa: E402
    Reinforce,
    ReinforceParameters,
)
from netroute.solvers.neural.attention.decode import construct  # noqa: E402
from netroute.solvers.neural.policy_file import load_policy  # noqa: E402

COSTS = torch.tensor([4.0, 1.0, 7.0])


class Weights(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.scores = torch.nn.Parameter(torch.tensor([0.5, -0.5, 0.0]))


class Arms:
    """Starts are draws of one of three arms."""

    def __init__(self, starts, unit=1.0):
        self.starts, self.unit = starts, unit

    def rollout(self, policy, rng, size):
        log = policy.scores.log_softmax(0)
        chances = log.detach().double().exp().numpy()
        drawn = torch.from_numpy(rng.choice(3, (size, self.starts), p=chances / chances.sum()))
        return self.unit * COSTS[drawn], log[drawn]


def updated(task, *, batch, steps=1, rate=0.1, **parameters):
    config = TrainConfig(
        name="arms",
        task="arms",
        steps=steps,
        batch=batch,
        learning_rate=rate,
        weight_decay=0.0,
        clip=None,
        schedule="constant",
    )
    policy = Weights()
    given = ReinforceParameters(**parameters)
    objective = Reinforce(task, policy, parameters=given, config=config)
    descent = Descent(policy, config)
    figures = [objective.update(step, descent) for step in range(1, steps + 1)]
    return policy, figures


@pytest.mark.parametrize("starts", [2, 8])
def test_the_gradient_is_that_of_the_expected_cost(starts) -> None:
    policy, figures = updated(Arms(starts), batch=100_000)
    exact = Weights()
    expected = (exact.scores.softmax(0) * COSTS).sum()
    expected.backward()
    # The baseline contains the plan itself: the gradient is smaller by one part in S.
    wanted = (1 - 1 / starts) * exact.scores.grad
    assert policy.scores.grad.tolist() == pytest.approx(wanted.tolist(), abs=0.02)
    assert figures[0]["cost"] == pytest.approx(expected.item(), abs=0.05)
    assert figures[0]["best_cost"] < figures[0]["cost"]


def test_the_cheapest_arm_is_learned() -> None:
    policy, figures = updated(Arms(8), batch=16, steps=60)
    assert policy.scores.softmax(0)[1].item() > 0.95
    assert figures[-1]["cost"] < figures[0]["cost"]


def test_scaled_advantages_know_no_unit() -> None:
    plain, _ = updated(Arms(8), batch=64, scale=True)
    large, _ = updated(Arms(8, unit=1000.0), batch=64, scale=True)
    assert plain.scores.grad.tolist() == pytest.approx(large.scores.grad.tolist(), rel=1e-4)
    # Where all starts cost the same there is nothing to learn, and no division by zero.
    still, _ = updated(Arms(1), batch=4, scale=True)
    assert still.scores.grad.tolist() == [0.0, 0.0, 0.0]


def settings(task, **more):
    small = {"width": 32, "layers": 2, "heads": 2, "feed_forward": 64}
    return {
        "name": "small",
        "task": {"validation": 24, **task},
        "objective": "reinforce",
        "policy": {"settings": small},
        "labels": {"chunk": 24, "jobs": 1},
        "batch": 16,
        "learning_rate": 3e-3,
        **more,
    }


TASKS = {
    "tsp": {"name": "tsp-construction", "nodes": 8},
    "cvrp": {"name": "cvrp-construction", "nodes": 6, "offspring": 50},
}


@pytest.mark.parametrize("problem", TASKS)
def test_a_policy_learns_without_labels(tmp_path, problem, monkeypatch) -> None:
    # Not by the environment: compiled kernels would be made again.
    folder = "netroute.experiments.training.labels.label_folder"
    monkeypatch.setattr(folder, lambda: tmp_path / "cache")
    config = tmp_path / "small.yaml"
    config.write_text(yaml.safe_dump(settings(TASKS[problem], steps=40, validate_every=40)))
    report = train(config, tmp_path / "out", progress=False)
    rows = [json.loads(line) for line in (tmp_path / "out" / "log.jsonl").read_text().splitlines()]
    first, last = rows[0], rows[-1]
    assert last["gap_single"] < 0.6 * first["gap_single"]
    assert -1e-6 < report.gap <= last["gap_starts"] <= last["gap_single"]
    policy = load_policy(str(report.policy), problem=problem, architectures=["attention"])
    points = np.random.default_rng(1).random((2, 7, 2))
    rest = ([[0, *[1] * 6]] * 2, [3, 3]) if problem == "cvrp" else ()
    assert construct(policy, points, *rest).nodes.shape[:2] == (2, 6 if rest else 7)


@pytest.mark.parametrize("problem", TASKS)
def test_labels_are_short_and_gaps_are_measured_by_them(problem) -> None:
    """Lengths by exact enumeration or by our solver of another kind."""
    from netroute.experiments.training.tasks import construction

    parameters = {"distribution": "uniform", "nodes": 6, "depots": "random", "demands": "1-9"}
    parameters |= {"capacity": None, "offspring": 100}
    maker = {"tsp": construction.tour_labels, "cvrp": construction.route_labels}[problem]
    made = maker(parameters, np.random.default_rng(1), 5)
    for k in range(5):
        if problem == "tsp":
            instance = netroute.TspInstance(coordinates=made["coordinates"][k], rounding="exact")
            best = netroute.solve(instance, solver="ilp", seconds=20).objective
        else:
            from netroute.problems.vrp import VehicleType, VrpInstance

            instance = VrpInstance(
                coordinates=made["coordinates"][k],
                deliveries=made["demand"][k],
                rounding="exact",
                vehicles=(VehicleType(capacity=(float(made["capacity"][k]),)),),
            )
            best = netroute.solve(instance, solver="ilp", seconds=20).objective
        assert made["length"][k] == pytest.approx(best, rel=1e-6)


def test_fewer_starts_are_others_each_time() -> None:
    from netroute.experiments.training.tasks.construction import (
        ConstructionParameters,
        TspConstruction,
    )
    from netroute.solvers.neural.attention.model import AttentionPolicy

    task = TspConstruction(ConstructionParameters(nodes=6, starts=3))
    policy = AttentionPolicy(depot=False, width=8, layers=1, heads=1, feed_forward=8)
    cost, likelihood = task.rollout(policy, np.random.default_rng(1), 4)
    assert cost.shape == likelihood.shape == (4, 3)
    again, _ = task.rollout(policy, np.random.default_rng(1), 4)
    assert torch.equal(cost, again)
