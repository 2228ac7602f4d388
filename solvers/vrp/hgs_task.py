"""The arrays that the kernels of the hybrid genetic search work on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from netroute.solvers._kernels.distance import Matrix
from netroute.solvers.vrp._kernels import hgs_state as hs
from netroute.solvers.vrp._kernels.hgs_state import Population, Task, Workspace

if TYPE_CHECKING:
    from netroute.problems.vrp import VrpInstance
    from netroute.solvers.vrp.search_data import SearchData

CACHED_ROUTES = 64
"""SWAP* remembers a client's places in up to this many routes (2 KB a client)."""


def new_task(instance: VrpInstance, data: SearchData, *, neighbours: int) -> Task:
    """Prepare an instance; clients are near each other if either one lists the other."""
    size = data.size
    points = np.zeros((size, 2))
    if instance.coordinates is not None:
        points = instance.coordinates[data.location] - instance.coordinates[data.location[0]]
    turns = np.arctan2(points[:, 1], points[:, 0]) / (2.0 * np.pi)
    client = np.zeros(size, hs.CLIENT)
    client["demand"] = data.demand
    client["x"], client["y"] = points.T
    client["angle"] = np.floor(turns * 65536.0).astype(np.int64) & 65535
    near, near_start = _symmetric_neighbours(data, neighbours)
    scale = float(_depot_distances(data).max()) or 1.0
    limits = [float(data.capacity), 1e-7 * scale, scale / max(1.0, float(data.demand.max()))]
    return Task(data.source, client, near, near_start, np.array(limits))


def new_workspace(task: Task, routes: int, random: np.ndarray) -> Workspace:
    """Make room for one solution of at most ``routes`` routes under local search."""
    size = len(task.client)
    node = np.zeros(size + routes, hs.NODE)
    for name in ("demand", "angle"):
        node[name][:size] = task.client[name]
    progress = np.zeros(hs.PROGRESS_SIZE, np.int64)
    progress[hs.LOOP] = -1  # nothing linked yet
    return Workspace(
        node=node,
        route=np.zeros(routes, hs.ROUTE),
        table=np.zeros(size * min(routes, CACHED_ROUTES), hs.PLACES),
        order=np.zeros(size - 1, np.uint32),
        tour=np.zeros(size - 1, np.uint32),
        start=np.zeros(routes + 1, np.int64),
        cut=np.zeros(size, hs.CUT),
        cost=np.zeros((2, size)),
        origin=np.empty((routes + 1, size), np.uint32),
        progress=progress,
        figures=np.zeros(hs.FIGURES_SIZE),
        random=random,
    )


def new_population(size: int, routes: int, *, minimum: int, generation: int) -> Population:
    """Make room for both subpopulations, the control values still zero."""
    slots = 2 * (minimum + generation + 1) + 1
    individual = np.zeros(slots, hs.INDIVIDUAL)
    individual["free"] = np.arange(slots - 1, -1, -1)
    return Population(
        individual=individual,
        tour=np.zeros((slots + 1, size - 1), np.uint32),
        start=np.zeros((slots + 1, routes + 1), np.int64),
        next=np.zeros((slots, size), np.uint32),
        previous=np.zeros((slots, size), np.uint32),
        gap=np.zeros((slots, slots)),
        order=np.zeros((2, slots), np.int64),
        scratch=np.zeros(slots),
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
    source = data.source
    if isinstance(source, Matrix):
        return np.asarray(source.values[0], np.float64)
    return np.asarray(np.hypot(source.x - source.x[0], source.y - source.y[0]))
