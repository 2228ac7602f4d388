"""Constructions: against what one would write on a blackboard, and with fixed edges."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from netroute.core.budget import Budget
from netroute.core.errors import NoAnswerError, UnsupportedError
from netroute.core.status import StoppedBy
from netroute.problems.tsp import TspInstance, TspSolution
from netroute.problems.tsp.check import check
from netroute.solvers.tsp._kernels import fragments, nearest
from netroute.solvers.tsp.greedy import GreedySolver
from netroute.solvers.tsp.nearest import NearestSolver
from netroute.solvers.tsp.patching import PatchingSolver
from netroute.solvers.tsp.savings import SavingsSolver
from netroute.solvers.tsp.space_filling import SpaceFillingSolver, hilbert_index

if TYPE_CHECKING:
    from collections.abc import Callable

    from netroute.solvers.tsp.base import ConstructionSolver

SOLVERS = [
    NearestSolver(),
    GreedySolver(),
    SavingsSolver(),
    PatchingSolver(),
    SpaceFillingSolver(),
]
each_solver = pytest.mark.parametrize("solver", SOLVERS, ids=lambda solver: solver.name)
each_kind = pytest.mark.parametrize("kind", ["points", "matrix", "asymmetric"])


def nearest_tour(instance: TspInstance) -> list[int]:
    """Always go to the nearest node that is left."""
    tour = [0]
    while left := set(range(instance.size)) - set(tour):
        tour.append(min(left, key=lambda b: (instance.distance(tour[-1], b), b)))
    return tour


def joined(instance: TspInstance, priced: dict[tuple[int, int], float]) -> list[int]:
    """Join nodes by the cheapest pairs that leave paths, then walk along the one path."""
    paths = [[node] for node in range(instance.size) if any(node in pair for pair in priced)]
    for a, b in sorted(priced, key=lambda pair: (priced[pair], pair)):
        one = next((p for p in paths if a in (p[0], p[-1])), None)
        two = next((p for p in paths if b in (p[0], p[-1])), None)
        if one is None or two is None or one is two:
            continue
        if instance.symmetric:
            one, two = one if one[-1] == a else one[::-1], two if two[0] == b else two[::-1]
        elif one[-1] != a or two[0] != b:
            continue
        paths = [p for p in paths if p[0] not in (one[0], two[0], one[-1], two[-1])]
        paths.append(one + two)
    (path,) = paths
    return path


def pairs(instance: TspInstance) -> list[tuple[int, int]]:
    nodes = range(instance.size)
    return [(a, b) for a in nodes for b in nodes if a < b or (a != b and not instance.symmetric)]


def same(instance: TspInstance, found: TspSolution, expected: list[int]) -> bool:
    """Whether two tours are the same, in either direction where that is the same."""
    ways = [expected, expected[::-1]] if instance.symmetric else [expected]
    return found in [TspSolution.of(way) for way in ways]


@each_kind
@pytest.mark.parametrize("neighbours", [1, 5])
@pytest.mark.parametrize("seed", range(3))
def test_nearest_is_the_textbook_tour(
    make_tsp: Callable[..., TspInstance], kind: str, neighbours: int, seed: int
) -> None:
    instance = make_tsp(40, kind, seed=seed)
    result = NearestSolver(neighbours=neighbours).solve(instance)
    assert result.solution.tour.tolist() == nearest_tour(instance)


@each_kind
@pytest.mark.parametrize("seed", range(4))
def test_greedy_is_the_textbook_tour(
    make_tsp: Callable[..., TspInstance], kind: str, seed: int
) -> None:
    instance = make_tsp(25, kind, seed=seed)
    expected = joined(instance, {(a, b): instance.distance(a, b) for a, b in pairs(instance)})
    found = GreedySolver(neighbours=24).solve(instance).solution
    assert same(instance, found, expected)


@each_kind
@pytest.mark.parametrize("seed", range(4))
def test_savings_is_the_textbook_tour(
    make_tsp: Callable[..., TspInstance], kind: str, seed: int
) -> None:
    instance = make_tsp(25, kind, seed=seed)
    d = instance.distance
    priced = {(a, b): d(a, b) - d(a, 0) - d(0, b) for a, b in pairs(instance) if 0 not in (a, b)}
    found = SavingsSolver(neighbours=24).solve(instance).solution
    assert same(instance, found, [0, *joined(instance, priced)])


def test_hilbert_curve_goes_from_cell_to_next_cell() -> None:
    points = np.array([(x, y) for x in range(32) for y in range(32)], float)
    along = points[np.argsort(hilbert_index(points))]
    assert (np.abs(np.diff(along, axis=0)).sum(axis=1) == 1).all()


@each_solver
@each_kind
@pytest.mark.parametrize("fixed", [0, 1, 7, 29, 30])
def test_fixed_edges_are_kept(
    solver: ConstructionSolver, kind: str, fixed: int, make_tsp: Callable[..., TspInstance]
) -> None:
    instance = make_tsp(30, kind, seed=5, fixed=min(fixed, 29))
    if fixed == 30:
        a, b = instance.fixed_edges[-1, 1], instance.fixed_edges[0, 0]
        instance = instance.replace(fixed_edges=[*instance.fixed_edges.tolist(), (a, b)])
    if kind != "points":
        instance = instance.replace(display=np.random.default_rng(1).random((30, 2)))
    result = solver.solve(instance)
    assert check(instance, result.solution).feasible
    assert result.stopped_by is StoppedBy.COMPLETED


@each_solver
@pytest.mark.parametrize("case", ["same place", "line", "three", "geographic", "space", "3000"])
def test_unusual_points(solver: ConstructionSolver, case: str) -> None:
    rng = np.random.default_rng(2)
    instances = {
        "same place": TspInstance(coordinates=np.ones((700, 2))),
        "line": TspInstance(coordinates=np.arange(40).reshape(20, 2)),
        "three": TspInstance(coordinates=[[0, 0], [1, 1], [5, 5]]),
        "geographic": TspInstance(
            coordinates=rng.uniform(-80, 80, (2000, 2)), metric="geographic", rounding="nearest"
        ),
        "space": TspInstance(coordinates=rng.random((2000, 3))),
        "3000": TspInstance(coordinates=rng.random((3000, 2)), metric="manhattan"),
    }
    result = solver.solve(instances[case])
    assert check(instances[case], result.solution).feasible


@pytest.mark.parametrize(
    ("solver", "excess"),
    [(NearestSolver(), 1.35), (GreedySolver(), 1.25), (SavingsSolver(), 1.2)],
    ids=lambda value: getattr(value, "name", ""),
)
def test_quality_on_uniform_points(
    solver: ConstructionSolver, excess: float, make_tsp: Callable[..., TspInstance]
) -> None:
    """Long tours of lists of neighbours and rounds of ends are as good as the textbook's."""
    instance = make_tsp(8000, rounding="exact", seed=3)
    assert solver.solve(instance).objective < excess * 0.7124 * np.sqrt(8000)


