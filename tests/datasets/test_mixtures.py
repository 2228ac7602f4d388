"""Mixtures: what each layout promises, measured on many sets of points at once."""

import numpy as np
import pytest

from netroute.core.errors import InputError
from netroute.datasets.points import DISTRIBUTIONS, draw_points
from netroute.datasets.roads import draw_roads
from netroute.datasets.tsp.mixture import generate_mixture as mixed_tour
from netroute.datasets.vrp.demands import DEMANDS, RANGES, draw_demands
from netroute.datasets.vrp.mixture import DEPOTS, draw_batch
from netroute.datasets.vrp.mixture import generate_mixture as mixed_routes
from netroute.datasets.vrp.roads import generate_roads


def generator(seed=1):
    return np.random.default_rng(seed)


def nearest(points):
    """Mean distance of points to their nearest neighbour, for each set."""
    apart = np.sqrt(np.square(points[:, :, None] - points[:, None]).sum(axis=-1))
    apart[:, np.arange(points.shape[1]), np.arange(points.shape[1])] = np.inf
    return apart.min(axis=2).mean(axis=1)


@pytest.mark.parametrize("distribution", DISTRIBUTIONS)
def test_points_are_in_the_square_and_differ(distribution):
    points = draw_points(generator(), 50, 40, distribution=distribution)
    assert points.shape == (50, 40, 2)
    assert points.dtype == np.float64
    assert points.min() >= 0.0
    assert points.max() <= 1.0
    assert all(len(np.unique(each, axis=0)) == 40 for each in points)
    assert (points == draw_points(generator(), 50, 40, distribution=distribution)).all()
    for n in (0, 1, 2):
        assert draw_points(generator(), 3, n, distribution=distribution).shape == (3, n, 2)


def test_layouts_differ_as_they_should():
    gaps = {
        kind: np.median(nearest(draw_points(generator(), 80, 100, distribution=kind)))
        for kind in DISTRIBUTIONS
    }
    assert gaps["clustered"] < 0.6 * gaps["uniform"]
    assert gaps["clustered"] < gaps["mixed"] < gaps["uniform"]
    assert gaps["gaussian-mixture"] < 0.8 * gaps["uniform"]


def test_gaussian_mixtures_fill_the_square():
    points = draw_points(generator(), 50, 30, distribution="gaussian-mixture")
    assert (points.min(axis=1) == 0.0).all()
    assert (points.max(axis=1) == 1.0).all()


def test_clusters_decay_from_their_seeds():
    """Half of the points of exp(-r / 0.04) in the plane are within 1.68 times 0.04 of a seed."""
    points = draw_points(generator(), 200, 60, distribution="mixed")
    assert points.mean(axis=(0, 1)) == pytest.approx([0.5, 0.5], abs=0.03)
    points = draw_points(generator(), 80, 100, distribution="clustered")
    apart = np.sqrt(np.square(points[:, :, None] - points[:, None]).sum(axis=-1))
    # From three to eight places there is one within 0.2 of almost every point.
    within = (apart < 0.2).mean(axis=(1, 2))
    uniform = draw_points(generator(), 80, 100)
    free = np.sqrt(np.square(uniform[:, :, None] - uniform[:, None]).sum(axis=-1)) < 0.2
    assert np.median(within) > 2 * free.mean()


def test_a_mixture_has_all_layouts():
    gaps = nearest(draw_points(generator(), 200, 60, distribution="mixture"))
    uniform = nearest(draw_points(generator(), 200, 60))
    clustered = nearest(draw_points(generator(), 200, 60, distribution="clustered"))
    assert (gaps < np.median(clustered)).mean() > 0.1
    assert (gaps > np.median(uniform)).mean() > 0.08


@pytest.mark.parametrize("kind", DEMANDS)
def test_demands(kind):
    points = generator().random((300, 50, 2))
    demands = draw_demands(generator(2), points, kind)
    assert demands.shape == (300, 50)
    assert demands.dtype == np.int64
    if kind in RANGES:
        assert (demands.min(), demands.max()) == RANGES[kind]
    if kind == "quadrant":
        odd = (points[:, :, 0] >= 0.5) == (points[:, :, 1] >= 0.5)
        assert set(demands[odd]) == set(range(51, 101))
        assert set(demands[~odd]) == set(range(1, 51))
    if kind == "many-small":
        small = (demands <= 10).mean(axis=1)
        assert small.min() >= 0.69
        assert small.max() <= 0.96
        assert not ((demands > 10) & (demands < 50)).any()
    if kind == "mixture":
        assert (demands == 1).all(axis=1).any()
        assert (demands.min(axis=1) >= 50).any()


