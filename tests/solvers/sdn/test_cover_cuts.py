"""Lifted cover inequalities and the bound that they prove."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np
import pytest

import netroute
from netroute.problems.sdn import SdnInstance
from netroute.problems.sdn.check import check
from netroute.problems.sdn.verify_bound import verify_bound
from netroute.solvers.sdn._kernels.cover import lifted_cover
from netroute.solvers.sdn.cover_cuts import CoverCuts, cuts_apply
from netroute.solvers.sdn.cover_separation import separate
from netroute.solvers.sdn.flow_prices import CoverCut, FlowPrices
from netroute.solvers.sdn.path_lp import PathLpSolver

if TYPE_CHECKING:
    from collections.abc import Callable


def random_network(seed: int, flows: int = 9) -> SdnInstance:
    """Draw a ring of four nodes with a chord, where a few wide flows share narrow arcs."""
    rng = np.random.default_rng(seed)
    ends = [(0, 1), (1, 2), (2, 3), (3, 0), (0, 2)]
    source = rng.integers(0, 4, flows)
    return SdnInstance(
        nodes=list("abcd"),
        tail=[a for a, b in ends] + [b for a, b in ends],
        head=[b for a, b in ends] + [a for a, b in ends],
        capacity=rng.integers(10, 25, 10),
        source=source,
        target=(source + rng.integers(1, 4, flows)) % 4,
        bandwidth=rng.integers(4, 14, flows),
        priority=rng.integers(1, 6, flows),
        priorities=5,
    )


def best_value(instance: SdnInstance) -> float:
    """Return the value of the best plan by trying every simple path of every flow."""
    out: dict[int, list[int]] = {}
    for arc, node in enumerate(instance.tail.tolist()):
        out.setdefault(node, []).append(arc)

    def paths(node: int, target: int, seen: set[int]) -> list[list[int]]:
        if node == target:
            return [[]]
        found = []
        for arc in out[node]:
            there = int(instance.head[arc])
            if there not in seen:
                found += [[arc, *rest] for rest in paths(there, target, seen | {there})]
        return found

    weights = instance.weights()
    options = [
        paths(int(s), int(t), {int(s)})
        for s, t in zip(instance.source, instance.target, strict=True)
    ]
    best = 0.0

    def admit(flow: int, value: float, room: np.ndarray) -> None:
        nonlocal best
        best = max(best, value)
        if flow == instance.size or value + weights[flow:].sum() <= best:
            return
        for path in options[flow]:
            left = room.copy()
            left[path] -= instance.bandwidth[flow]
            if left.min() >= 0:
                admit(flow + 1, value + float(weights[flow]), left)
        admit(flow + 1, value, room)

    admit(0, 0.0, instance.capacity.copy())
    return best


def cut_bound(instance: SdnInstance, turns: int = 40) -> tuple[float, CoverCuts]:
    """Return the relaxation's value and the cuts after some turns."""
    solver = PathLpSolver(instance)
    solver.run(lambda: False)
    cuts = CoverCuts(instance, solver.solution(least=-1.0), None)
    while cuts.turns < turns and cuts.turn(9.0):
        pass
    return solver.value, cuts


def test_lifted_covers_are_valid_and_tight_by_enumeration() -> None:
    rng = np.random.default_rng(0)
    found = 0
    for _ in range(1500):
        count = int(rng.integers(3, 9))
        width, capacity = rng.integers(1, 20, count), int(rng.integers(5, 50))
        coefficient = np.zeros(count, np.int64)
        most = lifted_cover(
            width,
            capacity,
            rng.permutation(count),
            rng.permutation(count),
            rng.integers(0, 3, count),
            np.zeros(300, np.int64),
            coefficient,
        )
        if most < 0:
            continue
        found += 1
        plans = np.array(list(itertools.product((0, 1), repeat=count)))
        fits = plans[plans @ width <= capacity]
        assert (fits @ coefficient).max() == most
    assert found > 500


