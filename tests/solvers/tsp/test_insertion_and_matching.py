"""Random insertion and Christofides' algorithm, against slow ways to do the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import networkx as nx
import numpy as np
import pytest

from netroute.core.budget import Budget
from netroute.core.errors import NoAnswerError, UnsupportedError
from netroute.core.rng import generator
from netroute.problems.tsp import TspInstance, TspSolution
from netroute.problems.tsp.check import check
from netroute.solvers.tsp import christofides
from netroute.solvers.tsp._kernels.insertion import insert_cheapest
from netroute.solvers.tsp.christofides import (
    ChristofidesSolver,
    least_matching,
    shortcut,
    spanning_tree,
)
from netroute.solvers.tsp.random_insertion import RandomInsertionSolver

if TYPE_CHECKING:
    from collections.abc import Callable


def inserted(instance: TspInstance, seed: int) -> list[int]:
    """Insert node by node at the place that lengthens the tour least."""
    order = generator(seed).permutation(instance.size).tolist()
    tour = order[:1]
    d = instance.distance
    for node in order[1:]:
        steps = list(zip(tour, [*tour[1:], tour[0]], strict=True))
        detours = [d(a, node) + d(node, b) - d(a, b) for a, b in steps]
        tour.insert(int(np.argmin(detours)) + 1, node)
    return tour


@pytest.mark.parametrize("kind", ["points", "matrix", "asymmetric"])
@pytest.mark.parametrize("seed", range(3))
def test_insertion_is_the_textbook_tour(
    make_tsp: Callable[..., TspInstance], kind: str, seed: int
) -> None:
    instance = make_tsp(100, kind, seed=seed)
    found = RandomInsertionSolver().solve(instance, seed=seed).solution
    assert found == TspSolution.of(inserted(instance, seed))
    assert len(insert_cheapest.signatures) <= 3


def test_insertion_depends_on_the_seed_only(make_tsp: Callable[..., TspInstance]) -> None:
    instance, solver = make_tsp(80), RandomInsertionSolver()
    assert solver.solve(instance, seed=1).solution == solver.solve(instance, seed=1).solution
    assert solver.solve(instance, seed=1).solution != solver.solve(instance, seed=2).solution
    with pytest.raises(NoAnswerError):
        solver.solve(make_tsp(2_000), budget=Budget(seconds=1e-6))


@pytest.mark.parametrize("seed", range(4))
def test_trees_and_matchings_are_shortest(make_tsp: Callable[..., TspInstance], seed: int) -> None:
    instance = make_tsp(40, seed=seed)
    lengths = instance.distance_matrix()
    graph = nx.from_numpy_array(lengths + 1e-9)
    expected = nx.minimum_spanning_tree(graph).size("weight")
    edges = spanning_tree(lengths)
    assert len(np.unique(edges)) == 40
    assert lengths[edges[:, 0], edges[:, 1]].sum() == pytest.approx(expected)
    nodes = np.arange(0, 40, 2)
    pairs = least_matching(lengths, nodes)
    assert sorted(pairs.ravel()) == nodes.tolist()
    best = nx.min_weight_matching(graph.subgraph(nodes.tolist()))
    total = lengths[pairs[:, 0], pairs[:, 1]].sum()
    assert total == pytest.approx(sum(lengths[a, b] for a, b in best))
    near = least_matching(lengths, nodes, neighbours=6)
    assert total <= lengths[near[:, 0], near[:, 1]].sum() <= 1.05 * total


def test_few_neighbours_are_made_more() -> None:
    # Three nodes near each other, and three others: each one's nearest leaves two alone.
    points = np.array([[0, 0], [1, 0], [0, 1], [50, 50], [51, 50], [50, 51]])
    lengths = TspInstance(coordinates=points).distance_matrix()
    pairs = least_matching(lengths, np.arange(6), neighbours=1)
    assert sorted(pairs.ravel()) == list(range(6))


def test_walks_meet_every_node_once() -> None:
    rng = np.random.default_rng(1)
    rings = [rng.permutation(12), rng.permutation(12)[:5], rng.permutation(12)[:2]]
    edges = np.concatenate([np.column_stack([ring, np.roll(ring, 1)]) for ring in rings])
    assert sorted(shortcut(edges, 12).tolist()) == list(range(12))


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("neighbours", [0, 10])
def test_never_more_than_half_too_long(
    make_tsp: Callable[..., TspInstance], seed: int, neighbours: int
) -> None:
    from netroute.solvers.tsp.ilp import IlpSolver

    instance = make_tsp(15, seed=seed, rounding="exact")
    found = ChristofidesSolver(neighbours=neighbours).solve(instance)
    assert check(instance, found.solution).feasible
    assert found.objective <= 1.5 * IlpSolver().solve(instance).objective


def test_unusual_instances(make_tsp: Callable[..., TspInstance]) -> None:
    for instance in (
        make_tsp(3),
        make_tsp(30, "matrix"),
        TspInstance(coordinates=np.ones((20, 2))),
        TspInstance(coordinates=np.arange(40).reshape(20, 2)),
        TspInstance(matrix=np.ones((9, 9)) - 5),
    ):
        for solver in (ChristofidesSolver(), RandomInsertionSolver()):
            assert check(instance, solver.solve(instance).solution).feasible


def test_limits(make_tsp: Callable[..., TspInstance], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(christofides, "SIZE_LIMIT", 9)
    with pytest.raises(UnsupportedError, match="takes at most 9 nodes"):
        ChristofidesSolver().solve(make_tsp(10))
    with pytest.raises(UnsupportedError, match="asymmetric distances"):
        ChristofidesSolver().solve(make_tsp(9, "asymmetric"))
    with pytest.raises(UnsupportedError, match="fixed edges"):
        RandomInsertionSolver().solve(make_tsp(9, fixed=2))
    with pytest.raises(NoAnswerError):
        ChristofidesSolver().solve(make_tsp(9), budget=Budget(seconds=1e-9))
