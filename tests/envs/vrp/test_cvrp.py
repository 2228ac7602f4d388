"""The environment against Gymnasium's rules, the checker and a slow oracle."""

import os

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

import netroute
import netroute.envs
from netroute.core.errors import InputError, MissingExtraError, UnsupportedError
from netroute.core.rng import generator
from netroute.datasets.vrp.uniform import generate_uniform
from netroute.envs.vrp.cvrp import CvrpEnv
from netroute.problems.vrp import Rounding, VehicleType
from netroute.problems.vrp.registry import CVRP

KINDS = ("exact", "nearest", "dimacs", "up", "down", "manhattan", "maximum", "roads", "fleet")
KINDS += ("tenths", "unlimited")


def play(env, choose, *, seed=0):
    """Play an episode; return the rewards and the last observation and info."""
    seen, info = env.reset(seed=seed)
    rewards, done = [], False
    while not done:
        seen, reward, done, truncated, info = env.step(choose(seen))
        assert not truncated
        rewards.append(reward)
    return rewards, seen, info


def legal(random):
    return lambda seen: random.choice(np.flatnonzero(seen["action_mask"]))


@pytest.mark.parametrize("kind", ["exact", "roads", "unlimited"])
@pytest.mark.filterwarnings("error")
def test_gymnasium_finds_no_fault(problems, kind):
    check_env(gymnasium.make(CVRP.environment, instance=problems[kind]).unwrapped)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("choice", ["legal", "any"])
def test_return_is_the_checkers_cost(problems, kind, choice):
    problem, random = problems[kind], generator(3)
    env = CvrpEnv(problem)
    choose = legal(random) if choice == "legal" else lambda seen: random.integers(0, 13)
    costs = set()
    for seed in range(4):
        rewards, seen, info = play(env, choose, seed=seed)
        verdict = netroute.check(problem, env.solution)
        assert verdict.feasible, verdict.violations
        if problem.distances is not None or problem.rounding not in (
            Rounding.EXACT,
            Rounding.DIMACS,
        ):
            assert -sum(rewards) == verdict.objective == info["cost"]
        else:
            assert -sum(rewards) == pytest.approx(verdict.objective, rel=1e-12)
            assert info["cost"] == pytest.approx(verdict.objective, rel=1e-12)
        assert seen["action_mask"].tolist() == [1] + 12 * [0]
        assert seen["node"] == seen["unserved"].sum() == seen["load"][0] == 0
        costs.add(verdict.objective)
    assert len(costs) > 1


@pytest.mark.parametrize("kind", KINDS)
def test_observations_and_masks_are_those_of_the_definition(problems, kind):
    problem, random = problems[kind], generator(5)
    env = CvrpEnv(problem)
    capacity = (*problem.vehicles[0].capacity, np.inf)[0]
    demand = problem.demand().sum(axis=1)
    seen, info = env.reset(seed=1)
    here, load, left, done = 0, 0.0, set(range(1, 13)), False
    if kind in ("roads", "maximum"):
        matrix = problem.distance_matrix()
        assert seen["distances"] == pytest.approx(matrix / matrix.max(), abs=1e-6)
    else:
        points = problem.coordinates - problem.coordinates.min(axis=0)
        assert seen["coordinates"] == pytest.approx(points / points.max(), abs=1e-6)
    assert seen["demand"] == pytest.approx(demand / capacity, abs=1e-6)
    while not done:
        mask = [j in left and load + demand[j] <= capacity + 1e-9 for j in range(13)]
        mask[0] = here != 0
        assert any(mask)
        assert seen["action_mask"].tolist() == info["action_mask"].tolist() == mask
        assert info["action_mask"].dtype == np.int8
        assert env.action_masks().dtype == bool
        assert env.action_masks().tolist() == mask
        assert seen["unserved"].tolist() == [j in left for j in range(13)]
        assert seen["node"] == here
        assert seen["load"][0] == pytest.approx(load / capacity, abs=1e-6)
        wanted = int(random.integers(0, 13))
        taken = wanted
        while not mask[taken]:
            taken = (taken + 1) % 13
        way = problem.distance(here, taken)
        left -= {taken}
        load = load + demand[taken] if taken else 0.0
        here = taken
        if not left:
            way += problem.distance(here, 0)
        seen, reward, done, _, info = env.step(wanted)
        assert reward == pytest.approx(-way, rel=1e-12)
        assert done == (not left)


