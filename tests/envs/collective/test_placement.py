"""The environment against Gymnasium's rules, the checker, greedy placement and a slow oracle."""

from fractions import Fraction

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

import netroute
import netroute.envs
from netroute.core.rng import generator
from netroute.problems.collective.registry import COLLECTIVE
from netroute.solvers.collective.bound.degree import degree_certificate
from netroute.solvers.collective.greedy import GreedySolver

NAMES = ("broken", "phases", "sound")


def make(instance, **settings):
    return gymnasium.make(COLLECTIVE.environment, instance=instance, **settings).unwrapped


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"information": "none", "order": "shuffled"},
        {"information": "full", "noise": 0.5},
        {"information": "none", "refresh": 5, "hidden": True},
    ],
)
@pytest.mark.parametrize("name", NAMES)
def test_gymnasium_finds_no_fault(jobs, name, settings):
    check_env(make(jobs[name], **settings))


def test_made_without_arguments_from_a_file_and_by_a_function(jobs, tmp_path):
    assert gymnasium.make(COLLECTIVE.environment).unwrapped.instance.size == 240
    file = tmp_path / "job.json"
    netroute.write(file, jobs["phases"])
    assert make(str(file)).instance.fingerprint == jobs["phases"].fingerprint
    drawn = make(lambda rng: jobs[str(rng.choice(["broken", "sound"]))])
    names = set()
    for seed in range(8):
        drawn.reset(seed=seed)
        names.add(drawn.instance.name)
    assert names == {jobs["broken"].name, jobs["sound"].name}


@pytest.mark.parametrize("order", ["file", "shuffled"])
@pytest.mark.parametrize("name", NAMES)
def test_return_is_the_checkers_objective_over_the_bound(jobs, name, order):
    instance, random = jobs[name], generator(3)
    env = make(instance, order=order)
    assert env.bound == degree_certificate(instance).value
    values = set()
    for seed in range(4):
        env.reset(seed=seed)
        total, done, info = 0.0, False, {}
        while not done:
            _, reward, done, truncated, info = env.step(random.integers(env.action_space.n))
            assert reward <= 0.0
            assert not truncated
            total += reward
        verdict = netroute.check(instance, env.solution)
        assert verdict.feasible, verdict.violations
        assert total == pytest.approx(-verdict.objective / env.bound, rel=1e-12)
        assert info["theta"] == pytest.approx(verdict.objective, rel=1e-12)
        values.add(total)
    assert len(values) > 1
    assert max(values) <= -1.0


@pytest.mark.parametrize("name", NAMES)
def test_greedy_play_is_the_greedy_solvers_plan(jobs, name):
    env = make(jobs[name])
    seen, _ = env.reset()
    fabric, done = jobs[name].fabric, False
    while not done:
        up = env._engine._worlds.up[0]
        down = env._engine._worlds.down[0]
        i, j = seen["ends"]
        size = env._engine._menu.size[env._engine._worlds.step[0]]
        options = []
        for a in np.flatnonzero(seen["action_mask"]):
            times = (
                Fraction(int(up[i, a] + size), int(fabric.up[i, a])),
                Fraction(int(down[j, a] + size), int(fabric.down[a, j])),
            )
            options.append((max(times), sum(times), a))
        seen, _, done, _, _ = env.step(min(options)[2])
    expected = GreedySolver().solve(jobs[name])
    objective = netroute.check(jobs[name], env.solution).objective
    assert objective == pytest.approx(expected.objective, rel=1e-12)