def test_batches_of_routing_problems():
    points, demands, room = draw_batch(generator(), 100, 100)
    assert points.shape == (100, 101, 2)
    assert not demands[:, 0].any()
    assert set(demands[:, 1:].reshape(-1)) == set(range(1, 10))
    assert room.tolist() == [50] * 100
    for demand in DEMANDS:
        _, demands, room = draw_batch(generator(), 100, 20, demand=demand, depot="mixture")
        assert room.dtype == np.int64
        assert (room >= demands.max(axis=1)).all()
    _, demands, room = draw_batch(generator(), 9, 20, demand="1-100", route_size=5)
    assert (room == np.maximum(np.ceil(demands.sum(axis=1) / 4), demands.max(axis=1))).all()
    sizes = 300 * room_share(draw_batch(generator(), 300, 300, demand="1-10"))
    assert sizes.min() >= 3
    assert sizes.max() <= 26
    assert np.mean(sizes) == pytest.approx(34 / 3, abs=1.5)
    assert draw_batch(generator(), 2, 20, capacity=33)[2].tolist() == [33, 33]


def room_share(batch):
    _, demands, room = batch
    return room / demands.sum(axis=1)


@pytest.mark.parametrize("depot", DEPOTS)
def test_depots(depot):
    first = draw_batch(generator(), 200, 5, depot=depot)[0][:, 0]
    central, eccentric = (first == 0.5).all(axis=1), (first == 0.0).all(axis=1)
    expected = {"random": (0, 0), "central": (200, 0), "eccentric": (0, 200)}
    if depot == "mixture":
        assert 40 < central.sum() < 95
        assert 40 < eccentric.sum() < 95
    else:
        assert (central.sum(), eccentric.sum()) == expected[depot]


def test_single_instances_of_drawn_size():
    sizes = {mixed_routes(40, fewest=20, seed=s).size - 1 for s in range(40)}
    assert sizes <= set(range(20, 41))
    assert len(sizes) > 10
    sizes = {mixed_tour(nodes=20, most_nodes=40, seed=s).size for s in range(40)}
    assert sizes <= set(range(20, 41))
    assert len(sizes) > 10
    points = mixed_routes(40, seed=1).coordinates
    assert (points == points.round()).all()
    assert points.max() <= 1000
    exact = mixed_tour(nodes=30, side=1.0, rounding="exact", distribution="clustered")
    assert exact.coordinates.max() <= 1.0


def test_roads_for_vehicles():
    instance = generate_roads(40, seed=2, demand="1-100", route_size=6)
    matrix = instance.distance_matrix()
    assert instance.features() == {"asymmetric distances"}
    assert (matrix == matrix.round()).all()
    assert (matrix != matrix.T).mean() > 0.8
    # Rounded to seconds, a detour may save one.
    assert (matrix <= (matrix[:, :, None] + matrix[None]).min(axis=1) + 1).all()


def test_problems_out_of_the_same_town():
    times, points = draw_roads(generator(), 40, 15)
    assert times.shape == (40, 15, 15)
    assert points.shape == (40, 15, 2)
    assert len(np.unique(points[:32].reshape(-1, 2), axis=0)) <= 100
    towns = [set(map(tuple, part.reshape(-1, 2))) for part in (points[:32], points[32:])]
    assert not towns[0] & towns[1]
    detour = (times[:, :, :, None] + times[:, None]).min(axis=2)
    assert (times <= detour + 1e-6).all()
    # Nobody drives faster than ten metres a second.
    apart = np.sqrt(np.square(points[:, :, None] - points[:, None]).sum(axis=-1))
    assert (times >= apart / 10.0 - 1e-6).all()


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (
            lambda: draw_points(generator(), 2, 3, distribution="ring"),
            "unknown distribution 'ring'",
        ),
        (lambda: draw_points(generator(), -1, 3), "count: found -1"),
        (lambda: draw_batch(generator(), 2, 0), "n: found 0"),
        (lambda: draw_batch(generator(), 2, 3, depot="corner"), "unknown depot 'corner'"),
        (lambda: draw_batch(generator(), 2, 3, demand="2-3"), "unknown demand '2-3'"),
        (lambda: draw_batch(generator(), 2, 30, capacity=8), "capacity: found 8"),
        (lambda: draw_batch(generator(), 2, 3, route_size=0.5), "route_size: found 0.5"),
        (lambda: mixed_routes(9, fewest=10), "fewest: found 10, expected 1 to 9"),
        (lambda: mixed_tour(nodes=2), "nodes: found 2"),
        (lambda: mixed_tour(nodes=9, most_nodes=8), "most_nodes: found 8, expected at least 9"),
        (lambda: mixed_tour(side=float("inf")), "side: found inf"),
        (lambda: generate_roads(1), "n: found 1, expected 2 to 4999"),
        (lambda: generate_roads(9, one_way=2.0), "one_way: found 2.0"),
        (lambda: generate_roads(9, slowest=0.0), "slowest: found 0.0"),
        (lambda: draw_roads(generator(), 1, 9, town=5), "n: found 9, expected 1 to 5"),
        (lambda: draw_roads(generator(), 1, 9, town=2), "town: found 2"),
    ],
)
def test_bad_options(call, words):
    with pytest.raises(InputError) as caught:
        call()
    assert words in str(caught.value)
