"""OR-Tools and elkai behind the contract; the latter where it is installed."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

import numpy as np
import pytest

from netroute.core.budget import Budget
from netroute.core.errors import NetrouteError, NoAnswerError, UnsupportedError
from netroute.core.status import StoppedBy
from netroute.problems.tsp import TspInstance, TspSolution
from netroute.problems.tsp.check import check
from netroute.solvers.tsp.nearest import NearestSolver
from netroute.solvers.tsp.peers import elkai
from netroute.solvers.tsp.peers.elkai import ElkaiSolver, tour_of
from netroute.solvers.tsp.peers.ortools import OrtoolsSolver

if TYPE_CHECKING:
    from collections.abc import Callable

needs_elkai = pytest.mark.skipif(find_spec("elkai") is None, reason="elkai is not installed")
PEERS = [
    pytest.param(OrtoolsSolver(), id="ortools"),
    pytest.param(ElkaiSolver(), id="elkai", marks=needs_elkai),
]


@pytest.mark.parametrize("solver", PEERS)
@pytest.mark.parametrize("kind", ["points", "matrix", "asymmetric"])
def test_beats_nearest_neighbour(solver, kind: str, make_tsp: Callable[..., TspInstance]) -> None:
    instance = make_tsp(40, kind, seed=3)
    result = solver.solve(instance)
    assert result.objective < NearestSolver().solve(instance).objective


@pytest.mark.parametrize("solver", PEERS)
def test_negative_and_fractional_distances(solver) -> None:
    points = np.random.default_rng(2).random((12, 2))
    apart = np.hypot(*(points[:, None] - points).T)
    exact = TspInstance(coordinates=points)
    shifted = TspInstance(matrix=(apart + apart.T) / 2 - 1.5)
    lengths = [solver.solve(instance).objective for instance in (exact, shifted)]
    assert lengths[0] == pytest.approx(lengths[1] + 12 * 1.5)


def test_iterations_seconds_and_start(make_tsp: Callable[..., TspInstance]) -> None:
    instance = make_tsp(60, seed=1)
    solver = OrtoolsSolver()
    result = solver.solve(instance, budget=Budget(iterations=5, seconds=600))
    assert (result.iterations, result.stopped_by) == (5, StoppedBy.ITERATIONS)
    better = solver.solve(instance, budget=Budget(seconds=1.0))
    assert better.stopped_by is StoppedBy.TIME
    budget = Budget(iterations=1, seconds=600)
    again = solver.solve(instance, budget=budget, start=better.solution)
    assert again.objective <= better.objective < result.objective


@pytest.mark.skipif(find_spec("elkai") is not None, reason="elkai is installed")
def test_missing_elkai_names_its_licence(make_tsp: Callable[..., TspInstance]) -> None:
    with pytest.raises(NetrouteError, match="it contains LKH"):
        ElkaiSolver().solve(make_tsp(5))


@needs_elkai
def test_elkai_is_killed_at_the_deadline(make_tsp: Callable[..., TspInstance]) -> None:
    instance, endless = make_tsp(200), ElkaiSolver(runs=10**6)
    with pytest.raises(NoAnswerError, match="elkai was killed"):
        endless.solve(instance, budget=Budget(seconds=1))
    start = TspSolution.of(np.arange(200))
    kept = endless.solve(instance, budget=Budget(seconds=1), start=start)
    assert kept.objective == check(instance, start).objective
    assert kept.stopped_by is StoppedBy.TIME


def test_elkai_takes_so_many_nodes(
    make_tsp: Callable[..., TspInstance], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(elkai, "find_spec", lambda name: object())
    monkeypatch.setattr(elkai, "SIZE_LIMIT", 4)
    with pytest.raises(UnsupportedError, match="takes at most 4 nodes"):
        ElkaiSolver().solve(make_tsp(5))


@needs_elkai
def test_tours_of_elkai_are_open() -> None:
    job = {"distances": np.ones((5, 5), np.int64), "runs": 1}
    assert sorted(tour_of(job)) == list(range(5))
