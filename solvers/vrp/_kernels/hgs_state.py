"""What the kernels of the hybrid genetic search work on: the task, a workspace, the population.

Nodes are numbered 0 (depot), 1 … n-1 (clients) and n … n+m-1: one copy of the depot a route, so
that a route is a ring ``n + r → first client → … → last client → n + r``.
"""

from typing import NamedTuple

import numpy as np
from netroute.solvers.vrp._kernels.distance import Matrix, Points

# Workspace.progress
STAGE, LOOP, PHASE, INDEX, MOVES, LOOP_MOVES, EMPTY, WORK, COUNT = range(9)
PROGRESS_SIZE = 9
# values of progress[STAGE]
READY, JOINED, LOADED, EDUCATING, REPAIRING, HALTED, DONE = range(7)
# Workspace.figures
DISTANCE, EXCESS, PENALTY = range(3)
FIGURES_SIZE = 3
# mode of `advance`
EVOLVE, INJECT, POLISH = range(3)

# Population.control: settings first, then counters
(
    MINIMUM,
    GENERATION,
    ELITE,
    CLOSE,
    INITIAL,
    RESTART,
    LAST,
    ITERATIONS,
    GENERATED,
    IDLE,
    FREE,
    HISTORY,
    RESTARTS,
    BESTS,
    BEST_COUNT,
    LEAST,
) = range(16)
CONTROL_SIZE = 16
# Population.values
TARGET, WEIGHT, BEST, RUN_BEST = range(4)
VALUES_SIZE = 4
PENALTY_PERIOD = 100


class Task(NamedTuple):
    """The instance, read only; arrays may be shared between threads.

    ``near[near_start[i]:near_start[i + 1]]`` are the clients that moves of client i look at;
    ``x``, ``y`` are relative to the depot and ``angle`` is the direction in 1/65536 of a turn (all
    zero without coordinates); ``limits`` holds the capacity and the least gain that counts.
    """

    source: Matrix | Points
    demand: np.ndarray  # float64 (n,)
    near: np.ndarray  # uint32
    near_start: np.ndarray  # int64 (n + 1,)
    x: np.ndarray  # float64 (n,)
    y: np.ndarray
    angle: np.ndarray  # int64 (n,)
    limits: np.ndarray  # float64 (2,): capacity, epsilon


class Workspace(NamedTuple):
    """One solution under local search, and scratch; each thread has its own.

    ``table`` caches the three best places of a client in a route for SWAP*: line
    ``client * width + route % width`` holds three costs (float32, seen as ``table_cost``), three
    nodes, the move count at which it was filled and the route plus one.
    """

    next: np.ndarray  # uint32 (n + m,)
    previous: np.ndarray
    route: np.ndarray
    position: np.ndarray  # int64 (n + m,)
    load_to: np.ndarray  # float64 (n + m,): load up to and including the node
    leg: np.ndarray  # float64 (n + m,): distance to the next node
    tested: np.ndarray  # int64 (n + m,): move count when last tried
    removal: np.ndarray  # float64 (n,): change of distance when taken out
    load: np.ndarray  # float64 (m,)
    count: np.ndarray  # int64 (m,)
    changed: np.ndarray  # int64 (m,): move count when last changed
    star_tested: np.ndarray  # int64 (m,)
    low: np.ndarray  # int64 (m,): polar sector
    high: np.ndarray
    order: np.ndarray  # uint32 (n - 1,)
    route_order: np.ndarray  # int64 (m,)
    key: np.ndarray  # float64 (m,)
    table: np.ndarray  # uint32 (n * width, 8)
    table_cost: np.ndarray  # the same memory as float32
    tour: np.ndarray  # uint32 (n - 1,): routes one after another
    start: np.ndarray  # int64 (m + 1,): where each begins
    sums: np.ndarray  # float64 (5, n): Split's prefix sums and costs
    queue: np.ndarray  # int64 (n,)
    origin: np.ndarray  # uint32 (m + 1, n): Split's predecessors
    progress: np.ndarray  # int64
    figures: np.ndarray  # float64
    random: np.ndarray  # uint64 (1,)


class Population(NamedTuple):
    """Feasible (0) and infeasible (1) individuals in slots, each sorted by penalised cost."""

    tour: np.ndarray  # uint32 (slots, n - 1)
    start: np.ndarray  # int64 (slots, m + 1)
    next: np.ndarray  # uint32 (slots, n), 0 for the depot
    previous: np.ndarray
    count: np.ndarray  # int64 (slots,): routes
    distance: np.ndarray  # float64 (slots,)
    excess: np.ndarray
    cost: np.ndarray  # penalised
    fitness: np.ndarray  # biased: less is better
    gap: np.ndarray  # float64 (slots, slots): broken-pairs distance
    closeness: np.ndarray  # float64 (slots, 3): mean, least, reach of the closest ones
    order: np.ndarray  # int64 (2, slots)
    size: np.ndarray  # int64 (2,)
    free: np.ndarray  # int64 (slots,): stack of unused slots
    rank: np.ndarray  # int64 (slots,): scratch
    spread: np.ndarray  # float64 (slots,): scratch
    history: np.ndarray  # int64 (PENALTY_PERIOD,): whether the last ones were feasible
    best_tour: np.ndarray
    best_start: np.ndarray
    control: np.ndarray
    values: np.ndarray
