"""The environment against Gymnasium's rules, the checker, the solvers and a slow oracle."""

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

import netroute
import netroute.envs
from netroute.core.rng import generator
from netroute.problems.sdn.registry import SDN
from netroute.solvers.sdn.first_fit import FirstFitSolver
from netroute.solvers.sdn.online_days import resampled_day


def make(instance, **settings):
    return gymnasium.make(SDN.environment, instance=instance, **settings).unwrapped


def first(seen):
    return int(seen["action_mask"].argmax())


def play(env, choose, *, seed=0, options=None):
    """Play an episode; return the rewards and the last info."""
    seen, info = env.reset(seed=seed, options=options)
    rewards, done = [], False
    while not done:
        seen, reward, done, truncated, info = env.step(choose(seen))
        assert not truncated
        rewards.append(reward)
    return rewards, info


@pytest.mark.parametrize(
    "settings",
    [{}, {"k": 2, "order": "shuffled"}, {"order": "resampled"}, {"holding": 9.0}],
)
@pytest.mark.filterwarnings("error")
def test_gymnasium_finds_no_fault(traffic, settings):
    check_env(make(traffic, **settings))


def test_made_without_arguments_from_a_file_and_by_a_function(traffic, tmp_path):
    assert gymnasium.make(SDN.environment).unwrapped.instance.size == 400
    file = tmp_path / "net.json"
    netroute.write(file, traffic)
    assert make(str(file)).instance.fingerprint == traffic.fingerprint
    drawn = make(lambda rng: resampled_day(traffic, rng), k=2)
    days = []
    for seed in (1, 1, 2):
        play(drawn, first, seed=seed)
        days.append(drawn.instance.fingerprint)
    assert days[0] == days[1] != days[2]


@pytest.mark.parametrize("order", ["file", "shuffled", "resampled"])
@pytest.mark.parametrize("kind", ["plain", "limited"])
def test_return_is_the_checkers_objective(traffic, order, kind):
    if kind == "limited":
        random = generator(1)
        traffic = traffic.replace(
            max_delay=random.choice([np.inf, 0.5, 1.0], traffic.size),
            max_hops=random.integers(0, 4, traffic.size),
            table_size=random.integers(-1, 9, len(traffic.nodes)),
            weighting="given",
            weight=random.integers(0, 9, traffic.size) / 4,
        )
    env = make(traffic, k=4, order=order)
    random = generator(3)
    for seed in range(4):
        rewards, info = play(
            env, lambda seen: random.choice(np.flatnonzero(seen["action_mask"])), seed=seed
        )
        verdict = netroute.check(env.instance, env.solution)
        assert verdict.feasible, verdict.violations
        assert verdict.objective == pytest.approx(sum(rewards))
        assert len(rewards) == traffic.size
        rows = verdict.metrics["classes"]
        counts = {row["priority"]: (row["flows"], row["admitted"]) for row in rows}
        for level, pair in enumerate(zip(info["offered"], info["admitted"], strict=True), start=1):
            assert counts.get(level, (0, 0)) == pair
        assert 0 < info["admitted"].sum() < traffic.size


def test_same_decisions_as_the_solver_of_the_same_order(traffic):
    env = make(traffic, k=4)
    for order in (None, 0, 7):
        play(env, first, options={"order": order})
        expected = FirstFitSolver(k=4, order=order).solve(traffic).solution
        assert env.solution.to_dict() == expected.to_dict()


def test_orders_and_seeds(traffic):
    def arrivals(env, seed):
        seen, _ = env.reset(seed=seed)
        rows = []
        for _ in range(traffic.size):
            rows.append((*seen["ends"].tolist(), *seen["flow"][:3].tolist()))
            seen = env.step(8)[0]
        return rows

    file, shuffled, resampled = (
        make(traffic, order=order) for order in ("file", "shuffled", "resampled")
    )
    plain = arrivals(file, 1)
    assert arrivals(file, 2) == plain
    ends = np.stack([traffic.source, traffic.target], axis=1).tolist()
    assert [list(row[:2]) for row in plain] == ends
    mixed = arrivals(shuffled, 1)
    assert mixed != plain
    assert sorted(mixed) == sorted(plain)
    assert arrivals(shuffled, 1) == mixed != arrivals(shuffled, 2)
    other = arrivals(resampled, 1)
    assert sorted(other) != sorted(plain)
    assert {row[:2] for row in other} <= {row[:2] for row in plain}
    assert arrivals(resampled, 1) == other != arrivals(resampled, 2)