def flows_of(instance):
    """Flows between leaves as (phase, host, leaf, leaf, bytes) in the order of arrival."""
    found = []
    for number, phase in enumerate(instance.phases):
        listed = phase.listing(instance.fabric)
        for u, v, row in zip(*(column.tolist() for column in listed), strict=True):
            per = instance.fabric.hosts_per_leaf
            found.append((number, u, u // per, v // per, int(phase.size[row])))
    return found


class Oracle:
    """Says from the list of all decisions what is to be seen."""

    def __init__(self, instance, information, delay, refresh=1, hidden=False):
        self.refresh, self.hidden = refresh, hidden
        self.fabric = instance.fabric
        self.flows = flows_of(instance)
        self.information, self.delay = information, delay
        self.spines = []
        self.low = [max(v) for v in zip(*self._bounds(instance), strict=True)]

    def _bounds(self, instance):
        from netroute.problems.collective.bounds import degree_bounds

        found = [degree_bounds(instance.fabric, p, whole=True) for p in instance.phases]
        return [[bounds[name] for bounds in found] for name in ("nic", "leaf", "flow", "pod")]

    def seen(self):
        t, fabric, flows = len(self.spines), self.fabric, self.flows
        phase, host, i, j, size = flows[t]
        largest, fastest = max(row[4] for row in flows), max(fabric.up.max(), fabric.down.max())
        here = [k for k, row in enumerate(flows) if row[0] == phase]
        up, down = np.zeros(fabric.planes), np.zeros(fabric.planes)
        published = t - (t - here[0]) % self.refresh
        for k in here:
            if k < published - self.delay:
                a = self.spines[k]
                up[a] += flows[k][4] if flows[k][2] == i else 0
                down[a] += flows[k][4] if flows[k][3] == j else 0
        low = float(self.low[phase])
        rows = fabric.up[i], fabric.down[:, j]
        left = np.zeros((fabric.hosts if self.information == "host" else fabric.leaves,
                         fabric.leaves))  # fmt: skip
        for k in here:
            if k >= t:
                left[flows[k][1 if self.information == "host" else 2], flows[k][3]] += flows[k][4]
        volume = sum(flows[k][4] for k in here)
        found = {
            "up": np.where(rows[0] > 0, up / np.maximum(rows[0], 1) / low, 0),
            "down": np.where(rows[1] > 0, down / np.maximum(rows[1], 1) / low, 0),
            "up_rate": rows[0] > 0 if self.hidden else rows[0] / fastest,
            "down_rate": rows[1] > 0 if self.hidden else rows[1] / fastest,
            "flow": [size / largest, (t - here[0]) / len(here), t / len(flows)],
            "ends": [i, j],
            "action_mask": (rows[0] > 0) & (rows[1] > 0),
        }
        if self.information == "host":
            found["remaining"] = left[host] / volume
        elif self.information == "full":
            found["remaining"] = left / volume
        if self.refresh > 1 or self.hidden:
            found |= self._memory(t, here, published, fastest * low)
        return found

    def _memory(self, t, here, published, unit):
        flows, planes = self.flows, self.fabric.planes
        _, _, i, j, size = flows[t]
        sums = {name: np.zeros(planes) for name in ("own_up", "own_down", "sent_up", "sent_down")}
        for k in range(here[0], t):
            when = "own" if k >= published else "sent"
            if flows[k][2] == i:
                sums[f"{when}_up"][self.spines[k]] += flows[k][4] / unit
                if flows[k][3] == j:
                    sums[f"{when}_down"][self.spines[k]] += flows[k][4] / unit
        number = sum(flows[k][2:4] == (i, j) for k in range(here[0], t))
        mean = sum(flows[k][4] for k in here) / len(here) / unit
        share = mean / (planes * self.fabric.leaves)
        scale = [size / unit, mean, (t - published) * share, (published - here[0]) * share]
        turn = (np.arange(planes) - i - j - number) % planes / planes
        return sums | {"turn": turn, "scale": scale}

    def place(self, spine):
        mask = self.seen()["action_mask"]
        while not mask[spine]:
            spine = (spine + 1) % len(mask)
        self.spines.append(spine)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("information", "delay", "known"),
    [
        ("none", 0, {}),
        ("host", 3, {}),
        ("full", 0, {}),
        ("host", 1000, {}),
        ("none", 0, {"refresh": 7}),
        ("none", 0, {"hidden": True}),
        ("host", 0, {"refresh": 11, "hidden": True}),
    ],
)
def test_observations_are_those_of_the_definition(jobs, name, information, delay, known):
    env = make(jobs[name], information=information, delay=delay, **known)
    oracle, random = Oracle(jobs[name], information, delay, **known), generator(4)
    seen, info = env.reset()
    loaded = masked = 0
    for _ in oracle.flows:
        expected = oracle.seen()
        assert seen in env.observation_space
        assert set(seen) == set(expected)
        for key, values in expected.items():
            assert seen[key] == pytest.approx(np.array(values, float), abs=1e-5), key
        assert info["action_mask"].dtype == np.int8
        assert (info["action_mask"] == seen["action_mask"]).all()
        assert env.action_masks().dtype == bool
        assert (env.action_masks() == expected["action_mask"]).all()
        loaded += int(seen["up"].any())
        masked += int(not seen["action_mask"].all())
        action = int(random.integers(env.action_space.n))
        oracle.place(action)
        seen, _, done, _, info = env.step(action)
    assert done
    assert (loaded > 0) == (delay < 1000)
    assert (masked > 0) == (name != "sound")
    assert not seen["up"].any()
    assert seen["action_mask"].all()


def test_noise_is_bounded_and_follows_the_seed(jobs):
    plain, noisy = make(jobs["sound"]), make(jobs["sound"], noise=0.25)

    def loads(env, seed):
        seen, _ = env.reset(seed=seed)
        rows, done, t = [], False, 0
        while not done:
            rows.append(np.concatenate([seen["up"], seen["down"]]))
            seen, _, done, _, _ = env.step(t % 4)
            t += 1
        return np.array(rows)

    truth, one = loads(plain, 1), loads(noisy, 1)
    assert (loads(noisy, 1) == one).all()
    assert (loads(noisy, 2) != one).any()
    some = truth > 0
    assert (one[~some] == 0).all()
    error = one[some] / truth[some] - 1.0
    assert np.abs(error).max() <= 0.25 + 1e-6
    assert abs(error.mean()) < 0.02
    assert error.std() == pytest.approx(0.25 / np.sqrt(3.0), rel=0.1)


def test_shuffled_flows_stay_in_their_phase(jobs):
    env = make(jobs["phases"], order="shuffled")
    orders = []
    for seed in (1, 1, 2):
        env.reset(seed=seed)
        orders.append(env._engine._worlds.order[0].tolist())
    assert orders[0] == orders[1] != orders[2]
    phase = env._engine._menu.phase
    assert sorted(orders[0]) == list(range(len(phase)))
    assert (np.diff(phase[orders[0]]) >= 0).all()