def test_made_without_arguments_from_a_file_and_by_a_function(problems, tmp_path):
    assert gymnasium.make(CVRP.environment).unwrapped.instance.size == 21
    file = tmp_path / "a.vrp"
    netroute.write(file, problems["nearest"])
    assert CvrpEnv(str(file)).instance.fingerprint == netroute.read(file).fingerprint
    drawn = CvrpEnv(lambda rng: generate_uniform(9, seed=int(rng.integers(100))))
    days = []
    for seed in (1, 1, 2):
        rewards, _, _ = play(drawn, legal(generator(1)), seed=seed)
        verdict = netroute.check(drawn.instance, drawn.solution)
        assert -sum(rewards) == pytest.approx(verdict.objective)
        days.append(drawn.instance.fingerprint)
    assert days[0] == days[1] != days[2]


@pytest.mark.skipif("NETROUTE_DATA" not in os.environ, reason="NETROUTE_DATA is not set")
def test_made_by_a_name_of_the_catalogue():
    env = CvrpEnv("cvrplib:X-n101-k25")
    rewards, _, info = play(env, legal(generator(1)))
    assert -sum(rewards) == netroute.check(env.instance, env.solution).objective == info["cost"]


def test_render(problems):
    pytest.importorskip("matplotlib")
    env = CvrpEnv(problems["nearest"], render_mode="rgb_array")
    env.reset()
    empty = env.render()
    assert empty.dtype == np.uint8
    assert empty.shape[2] == 3
    env.step(3)
    env.step(5)
    assert (env.render() != empty).any()
    assert CvrpEnv(problems["nearest"]).render() is None


def test_render_without_matplotlib(problems, monkeypatch):
    monkeypatch.setattr("netroute.viz.canvas.find_spec", lambda name: None)
    env = CvrpEnv(problems["nearest"], render_mode="rgb_array")
    env.reset()
    with pytest.raises(MissingExtraError, match="plot"):
        env.render()


def test_what_is_refused(problems):
    plain = problems["exact"]
    with pytest.raises(InputError, match="expected an instance of vrp"):
        CvrpEnv(3)
    with pytest.raises(UnsupportedError, match=r"does not support limited fleet \(11 vehicles\)"):
        CvrpEnv(plain.replace(vehicles=(VehicleType(capacity=(20,), number=11),)))
    with pytest.raises(UnsupportedError, match=r"Cvrp-v0 does not support service times"):
        CvrpEnv(plain.replace(service=np.ones(13)))
    with pytest.raises(InputError, match="expected an instance with clients"):
        CvrpEnv(plain.replace(coordinates=[[0, 0]], deliveries=[0]))
    with pytest.raises(InputError, match="render_mode: found 'human', expected 'rgb_array'"):
        CvrpEnv(plain, render_mode="human")
    env = CvrpEnv(plain)
    with pytest.raises(InputError, match="call reset"):
        env.step(1)
    env.reset()
    for wrong in (-1, 13):
        with pytest.raises(InputError, match=f"action: found {wrong}, expected a node from 0"):
            env.step(wrong)
    play(env, legal(generator(1)))
    with pytest.raises(InputError, match="call reset"):
        env.step(1)
    drawn = CvrpEnv(lambda rng: plain)
    drawn._draw = lambda rng: generate_uniform(5)
    words = "found 5 clients with coordinates, expected 12 clients with coordinates"
    with pytest.raises(InputError, match=words):
        drawn.reset()
