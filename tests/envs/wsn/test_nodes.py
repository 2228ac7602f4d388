"""Nodes that decide for themselves: the contract, the checker, and what each one sees."""

import sys
import warnings

import numpy as np
import pytest

import netroute
from netroute.core.errors import InputError, MissingExtraError
from netroute.core.rng import generator
from netroute.envs.wsn.cluster_head import WsnClusterHeadEnv
from netroute.envs.wsn.team import NodeTeam


@pytest.mark.parametrize("name", ["plain", "uneven", "tree"])
def test_return_is_the_checkers_objective(fields, name):
    team, random = NodeTeam(fields[name], hold=2, radius=30.0), generator(1)
    team.begin(random)
    total, done = 0.0, False
    while not done:
        reward, done = team.act((random.random(10) < 0.2).astype(int).tolist())
        total += reward
    verdict = netroute.check(fields[name], team.plan())
    assert verdict.feasible
    assert total == team.outcome()["fnd"] == verdict.objective


def test_observations_are_those_of_the_definition(fields):
    net, random = fields["tree"].replace(energy=0.2), generator(2)
    team, env = NodeTeam(net, hold=1, radius=45.0), WsnClusterHeadEnv(net, radius=45.0)
    team.begin(random)
    nodes = env.reset()[0]["nodes"]
    heads, checked = np.zeros(10, int), 0
    for _ in range(20):
        seen = team.observe()
        assert (team.state() == nodes).all()
        for i in range(10):
            apart = np.hypot(*(net.position - net.position[i]).T)
            near = [j for j in range(10) if j != i and apart[j] <= 45.0]
            left = np.mean([nodes[j, 2] for j in near]) if near else 0.0
            led = np.mean([heads[j] for j in near]) if near else 0.0
            reach = min([apart[j] / 45.0 for j in range(10) if heads[j]], default=1.0)
            assert seen["around"][i] == pytest.approx([left, led, min(1.0, reach)], abs=1e-6)
            assert seen["own"][i].tolist() == nodes[i, 2:6].tolist()
            checked += bool(led)
        heads = (random.random(10) < 0.3).astype(int)
        team.act(heads.tolist())
        nodes = env.step(heads.astype(np.int8))[0]["nodes"]
    assert checked > 20


def test_bad_actions(fields):
    team = NodeTeam(fields["plain"], hold=1, radius=25.0)
    for wrong in (2, -1, 0.5, "a", True):
        with pytest.raises(InputError, match=r"node_0: found .*, expected 0 or 1"):
            team.act([wrong] * 10)


def test_without_pettingzoo(monkeypatch):
    for name in list(sys.modules):
        if name.partition(".")[0] == "pettingzoo" or name.startswith("netroute.envs.agents"):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "pettingzoo", None)
    monkeypatch.delitem(sys.modules, "netroute.envs.wsn.nodes", raising=False)
    with pytest.raises(MissingExtraError, match=r"pip install 'netroute\[agents\]'"):
        import netroute.envs.wsn.nodes  # noqa: F401


def test_parallel_environment(fields):
    """The face, with PettingZoo where it is installed."""
    pytest.importorskip("pettingzoo")
    from pettingzoo.test import parallel_api_test

    from netroute.envs.wsn.nodes import WsnNodesEnv

    env = WsnNodesEnv(fields["plain"], hold=3)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        parallel_api_test(env, num_cycles=100)
    env.reset(seed=1)
    total = 0.0
    while env.agents:
        seen, reward, _, _, infos = env.step({a: i % 2 for i, a in enumerate(env.agents)})
        total += reward["node_0"]
        assert seen["node_1"] in env.observation_space("node_1")
    assert env.state().shape == (10, 7)
    verdict = netroute.check(env.instance, env.solution)
    assert total == infos["node_9"]["fnd"] == verdict.objective
