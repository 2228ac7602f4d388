"""Capacity cuts: right-hand sides and separation against plain enumeration."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pytest

from netroute.solvers.vrp import ilp_cuts
from netroute.solvers.vrp.ilp_cuts import Separator, vehicles_per_subset
from netroute.solvers.vrp.ilp_model import two_index_model, vehicles_needed
from netroute.solvers.vrp.ilp_routes import subset_sums

if TYPE_CHECKING:
    from collections.abc import Callable

    from netroute.problems.vrp import VrpInstance


def fewest_bins(sizes: list[float], capacity: float) -> int:
    """Try all ways to put the items into bins, one item after the other."""

    def place(rest: list[float], bins: list[float]) -> int:
        if not rest:
            return len(bins)
        options = [
            place(rest[1:], [*bins[:b], bins[b] + rest[0], *bins[b + 1 :]])
            for b in range(len(bins))
            if bins[b] + rest[0] <= capacity + 1e-9
        ]
        return min([*options, place(rest[1:], [*bins, rest[0]])])

    return max(1, place([size for size in sizes if size], []))


@pytest.mark.parametrize("seed", range(3))
def test_vehicles_of_every_subset(seed: int) -> None:
    rng = np.random.default_rng(seed)
    demand = rng.integers(0, 8, 6) * (0.1 if seed == 2 else 1.0)
    capacity = 1.0 if seed == 2 else 10.0
    found = vehicles_per_subset(demand, capacity)
    for pattern in range(1, 64):
        sizes = [float(demand[k]) for k in range(6) if pattern >> k & 1]
        assert found[pattern] == fewest_bins(sizes, capacity)
        assert vehicles_needed(np.array(sizes), capacity) <= found[pattern]


def test_subset_sums_follow_the_bits() -> None:
    assert subset_sums(np.array([1.0, 10.0, 100.0])).tolist() == [0, 1, 10, 11, 100, 101, 110, 111]


def test_enumeration_finds_the_most_violated_set(make_cvrp: Callable[..., VrpInstance]) -> None:
    model = two_index_model(make_cvrp(7, seed=4, per_route=3.0))
    values = np.random.default_rng(0).random(len(model.pairs)) * 0.6
    joined = model.matrix(values)
    excess = {}
    for size in range(1, 8):
        for clients in combinations(range(1, 8), size):
            edges = joined[np.ix_(clients, clients)].sum() / 2
            needed = fewest_bins(model.demand[list(clients)].tolist(), model.capacity)
            excess[clients] = edges - (size - needed)
    found = Separator(model).violated(values)
    assert found
    first = next(iter(found))
    assert excess[first] == pytest.approx(max(excess.values()))
    for clients, limit in found.items():
        assert excess[clients] > 0
        assert limit == len(clients) - fewest_bins(
            model.demand[list(clients)].tolist(), model.capacity
        )


def test_growing_finds_subtours_and_overloads(
    make_cvrp: Callable[..., VrpInstance], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ilp_cuts, "ENUMERATION_LIMIT", 0)
    model = two_index_model(make_cvrp(8, seed=2, per_route=3.0))
    values = np.zeros(len(model.pairs))
    place = {pair: k for k, pair in enumerate(map(tuple, model.pairs.tolist()))}
    joined = [pair for pair in place if pair[0] != 0]
    triangle = next(
        trio for trio in combinations(range(1, 9), 3) if set(combinations(trio, 2)) <= set(joined)
    )
    for pair in combinations(triangle, 2):
        values[place[pair]] = 1.0
    assert triangle in Separator(model).violated(values)


def test_known_cuts_are_not_repeated(make_cvrp: Callable[..., VrpInstance]) -> None:
    model = two_index_model(make_cvrp(6, seed=1, per_route=3.0))
    values = np.full(len(model.pairs), 0.9)
    separator = Separator(model)
    found = separator.violated(values)
    model.cuts.update(found)
    assert not set(separator.violated(values)) & set(found)
