"""What the network is shown, and that scores do not depend on how an instance is written down."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from netroute.solvers.neural.routing.instances import make_instances, make_states  # noqa: E402
from netroute.solvers.neural.routing.sight import look  # noqa: E402

HERE, GOAL, LEFT = 1, 0, list(range(2, 14))
ANGLE = 1.1
TURN = np.array([[np.cos(ANGLE), -np.sin(ANGLE)], [np.sin(ANGLE), np.cos(ANGLE)]])


def show(policy, instances, *, here=HERE, goal=GOAL, left=LEFT, room=0.6):
    """Candidates and scores of one state of each instance."""
    count = len(instances.sizes)
    states = make_states(
        instances,
        range(count),
        here=[here] * count,
        goal=[goal] * count,
        left=[left] * count,
        number=[len(left)] * count,
        room=room,
    )
    rows = np.arange(count)
    sight = look(instances, states, rows, candidates=policy.candidates, routes=policy.routes)
    with torch.inference_mode():
        scores = policy(sight.seen).numpy()
    return sight, scores


def drawn(seed=0, nodes=14):
    rng = np.random.default_rng(seed)
    demands = rng.integers(1, 10, nodes) / 20
    return rng.random((nodes, 2)), 0.05 * rng.normal(size=nodes), demands


def same(first, second):
    finite = np.isfinite(first)
    assert np.array_equal(finite, np.isfinite(second))
    assert np.allclose(first[finite], second[finite], atol=1e-3)
    # Not all the same: that would hide everything.
    assert first[finite].std() > 0.1


@pytest.mark.parametrize("routes", [False, True])
@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("here", [HERE, GOAL])
def test_scores_do_not_depend_on_the_frame(tiny, routes, seed, here):
    policy = tiny(routes=routes)
    points, prices, demands = drawn(seed)
    flip = np.array([[1.0, 0.0], [0.0, -1.0]])
    ways = [
        points,
        points + np.array([7.0, -3.0]),
        points @ TURN,
        points @ flip,
        points @ flip @ TURN + 2.0,
    ]
    if routes:
        # A sweep around the depot has a sense.
        ways = ways[:3]
    count = len(ways)
    several = make_instances(ways, prices=[prices] * count, demands=[demands] * count)
    sight, scores = show(policy, several, here=here)
    for k in range(1, count):
        assert np.array_equal(sight.nodes[k], sight.nodes[0])
        same(scores[k], scores[0])
    for scale in (1e-3, 250.0):
        scaled = make_instances([scale * points], prices=[scale * prices], demands=[demands])
        same(show(policy, scaled, here=here)[1][0], scores[0])


@pytest.mark.parametrize("routes", [False, True])
def test_scores_do_not_depend_on_numbers(tiny, routes):
    policy = tiny(routes=routes)
    points, prices, demands = drawn(5)
    given = make_instances([points], prices=[prices], demands=[demands])
    sight, scores = show(policy, given)
    # The depot comes first.
    order = np.append(GOAL, 1 + np.random.default_rng(1).permutation(13))
    number = np.argsort(order)
    renamed = make_instances([points[order]], prices=[prices[order]], demands=[demands[order]])
    left = [int(number[v]) for v in reversed(LEFT)]
    again, others = show(policy, renamed, here=number[HERE], goal=number[GOAL], left=left)
    assert np.array_equal(order[again.nodes[0]], sight.nodes[0])
    same(others[0], scores[0])


@pytest.mark.parametrize("routes", [False, True])
def test_a_matrix_is_as_good_as_points(tiny, routes):
    policy = tiny(routes=routes)
    points, prices, demands = drawn(6)
    table = np.linalg.norm(points[:, None] - points, axis=2)[None]
    more = {"prices": [prices], "demands": [demands]}
    by_points = make_instances([points], **more)
    same(
        show(policy, make_instances([points], matrix=table, **more))[1],
        show(policy, by_points)[1],
    )
    # Without directions points tell no more than their distances do.
    plain, scores = show(policy, make_instances(matrix=table, **more))
    assert not plain.seen["token"][..., 6:8].any()
    assert show(policy, by_points)[0].seen["token"][..., 6:8].any()
    by_points.planar[:] = 0
    sight, others = show(policy, by_points)
    assert not sight.seen["token"][..., 6:8].any()
    same(others, scores)


def test_candidates_are_the_nearest(tiny):
    points, prices, _ = drawn(7)
    sight, _ = show(tiny(), make_instances([points], prices=[prices]))
    apart = np.linalg.norm(points - points[HERE], axis=1)
    assert sight.nodes[0].tolist() == sorted(LEFT, key=lambda v: apart[v])[:6]
    token = sight.seen["token"][0]
    scale = np.sort(apart[2:])[:6].mean()
    assert np.allclose(token[2:, 2], apart[sight.nodes[0]] / scale, atol=1e-5)


@pytest.mark.parametrize("routes", [False, True])
@pytest.mark.parametrize("number", [1, 2, 5])
def test_fewer_nodes_than_candidates(tiny, routes, number):
    policy = tiny(routes=routes)
    points, prices, demands = drawn(8)
    given = make_instances([points], prices=[prices], demands=[demands])
    sight, scores = show(policy, given, left=LEFT[:number], room=9.0)
    assert sorted(sight.nodes[0, :number]) == LEFT[:number]
    assert (sight.nodes[0, number:] == -1).all()
    there = np.isfinite(scores.reshape(-1, 6))
    assert there[:, :number].all()
    assert not there[:, number:].any()
    assert sight.seen["absent"][0].tolist() == [False] * (2 + number) + [True] * (6 - number)
    # What is absent has no influence.
    sight.seen["token"][:, 2 + number :] = 5.0
    sight.seen["pair"][:, :, 2 + number :] = 5.0
    with torch.inference_mode():
        assert np.allclose(policy(sight.seen).numpy(), scores, atol=1e-5)


def test_vehicles_go_where_they_may(tiny):
    policy = tiny(routes=True)
    points, prices, demands = drawn(9)
    given = make_instances([points], prices=[prices], demands=[demands])
    for here, room in ((0, 0.6), (1, 0.2), (1, 0.6), (1, 0.0)):
        sight, scores = show(policy, given, here=here, room=room)
        direct, by_depot = np.isfinite(scores[0]).reshape(2, 6)
        # At the depot each way leads by the depot; elsewhere there must be room.
        fits = (demands[sight.nodes[0]] <= room) & (here != GOAL)
        assert direct.tolist() == fits.tolist()
        assert by_depot.all()


@pytest.mark.parametrize("routes", [False, True])
@pytest.mark.parametrize("here", [HERE, GOAL])
@pytest.mark.parametrize("left", [LEFT, LEFT[:2], LEFT[:1]])
def test_coincident_nodes(tiny, routes, here, left):
    policy = tiny(routes=routes)
    points, _, demands = drawn(10)
    doubled = np.repeat(points[:7], 2, axis=0)
    together = np.ones((14, 2))
    apart = together.copy()
    apart[GOAL] = 3.0
    far = together.copy()
    far[5:] += 1e9
    several = make_instances([doubled, together, apart, far], demands=[demands] * 4)
    sight, scores = show(policy, several, here=here, left=left, room=9.0)
    for name in ("token", "pair"):
        assert torch.isfinite(sight.seen[name]).all()
    assert not np.isnan(scores).any()
    direct_too = scores.reshape(4, -1, 6)[:, 0 if not routes or here == HERE else 1]
    assert np.array_equal(np.isfinite(direct_too), sight.nodes >= 0)
