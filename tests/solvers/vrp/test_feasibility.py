"""A fleet that is too small is proven so, and a sufficient one never is."""

from __future__ import annotations

import time

import numpy as np
import pytest

from netroute.core.errors import InfeasibleError
from netroute.problems.vrp import VehicleType, VrpInstance
from netroute.solvers.vrp import bin_packing
from netroute.solvers.vrp.bin_packing import best_fit_decreasing, lower_bound, pack
from netroute.solvers.vrp.feasibility import integer_sizes, pack_fleet, require_feasible_fleet


def fleet_instance(demand: object, capacity: float, number: int | None) -> VrpInstance:
    values = np.asarray(demand, float)
    return VrpInstance(
        coordinates=np.zeros((len(values) + 1, 2)),
        deliveries=np.concatenate([[0.0], values]),
        vehicles=(VehicleType(capacity=(capacity,), number=number),),
    )


def fewest_bins(sizes: list[int], capacity: int) -> int:
    """Branch over the bins of each item, largest first."""
    ordered = sorted((size for size in sizes if size), reverse=True)
    best = len(ordered)

    def place(index: int, loads: list[int]) -> None:
        nonlocal best
        if len(loads) >= best:
            return
        if index == len(ordered):
            best = len(loads)
            return
        for load in sorted(set(loads)):
            if load + ordered[index] <= capacity:
                rest = loads.copy()
                rest.remove(load)
                place(index + 1, [*rest, load + ordered[index]])
        place(index + 1, [*loads, ordered[index]])

    place(0, [])
    return best


@pytest.mark.parametrize("limit", [0, 10**9], ids=["cp-sat", "arc-flow"])
def test_packing_agrees_with_enumeration(limit: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bin_packing, "ARC_LIMIT", limit)
    rng = np.random.default_rng(3)
    exact = 0
    for _ in range(300):
        capacity = int(rng.integers(10, 40))
        sizes = rng.integers(capacity // 5, capacity // 2 + 2, int(rng.integers(4, 11)))
        needed = fewest_bins(sizes.tolist(), capacity)
        assert lower_bound(sizes, capacity) <= needed <= len(best_fit_decreasing(sizes, capacity))
        for bins in (needed - 1, needed):
            packing = pack(sizes, capacity, bins, seconds=60)
            exact += packing.method == "exact packing"
            assert packing.answer == ("fits" if bins >= needed else "impossible")
            if packing.answer == "fits":
                assert sorted(sum(packing.bins, ())) == list(range(len(sizes)))
                assert len(packing.bins) <= bins
                assert all(sizes[list(items)].sum() <= capacity for items in packing.bins)
    assert exact >= 3


@pytest.mark.parametrize("limit", [0, 10**9], ids=["cp-sat", "arc-flow"])
def test_triplets_need_the_exact_model(limit: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bin_packing, "ARC_LIMIT", limit)
    # Three items fill a bin exactly; pairing the large ones greedily wastes room.
    sizes = np.array([47, 28, 25, 45, 29, 26, 41, 32, 27, 44, 33, 23, 0])
    assert len(best_fit_decreasing(sizes, 100)) > 4
    packing = pack(sizes, 100, 4, seconds=60)
    assert (packing.answer, packing.method) == ("fits", "exact packing")
    assert all(sizes[list(items)].sum() <= 100 for items in packing.bins)
    assert sorted(sum(packing.bins, ())) == list(range(13))


def test_without_time_the_answer_is_unknown() -> None:
    rng = np.random.default_rng(0)
    sizes = rng.integers(200_001, 400_000, 300)
    packing = pack(sizes, 1_000_000, lower_bound(sizes, 1_000_000), seconds=0.05)
    assert packing.answer == "unknown"


@pytest.mark.parametrize(
    ("demand", "capacity", "number", "needed", "method"),
    [
        ([6, 6, 6], 10, 2, 3, "bin packing bound"),
        ([5, 5, 5, 4, 4], 12, 2, 3, "exact packing"),
        ([0.6, 0.6, 0.6], 1.0, 2, 3, "bin packing bound"),
        ([1, 1], 10, 0, 1, "there are clients"),
        ([np.pi, np.pi, np.pi], 6.0, 2, 3, "bin packing bound"),
    ],
)
def test_too_few_vehicles(
    demand: list[float], capacity: float, number: int, needed: int, method: str
) -> None:
    with pytest.raises(InfeasibleError) as caught:
        require_feasible_fleet(fleet_instance(demand, capacity, number))
    report = caught.value.report
    assert (report["needed"], report["available"], report["method"]) == (needed, number, method)
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 3


@pytest.mark.parametrize(
    ("demand", "capacity"),
    [([5, 5, 5, 4, 4], 13), ([0.1] * 10, 0.5), ([0.1, 0.2, 0.3], 0.3), ([1 / 3] * 6, 1.0)],
)
def test_enough_vehicles_get_a_packing(demand: list[float], capacity: float) -> None:
    bins = pack_fleet(fleet_instance(demand, capacity, 2))
    assert bins is not None
    assert sorted(client for route in bins for client in route) == list(range(1, len(demand) + 1))
    assert len(bins) <= 2
    for route in bins:
        assert sum(demand[client - 1] for client in route) <= capacity + 1e-9


def test_unlimited_fleet_is_instant() -> None:
    rng = np.random.default_rng(0)
    demand = rng.integers(1, 100, 50_000)
    for number in (None, 50_000):
        instance = fleet_instance(demand, 100, number)
        began = time.thread_time()
        require_feasible_fleet(instance)
        assert pack_fleet(instance) is None
        assert time.thread_time() - began < 0.1


def test_every_load_dimension_counts() -> None:
    instance = VrpInstance(
        coordinates=np.zeros((4, 2)),
        deliveries=[[0, 0], [1, 6], [1, 6], [1, 6]],
        vehicles=(VehicleType(capacity=(10, 10), number=2),),
    )
    with pytest.raises(InfeasibleError, match="at least 3 vehicles"):
        require_feasible_fleet(instance)


def test_optional_clients_do_not_count() -> None:
    instance = fleet_instance([6, 6, 6], 10, 2).replace(required=[True, True, True, False])
    require_feasible_fleet(instance)


def test_fine_fractions_are_rounded_to_the_safe_side() -> None:
    values = np.array([np.pi, np.e])
    low, limit, exact = integer_sizes(values, 10.0)
    high, _, _ = integer_sizes(values, 10.0, optimistic=False)
    assert not exact
    assert (low <= values * limit / 10.0).all()
    assert (high >= values * limit / 10.0).all()
    assert (high - low <= 1).all()
