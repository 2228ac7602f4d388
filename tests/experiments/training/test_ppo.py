"""PPO: advantages by hand, bandits with a known answer, and every environment."""

import json

import numpy as np
import pytest

torch = pytest.importorskip("torch")

import gymnasium  # noqa: E402
import yaml  # noqa: E402
from gymnasium import spaces  # noqa: E402
from gymnasium.vector import AutoresetMode  # noqa: E402

from netroute.core.errors import InputError  # noqa: E402
from netroute.experiments.training import train  # noqa: E402
from netroute.experiments.training.config import TrainConfig  # noqa: E402
from netroute.experiments.training.descent import Descent  # noqa: E402
from netroute.experiments.training.objectives.ppo import (  # noqa: E402
    Played,
    Ppo,
    PpoParameters,
    advantages,
)
from netroute.experiments.training.registry import read_part  # noqa: E402
from netroute.experiments.training.tasks.environment import (  # noqa: E402
    EnvironmentParameters,
    EnvironmentTask,
)


class Walk(gymnasium.vector.VectorEnv):
    """``steps`` decisions; the first arm pays 1, the second 3, the third is forbidden and pays 9.

    Episodes of odd environments take one decision more.
    """

    metadata = {"autoreset_mode": AutoresetMode.NEXT_STEP}  # noqa: RUF012

    def __init__(self, count, steps=1, space=None):
        self.num_envs, self.steps = count, steps
        self.single_action_space = space or spaces.Discrete(3)
        self.lengths = steps + np.arange(count) % 2 * (steps > 1)
        self.idle = 0

    def reset(self, *, seed=None, options=None):
        self.at = np.zeros(self.num_envs, int)
        self.over = np.zeros(self.num_envs, bool)
        return self.seen(), {}

    def seen(self):
        left = (self.lengths - self.at).astype(np.float32)
        return {"left": left[:, None], "action_mask": np.tile([1, 1, 0], (self.num_envs, 1))}

    def step(self, actions):
        if isinstance(self.single_action_space, spaces.Discrete):
            pay = np.array([1.0, 3.0, 9.0])[actions]
        elif isinstance(self.single_action_space, spaces.MultiBinary):
            pay = actions @ np.array([-1.0, 3.0, 9.0])
        else:
            pay = -((actions[:, 0] - 2.0) ** 2) - (actions[:, 1] + 1.0) ** 2 + 9.0 * actions[:, 2]
        # The step after the end begins the next episode and pays nothing.
        self.at = np.where(self.over, 0, self.at + 1)
        reward = np.where(self.over, 0.0, pay)
        self.over = ~self.over & (self.at >= self.lengths)
        return self.seen(), reward, self.over.copy(), np.zeros(self.num_envs, bool), {}


