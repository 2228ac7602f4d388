"""Hosts that place their own flows: the contract, the checker, and what each one sees."""

import sys
import warnings

import numpy as np
import pytest

import netroute
from netroute.core.errors import InputError, MissingExtraError, UnsupportedError
from netroute.core.rng import generator
from netroute.datasets.collective.generate import generate_collective
from netroute.envs.collective.team import HostTeam
from netroute.problems.collective.bounds import degree_bounds

NAMES = ("broken", "phases", "sound")
SETTINGS = {"order": "file", "information": "full", "threshold": 0.05}


def play(team, choose, rng):
    """Play an episode; return the sum of rewards and the number of steps."""
    team.begin(rng)
    total, done, steps = 0.0, False, 0
    while not done:
        reward, done = team.act(choose(team.observe()))
        assert reward <= 0.0
        total += reward
        steps += 1
    return total, steps


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("order", ["file", "shuffled"])
def test_return_is_the_checkers_objective_over_the_bound(jobs, name, order):
    random = generator(2)
    team = HostTeam(jobs[name], **{**SETTINGS, "order": order})
    values = set()
    for seed in range(3):
        total, _ = play(
            team, lambda seen: random.integers(0, seen["own"].shape[1], len(seen["own"])),
            generator(seed),
        )  # fmt: skip
        verdict = netroute.check(jobs[name], team.plan())
        assert verdict.feasible, verdict.violations
        assert total == pytest.approx(-verdict.objective / team.bound, rel=1e-12)
        assert team.outcome()["theta"] == pytest.approx(verdict.objective, rel=1e-12)
        values.add(total)
    assert len(values) > 1


def flows_by_host(instance):
    """Flows between leaves by phase and host: lists of (target leaf, bytes, source leaf)."""
    per = instance.fabric.hosts_per_leaf
    found = []
    for phase in instance.phases:
        if not phase.crossing:
            continue
        queues = {}
        for u, v, row in zip(*(c.tolist() for c in phase.listing(instance.fabric)), strict=True):
            queues.setdefault(u, []).append((v // per, int(phase.size[row]), u // per))
        bounds = degree_bounds(instance.fabric, phase, whole=True)
        found.append((queues, float(max(bounds.values()))))
    return found


@pytest.mark.parametrize("name", NAMES)
def test_observations_are_those_of_the_definition(jobs, name):
    """Against lists of what each host has done."""
    instance, random = jobs[name], generator(7)
    fabric, team = instance.fabric, HostTeam(instance, **SETTINGS)
    team.begin(generator(0))
    hosts = [int(agent.removeprefix("host_")) for agent in team.names]
    largest = max(int(p.size.max(initial=0)) for p in instance.phases if p.crossing)
    marked = 0
    for queues, low in flows_by_host(instance):
        load = {}
        own = {u: np.zeros(fabric.planes) for u in hosts}
        marks = {u: np.zeros(fabric.planes, int) for u in hosts}
        volume = sum(size for queue in queues.values() for _, size, _ in queue)
        placed = 0
        for t in range(max(map(len, queues.values()))):
            seen = team.observe()
            actions = random.integers(0, fabric.planes, len(hosts))
            decided = []
            for a, u in enumerate(hosts):
                queue = queues.get(u, [])
                every = max(1, sum(size for _, size, _ in queue))
                assert seen["own"][a] == pytest.approx(own[u] / every, abs=1e-6)
                assert seen["marks"][a].tolist() == marks[u].tolist()
                left = np.zeros(fabric.leaves)
                for target, size, _ in queue[t:]:
                    left[target] += size
                assert seen["remaining"][a] == pytest.approx(left / every, abs=1e-6)
                if t >= len(queue):
                    assert seen["flow"][a, 0] == seen["target"][a] == seen["up"][a].sum() == 0
                    assert seen["action_mask"][a].all()
                    continue
                target, size, leaf = queue[t]
                assert seen["flow"][a] == pytest.approx([size / largest, t / len(queue)], abs=1e-6)
                assert seen["target"][a] == target
                for k in range(fabric.planes):
                    ups, downs = int(fabric.up[leaf, k]), int(fabric.down[k, target])
                    assert seen["action_mask"][a, k] == (ups > 0 and downs > 0)
                    up = load.get(("up", leaf, k), 0) / max(1, ups) / low
                    down = load.get(("down", target, k), 0) / max(1, downs) / low
                    assert seen["up"][a, k] == pytest.approx(up, abs=1e-5)
                    assert seen["down"][a, k] == pytest.approx(down, abs=1e-5)
                spine = actions[a]
                while not (fabric.up[leaf, spine] and fabric.down[spine, target]):
                    spine = (spine + 1) % fabric.planes
                decided.append((u, leaf, target, spine, size))
            for u, leaf, target, spine, size in decided:
                for key in (("up", leaf, spine), ("down", target, spine)):
                    load[key] = load.get(key, 0) + size
                own[u][spine] += size
                placed += size
            for u, leaf, target, spine, _ in decided:
                worst = max(
                    load["up", leaf, spine] / int(fabric.up[leaf, spine]),
                    load["down", target, spine] / int(fabric.down[spine, target]),
                )
                marks[u][spine] = worst > (placed / volume + 0.05) * low
                marked += marks[u][spine]
            team.act(list(actions))
    assert marked > 0


def test_shuffled_orders_follow_the_seed(jobs):
    team = HostTeam(jobs["sound"], **{**SETTINGS, "order": "shuffled"})

    def targets(seed):
        team.begin(generator(seed))
        rows, done = [], False
        while not done:
            rows.append(team.observe()["target"].tolist())
            _, done = team.act([0] * len(team.names))
        return rows

    assert targets(1) == targets(1) != targets(2)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"order": "random"}, "order: found 'random'"),
        ({"information": "all"}, "information: found 'all'"),
        ({"threshold": -1}, "threshold: found -1, expected a number >= 0"),
        ({"threshold": float("nan")}, "threshold: found nan"),
    ],
)
def test_bad_parameters(jobs, settings, words):
    with pytest.raises(InputError, match=words):
        HostTeam(jobs["sound"], **{**SETTINGS, **settings})


