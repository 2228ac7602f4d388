"""Patching: from the cheapest cover by cycles to a tour."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np
import pytest

import netroute
from netroute.core.errors import UnsupportedError
from netroute.problems.tsp import TspInstance
from netroute.problems.tsp.check import check
from netroute.solvers.tsp import patching
from netroute.solvers.tsp.patching import PatchingSolver, patched_tour

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def cheapest_cover(matrix: np.ndarray) -> float:
    """Least cost of a successor for each node, by brute force."""
    n = len(matrix)
    ways = (way for way in itertools.permutations(range(n)) if all(way[k] != k for k in range(n)))
    return min(sum(matrix[k, way[k]] for k in range(n)) for way in ways)


def test_one_cycle_is_optimal(make_tsp: Callable[..., TspInstance]) -> None:
    optimal = 0
    for seed in range(12):
        instance = make_tsp(6, "asymmetric", seed=seed)
        cover = cheapest_cover(instance.matrix)
        found = PatchingSolver().solve(instance).objective
        assert found >= cover
        optimal += found == cover
    assert optimal >= 3


def test_two_cycles_are_joined_at_least_cost(make_tsp: Callable[..., TspInstance]) -> None:
    # Cheap arcs within each half make two cycles; all joins of them are looked at.
    rng = np.random.default_rng(1)
    matrix = rng.integers(100, 200, (8, 8)).astype(float)
    for half in (range(4), range(4, 8)):
        for k, node in enumerate(half):
            matrix[node, half[(k + 1) % 4]] = 1
    halves = [(i, j) for i in range(4) for j in range(4, 8)]
    after = [1, 2, 3, 0, 5, 6, 7, 4]
    joins = [matrix[i, after[j]] + matrix[j, after[i]] + 6 for i, j in halves]
    assert PatchingSolver().solve(TspInstance(matrix=matrix)).objective == min(joins)


@pytest.mark.parametrize("kind", ["points", "asymmetric"])
@pytest.mark.parametrize("seed", range(5))
def test_several_chains_of_fixed_edges(
    make_tsp: Callable[..., TspInstance], kind: str, seed: int
) -> None:
    instance = make_tsp(30, kind, seed=seed)
    order = np.random.default_rng(seed).permutation(30).tolist()
    chains = [order[:5], order[5:7], order[7:18]]
    edges = [edge for chain in chains for edge in itertools.pairwise(chain)]
    if kind == "points":
        edges = [edge[:: 1 - 2 * (k % 2)] for k, edge in enumerate(edges)]
    fixed = instance.replace(fixed_edges=edges)
    assert check(fixed, PatchingSolver().solve(fixed).solution).feasible


def test_told_to_stop(make_tsp: Callable[..., TspInstance]) -> None:
    assert patched_tour(make_tsp(20), halted=lambda: True) is None


def test_limits(make_tsp: Callable[..., TspInstance], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patching, "SIZE_LIMIT", 9)
    with pytest.raises(UnsupportedError, match="takes at most 9 nodes"):
        PatchingSolver().solve(make_tsp(10))


def test_public_instances_where_the_assignment_is_nearly_a_tour(data_folder: Path) -> None:
    for name, best in (("rbg358", 1163), ("rbg443", 2720)):
        instance = netroute.read(data_folder / "atsp" / f"{name}.atsp")
        assert PatchingSolver().solve(instance).objective == best
