"""The environment against Gymnasium's rules, the checker, a protocol and its own definition."""

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

import netroute
import netroute.envs
from netroute.core.errors import InputError, UnsupportedError
from netroute.core.rng import generator
from netroute.envs.wsn._kernels import rounds as kernels
from netroute.envs.wsn.batch import WsnClusterHeadVectorEnv
from netroute.envs.wsn.cluster_head import WsnClusterHeadEnv
from netroute.envs.wsn.warmup import compile_environment
from netroute.problems.wsn.registry import WSN
from netroute.solvers.wsn.leach import LeachSolver
from netroute.solvers.wsn.location import Location

PLAYS = [
    ("plain", "heads"), ("uneven", "heads"), ("nearer", "heads"), ("tree", "heads"),
    ("plain", "prices"), ("uneven", "prices"), ("nearer", "prices"),
]  # fmt: skip


def drawn(action, random, shape):
    if action == "heads":
        return (random.random(shape) < 0.2).astype(np.int8)
    return random.uniform(-1.2, 1.2, shape).astype(np.float32)


@pytest.mark.parametrize(("name", "action"), PLAYS)
def test_gymnasium_finds_no_fault(fields, name, action):
    env = gymnasium.make(WSN.environment, instance=fields[name], action=action).unwrapped
    check_env(env)


@pytest.mark.parametrize("hold", [1, 7])
@pytest.mark.parametrize(("name", "action"), PLAYS)
def test_return_is_the_checkers_objective(fields, name, action, hold):
    env, random = WsnClusterHeadEnv(fields[name], action=action, hold=hold), generator(1)
    for _ in range(2):
        env.reset()
        total, done, info, steps = 0.0, False, {}, 0
        while not done:
            seen, reward, done, truncated, info = env.step(drawn(action, random, 10))
            assert 0.0 <= reward <= hold
            assert not truncated
            total += reward
            steps += 1
        verdict = netroute.check(env.instance, env.solution)
        assert verdict.feasible, verdict.violations
        assert total == info["fnd"] == verdict.objective
        assert steps == -(-int(env.solution.rounds.sum()) // hold)
        assert not seen["action_mask"].all()
        assert (env.action_masks() == (seen["action_mask"] > 0)).all()


def test_heads_of_leach_give_the_rounds_of_leach(fields):
    plan = LeachSolver(share=0.2).solve(fields["plain"], seed=2)
    env = WsnClusterHeadEnv(fields["plain"])
    env.reset()
    done, row, left = False, 0, int(plan.solution.rounds[0])
    while not done:
        _, _, done, _, info = env.step(plan.solution.head[row].astype(np.int8))
        left -= 1
        if left == 0:
            row += 1
            left = int(plan.solution.rounds[row])
    assert info["fnd"] == plan.objective
    played = env.solution
    assert (played.parent == plan.solution.parent[: len(played.parent)]).all()


def test_prices_give_the_configurations_of_the_local_search(fields):
    net, random = fields["plain"], generator(4)
    env, search = WsnClusterHeadEnv(net, action="prices"), Location(net)
    env.reset()
    for _ in range(5):
        action = random.uniform(-1.0, 1.0, 10).astype(np.float32)
        env.step(action)
        search.search(np.exp(10.0 * action.astype(float)) / net.energy)
        assert (env.solution.parent[-1] == search.parent()).all()


def test_observations_are_those_of_the_definition(fields):
    net, random = fields["uneven"], generator(5)
    env = WsnClusterHeadEnv(net, radius=40.0)
    seen, info = env.reset()
    apart = np.hypot(*(net.position[:, None] - net.position).transpose(2, 0, 1))
    base = np.hypot(*(net.position - net.base_station).T)
    last, r, done = np.full(10, -np.inf), 0, False
    while not done:
        nodes = seen["nodes"]
        assert seen in env.observation_space
        assert nodes[:, :2] == pytest.approx(net.position / 100.0, abs=1e-6)
        assert nodes[:, 3] == pytest.approx(base / base.max(), abs=1e-6)
        assert nodes[:, 4] == pytest.approx(((apart <= 40.0).sum(axis=1) - 1) / 9, abs=1e-6)
        assert nodes[:, 5] == pytest.approx(np.minimum(1.0, (r - last) / 100.0), abs=1e-6)
        assert (nodes[:, 6] == 1.0).all()
        assert (info["action_mask"] == 1).all()
        action = drawn("heads", random, 10)
        seen, _, done, _, info = env.step(action)
        last[action > 0] = r
        r += 1
    residual = netroute.check(net, env.solution).metrics["residual"]
    assert float(seen["nodes"][:, 2] @ net.energy) == pytest.approx(residual, rel=1e-4)


@pytest.mark.parametrize(("name", "action"), [("nearer", "heads"), ("uneven", "prices")])
def test_batches_follow_the_single_environment(fields, name, action):
    count, random = 3, generator(6)
    envs = gymnasium.make_vec(
        WSN.environment, num_envs=count, instance=fields[name], action=action, hold=3
    )
    singles = [WsnClusterHeadEnv(fields[name], action=action, hold=3) for _ in range(count)]
    seen, _ = envs.reset(seed=1)
    expected = [env.reset(seed=1)[0] for env in singles]
    over, ends = np.zeros(count, bool), 0
    while ends < 2 * count:
        assert seen in envs.observation_space
        for b, row in enumerate(expected):
            for key, values in row.items():
                assert (seen[key][b] == values).all(), key
        actions = drawn(action, random, (count, 10))
        seen, reward, done, _, info = envs.step(actions)
        for b, env in enumerate(singles):
            if over[b]:
                expected[b], _ = env.reset()
                assert (reward[b], done[b]) == (0.0, False)
                continue
            expected[b], single, last, _, words = env.step(actions[b])
            assert (reward[b], done[b]) == (single, last)
            if last:
                assert info["fnd"][b] == words["fnd"]
                assert info["_fnd"][b]
        over = done.copy()
        ends += int(done.sum())


def test_drawn_fields_and_files(fields, tmp_path):
    env = WsnClusterHeadEnv(lambda rng: fields[str(rng.choice(["plain", "uneven"]))])
    seen = {env.reset(seed=seed) and env.instance.fingerprint for seed in range(8)}
    assert seen == {fields["plain"].fingerprint, fields["uneven"].fingerprint}
    netroute.write(tmp_path / "field.json", fields["tree"])
    read = WsnClusterHeadEnv(str(tmp_path / "field.json")).instance
    assert read.fingerprint == fields["tree"].fingerprint
    env._draw = lambda rng: WsnClusterHeadEnv().instance
    with pytest.raises(InputError, match="found a field of 20 nodes, expected a field of 10"):
        env.reset()


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"action": "both"}, "action: found 'both', expected one of: heads, prices"),
        ({"hold": 0}, "hold: found 0, expected an integer >= 1"),
        ({"radius": -1.0}, r"radius: found -1.0, expected a number of metres >= 0"),
        ({"radius": float("nan")}, "radius: found nan"),
    ],
)
def test_bad_parameters(fields, settings, words):
    with pytest.raises(InputError, match=words):
        WsnClusterHeadEnv(fields["plain"], **settings)


