"""The reference programme: optimal on small instances, and every subtour is found."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import networkx as nx
import numpy as np
import pytest

import netroute
from netroute.core.budget import Budget
from netroute.core.errors import NetrouteError, UnsupportedError
from netroute.core.status import Status, StoppedBy
from netroute.problems.tsp import TspInstance, TspSolution
from netroute.problems.tsp.check import check
from netroute.solvers.tsp.ilp import SIZE_LIMIT, IlpSolver
from netroute.solvers.tsp.ilp_cuts import subtours
from netroute.solvers.tsp.ilp_model import tour_model

if TYPE_CHECKING:
    from collections.abc import Callable


def shortest(instance: TspInstance) -> float:
    rest = itertools.permutations(range(1, instance.size))
    found = (check(instance, TspSolution.of((0, *nodes))) for nodes in rest)
    return min(evaluation.objective for evaluation in found if evaluation.feasible)


@pytest.mark.parametrize("kind", ["points", "matrix", "asymmetric"])
@pytest.mark.parametrize("fixed", [0, 3])
def test_optimal_by_brute_force(
    make_tsp: Callable[..., TspInstance], kind: str, fixed: int
) -> None:
    instance = make_tsp(7, kind, seed=4, fixed=fixed)
    result = IlpSolver().solve(instance)
    assert result.objective == result.bound == shortest(instance)
    assert (result.status, result.stopped_by) == (Status.OPTIMAL, StoppedBy.PROOF)


@pytest.mark.parametrize("n", [3, 4])
def test_smallest_instances(n: int) -> None:
    instance = TspInstance(coordinates=np.random.default_rng(n).random((n, 2)) - 0.5)
    assert IlpSolver().solve(instance).objective == pytest.approx(shortest(instance))


def test_negative_distances(make_tsp: Callable[..., TspInstance]) -> None:
    instance = make_tsp(12, "asymmetric", seed=1)
    shifted = TspInstance(matrix=instance.matrix - 400)
    best = IlpSolver().solve(instance)
    assert IlpSolver().solve(shifted).objective == best.objective - 12 * 400


def test_clusters_need_cuts() -> None:
    rng = np.random.default_rng(5)
    corners = np.array([[0, 0], [0, 1000], [1000, 0]])
    points = np.concatenate([corner + rng.integers(0, 50, (8, 2)) for corner in corners])
    instance = TspInstance(coordinates=points, rounding="nearest")
    result = IlpSolver().solve(instance)
    assert result.status is Status.OPTIMAL
    assert result.metrics["cuts"] >= 3
    assert result.iterations >= 2


@pytest.mark.parametrize("seed", range(8))
def test_no_subtour_is_missed(seed: int) -> None:
    # A mean of covers by cycles: each node is joined twice, as in every solution of the model.
    rng = np.random.default_rng(seed)
    joined = np.zeros((9, 9))
    covers = [[3, 6], [4, 5], [3, 3, 3], [9]]
    for cover in rng.integers(0, 4, 3):
        for ring in np.split(rng.permutation(9), np.cumsum(covers[cover])[:-1]):
            joined[ring, np.roll(ring, 1)] += 1 / 3
    joined += joined.T
    found = subtours(joined)
    graph = nx.from_numpy_array(joined)
    for nodes in found:
        assert len(nodes) <= 4
        assert nx.cut_size(graph, nodes, weight="weight") < 2.0
    violated = [
        nodes
        for size in (2, 3, 4)
        for nodes in itertools.combinations(range(9), size)
        if nx.cut_size(graph, nodes, weight="weight") < 1.99
    ]
    assert bool(found) is bool(violated)


def test_tours_are_read_off_solutions() -> None:
    model = tour_model(TspInstance(coordinates=np.random.default_rng(1).random((6, 2))))
    places = {tuple(pair): k for k, pair in enumerate(model.pairs.tolist())}
    values = np.zeros(len(places))
    ring = [0, 3, 1, 5, 2, 4]
    for a, b in zip(ring, [*ring[1:], 0], strict=True):
        values[places[min(a, b), max(a, b)]] = 1
    tour = model.tour(values)
    assert tour is not None
    assert tour.tolist() in (ring, [0, *ring[:0:-1]])
    halves = np.zeros(len(places))
    for a, b in ((0, 1), (1, 2), (0, 2), (3, 4), (4, 5), (3, 5)):
        halves[places[a, b]] = 1
    assert model.tour(halves) is None


def test_limits(make_tsp: Callable[..., TspInstance]) -> None:
    with pytest.raises(UnsupportedError, match=f"at most {SIZE_LIMIT} nodes"):
        IlpSolver().solve(make_tsp(SIZE_LIMIT + 1))
    with pytest.raises(NetrouteError, match="engine: found 'NO_SUCH'"):
        IlpSolver(engine="NO_SUCH").solve(make_tsp(8))
    result = IlpSolver().solve(make_tsp(60, seed=2), budget=Budget(seconds=0.7))
    assert result.bound is None or result.bound <= result.objective
    assert result.seconds < 2.0


def test_public_optima(data_folder) -> None:
    for name, best in (("gr17", 2085), ("br17", 39)):
        folder = "atsp" if name == "br17" else "tsplib"
        path = data_folder / folder / f"{name}.{'atsp' if name == 'br17' else 'tsp'}"
        assert IlpSolver().solve(netroute.read(path)).objective == best
