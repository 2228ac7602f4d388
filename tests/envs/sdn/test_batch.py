"""The batched environment does what single ones do."""

import gymnasium
import numpy as np
import pytest
from gymnasium.vector import AutoresetMode

import netroute
import netroute.envs
from netroute.core.errors import InputError
from netroute.core.rng import generator
from netroute.envs.sdn._kernels import admission as kernels
from netroute.envs.sdn.admission import SdnAdmissionEnv
from netroute.envs.sdn.batch import SdnAdmissionVectorEnv
from netroute.problems.sdn.registry import SDN


def test_made_by_gymnasium(traffic):
    envs = gymnasium.make_vec(SDN.environment, num_envs=3, instance=traffic, k=2)
    assert isinstance(envs.unwrapped, SdnAdmissionVectorEnv)
    assert envs.metadata["autoreset_mode"] is AutoresetMode.NEXT_STEP
    seen, info = envs.reset(seed=0)
    assert seen in envs.observation_space
    assert envs.action_space.contains(envs.action_space.sample())
    assert info["action_mask"].shape == (3, 3)
    seen, reward, done, truncated, _ = envs.step(np.zeros(3, np.int64))
    assert seen in envs.observation_space
    assert reward.shape == done.shape == truncated.shape == (3,)
    envs.close()


@pytest.mark.parametrize(
    "settings",
    [
        {"order": "file"},
        {"order": "shuffled"},
        {"order": "resampled", "holding": 7.0},
    ],
)
def test_each_one_follows_the_single_environment(traffic, settings):
    count, random = 4, generator(1)
    envs = SdnAdmissionVectorEnv(count, traffic, k=3, **settings)
    singles = [SdnAdmissionEnv(traffic, k=3, **settings) for _ in range(count)]
    seen, _ = envs.reset(seed=5)
    expected = [env.reset(seed=5 + b)[0] for b, env in enumerate(singles)]
    over = np.zeros(count, bool)
    ends = 0
    for _ in range(2 * traffic.size + 3):
        for b, row in enumerate(expected):
            for name, values in row.items():
                assert (seen[name][b] == values).all(), name
        assert (envs.action_masks() == (seen["action_mask"] > 0)).all()
        actions = random.integers(0, 4, count)
        seen, reward, done, truncated, info = envs.step(actions)
        assert not truncated.any()
        for b, env in enumerate(singles):
            if over[b]:
                expected[b], _ = env.reset()
                assert (reward[b], done[b]) == (0.0, False)
            else:
                expected[b], single, last, _, words = env.step(actions[b])
                assert (reward[b], done[b]) == (single, last)
                if last:
                    assert info["_admitted"][b]
                    assert (info["admitted"][b] == words["admitted"]).all()
                    assert (info["offered"][b] == words["offered"]).all()
        over = done.copy()
        ends += int(done.sum())
        for b in (0, count - 1):
            assert envs.solution(b).to_dict() == singles[b].solution.to_dict()
            assert envs.instance(b).fingerprint == singles[b].instance.fingerprint
    assert ends == 2 * count


def test_returns_are_the_checkers_objectives(traffic):
    envs = SdnAdmissionVectorEnv(6, traffic, order="resampled")
    seen, _ = envs.reset(seed=1)
    total = np.zeros(6)
    for _ in range(traffic.size):
        cost = np.where(seen["action_mask"][:, :-1] > 0, seen["paths"][:, :, 2], np.inf)
        actions = np.where(cost.min(axis=1) < 1.0, cost.argmin(axis=1), 8)
        seen, reward, done, _, _ = envs.step(actions)
        total += reward
    assert done.all()
    for b in range(6):
        verdict = netroute.check(envs.instance(b), envs.solution(b))
        assert verdict.feasible
        assert verdict.objective == total[b] > 0


def test_observations_are_the_callers_own(traffic):
    envs = SdnAdmissionVectorEnv(2, traffic)
    before, _ = envs.reset(seed=1)
    kept = {name: values.copy() for name, values in before.items()}
    envs.step(np.zeros(2, np.int64))
    for name, values in kept.items():
        assert (before[name] == values).all()


def test_seeds(traffic):
    envs = SdnAdmissionVectorEnv(3, traffic, order="shuffled")
    one = envs.reset(seed=4)[0]["flow"]
    again = envs.reset()[0]["flow"]
    listed = envs.reset(seed=[4, 5, 6])[0]["flow"]
    assert (one == listed).all()
    assert (one != again).any()
    assert (envs.reset(options={"order": 2})[0]["flow"] == envs.reset(
        options={"order": 2})[0]["flow"]).all()  # fmt: skip


def test_bad_calls(traffic):
    envs = SdnAdmissionVectorEnv(2, traffic)
    with pytest.raises(InputError, match="call reset before step"):
        envs.step(np.zeros(2, np.int64))
    with pytest.raises(InputError, match="seed: found 1, expected 2"):
        envs.reset(seed=[1])
    envs.reset(seed=1)
    with pytest.raises(InputError, match=r"expected \(2,\)"):
        envs.step(np.zeros(3, np.int64))
    with pytest.raises(InputError, match="num_envs: found 0"):
        SdnAdmissionVectorEnv(0, traffic)


def test_one_signature_each(traffic):
    for count, holding in ((1, None), (3, None), (2, 4.0)):
        envs = SdnAdmissionVectorEnv(count, traffic, holding=holding)
        envs.reset(seed=1)
        envs.step(np.zeros(count, np.int64))
    assert len(kernels.observe.signatures) == 1
    # One without departures and one with them.
    assert len(kernels.act.signatures) == len(kernels.clear.signatures) == 2
