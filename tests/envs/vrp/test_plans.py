"""Several plans of each problem at once, as training loops use them."""

import numpy as np
import pytest

import netroute
from netroute.core.errors import InputError
from netroute.datasets.vrp.mixture import draw_batch
from netroute.envs.vrp.data import CvrpData
from netroute.envs.vrp.plans import CvrpBatch


def finish(plans, random):
    """Play legal actions at random to the end; return the sum of rewards."""
    total = plans.step(plans.clients())
    steps = 1
    while not plans.done:
        assert plans.mask.any(axis=2).all()
        scores = random.random(plans.mask.shape) * plans.mask
        chosen = scores.argmax(axis=2)
        total += plans.step(chosen)
        steps += 1
        assert steps <= 2 * plans.data.clients
    return total


@pytest.mark.parametrize("demand", ["1-9", "mixture"])
def test_costs_of_all_starts_are_the_checkers(demand):
    rng = np.random.default_rng(1)
    data = CvrpData.of_arrays(
        *draw_batch(rng, 3, 15, distribution="mixture", depot="mixture", demand=demand)
    )
    plans = CvrpBatch(data, starts=15)
    for _ in range(2):
        total = finish(plans, rng)
        assert plans.cost == pytest.approx(-total, rel=1e-12)
        assert (plans.mask.sum(axis=2) == 1).all()
        assert plans.mask[:, :, 0].all()
        assert not plans.unserved.any()
        assert not plans.node.any()
        assert not plans.load.any()
        for b in range(3):
            for s in range(15):
                verdict = netroute.check(data.instance(b), plans.solution(b, s))
                assert verdict.feasible
                assert verdict.objective == pytest.approx(plans.cost[b, s], rel=1e-12)
                assert plans.solution(b, s).routes[0].clients[0] == s + 1
        plans.reset()
        assert plans.mask[:, :, 1:].all()
        assert not plans.cost.any()


def test_complete_plans_stay_as_they_are():
    # One route serves the first problem, the second one needs three.
    points = np.random.default_rng(1).random((2, 4, 2))
    data = CvrpData.of_arrays(points, [[0, 1, 1, 1]] * 2, [3, 1])
    plans = CvrpBatch(data)
    rewards = [plans.step(np.array([[1], [1]])), plans.step(np.array([[2], [0]]))]
    rewards += [plans.step(np.array([[3], [2]])), plans.step(np.array([[2], [0]]))]
    rewards.append(plans.step(np.array([[0], [3]])))
    assert plans.done
    assert plans.left.tolist() == [[0], [0]]
    assert [r[0, 0] for r in rewards[3:]] == [0.0, 0.0]
    assert plans.cost[:, 0].tolist() == pytest.approx(
        [-sum(r[b, 0] for r in rewards) for b in (0, 1)]
    )
    assert [route.clients for route in plans.solution(0).routes] == [(1, 2, 3)]
    assert [route.clients for route in plans.solution(1).routes] == [(1,), (2,), (3,)]


def test_starts_play_the_same_problem_as_copies():
    rng = np.random.default_rng(2)
    arrays = draw_batch(rng, 2, 10)
    many = CvrpBatch(CvrpData.of_arrays(*arrays), starts=3)
    copied = CvrpBatch(CvrpData.of_arrays(*(np.repeat(a, 3, axis=0) for a in arrays)))
    for _ in range(20):
        actions = rng.integers(0, 11, (2, 3))
        reward = many.step(actions)
        assert (reward.reshape(-1, 1) == copied.step(actions.reshape(-1, 1))).all()
        assert (many.mask.reshape(6, 1, -1) == copied.mask).all()


def test_what_is_refused():
    data = CvrpData.of_arrays(np.zeros((2, 3, 2)), [[0, 1, 2]] * 2, [2, 3])
    for wrong in (0, True, 2.0):
        with pytest.raises(InputError, match="starts: found"):
            CvrpBatch(data, starts=wrong)
    plans = CvrpBatch(data, starts=2)
    with pytest.raises(InputError, match=r"actions: found shape \(2,\), expected \(2, 2\)"):
        plans.step(np.zeros(2, np.int64))
    with pytest.raises(InputError, match="action: found -1, expected a node from 0 to 2"):
        plans.step(np.array([[1, 1], [-1, 1]]))
    assert not plans.cost.any()
