"""What every family's batched environment owes to its frame."""

import gymnasium
import numpy as np
import pytest
from gymnasium.vector import AutoresetMode

from netroute.core.errors import InputError
from netroute.envs.batch import OnlineVectorEnv
from netroute.problems.collective.registry import COLLECTIVE
from netroute.problems.sdn.registry import SDN

IDS = {entry.name: entry.environment for entry in (COLLECTIVE, SDN)}


@pytest.fixture(params=sorted(IDS))
def make(request):
    def made(count, **settings):
        return gymnasium.make_vec(IDS[request.param], num_envs=count, **settings)

    return made


def zeros(count):
    return np.zeros(count, np.int64)


def test_made_by_gymnasium(make):
    envs = make(3)
    assert isinstance(envs.unwrapped, OnlineVectorEnv)
    assert envs.metadata["autoreset_mode"] is AutoresetMode.NEXT_STEP
    seen, info = envs.reset(seed=0)
    assert seen in envs.observation_space
    assert envs.action_space.contains(envs.action_space.sample())
    assert info["action_mask"].shape == (3, envs.unwrapped.single_action_space.n)
    seen, reward, done, truncated, _ = envs.step(zeros(3))
    assert seen in envs.observation_space
    assert reward.shape == done.shape == truncated.shape == (3,)
    envs.close()


def test_observations_are_the_callers_own(make):
    envs = make(2)
    before, _ = envs.reset(seed=1)
    kept = {name: values.copy() for name, values in before.items()}
    envs.step(zeros(2))
    for name, values in kept.items():
        assert (before[name] == values).all()


def test_seeds(make):
    envs = make(3, order="shuffled")
    one = envs.reset(seed=4)[0]["ends"]
    again = envs.reset()[0]["ends"]
    listed = envs.reset(seed=[4, 5, 6])[0]["ends"]
    assert (one == listed).all()
    assert (one != again).any()
    assert (one[1] != one[0]).any() or (one[2] != one[0]).any()


def test_bad_calls(make):
    envs = make(2)
    with pytest.raises(InputError, match="call reset before step"):
        envs.step(zeros(2))
    with pytest.raises(InputError, match="seed: found 1, expected 2"):
        envs.reset(seed=[1])
    envs.reset(seed=1)
    with pytest.raises(InputError, match=r"expected \(2,\)"):
        envs.step(zeros(3))
    with pytest.raises(InputError, match="num_envs: found 0"):
        make(0)