def test_bad_calls(fields):
    with pytest.raises(UnsupportedError, match="with prices does not support tree routing"):
        WsnClusterHeadEnv(fields["tree"], action="prices")
    with pytest.raises(InputError, match=r"would take .* GiB"):
        WsnClusterHeadVectorEnv(10**8, fields["plain"])
    env = WsnClusterHeadEnv(fields["plain"])
    with pytest.raises(InputError, match="call reset"):
        env.step(np.zeros(10, np.int8))
    env.reset()
    with pytest.raises(InputError, match=r"expected actions of shape \(1, 10\)"):
        env.step(np.zeros(9, np.int8))
    with pytest.raises(InputError, match="expected zeros and ones"):
        env.step(np.full(10, 2, np.int8))
    priced = WsnClusterHeadEnv(fields["plain"], action="prices")
    priced.reset()
    with pytest.raises(InputError, match="found 'NaN', expected numbers"):
        priced.step(np.full(10, np.nan, np.float32))
    envs = WsnClusterHeadVectorEnv(2, fields["plain"])
    envs.reset()
    with pytest.raises(InputError, match=r"found actions of shape \(2,\), expected \(2, 10\)"):
        envs.step(np.zeros(2, np.int8))
    with pytest.raises(InputError, match="single environments only"):
        envs._engine.plan()


def test_one_signature_each_that_warming_up_compiles(fields):
    compile_environment()
    for name, action in PLAYS:
        envs = WsnClusterHeadVectorEnv(2, fields[name], action=action, hold=2, radius=30)
        envs.reset(seed=1)
        envs.step(drawn(action, generator(0), (2, 10)))
    for kernel in (kernels.play_heads, kernels.play_parents, kernels.look):
        assert len(kernel.signatures) == 1
