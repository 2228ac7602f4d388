"""The environment against Gymnasium's rules, the checker and a slow oracle."""

import os

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

import netroute
import netroute.envs
from netroute.core.errors import InputError, UnsupportedError
from netroute.core.rng import generator
from netroute.datasets.tsp.points import generate_points
from netroute.envs.tsp.tour import TspEnv
from netroute.problems.tsp.registry import ATSP, TSP

KINDS = ("exact", "nearest", "up", "dimacs", "manhattan", "geographic", "space", "roads")
KINDS += ("negative",)


def play(env, choose, *, seed=0, options=None):
    """Play an episode; return the rewards and the last observation and info."""
    seen, info = env.reset(seed=seed, options=options)
    rewards, done = [], False
    while not done:
        seen, reward, done, truncated, info = env.step(choose(seen))
        assert not truncated
        rewards.append(reward)
    return rewards, seen, info


def legal(random):
    return lambda seen: random.choice(np.flatnonzero(seen["action_mask"]))


@pytest.mark.parametrize(
    ("kind", "start"), [("exact", 0), ("nearest", None), ("roads", None), ("space", 3)]
)
@pytest.mark.filterwarnings("error")
def test_gymnasium_finds_no_fault(problems, kind, start):
    check_env(gymnasium.make(TSP.environment, instance=problems[kind], start=start).unwrapped)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("start", [0, 4, None])
def test_return_is_the_checkers_length(problems, kind, start):
    problem, random = problems[kind], generator(3)
    env = TspEnv(problem, start=start)
    lengths = set()
    for seed in range(4):
        rewards, seen, info = play(env, lambda _: random.integers(0, 9), seed=seed)
        verdict = netroute.check(problem, env.solution)
        assert verdict.feasible, verdict.violations
        assert len(rewards) == (9 if start is None else 8)
        if problem.integral():
            assert -sum(rewards) == verdict.objective == info["cost"]
        else:
            assert -sum(rewards) == pytest.approx(verdict.objective, rel=1e-12)
        assert seen["node"] == seen["first"] == int(seen["action_mask"].argmax())
        assert seen["action_mask"].sum() == 1
        lengths.add(verdict.objective)
    assert len(lengths) > 1


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("start", [2, None])
def test_observations_and_masks_are_those_of_the_definition(problems, kind, start):
    problem, random = problems[kind], generator(5)
    env = TspEnv(problem, start=start)
    seen, info = env.reset(seed=1)
    if kind in ("geographic", "space", "roads", "negative"):
        matrix = problem.distance_matrix() * (1 - np.eye(9))
        assert seen["distances"] == pytest.approx(matrix / np.abs(matrix).max(), abs=1e-6)
    else:
        points = problem.coordinates - problem.coordinates.min(axis=0)
        assert seen["coordinates"] == pytest.approx(points / points.max(), abs=1e-6)
    tour, done = [] if start is None else [start], False
    while not done:
        mask = [j not in tour for j in range(9)]
        assert seen["action_mask"].tolist() == info["action_mask"].tolist() == mask
        assert info["action_mask"].dtype == np.int8
        assert env.action_masks().dtype == bool
        assert env.action_masks().tolist() == mask
        assert (seen["node"], seen["first"]) == ((tour[-1], tour[0]) if tour else (9, 9))
        wanted = taken = int(random.integers(0, 9))
        while not mask[taken]:
            taken = (taken + 1) % 9
        way = problem.distance(tour[-1], taken) if tour else 0.0
        tour.append(taken)
        if len(tour) == 9:
            way += problem.distance(taken, tour[0])
        seen, reward, done, _, info = env.step(wanted)
        assert reward == pytest.approx(-way, rel=1e-12)
        assert done == (len(tour) == 9)
    assert env.solution == type(env.solution).of(tour)


def test_start_of_one_episode(problems):
    env = TspEnv(problems["nearest"])
    for start in (5, None, 0):
        seen, _ = env.reset(options={"start": start})
        assert seen["first"] == (9 if start is None else start)
    assert env.reset(options={"start": 5})[0]["first"] == 5
    assert env.reset()[0]["first"] == 0
    with pytest.raises(InputError, match="start: found 9, expected a node from 0 to 8, or None"):
        env.reset(options={"start": 9})


def test_made_without_arguments_from_a_file_and_by_a_function(problems, tmp_path):
    assert gymnasium.make(TSP.environment).unwrapped.instance.size == 20
    assert ATSP.environment == TSP.environment
    file = tmp_path / "a.tsp"
    netroute.write(file, problems["nearest"])
    assert TspEnv(file).instance.fingerprint == problems["nearest"].fingerprint
    drawn = TspEnv(lambda rng: generate_points(nodes=6, seed=int(rng.integers(100))))
    days = []
    for seed in (1, 1, 2):
        rewards, _, _ = play(drawn, legal(generator(1)), seed=seed)
        assert -sum(rewards) == netroute.check(drawn.instance, drawn.solution).objective
        days.append(drawn.instance.fingerprint)
    assert days[0] == days[1] != days[2]


@pytest.mark.skipif("NETROUTE_DATA" not in os.environ, reason="NETROUTE_DATA is not set")
@pytest.mark.parametrize("name", ["tsplib:eil51", "tsplib:ulysses22", "tsplib:ftv35"])
def test_made_by_a_name_of_the_catalogue(name):
    env = TspEnv(name, start=None)
    rewards, _, info = play(env, legal(generator(1)))
    assert -sum(rewards) == netroute.check(env.instance, env.solution).objective == info["cost"]


def test_render(problems):
    pytest.importorskip("matplotlib")
    env = TspEnv(problems["roads"], render_mode="rgb_array")
    env.reset()
    empty = env.render()
    assert empty.dtype == np.uint8
    assert empty.shape[2] == 3
    env.step(3)
    env.step(5)
    assert (env.render() != empty).any()
    assert TspEnv(problems["roads"]).render() is None


def test_what_is_refused(problems):
    plain = problems["nearest"]
    with pytest.raises(InputError, match="expected an instance of tsp"):
        TspEnv(3)
    with pytest.raises(UnsupportedError, match=r"Tsp-v0 does not support fixed edges"):
        TspEnv(plain.replace(fixed_edges=[(0, 1)]))
    with pytest.raises(InputError, match="render_mode: found 'human', expected 'rgb_array'"):
        TspEnv(plain, render_mode="human")
    for wrong in (-1, 9, True, 1.0):
        with pytest.raises(InputError, match=f"start: found {wrong}, expected a node"):
            TspEnv(plain, start=wrong)
    env = TspEnv(plain)
    with pytest.raises(InputError, match="call reset"):
        env.step(1)
    env.reset()
    for wrong in (-1, 9):
        with pytest.raises(InputError, match=f"action: found {wrong}, expected a node from 0"):
            env.step(wrong)
    play(env, legal(generator(1)))
    with pytest.raises(InputError, match="call reset"):
        env.step(1)
    drawn = TspEnv(lambda rng: plain)
    drawn._draw = lambda rng: problems["roads"]
    words = "found 9 nodes with a matrix, expected 9 nodes with coordinates"
    with pytest.raises(InputError, match=words):
        drawn.reset()
