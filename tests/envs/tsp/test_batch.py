"""Many tours at once do what single ones do; several starts of each problem."""

import numpy as np
import pytest

import netroute
import netroute.envs
from netroute.core.errors import InputError
from netroute.datasets.points import draw_points
from netroute.datasets.tsp.points import generate_points
from netroute.envs.tsp._kernels import tours as kernels
from netroute.envs.tsp.batch import TspVectorEnv
from netroute.envs.tsp.data import TspData
from netroute.envs.tsp.tour import TspEnv
from netroute.envs.tsp.tours import TspBatch

COUNT = 4


def draw(rng):
    return generate_points(nodes=9, seed=int(rng.integers(1000)))


def sources(problems, kind):
    """What a batch and each single environment are made of."""
    if kind == "drawn":
        return draw, [draw] * COUNT
    if kind == "different":
        several = [generate_points(nodes=9, seed=s) for s in range(COUNT)]
        return several, several
    if kind == "tables":
        several = [problems[name] for name in ("roads", "geographic", "space", "negative")]
        return several, several
    if kind == "arrays":
        data = TspData.of_arrays(draw_points(np.random.default_rng(1), COUNT, 9))
        return data, [data.instance(b) for b in range(COUNT)]
    return problems[kind], [problems[kind]] * COUNT


@pytest.mark.parametrize("kind", ["nearest", "roads", "drawn", "different", "tables", "arrays"])
@pytest.mark.parametrize("start", [1, None])
def test_each_one_follows_the_single_environment(problems, in_step, kind, start):
    source, parts = sources(problems, kind)
    envs = TspVectorEnv(COUNT, source, start=start)
    singles = [TspEnv(part, start=start) for part in parts]
    ends, total = 0, np.zeros(COUNT)
    for anew, reward, info, ended in in_step(envs, singles, steps=22):
        total = np.where(anew, 0.0, total + reward)
        for b, words in ended.items():
            verdict = netroute.check(singles[b].instance, envs.solution(b))
            assert verdict.feasible
            again = netroute.check(envs.instance(b), envs.solution(b))
            assert again.objective == pytest.approx(verdict.objective, rel=1e-12)
            assert total[b] == pytest.approx(-verdict.objective, rel=1e-12)
            assert info["cost"][b] == words["cost"]
        ends += len(ended)
    assert ends == 2 * COUNT


def test_all_starts_of_each_problem():
    rng = np.random.default_rng(1)
    data = TspData.of_arrays(draw_points(rng, 3, 10, distribution="mixture"))
    tours = TspBatch(data, starts=10, start=None)
    for _ in range(2):
        total = tours.step(tours.nodes())
        assert not total.any()
        for _ in range(9):
            assert not tours.done
            total += tours.step((rng.random(tours.mask.shape) * tours.mask).argmax(axis=2))
        assert tours.done
        assert tours.cost == pytest.approx(-total, rel=1e-12)
        assert (tours.first == np.arange(10)).all()
        assert (tours.node == tours.first).all()
        before = tours.cost.copy()
        assert not tours.step(tours.nodes()).any()
        assert (tours.cost == before).all()
        for b in range(3):
            for s in range(10):
                verdict = netroute.check(data.instance(b), tours.solution(b, s))
                assert verdict.feasible
                assert verdict.objective == pytest.approx(tours.cost[b, s], rel=1e-12)
        tours.reset()
        assert tours.mask.all()


def test_two_signatures_that_warming_up_compiles(problems):
    from netroute.envs.tsp.warmup import compile_environment

    compile_environment()
    before = [len(kernel.signatures) for kernel in (kernels.clear, kernels.step)]
    assert before == [1, 2]
    for name in ("exact", "roads"):
        envs = TspVectorEnv(2, problems[name], start=None)
        envs.reset(seed=1)
        envs.step(np.zeros(2, np.int64))
    assert [len(kernel.signatures) for kernel in (kernels.clear, kernels.step)] == before


def test_what_is_refused(problems):
    with pytest.raises(InputError, match="num_envs: found 0"):
        TspVectorEnv(0, problems["exact"])
    with pytest.raises(InputError, match="found 2 problems for 3 environments"):
        TspVectorEnv(3, [problems["exact"]] * 2)
    with pytest.raises(InputError, match="found 9 nodes with a matrix beside 9 nodes with"):
        TspVectorEnv(2, [problems["exact"], problems["roads"]])
    with pytest.raises(InputError, match=r"would take .* GiB"):
        TspVectorEnv(10**8, problems["exact"])
    for points in (np.zeros((3, 2)), np.zeros((2, 3, 3))):
        with pytest.raises(InputError, match="coordinates: found"):
            TspData.of_arrays(points)
    with pytest.raises(InputError, match="distances: found"):
        TspData.of_arrays(None, distances=np.zeros((2, 3, 4)))
    tours = TspBatch(TspData.of_arrays(np.zeros((2, 3, 2))), starts=2)
    with pytest.raises(InputError, match=r"actions: found shape \(2,\), expected \(2, 2\)"):
        tours.step(np.zeros(2, np.int64))
    with pytest.raises(InputError, match="action: found 3, expected a node from 0 to 2"):
        tours.step(np.array([[1, 1], [3, 1]]))
    for wrong in (0, True):
        with pytest.raises(InputError, match="starts: found"):
            TspBatch(tours.data, starts=wrong)
