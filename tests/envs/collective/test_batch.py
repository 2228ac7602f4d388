"""The batched environment does what single ones do, and what both refuse."""

import numpy as np
import pytest

import netroute
import netroute.envs
from netroute.core.errors import InputError, UnsupportedError
from netroute.datasets.collective.generate import generate_collective
from netroute.envs.collective._kernels import placement as kernels
from netroute.envs.collective.batch import CollectivePlacementVectorEnv
from netroute.envs.collective.placement import CollectivePlacementEnv
from netroute.problems.collective import CollectiveInstance, Fabric


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("sound", {"information": "none"}),
        ("broken", {"order": "shuffled", "delay": 2, "noise": 0.3}),
        ("phases", {"order": "shuffled", "information": "full"}),
        ("phases", {"order": "shuffled", "information": "none", "refresh": 6, "hidden": True}),
    ],
)
def test_each_one_follows_the_single_environment(jobs, in_step, name, settings):
    count = 4
    envs = CollectivePlacementVectorEnv(count, jobs[name], **settings)
    singles = [CollectivePlacementEnv(jobs[name], **settings) for _ in range(count)]
    ends, total = 0, np.zeros(count)
    for anew, reward, info, ended in in_step(envs, singles, steps=2 * envs._engine.flows + 1):
        total = np.where(anew, 0.0, total + reward)
        for b, words in ended.items():
            verdict = netroute.check(envs.instance, envs.solution(b))
            assert verdict.feasible
            assert total[b] == pytest.approx(-verdict.objective / envs.bound, rel=1e-12)
            assert info["_theta"][b]
            assert info["theta"][b] == words["theta"]
        ends += len(ended)
    assert ends == 2 * count


def test_a_signature_with_and_without_memory_that_warming_up_compiles(jobs):
    from netroute.envs.collective.warmup import compile_environment

    compile_environment()
    for name, information in (("sound", "none"), ("broken", "host"), ("phases", "full")):
        for hidden in (False, True):
            envs = CollectivePlacementVectorEnv(
                2, jobs[name], information=information, noise=0.1, hidden=hidden
            )
            envs.reset(seed=1)
            envs.step(np.zeros(2, np.int64))
    for kernel in (kernels.clear, kernels.act, kernels.observe):
        assert len(kernel.signatures) == 2


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"order": "random"}, "order: found 'random', expected one of: file, shuffled"),
        ({"information": "all"}, "information: found 'all', expected one of: none, host, full"),
        ({"noise": 1.5}, "noise: found 1.5, expected a number from 0 to 1"),
        ({"noise": float("nan")}, "noise: found nan"),
        ({"refresh": 0}, "refresh: found 0, expected an integer >= 1, and 1 beside a delay"),
        ({"refresh": 9, "delay": 2}, "refresh: found 9"),
        ({"hidden": 1}, "hidden: found 1, expected true or false"),
        ({"noise": "loud"}, "noise: found 'loud'"),
        ({"delay": -1}, "delay: found -1, expected an integer >= 0"),
        ({"delay": 1.0}, "delay: found 1.0"),
    ],
)
def test_bad_parameters(jobs, settings, words):
    with pytest.raises(InputError, match=words):
        CollectivePlacementEnv(jobs["sound"], **settings)


def test_bad_instances(jobs):
    with pytest.raises(InputError, match="expected an instance of collective"):
        CollectivePlacementEnv(3)
    with pytest.raises(UnsupportedError, match="does not support fat tree"):
        CollectivePlacementEnv(generate_collective(fat_tree=4))
    fabric = Fabric.leaf_spine(2, 2, hosts_per_leaf=2)
    with pytest.raises(InputError, match="an instance with flows between leaves"):
        CollectivePlacementEnv(CollectiveInstance(fabric=fabric, flows=[(0, 0, 1, 5)]))
    with pytest.raises(InputError, match=r"would take .* GiB"):
        CollectivePlacementVectorEnv(10**7, jobs["sound"])
    drawn = CollectivePlacementEnv(lambda rng: jobs["sound"])
    drawn._draw = lambda rng: jobs["phases"]
    with pytest.raises(InputError, match="found a fabric of 4 leaves and 3 spines"):
        drawn.reset()


def test_bad_calls(jobs):
    env = CollectivePlacementEnv(jobs["sound"])
    with pytest.raises(InputError, match="call reset"):
        env.step(0)
    env.reset()
    with pytest.raises(InputError, match="action: found 4, expected a spine from 0 to 3"):
        env.step(4)
    envs = CollectivePlacementVectorEnv(2, jobs["sound"])
    envs.reset(seed=1)
    with pytest.raises(InputError, match="found -1, expected a spine"):
        envs.step(np.array([0, -1]))
