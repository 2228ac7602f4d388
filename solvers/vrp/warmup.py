"""Compile search kernels on a tiny instance, so that no budget pays for it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from netroute.problems.vrp import VehicleType, VrpInstance
from netroute.solvers._kernels.distance import Points

if TYPE_CHECKING:
    from netroute.solvers.vrp.search_data import SearchData


def compile_savings(data: SearchData) -> None:
    """Compile what builds a first plan, for the kind of distances of ``data``."""
    _savings(isinstance(data.source, Points))


def compile_annealing(data: SearchData) -> None:
    """Compile ruin and recreate for the kind of distances of ``data``."""
    _annealing(isinstance(data.source, Points))


@cache
def _savings(points: bool) -> None:
    from netroute.solvers.vrp.savings import savings_routes

    savings_routes(tiny_data(points=points))


@cache
def _annealing(points: bool) -> None:
    import numpy as np

    from netroute.solvers.vrp.ruin_engine import RuinEngine

    data = tiny_data(points=points)
    engine = RuinEngine(data, seed=0)
    engine.load([np.array([1, 2], np.uint32), np.array([3], np.uint32)])
    engine.anneal(1.0, 1)
    engine.best_routes()


def tiny_instance() -> VrpInstance:
    """Return three clients on a line."""
    return VrpInstance(
        name="tiny",
        coordinates=[[0, 0], [1, 0], [2, 0], [3, 0]],
        rounding="nearest",
        deliveries=[0, 1, 1, 1],
        vehicles=(VehicleType(capacity=(2,)),),
    )


def tiny_data(*, points: bool) -> SearchData:
    """Return the tiny instance with distances of the wanted kind."""
    from netroute.solvers.vrp.search_data import search_data

    return search_data(tiny_instance(), neighbours=2, matrix=not points)


def warmup() -> None:
    """Compile every kernel that the solvers and bounds of this family use."""
    from netroute.core.budget import Budget
    from netroute.core.registry import problem
    from netroute.solvers.neural.routing.warmup import compile_kernels
    from netroute.solvers.vrp.hgs_engine import compile_hgs

    compile_kernels()
    for points in (False, True):
        _savings(points)
        _annealing(points)
        compile_hgs(tiny_data(points=points))
    entry = problem("cvrp")
    instance = tiny_instance()
    for name in ("nearest", "sweep", "random-insertion", "ilp"):
        entry.solver(name)().solve(instance, budget=Budget(iterations=1))
    entry.bound("ng")().run(
        instance, report=lambda _: None, stop=lambda: False, incumbent=lambda: None
    )
