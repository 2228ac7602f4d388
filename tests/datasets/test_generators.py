"""Generators: what each option promises, measured on what it makes."""

import inspect

import numpy as np
import pytest

import netroute
from netroute import InputError
from netroute.datasets.vrp.mixture import generate_mixture
from netroute.datasets.vrp.roads import generate_roads
from netroute.datasets.vrp.uchoa import CUSTOMERS, DEMANDS, DEPOTS, generate_uchoa
from netroute.datasets.vrp.uniform import generate_uniform
from netroute.problems.vrp import Rounding


def demands(instance):
    return instance.deliveries[1:, 0]


@pytest.mark.parametrize(
    "make", [generate_uchoa, generate_uniform, generate_mixture, generate_roads]
)
def test_seed_decides(make):
    first, again, other = make(50, seed=1), make(50, seed=1), make(50, seed=2)
    assert first.fingerprint == again.fingerprint != other.fingerprint
    assert first.name == again.name != other.name
    assert first.size == 51
    assert netroute.problems.vrp.VrpInstance is type(first)
    assert make(5, name="mine").name == "mine"
    assert list(inspect.signature(make).parameters)[:2] == ["n", "seed"]
    with pytest.raises(InputError, match="found 0, expected"):
        make(0)


@pytest.mark.parametrize("depot", DEPOTS)
@pytest.mark.parametrize("customers", CUSTOMERS)
@pytest.mark.parametrize("demand", DEMANDS)
def test_every_combination_is_a_valid_instance(depot, customers, demand):
    instance = generate_uchoa(40, seed=6, depot=depot, customers=customers, demand=demand)
    assert instance.size == 41
    assert instance.rounding is Rounding.NEAREST
    points = instance.coordinates
    assert (points == points.round()).all()
    assert points.min() >= 0
    assert points.max() <= 1000
    assert len(np.unique(points, axis=0)) == 41
    letters = f"-{DEPOTS[depot]}-{CUSTOMERS[customers]}-{DEMANDS[demand]}-s6"
    assert instance.name.endswith(letters)


def test_options_by_their_letters_in_the_paper():
    long = generate_uchoa(9, depot="eccentric", customers="clustered", demand="many-small")
    short = generate_uchoa(9, depot="E", customers="C", demand="SL")
    assert short.fingerprint == long.fingerprint


@pytest.mark.parametrize("customers", CUSTOMERS)
@pytest.mark.parametrize("n", [1, 2, 3])
def test_fewer_customers_than_seeds(customers, n):
    instance = generate_uchoa(n, customers=customers, demand="SL", seeds=8)
    assert len(np.unique(instance.coordinates, axis=0)) == n + 1


def test_depot_positions():
    assert generate_uchoa(5, depot="central").coordinates[0].tolist() == [500, 500]
    assert generate_uchoa(5, depot="eccentric").coordinates[0].tolist() == [0, 0]
    places = [generate_uchoa(1, seed=s, customers="R").coordinates[0] for s in range(300)]
    # Uniform on 0 to 1000: mean 500 with a standard error of 16.7.
    assert np.mean(places, axis=0) == pytest.approx([500, 500], abs=85)
    assert len(np.unique(places, axis=0)) > 290


RANGES = {"unitary": (1, 1), "1-10": (1, 10), "5-10": (5, 10), "1-100": (1, 100)}
RANGES |= {"50-100": (50, 100)}


@pytest.mark.parametrize("demand", RANGES)
def test_uniform_demands(demand):
    amounts = demands(generate_uchoa(4000, seed=7, customers="R", demand=demand))
    low, high = RANGES[demand]
    assert (amounts.min(), amounts.max()) == (low, high)
    counts = np.bincount(amounts.astype(int))[low:]
    expected = 4000 / (high - low + 1)
    chi_square = ((counts - expected) ** 2 / expected).sum()
    freedom = high - low
    assert chi_square <= freedom + 5 * np.sqrt(2 * freedom)


def test_quadrant_demands():
    instance = generate_uchoa(3000, seed=8, customers="R", demand="quadrant")
    x, y = (instance.coordinates[1:] - 500).T
    amounts = demands(instance)
    assert set(amounts[x * y < 0]) == set(range(1, 51))
    assert set(amounts[x * y > 0]) == set(range(51, 101))


def test_many_small_few_large_demands():
    shares = []
    for seed in range(60):
        amounts = demands(generate_uchoa(400, seed=seed, customers="R", demand="SL"))
        small = amounts <= 10
        assert amounts[~small].min() >= 50
        # Large ones are not all at the end.
        assert small[-20:].any()
        shares.append(small.mean())
    assert min(shares) >= 0.70 - 1e-9
    assert max(shares) <= 0.95 + 1e-9
    assert np.mean(shares) == pytest.approx(0.825, abs=0.05)
    assert max(shares) - min(shares) > 0.15


def test_route_size_is_triangular_and_sets_the_capacity():
    drawn = [
        generate_uchoa(1, seed=s, customers="R", demand="U").vehicles[0].capacity[0]
        for s in range(300)
    ]
    # Rounded up, hence half more than the mean (3 + 6 + 25) / 3; standard error 0.27.
    assert np.mean(drawn) == pytest.approx(34 / 3 + 0.5, abs=1.35)
    assert min(drawn) >= 4
    assert 22 <= max(drawn) <= 25
    assert np.median(drawn) < np.mean(drawn)
    instance = generate_uchoa(200, seed=1, route_size=9.5)
    assert instance.vehicles[0].capacity[0] == np.ceil(9.5 * demands(instance).sum() / 200)
    tight = generate_uchoa(200, seed=1, route_size=1)
    assert tight.vehicles[0].capacity[0] == demands(tight).max()


