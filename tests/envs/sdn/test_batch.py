"""The batched environment does what single ones do."""

import numpy as np
import pytest

import netroute
import netroute.envs
from netroute.envs.sdn._kernels import admission as kernels
from netroute.envs.sdn.admission import SdnAdmissionEnv
from netroute.envs.sdn.batch import SdnAdmissionVectorEnv


@pytest.mark.parametrize(
    "settings",
    [
        {"order": "file"},
        {"order": "shuffled"},
        {"order": "resampled", "holding": 7.0},
    ],
)
def test_each_one_follows_the_single_environment(traffic, in_step, settings):
    count = 4
    envs = SdnAdmissionVectorEnv(count, traffic, k=3, **settings)
    singles = [SdnAdmissionEnv(traffic, k=3, **settings) for _ in range(count)]
    ends = 0
    for _, _, info, ended in in_step(envs, singles, steps=2 * traffic.size + 3):
        for b, words in ended.items():
            assert info["_admitted"][b]
            assert (info["admitted"][b] == words["admitted"]).all()
            assert (info["offered"][b] == words["offered"]).all()
        ends += len(ended)
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


def test_an_order_of_the_solvers_is_an_option(traffic):
    envs = SdnAdmissionVectorEnv(3, traffic, order="shuffled")
    one, again = (envs.reset(options={"order": 2})[0]["flow"] for _ in range(2))
    assert (one == again).all()
    assert (one[0] == one[1]).all()


def test_one_signature_each(traffic):
    for count, holding in ((1, None), (3, None), (2, 4.0)):
        envs = SdnAdmissionVectorEnv(count, traffic, holding=holding)
        envs.reset(seed=1)
        envs.step(np.zeros(count, np.int64))
    assert len(kernels.observe.signatures) == 1
    # One without departures and one with them.
    assert len(kernels.act.signatures) == len(kernels.clear.signatures) == 2
