"""The batched environment does what single ones do, on the same and on different problems."""

import gymnasium
import numpy as np
import pytest

import netroute
import netroute.envs
from netroute.core.errors import InputError
from netroute.datasets.roads import draw_roads
from netroute.datasets.vrp.mixture import draw_batch
from netroute.datasets.vrp.uniform import generate_uniform
from netroute.envs.vrp._kernels import routes as kernels
from netroute.envs.vrp.batch import CvrpVectorEnv
from netroute.envs.vrp.cvrp import CvrpEnv
from netroute.envs.vrp.data import CvrpData

COUNT = 4


def draw(rng):
    return generate_uniform(12, seed=int(rng.integers(1000)), capacity=20)


def sources(problems, kind):
    """What a batch and each single environment are made of."""
    if kind == "drawn":
        return draw, [draw] * COUNT
    if kind == "different":
        several = [generate_uniform(12, seed=s, capacity=9 + s) for s in range(COUNT)]
        return several, several
    if kind == "tables":
        several = [problems[name] for name in ("roads", "maximum", "roads", "maximum")]
        return several, several
    if kind == "arrays":
        data = CvrpData.of_arrays(*draw_batch(np.random.default_rng(1), COUNT, 12))
        return data, [data.instance(b) for b in range(COUNT)]
    return problems[kind], [problems[kind]] * COUNT


@pytest.mark.parametrize("kind", ["nearest", "roads", "drawn", "different", "tables", "arrays"])
def test_each_one_follows_the_single_environment(problems, in_step, kind):
    source, parts = sources(problems, kind)
    envs = CvrpVectorEnv(COUNT, source)
    singles = [CvrpEnv(part) for part in parts]
    ends, total = 0, np.zeros(COUNT)
    for anew, reward, info, ended in in_step(envs, singles, steps=60):
        total = np.where(anew, 0.0, total + reward)
        for b, words in ended.items():
            verdict = netroute.check(singles[b].instance, envs.solution(b))
            assert verdict.feasible
            assert netroute.check(envs.instance(b), envs.solution(b)).objective == pytest.approx(
                verdict.objective, rel=1e-12
            )
            assert total[b] == pytest.approx(-verdict.objective, rel=1e-12)
            assert info["_cost"][b]
            assert info["cost"][b] == words["cost"]
        ends += len(ended)
    assert ends >= 2 * COUNT


def test_explicit_distances_as_arrays(in_step):
    times, _ = draw_roads(np.random.default_rng(1), COUNT, 8)
    demand = np.tile([0, 1, 2, 3, 1, 2, 3, 1], (COUNT, 1))
    data = CvrpData.of_arrays(None, demand, [4] * COUNT, distances=times)
    singles = [CvrpEnv(data.instance(b)) for b in range(COUNT)]
    for _ in in_step(CvrpVectorEnv(COUNT, data), singles, steps=20):
        pass


def test_made_by_gymnasium_and_never_without_a_legal_action(problems):
    envs = gymnasium.make_vec("netroute/Cvrp-v0", num_envs=3, instance=problems["nearest"])
    seen, info = envs.reset(seed=0)
    assert seen in envs.observation_space
    random = np.random.default_rng(1)
    for _ in range(40):
        assert info["action_mask"].any(axis=1).all()
        assert (envs.unwrapped.action_masks() == info["action_mask"]).all()
        seen, _, _, _, info = envs.step(random.integers(0, 13, 3))
    assert seen in envs.observation_space


def test_what_stays_the_same_is_shared_and_cannot_be_written_to(problems):
    envs = CvrpVectorEnv(3, problems["nearest"])
    first, _ = envs.reset(seed=1)
    kept = {name: values.copy() for name, values in first.items()}
    second = envs.step(np.array([1, 2, 3]))[0]
    for name in ("coordinates", "demand"):
        assert second[name] is first[name]
        with pytest.raises(ValueError, match="read-only"):
            first[name][0] = 0
    for name, values in kept.items():
        assert (first[name] == values).all()
    assert (first["action_mask"] != second["action_mask"]).any()


def test_drawn_problems_leave_old_observations_alone():
    envs = CvrpVectorEnv(2, draw)
    first, _ = envs.reset(seed=1)
    kept = first["coordinates"].copy()
    second, _ = envs.reset()
    assert (first["coordinates"] == kept).all()
    assert (second["coordinates"] != kept).any(axis=(1, 2)).all()


def test_two_signatures_that_warming_up_compiles(problems):
    from netroute.envs.vrp.warmup import compile_environment

    compile_environment()
    before = [len(kernel.signatures) for kernel in (kernels.clear, kernels.step)]
    assert before == [1, 2]
    for name in ("exact", "roads"):
        envs = CvrpVectorEnv(2, problems[name])
        envs.reset(seed=1)
        envs.step(np.zeros(2, np.int64))
    assert [len(kernel.signatures) for kernel in (kernels.clear, kernels.step)] == before


def test_what_is_refused(problems):
    for wrong in (0, True, 1.5):
        with pytest.raises(InputError, match="num_envs: found"):
            CvrpVectorEnv(wrong, problems["exact"])
    with pytest.raises(InputError, match="found 2 problems for 3 environments"):
        CvrpVectorEnv(3, [problems["exact"]] * 2)
    with pytest.raises(InputError, match="found 12 clients with a matrix beside 12 clients with"):
        CvrpVectorEnv(2, [problems["exact"], problems["roads"]])
    with pytest.raises(InputError, match="at least one"):
        CvrpVectorEnv(1, [])
    with pytest.raises(InputError, match=r"would take .* GiB"):
        CvrpVectorEnv(10**8, problems["exact"])
    envs = CvrpVectorEnv(2, problems["exact"])
    envs.reset(seed=1)
    before = envs.action_masks()
    with pytest.raises(InputError, match="action: found 13, expected a node from 0 to 12"):
        envs.step(np.array([1, 13]))
    assert (envs.action_masks() == before).all()
    arrays = np.zeros((2, 3, 2)), [[0, 1, 2]] * 2, [2, 3]
    for change, words in (
        ((0, np.zeros((2, 4, 2))), "coordinates: found"),
        ((1, [[1, 1, 2]] * 2), "expected 0 there"),
        ((1, [[0, 1, 4]] * 2), "from 0 to the capacity"),
        ((1, [0, 1, 2]), "demand: found"),
        ((2, [3]), "capacity: found"),
    ):
        given = list(arrays)
        given[change[0]] = change[1]
        with pytest.raises(InputError, match=words):
            CvrpData.of_arrays(*given)
    with pytest.raises(InputError, match="distances: found"):
        CvrpData.of_arrays(*arrays, distances=np.zeros((2, 3, 4)))
