"""sb3-contrib's MaskablePPO trains on every environment, and never does what is not possible."""

from importlib.util import find_spec

import gymnasium
import numpy as np
import pytest

import netroute.envs  # noqa: F401  # registers them
from netroute.core.registry import PROBLEMS, problem
from netroute.datasets.collective.generate import generate_collective
from netroute.datasets.sdn.priority_flows import generate_priority_flows
from netroute.datasets.tsp.points import generate_points
from netroute.datasets.vrp.uniform import generate_uniform
from netroute.datasets.wsn.generate import generate_field

STEPS = 192

SMALL = {
    "netroute/Cvrp-v0": lambda: generate_uniform(10, seed=1, capacity=20),
    "netroute/Tsp-v0": lambda: generate_points(nodes=10, seed=1),
    "netroute/SdnAdmission-v0": lambda: generate_priority_flows(nodes=8, flows=40, seed=1),
    "netroute/CollectivePlacement-v0": lambda: generate_collective(
        leaves=4, spines=4, group=8, failed_links=2, seed=1
    ),
    "netroute/WsnClusterHead-v0": lambda: generate_field(nodes=10, seed=1, energy=0.01),
}


class Watched(gymnasium.Wrapper):
    """Counts decisions, those that the mask forbids, and returns of episodes."""

    def __init__(self, env):
        super().__init__(env)
        self.decisions = self.illegal = 0
        self.total, self.returns = 0.0, []
        self.mask = None

    def reset(self, **options):
        seen, info = self.env.reset(**options)
        self.mask, self.total = info["action_mask"], 0.0
        return seen, info

    def step(self, action):
        chosen = action if isinstance(self.action_space, gymnasium.spaces.MultiBinary) else None
        allowed = (self.mask >= chosen).all() if chosen is not None else self.mask[action]
        self.decisions += 1
        self.illegal += not allowed
        seen, reward, done, truncated, info = self.env.step(action)
        self.mask = info["action_mask"]
        self.total += reward
        if done:
            self.returns.append(self.total)
        return seen, reward, done, truncated, info


def masks(env):
    """What is possible, as MaskablePPO wants it: of a set, both values of each member."""
    found = env.unwrapped.action_masks()
    if isinstance(env.action_space, gymnasium.spaces.MultiBinary):
        return np.stack([np.ones_like(found), found], axis=1).reshape(-1)
    return found


def test_every_environment_is_tried():
    known = {problem(name).environment for name in PROBLEMS} - {None}
    assert known <= set(SMALL)
    assert set(SMALL) == {name for name in gymnasium.registry if name.startswith("netroute/")}


@pytest.mark.skipif(find_spec("sb3_contrib") is None, reason="sb3-contrib is not installed")
@pytest.mark.parametrize("name", SMALL)
def test_masked_ppo(name):
    from sb3_contrib import MaskablePPO
    from sb3_contrib.common.wrappers import ActionMasker
    from torch import get_num_threads, set_num_threads

    watched = Watched(gymnasium.make(name, instance=SMALL[name]()))
    env = watched
    if isinstance(env.action_space, gymnasium.spaces.MultiBinary):
        env = ActionMasker(env, masks)
    threads = get_num_threads()
    set_num_threads(1)
    try:
        model = MaskablePPO(
            "MultiInputPolicy", env, n_steps=STEPS // 2, batch_size=32, n_epochs=2, seed=1
        )
        before = [value.clone() for value in model.policy.parameters()]
        model.learn(STEPS)
        changed = [
            bool((old != new).any())
            for old, new in zip(before, model.policy.parameters(), strict=True)
        ]
        seen, done = env.reset(seed=2)[0], False
        while not done:
            action, _ = model.predict(seen, action_masks=masks(env))
            seen, _, done, _, _ = env.step(action)
    finally:
        set_num_threads(threads)
    assert any(changed)
    assert watched.decisions > STEPS
    assert watched.illegal == 0
    assert len(watched.returns) > 1
    assert np.isfinite(watched.returns).all()