def test_space_filling_needs_coordinates(make_tsp: Callable[..., TspInstance]) -> None:
    with pytest.raises(UnsupportedError, match="needs coordinates"):
        SpaceFillingSolver().solve(make_tsp(5, "matrix"))


@each_solver
def test_better_start_is_kept(
    solver: ConstructionSolver, make_tsp: Callable[..., TspInstance]
) -> None:
    line = TspInstance(coordinates=[[x * x, 0] for x in (3, 1, 4, 2, 5)])
    best = TspSolution.of([1, 3, 0, 2, 4])
    assert solver.solve(line, start=best).objective == 48.0
    instance = make_tsp(50)
    free = solver.solve(instance)
    for poor in (TspSolution.of([0, 1, 1]), TspSolution.of(np.arange(50))):
        assert solver.solve(instance, start=poor).solution == free.solution


@each_solver
def test_budgets(solver: ConstructionSolver, make_tsp: Callable[..., TspInstance]) -> None:
    instance = make_tsp(30)
    assert solver.solve(instance, budget=Budget(iterations=0)).objective > 0
    result = solver.solve(instance, budget=Budget(iterations=1))
    assert (result.iterations, result.stopped_by) == (1, StoppedBy.ITERATIONS)
    assert solver.solve(instance, seed=7).solution == result.solution


@pytest.mark.parametrize("solver", SOLVERS[:4], ids=lambda solver: solver.name)
def test_no_answer_without_time(
    solver: ConstructionSolver, make_tsp: Callable[..., TspInstance]
) -> None:
    with pytest.raises(NoAnswerError):
        solver.solve(make_tsp(2_000), budget=Budget(seconds=1e-6))


def test_kernels_have_one_signature_a_kind_of_distances(
    make_tsp: Callable[..., TspInstance],
) -> None:
    for kind in ("points", "matrix", "asymmetric"):
        for solver in SOLVERS[:3]:
            solver.solve(make_tsp(60, kind))
            solver.solve(make_tsp(61, kind, fixed=3))
    for kernel in (fragments.join_edges, fragments.join_arcs, fragments.walk):
        assert len(kernel.signatures) == 1
    assert len(nearest.extend_nearest.signatures) <= 3
