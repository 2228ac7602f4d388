"""What the kernels of the hybrid genetic search work on: the task, a workspace, the population.

Nodes are numbered 0 (depot), 1 … n-1 (clients) and n … n+m-1: one copy of the depot a route, so
that a route is a ring ``n + r → first client → … → last client → n + r``.
"""

from typing import NamedTuple

import numpy as np

from netroute.solvers._kernels.distance import Matrix, Points

# Workspace.progress
STAGE, LOOP, PHASE, INDEX, MOVES, LOOP_MOVES, EMPTY, WORK, COUNT, MOTHER, FATHER = range(11)
PROGRESS_SIZE = 11
# values of progress[STAGE]
READY, LOADED, EDUCATING, REPAIRING, HALTED, DONE = range(6)
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
    FEASIBLE,
    INFEASIBLE,
    PAST,
) = range(19)
PENALTY_PERIOD = 100
"""Offspring between two changes of the penalty; PAST to the end tell which were feasible."""
CONTROL_SIZE = 18 + PENALTY_PERIOD
# Population.values
TARGET, WEIGHT, BEST, RUN_BEST = range(4)
VALUES_SIZE = 4


CLIENT = np.dtype([("demand", "f8"), ("x", "f8"), ("y", "f8"), ("angle", "i8")], align=True)
"""``x``, ``y``: relative to the depot; ``angle``: direction in 1/65536 of a turn (0 if unknown)."""

# 64 bytes: what a move needs to know of a node lies in one line of the processor's cache.
NODE = np.dtype(
    [
        ("next", "u4"),
        ("previous", "u4"),
        ("route", "u4"),
        ("position", "u4"),
        ("load_to", "f8"),  # load up to and including the node
        ("leg", "f8"),  # distance to the next node
        ("demand", "f8"),
        ("removal", "f8"),  # change of distance when taken out
        ("tested", "i8"),  # move count when last tried
        ("angle", "i8"),
    ],
    align=True,
)
ROUTE = np.dtype(
    [
        ("load", "f8"),
        ("key", "f8"),  # for sorting
        ("count", "i8"),
        ("changed", "i8"),  # move count when last changed
        ("tested", "i8"),  # move count when last tried by SWAP*
        ("low", "i8"),  # polar sector
        ("high", "i8"),
        ("settled", "i8"),  # not 0: no pair of routes with the same value has an improving move
        ("order", "i8"),  # a random permutation of the routes
    ],
    align=True,
)
PLACES = np.dtype(
    [
        ("cost_1", "f4"),  # the cheapest places of a client in a route
        ("cost_2", "f4"),
        ("cost_3", "f4"),
        ("at_1", "u4"),  # behind which node
        ("at_2", "u4"),
        ("at_3", "u4"),
        ("stamp", "u4"),  # move count when filled
        ("tag", "u4"),  # the route plus one
    ],
    align=True,
)
CUT = np.dtype(
    [
        ("road", "f8"),  # sums over the giant tour
        ("load", "f8"),
        ("out", "f8"),  # distance from the depot
        ("queue", "i8"),
    ],
    align=True,
)
INDIVIDUAL = np.dtype(
    [
        ("distance", "f8"),
        ("excess", "f8"),
        ("cost", "f8"),  # penalised
        ("fitness", "f8"),  # biased; less is better
        ("mean", "f8"),  # broken-pairs distance to the closest ones
        ("least", "f8"),
        ("reach", "f8"),
        ("spread", "f8"),  # scratch
        ("rank", "i8"),  # scratch
        ("count", "i8"),  # routes
        ("free", "i8"),  # stack of unused slots
    ],
    align=True,
)


HARD = 1e12
"""Weight of excess load, in units of ``limits[2]``, that no saving of distance pays for."""


class Task(NamedTuple):
    """The instance, read only; it may be shared between threads.

    ``near[near_start[i]:near_start[i + 1]]`` are the clients that moves of client i look at;
    ``limits`` holds the capacity, the least gain that counts, and a typical penalty.
    """

    source: Matrix | Points
    client: np.ndarray  # CLIENT (n,)
    near: np.ndarray  # uint32
    near_start: np.ndarray  # int64 (n + 1,)
    limits: np.ndarray  # float64 (3,)


class Workspace(NamedTuple):
    """One solution under local search, and scratch; each thread has its own.

    Few arrays of records, as compilation takes longer with each array that is handed around.
    Line ``client * width + route % width`` of ``table`` remembers the best places for SWAP*.
    """

    node: np.ndarray  # NODE (n + m,)
    route: np.ndarray  # ROUTE (m,)
    table: np.ndarray  # PLACES (n * width,)
    order: np.ndarray  # uint32 (n - 1,): a random permutation of the clients
    tour: np.ndarray  # uint32 (n - 1,): routes one after another
    start: np.ndarray  # int64 (m + 1,): where each begins
    cut: np.ndarray  # CUT (n,): Split's
    cost: np.ndarray  # float64 (2, n): Split's
    origin: np.ndarray  # uint32 (m + 1, n): Split's
    progress: np.ndarray  # int64
    figures: np.ndarray  # float64
    random: np.ndarray  # uint64 (1,)


class Population(NamedTuple):
    """Feasible (0) and infeasible (1) individuals in slots, each side sorted by penalised cost.

    The last row of ``tour`` and ``start`` is the best solution found.
    """

    individual: np.ndarray  # INDIVIDUAL (slots,)
    tour: np.ndarray  # uint32 (slots + 1, n - 1)
    start: np.ndarray  # int64 (slots + 1, m + 1)
    next: np.ndarray  # uint32 (slots, n), 0 for the depot
    previous: np.ndarray
    gap: np.ndarray  # float64 (slots, slots): broken-pairs distance
    order: np.ndarray  # int64 (2, slots)
    scratch: np.ndarray  # float64 (slots,)
    control: np.ndarray  # int64
    values: np.ndarray  # float64
