"""The arrays that the kernels of the hybrid genetic search work on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from netroute.solvers.vrp._kernels import hgs_state as hs
from netroute.solvers.vrp._kernels.distance import Matrix
from netroute.solvers.vrp._kernels.hgs_state import Population, Task, Workspace

if TYPE_CHECKING:
    from netroute.solvers.vrp.search_data import SearchData

    from netroute.problems.vrp import VrpInstance

CACHED_ROUTES = 64
"""SWAP* remembers a client's places in up to this many routes (2 KB a client)."""


def new_task(instance: VrpInstance, data: SearchData, *, neighbours: int) -> Task:
    """Prepare an instance; clients are near each other if either one lists the other."""
    size = data.size
    points = np.zeros((size, 2))
    if instance.coordinates is not None:
        points = instance.coordinates[data.location] - instance.coordinates[data.location[0]]
    turns = np.arctan2(points[:, 1], points[:, 0]) / (2.0 * np.pi)
    near, near_start = _symmetric_neighbours(data, neighbours)
    reach = _depot_distances(data)
    scale = float(reach.max()) or 1.0
    return Task(
        source=data.source,
        demand=data.demand.astype(np.float64),
        near=near,
        near_start=near_start,
        x=np.ascontiguousarray(points[:, 0]),
        y=np.ascontiguousarray(points[:, 1]),
        angle=np.floor(turns * 65536.0).astype(np.int64) & 65535,
        limits=np.array(
            [float(data.capacity), 1e-7 * scale, scale / max(1.0, float(data.demand.max()))]
        ),
    )


def new_workspace(size: int, routes: int, random: np.ndarray) -> Workspace:
    """Make room for one solution of at most ``routes`` routes under local search."""
    nodes = size + routes
    table = np.zeros((size * min(routes, CACHED_ROUTES), 8), np.uint32)
    progress = np.zeros(hs.PROGRESS_SIZE, np.int64)
    progress[hs.LOOP] = -1  # nothing linked yet
    ids = lambda n: np.zeros(n, np.uint32)  # noqa: E731
    counts = lambda n: np.zeros(n, np.int64)  # noqa: E731
    return Workspace(
        next=ids(nodes),
        previous=ids(nodes),
        route=ids(nodes),
        position=counts(nodes),
        load_to=np.zeros(nodes),
        leg=np.zeros(nodes),
        tested=counts(nodes),
        removal=np.zeros(size),
        load=np.zeros(routes),
        count=counts(routes),
        changed=counts(routes),
        star_tested=counts(routes),
        low=counts(routes),
        high=counts(routes),
        order=ids(size - 1),
        route_order=counts(routes),
        key=np.zeros(routes),
        table=table,
        table_cost=table.view(np.float32),
        tour=ids(size - 1),
        start=counts(routes + 1),
        sums=np.zeros((5, size)),
        queue=counts(size),
        origin=np.empty((routes + 1, size), np.uint32),
        progress=progress,
        figures=np.zeros(hs.FIGURES_SIZE),
        random=random,
    )


def new_population(
    size: int,
    routes: int,
    *,
    minimum: int,
    generation: int,
) -> Population:
    """Make room for both subpopulations, the control values still zero."""
    slots = 2 * (minimum + generation + 1) + 1
    return Population(
        tour=np.zeros((slots, size - 1), np.uint32),
        start=np.zeros((slots, routes + 1), np.int64),
        next=np.zeros((slots, size), np.uint32),
        previous=np.zeros((slots, size), np.uint32),
        count=np.zeros(slots, np.int64),
        distance=np.zeros(slots),
        excess=np.zeros(slots),
        cost=np.zeros(slots),
        fitness=np.zeros(slots),
        gap=np.zeros((slots, slots)),
        closeness=np.zeros((slots, 3)),
        order=np.zeros((2, slots), np.int64),
        size=np.zeros(2, np.int64),
        free=np.arange(slots - 1, -1, -1, dtype=np.int64),
        rank=np.zeros(slots, np.int64),
        spread=np.zeros(slots),
        history=np.zeros(hs.PENALTY_PERIOD, np.int64),
        best_tour=np.zeros(size - 1, np.uint32),
        best_start=np.zeros(routes + 1, np.int64),
        control=np.zeros(hs.CONTROL_SIZE, np.int64),
        values=np.zeros(hs.VALUES_SIZE),
    )


def _symmetric_neighbours(data: SearchData, neighbours: int) -> tuple[np.ndarray, np.ndarray]:
    size = data.size
    near = data.near[1:, :neighbours].astype(np.int64)
    one = np.repeat(np.arange(1, size), near.shape[1])
    other = near.ravel()
    pairs = np.unique(np.concatenate([one * size + other, other * size + one]))
    begins = np.searchsorted(pairs, np.arange(size + 1) * size)
    return (pairs % size).astype(np.uint32), begins.astype(np.int64)


def _depot_distances(data: SearchData) -> np.ndarray:
    if isinstance(data.source, Matrix):
        return data.source.values[0].astype(np.float64)
    return np.hypot(data.source.x - data.source.x[0], data.source.y - data.source.y[0])
