"""Compile search kernels on a tiny instance, so that no budget pays for it."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from netroute.problems.tsp import TspInstance

if TYPE_CHECKING:
    from collections.abc import Callable

    from netroute.solvers.tsp.search_space import SearchSpace


@cache
def compile_fragments(symmetric: bool) -> None:
    """Compile what joins paths to a tour."""
    from netroute.solvers.tsp.fragments import Fragments

    instance = tiny_instance() if symmetric else tiny_matrix()
    fragments = Fragments(instance, instance.distances)
    fragments.join(np.array([[1], [2], [3], [2]], np.uint32))
    fragments.tour()


def compile_search(instance: TspInstance) -> None:
    """Compile what searches tours of such an instance."""
    compile_kind(instance, _search)


def compile_kind(instance: TspInstance, search: Callable[[str], None]) -> None:
    """Compile what builds a first tour, and ``search`` for the kind of distances in hand."""
    from netroute.solvers.tsp.costs import MATRIX_SIZE
    from netroute.solvers.tsp.search_space import FEWEST

    compile_fragments(instance.symmetric)
    if instance.size < FEWEST:
        return
    plain = instance.symmetric and not len(instance.fixed_edges)
    if plain and instance.matrix is None and instance.size > MATRIX_SIZE:
        search("points")
    else:
        search("integers" if plain and instance.integral() else "floats")


def tiny_space(kind: str) -> SearchSpace:
    """Return twelve points with a kind of distances: integers, floats, points."""
    from netroute.solvers.tsp.costs import cost_source
    from netroute.solvers.tsp.search_space import search_space

    points = [[k % 3, k * k % 7] for k in range(12)]
    instance = TspInstance(
        coordinates=points, rounding="nearest" if kind == "integers" else "exact"
    )
    space = search_space(instance)
    if kind != "points":
        return space
    return replace(space, source=cost_source(instance, order=space.nodes, matrix=False))


@cache
def _search(kind: str) -> None:
    from netroute.solvers.tsp.local_search import LocalSearch
    from netroute.solvers.tsp.population import Population

    space = tiny_space(kind)
    local = LocalSearch(space, seed=0)
    orders = []
    generator = np.random.default_rng(0)
    for _ in range(3):
        local.load(space.random_order(generator))
        local.descend()
        orders.append(local.order.copy())
    local.kick(1)
    tours = Population(space, orders, seed=0, tries=2)
    tours.evolve(lambda: False)
    tours.best()


def _constructions() -> None:
    from netroute.solvers.tsp.costs import MATRIX_SIZE
    from netroute.solvers.tsp.nearest import NearestSolver
    from netroute.solvers.tsp.random_insertion import RandomInsertionSolver

    line = np.zeros((MATRIX_SIZE + 1, 2))
    line[:, 0] = np.arange(len(line))
    exact = tiny_instance()
    for instance in (exact, exact.replace(rounding="nearest"), TspInstance(coordinates=line)):
        NearestSolver().solve(instance)
        RandomInsertionSolver().solve(instance)


def tiny_instance() -> TspInstance:
    """Return four nodes on a line."""
    return TspInstance(name="tiny", coordinates=[[0, 0], [1, 0], [2, 0], [3, 0]])


def tiny_matrix() -> TspInstance:
    """Return four nodes with asymmetric distances."""
    return TspInstance(name="tiny", matrix=np.arange(16).reshape(4, 4))


def warmup() -> None:
    """Compile every kernel that the solvers and bounds of this family use."""
    from netroute.solvers.neural.routing.warmup import compile_kernels
    from netroute.solvers.tsp.bound.warmup import compile_cuts, compile_held_karp
    from netroute.solvers.tsp.or_opt import compile_settling
    from netroute.solvers.tsp.tree_search import compile_chains

    compile_kernels()
    compile_held_karp()
    compile_cuts()
    for symmetric in (True, False):
        compile_fragments(symmetric)
    _constructions()
    for kind in ("integers", "floats", "points"):
        _search(kind)
        compile_settling(kind)
        compile_chains(kind)
