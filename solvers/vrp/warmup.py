"""Compile search kernels on a tiny instance, so that no budget pays for it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from netroute.problems.vrp import VehicleType, VrpInstance
from netroute.solvers.vrp._kernels.distance import Points

if TYPE_CHECKING:
    from netroute.solvers.vrp.search_data import SearchData


def compile_annealing(data: SearchData) -> None:
    """Compile savings and ruin and recreate for the kind of distances of ``data``."""
    _compile(isinstance(data.source, Points))


@cache
def _compile(points: bool) -> None:
    from netroute.solvers.vrp.ruin_engine import RuinEngine
    from netroute.solvers.vrp.savings import savings_routes

    data = tiny_data(points=points)
    engine = RuinEngine(data, seed=0)
    engine.load(savings_routes(data))
    engine.anneal(1.0, 1)
    engine.best_routes()


def tiny_data(*, points: bool) -> SearchData:
    """Return three clients on a line, with distances of the wanted kind."""
    from netroute.solvers.vrp.search_data import search_data

    instance = VrpInstance(
        coordinates=[[0, 0], [1, 0], [2, 0], [3, 0]],
        deliveries=[0, 1, 1, 1],
        vehicles=(VehicleType(capacity=(2,)),),
    )
    return search_data(instance, neighbours=2, matrix=not points)


def warmup() -> None:
    """Compile every kernel that the default solver can need, for each kind of distances."""
    from netroute.solvers.vrp.hgs_engine import compile_hgs

    for points in (False, True):
        _compile(points)
        compile_hgs(tiny_data(points=points))