def expected_observation(env, free, flow, gone):
    """Write an observation down from the definition."""
    net, k = env.instance, env.action_space.n - 1
    candidates, prices = env._engine.candidates, env._engine.prices
    longest, widest = candidates.hops.max(), net.capacity.max()
    paths = np.zeros((k, 3))
    mask = np.ones(k + 1)
    weight, bandwidth = net.weights()[flow], net.bandwidth[flow]
    for j in range(k):
        arcs = candidates.path(flow, j)
        mask[j] = len(arcs) > 0 and (free[arcs] >= bandwidth).all()
        if len(arcs):
            cost = min(10.0, bandwidth * prices[arcs].sum() / weight)
            paths[j] = len(arcs) / longest, free[arcs].min() / widest, cost
    return {
        "paths": paths,
        "flow": [
            min(1.0, bandwidth / widest),
            weight / net.weights().max(),
            net.priority[flow] / net.priorities,
            gone / net.size,
        ],
        "ends": [net.source[flow], net.target[flow]],
        "utilisation": 1.0 - free / net.capacity,
        "action_mask": mask,
    }


def test_observations_are_those_of_the_definition(traffic):
    env = make(traffic, k=5)
    random = generator(4)
    seen, info = env.reset()
    free = traffic.capacity.copy()
    full = 0
    for flow in range(traffic.size):
        expected = expected_observation(env, free, flow, flow)
        assert set(seen) == set(expected)
        for name, values in expected.items():
            assert seen[name] == pytest.approx(np.array(values), abs=1e-6), name
        assert seen in env.observation_space
        assert info["action_mask"].dtype == np.int8
        assert (info["action_mask"] == seen["action_mask"]).all()
        assert env.action_masks().dtype == bool
        assert (env.action_masks() == seen["action_mask"]).all()
        action = int(random.choice(np.flatnonzero(seen["action_mask"])))
        full += not seen["action_mask"].all()
        if action < 5:
            free[env._engine.candidates.path(flow, action)] -= traffic.bandwidth[flow]
        seen, _, done, _, info = env.step(action)
    assert done
    assert full > 10
    assert seen["action_mask"].tolist() == [0] * 5 + [1]


def test_flows_leave_in_time(traffic):
    """Against lists: who is in the network after each arrival, and what is free."""
    env = make(traffic, k=3, holding=8.0, order="shuffled")
    gone = 0
    for seed in range(3):
        seen, _ = env.reset(seed=seed)
        calendar, worlds = env._engine._calendar, env._engine._worlds
        present, done = [], False
        for t in range(traffic.size):
            now = calendar.arrival[0, t]
            gone += sum(leave <= now for leave, _, _ in present)
            present = [row for row in present if row[0] > now]
            load = np.zeros(len(traffic.tail))
            for _, flow, arcs in present:
                load[arcs] += traffic.bandwidth[flow]
            utilisation = load / traffic.capacity
            assert seen["utilisation"] == pytest.approx(utilisation, abs=1e-6)
            here = np.flatnonzero(env.solution.admitted)
            assert sorted(flow for _, flow, _ in present) == here.tolist()
            flow, action = int(worlds.size[0, t]), first(seen)
            if action < 3:
                arcs = env._engine.candidates.path(flow, action)
                present.append((calendar.leave[0, t], flow, arcs))
            seen, _, done, _, _ = env.step(action)
        assert done
    assert gone > traffic.size


def test_arrivals_and_stays_are_exponential(traffic):
    env = make(traffic, holding=5.0)
    gaps, stays = [], []
    for seed in range(60):
        env.reset(seed=seed)
        calendar = env._engine._calendar
        gaps.append(np.diff(calendar.arrival[0], prepend=0.0))
        stays.append(calendar.leave[0] - calendar.arrival[0])
    for times, mean in ((np.ravel(gaps), 1.0), (np.ravel(stays), 5.0)):
        assert times.mean() == pytest.approx(mean, rel=0.05)
        assert times.std() == pytest.approx(mean, rel=0.08)


def test_a_path_without_room_rejects():
    net = netroute.SdnInstance(
        nodes="ab", tail=[0], head=[1], capacity=[3],
        source=[0] * 3, target=[1] * 3, bandwidth=[2, 2, 1], priority=[5, 9, 7],
    )  # fmt: skip
    env = make(net, k=2, prices=[0.5])
    seen, _ = env.reset()
    assert seen["action_mask"].tolist() == [1, 0, 1]
    assert seen["paths"][0].tolist() == pytest.approx([1.0, 1.0, 0.2])
    rewards = [env.step(action)[1] for action in (0, 0, 0)]
    assert rewards == [5.0, 0.0, 7.0]
    assert env.solution.admitted.tolist() == [True, False, True]


def test_given_prices_and_learned_ones(traffic):
    one, other = make(traffic), make(traffic)
    assert (one._engine.prices == other._engine.prices).all()
    assert one._engine.prices.max() > 0
    given = make(traffic, prices=np.full(len(traffic.tail), 0.25))
    seen, _ = given.reset()
    arcs = given._engine.candidates.path(0, 0)
    expected = 0.25 * len(arcs) * traffic.bandwidth[0] / traffic.weights()[0]
    assert seen["paths"][0, 2] == pytest.approx(expected)