def test_a_cover_without_room_for_its_coefficients_is_given_up() -> None:
    width = np.array([9, 3, 3, 3])
    order, coefficient = np.array([1, 2, 3, 0]), np.zeros(4, np.int64)
    fixed = np.zeros(4, np.int64)
    assert lifted_cover(width, 8, order, order, fixed, np.zeros(3, np.int64), coefficient) == -1
    assert lifted_cover(width, 8, order, order, fixed, np.zeros(9, np.int64), coefficient) == 2
    assert coefficient.tolist() == [0, 1, 1, 1]
    assert lifted_cover(width, 20, order, order, fixed, np.zeros(9, np.int64), coefficient) == -1


def test_separation_finds_only_violated_cuts() -> None:
    use, width = np.array([1.0, 0.5, 0.5, 0.0]), np.array([4, 4, 4, 30])
    cuts = separate(3, use, width, 9, np.random.default_rng(0))
    assert not cuts  # Two of three flows fit, and just so many are on the arc.
    use[1] = 0.9
    (violation, cut), *_ = separate(3, use, width, 9, np.random.default_rng(0))
    assert violation > 0.0
    assert (cut.arc, cut.flows.tolist(), cut.coefficients.tolist()) == (3, [0, 1, 2], [1, 1, 1])
    assert cut.most == 2


def test_prices_of_flows_agree_with_the_checker() -> None:
    rng = np.random.default_rng(1)
    for seed in range(10):
        instance = random_network(seed)
        prices = np.round(rng.random(10) * 0.3 * 2**20) / 2**20
        flows = np.arange(0, 9, 2)
        cuts = [CoverCut(arc, flows, np.ones(5, np.int64), 5) for arc in (0, 3)]
        duals = np.array([0.5, 0.25])
        data = [
            {"arc": cut.arc, "flows": cut.flows.tolist(), "dual": dual}
            for cut, dual in zip(cuts, duals.tolist(), strict=True)
        ]
        value = FlowPrices(instance).evaluate(prices, cuts, duals)
        given = {"lambda": prices.tolist(), "cuts": data}
        # The checker counts how many of the flows really fit on an arc.
        spare = sum(
            dual * (5 - int((np.cumsum(np.sort(instance.bandwidth[flows])) <= room).sum()))
            for dual, room in zip(duals, instance.capacity[[0, 3]], strict=True)
        )
        exact = verify_bound(instance, {"data": given})
        assert exact == np.floor(value - spare + 1e-9)


@pytest.mark.parametrize("seed", range(12))
def test_the_bound_holds_and_is_verified(seed: int) -> None:
    instance = random_network(seed)
    relaxed, cuts = cut_bound(instance)
    assert cuts.bound >= best_value(instance)
    assert cuts.value <= relaxed + 1e-6
    assert verify_bound(instance, cuts.certificate().to_dict()) == cuts.bound


def test_cuts_close_much_of_the_gap() -> None:
    before = after = 0.0
    for seed in range(12):
        instance = random_network(seed)
        relaxed, cuts = cut_bound(instance)
        best = best_value(instance)
        before, after = before + relaxed - best, after + cuts.value - best
    assert after < 0.5 * before


def test_bandwidths_in_millions_lose_nothing_to_the_checker() -> None:
    instance = random_network(3)
    wide = instance.replace(
        bandwidth=instance.bandwidth * 1_000_003, capacity=instance.capacity * 1_000_003
    )
    _, cuts = cut_bound(wide)
    assert cuts.cuts
    assert verify_bound(wide, cuts.certificate().to_dict()) == cuts.bound


def test_cuts_are_for_plain_small_networks(make_network: Callable[..., SdnInstance]) -> None:
    assert cuts_apply(make_network())
    assert not cuts_apply(make_network(max_hops=[3] * 9))
    assert not cuts_apply(make_network(protection="arc"))
    assert not cuts_apply(make_network(objective="lexicographic"))


@pytest.fixture
def make_network() -> Callable[..., SdnInstance]:
    """Make a small network; changes by keyword."""
    return lambda **changes: random_network(0).replace(**changes)


def test_auto_reports_a_bound_with_cuts_that_the_checker_confirms() -> None:
    instance = random_network(7, flows=14)
    result = netroute.solve(instance, iterations=2_000, seed=1)
    assert result.bound is not None
    assert result.certificate is not None
    assert check(instance, result.solution).objective <= result.bound
    assert verify_bound(instance, result.certificate) == result.bound