def test_bad_instances_and_actions(jobs):
    with pytest.raises(UnsupportedError, match="does not support fat tree"):
        HostTeam(generate_collective(fat_tree=4), **SETTINGS)
    team = HostTeam(jobs["sound"], **SETTINGS)
    team.begin(generator(0))
    for wrong in (4, -1, 1.0, "a"):
        with pytest.raises(InputError, match=r"action: found .*, expected a spine from 0 to 3"):
            team.act([wrong] * len(team.names))


def test_without_pettingzoo(monkeypatch):
    for name in list(sys.modules):
        if name.partition(".")[0] == "pettingzoo" or name.startswith("netroute.envs.agents"):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "pettingzoo", None)
    monkeypatch.delitem(sys.modules, "netroute.envs.collective.hosts", raising=False)
    with pytest.raises(MissingExtraError, match=r"pip install 'netroute\[agents\]'"):
        import netroute.envs.collective.hosts  # noqa: F401


class TestParallelEnv:
    """The face, with PettingZoo where it is installed."""

    @pytest.fixture
    def env_class(self):
        pytest.importorskip("pettingzoo")
        from netroute.envs.collective.hosts import CollectiveHostsEnv

        return CollectiveHostsEnv

    @pytest.mark.parametrize("information", ["none", "host", "full"])
    def test_pettingzoo_finds_no_fault(self, env_class, jobs, information):
        from pettingzoo.test import parallel_api_test

        with warnings.catch_warnings():
            warnings.simplefilter("error")
            parallel_api_test(env_class(jobs["phases"], information=information), num_cycles=200)

    def test_episode(self, env_class, jobs):
        env = env_class(jobs["broken"], order="shuffled")
        seen, infos = env.reset(seed=3)
        again, _ = env_class(jobs["broken"], order="shuffled").reset(seed=3)
        totals = dict.fromkeys(env.agents, 0.0)
        for agent in env.agents:
            assert seen[agent] in env.observation_space(agent)
            assert seen[agent]["target"] == again[agent]["target"]
            assert (infos[agent]["action_mask"] == seen[agent]["action_mask"]).all()
        while env.agents:
            actions = {a: env.action_space(a).sample() for a in env.agents}
            seen, rewards, ended, truncated, infos = env.step(actions)
            assert not any(truncated.values())
            for agent, reward in rewards.items():
                totals[agent] += reward
            assert env.state().shape == (2, 4, 4)
        assert all(ended.values())
        verdict = netroute.check(env.instance, env.solution)
        assert verdict.feasible
        assert infos["host_0"]["theta"] == pytest.approx(verdict.objective)
        assert totals["host_0"] == pytest.approx(-verdict.objective / env.bound)
        assert len(set(totals.values())) == 1

    def test_bad_calls(self, env_class, jobs):
        env = env_class(jobs["sound"])
        with pytest.raises(InputError, match="call reset"):
            env.step({})
        env.reset()
        with pytest.raises(InputError, match="host_0: has no action"):
            env.step({agent: 0 for agent in env.agents[1:]})
        with pytest.raises(InputError, match="nobody: is not an agent"):
            env.step({**dict.fromkeys(env.agents, 0), "nobody": 0})