class Scores(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.values = torch.nn.Parameter(torch.zeros(3))

    def forward(self, seen):
        return (self.values + 0.0 * seen["left"]).masked_fill(seen["action_mask"] == 0, -torch.inf)


class WalkTask:
    def __init__(self, **options):
        self.options = options

    def environments(self, rng, count):
        return Walk(count, **self.options)

    def make_critic(self, policy):
        return torch.nn.Sequential(Left(), torch.nn.Linear(1, 1), torch.nn.Flatten(0))


class Left(torch.nn.Module):
    def forward(self, seen):
        return seen["left"]


def learn(updates, *, task=None, batch=32, rate=0.05, **parameters):
    torch.manual_seed(1)
    config = TrainConfig(
        name="walk", task="walk", steps=updates, batch=batch, learning_rate=rate, weight_decay=0.0
    )
    policy = Scores()
    given = PpoParameters(**({"minibatch": 32, "epochs": 2} | parameters))
    objective = Ppo(task or WalkTask(), policy, parameters=given, config=config)
    descent = Descent(objective.module, config)
    figures = [objective.update(step, descent) for step in range(1, updates + 1)]
    return objective.module, figures


def test_advantages_by_hand() -> None:
    """One episode of two decisions, the step that begins the next one, and one decision of it."""
    rewards = torch.tensor([[1.0], [2.0], [0.0], [4.0]])
    values = torch.tensor([[10.0], [20.0], [30.0], [40.0], [50.0]])
    ended = torch.tensor([[False], [True], [False], [False]])
    counts = torch.tensor([[True], [True], [False], [True]])
    played = Played({}, rewards, rewards, rewards, values, ended, counts)
    last = 4.0 + 0.9 * 50.0 - 40.0
    second = 2.0 - 20.0
    first = 1.0 + 0.9 * 20.0 - 10.0 + 0.9 * 0.5 * second
    found = advantages(played, discount=0.9, smoothing=0.5)
    assert found[:, 0].tolist() == pytest.approx([first, second, 0.0, last])


def test_with_full_smoothing_they_are_returns_less_values() -> None:
    rng = np.random.default_rng(1)
    rewards = torch.from_numpy(rng.normal(size=(6, 3)))
    values = torch.from_numpy(rng.normal(size=(7, 3)))
    ended = torch.zeros(6, 3, dtype=torch.bool)
    counts = torch.ones(6, 3, dtype=torch.bool)
    played = Played({}, rewards, rewards, rewards, values, ended, counts)
    found = advantages(played, discount=1.0, smoothing=1.0)
    returns = rewards.flip(0).cumsum(0).flip(0) + values[-1]
    assert torch.allclose(found.double(), returns - values[:-1], atol=1e-5)


@pytest.mark.parametrize("horizon", [None, 1, 7])
@pytest.mark.parametrize("steps", [1, 5])
def test_the_better_arm_is_learned_and_the_critic_knows_what_it_pays(horizon, steps) -> None:
    learner, figures = learn(40, task=WalkTask(steps=steps), horizon=horizon, rate=0.1)
    chances = learner.policy.values.detach()[:2].softmax(0)
    assert float(chances[1]) > 0.9
    assert figures[-1]["reward"] > 2.7 > figures[0]["reward"]
    left = torch.arange(1.0, steps + 1)[:, None]
    values = learner.values({"left": left}).detach()
    if horizon is None:
        assert values.tolist() == pytest.approx((3.0 * left[:, 0]).tolist(), rel=0.2)
        decisions = 32 * steps + 16 * (steps > 1)
        assert figures[-1]["instances"] == decisions
        assert figures[-1]["return"] == pytest.approx(
            figures[-1]["reward"] * decisions / 32, rel=1e-5
        )


def test_subsets_and_numbers_are_learned() -> None:
    learner, _ = learn(50, task=WalkTask(space=spaces.MultiBinary(3)), rate=0.1)
    assert learner.policy.values.tolist()[0] < -1.0
    assert learner.policy.values.tolist()[1] > 1.0
    space = spaces.Box(-9, 9, (3,))
    learner, _ = learn(80, task=WalkTask(space=space), batch=64, rate=0.12, deviation=0.5)
    assert learner.policy.values.tolist()[:2] == pytest.approx([2.0, -1.0], abs=0.3)
    assert learner.policy.values.tolist()[2] == 0.0


def test_an_anchor_holds_the_policy_where_it_began() -> None:
    free, _ = learn(30)
    held, _ = learn(30, anchor_weight=10.0)
    assert held.policy.values.tolist()[1] < 0.3 * free.policy.values.tolist()[1]


def test_skipped_decisions_show_later_parts_of_episodes() -> None:
    seen = []

    class Watched(WalkTask):
        def environments(self, rng, count):
            envs = super().environments(rng, count)
            seen.append(envs)
            return envs

    _, figures = learn(20, task=Watched(steps=50), horizon=2, skip=40)
    assert all(f["instances"] == 64 for f in figures)
    assert "return" not in figures[0]
    assert len({int(envs.at[0]) for envs in seen}) > 10
    assert max(int(envs.at[0]) for envs in seen) <= 42


def test_updates_follow_from_seed_and_step_alone() -> None:
    first, _ = learn(5)
    again, _ = learn(5)
    assert torch.equal(first.policy.values, again.policy.values)


TASKS = {
    "tsp": {"id": "netroute/Tsp-v0", "instance": {"generator": "points", "nodes": 6}},
    "cvrp": {
        "id": "netroute/Cvrp-v0",
        "instance": {"generator": "uniform", "n": 6, "seed": 1},
    },
    "sdn": {"id": "netroute/SdnAdmission-v0", "options": {"k": 3, "order": "shuffled"}},
    "collective": {"id": "netroute/CollectivePlacement-v0", "options": {"information": "none"}},
    "wsn heads": {"id": "netroute/WsnClusterHead-v0", "options": {"hold": 20}},
    "wsn prices": {"id": "netroute/WsnClusterHead-v0", "options": {"action": "prices", "hold": 20}},
}


@pytest.mark.parametrize("task", TASKS.values(), ids=TASKS)
def test_every_environment_can_be_learned_in(tmp_path, task) -> None:
    config = tmp_path / "ppo.yaml"
    settings = {
        "name": "ppo",
        "task": {"name": "environment", "episodes": 4, **task},
        "objective": {"name": "ppo", "horizon": 12, "minibatch": 16, "epochs": 1, "skip": 3},
        "policy": {"settings": {"width": 8}},
        "steps": 3,
        "batch": 4,
    }
    config.write_text(yaml.safe_dump(settings))
    report = train(config, tmp_path / "out", progress=False)
    rows = [json.loads(line) for line in (tmp_path / "out" / "log.jsonl").read_text().splitlines()]
    assert [row["step"] for row in rows if "gap" in row] == [0, 1, 2, 3]
    assert all(np.isfinite(list(row.values())).all() for row in rows)
    assert report.gap <= rows[0]["gap"]
    # A decision is lost wherever an episode begins.
    assert 24 <= rows[-1]["instances"] <= 3 * 4 * 12


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"id": "netroute/Nothing-v0"}, "netroute/Cvrp-v0"),
        ({"id": "netroute/Cvrp-v0", "options": {"speed": 3}}, "speed"),
        ({"id": "netroute/Cvrp-v0", "instance": {"generator": "nothing"}}, "nothing"),
        ({"id": "netroute/Cvrp-v0", "instance": {"generator": "uniform", "m": 3}}, "'m'"),
        ({"id": "netroute/Cvrp-v0", "instance": "no-such-file.vrp"}, "no-such-file"),
    ],
)
def test_wrong_tasks_are_refused_in_one_line(wrong, said) -> None:
    def make():
        task = EnvironmentTask(EnvironmentParameters(**wrong))
        task.environments(np.random.default_rng(1), 2)

    with pytest.raises(InputError, match=said) as error:
        make()
    assert "\n" not in str(error.value)


def test_the_objective_is_known_by_name() -> None:
    from netroute.experiments.training.config import Part
    from netroute.experiments.training.registry import OBJECTIVES

    found, parameters = read_part(
        "objective", Part(name="ppo", parameters={"epochs": 2}), OBJECTIVES
    )
    assert found is Ppo
    assert parameters.epochs == 2