def rejection(rng, n, centres):
    """The paper's own procedure, a point at a time."""
    taken = {tuple(centre) for centre in centres}
    while len(taken) < n:
        point = rng.integers(0, 1001, 2)
        chance = np.exp(-np.hypot(*(centres - point).T) / 40).sum()
        if tuple(point) not in taken and rng.random() <= chance:
            taken.add(tuple(point))
    return np.array(sorted(taken))


def test_clusters_are_those_of_the_papers_procedure():
    near, oracle = [], []
    for seed in range(4):
        instance = generate_uchoa(60, seed=seed, customers="clustered", seeds=2)
        centres, others = instance.coordinates[1:3], instance.coordinates[3:]
        near += np.hypot(*(others[:, None] - centres).T).min(axis=0).tolist()
        again = rejection(np.random.default_rng(seed), 60, centres)
        apart = np.hypot(*(again[:, None] - centres).T).min(axis=0)
        oracle += apart[apart > 0].tolist()
    assert len(near) == len(oracle) == 232
    # Two-sample Kolmogorov-Smirnov at a level of 0.001.
    grid = np.sort(near + oracle)
    steps = [np.searchsorted(np.sort(d), grid, side="right") / 232 for d in (near, oracle)]
    assert np.abs(steps[0] - steps[1]).max() < 1.95 * np.sqrt(2 / 232)


def test_clusters_are_closer_than_random_placing():
    def to_neighbour(kind):
        points = generate_uchoa(400, seed=3, customers=kind, seeds=4).coordinates[1:]
        apart = np.hypot(*(points[:, None] - points).T)
        np.fill_diagonal(apart, np.inf)
        return np.median(apart.min(axis=0))

    assert to_neighbour("clustered") < 0.5 * to_neighbour("random")
    assert to_neighbour("clustered") < to_neighbour("random-clustered") < to_neighbour("random")


def test_half_of_random_clustered_is_random():
    instance = generate_uchoa(2001, seed=4, customers="random-clustered", seeds=3)
    # Random ones come first; a thousand uniform points have mean 500 and a standard error of 9.
    first = instance.coordinates[1:1001]
    assert first.mean(axis=0) == pytest.approx([500, 500], abs=46)
    assert first.std(axis=0) == pytest.approx([289, 289], abs=25)
    seeds, clustered = instance.coordinates[1001:1004], instance.coordinates[1004:]
    apart = np.hypot(*(clustered[:, None] - seeds).T).min(axis=0)
    assert np.median(apart) < 100


def test_number_of_seeds_is_drawn_from_three_to_eight():
    # With few customers all are seeds, so that their number shows in the spread of many.
    wide = generate_uchoa(8, seed=1, customers="C", seeds=8).coordinates[1:]
    apart = np.hypot(*(wide[:, None] - wide).T)
    np.fill_diagonal(apart, np.inf)
    assert np.median(apart.min(axis=0)) > 60


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"depot": "corner"}, "depot: found 'corner', expected one of: central, eccentric, random"),
        ({"customers": "X"}, "customers: found 'X', expected one of: random, clustered"),
        ({"demand": "2-3"}, "demand: found '2-3', expected one of: unitary, 1-10"),
        ({"route_size": 0.5}, "route_size: found 0.5, expected >= 1"),
        ({"route_size": float("nan")}, "route_size: found nan"),
        ({"seeds": 0}, "seeds: found 0, expected at least 1"),
    ],
)
def test_bad_options(options, expected):
    with pytest.raises(InputError) as caught:
        generate_uchoa(10, **options)
    assert expected in str(caught.value)


def test_twenty_thousand_clients():
    instance = generate_uchoa(20_000, seed=1, customers="clustered")
    assert len(np.unique(instance.coordinates, axis=0)) == 20_001


@pytest.mark.parametrize(
    ("n", "capacity"),
    [(5, 20), (20, 30), (50, 40), (99, 40), (100, 50), (200, 80), (500, 100), (5000, 250)],
)
def test_uniform_capacities(n, capacity):
    assert generate_uniform(n).vehicles[0].capacity == (capacity,)


def test_uniform_distribution():
    instance = generate_uniform(4000, seed=2, capacity=77)
    assert instance.vehicles[0].capacity == (77,)
    assert instance.rounding is Rounding.EXACT
    points = instance.coordinates
    assert points.min() >= 0
    assert points.max() <= 1
    assert points.mean(axis=0) == pytest.approx([0.5, 0.5], abs=0.025)
    counts = np.bincount(demands(instance).astype(int), minlength=10)
    assert counts[0] == 0
    assert len(counts) == 10
    chi_square = ((counts[1:] - 4000 / 9) ** 2 / (4000 / 9)).sum()
    assert chi_square < 30
    with pytest.raises(InputError, match="capacity: found 8, expected at least the largest"):
        generate_uniform(10, capacity=8)
