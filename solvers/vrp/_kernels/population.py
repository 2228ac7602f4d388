"""Two subpopulations with biased fitness, survivor selection and penalty management.

Source: T. Vidal, T. G. Crainic, M. Gendreau, C. Prins, A unified solution framework for
multi-attribute vehicle routing problems (EJOR 2014), section 4.
"""

import numpy as np

from netroute.core.jit import kernel
from netroute.solvers.vrp._kernels.hgs_state import (
    BEST,
    BEST_COUNT,
    BESTS,
    CLOSE,
    COUNT,
    DISTANCE,
    ELITE,
    EXCESS,
    FEASIBLE,
    FREE,
    GENERATED,
    GENERATION,
    HISTORY,
    IDLE,
    INFEASIBLE,
    MINIMUM,
    PAST,
    PENALTY_PERIOD,
    RESTARTS,
    RUN_BEST,
    TARGET,
    WEIGHT,
)

_UNKNOWN = -1.0
_CLONE = 1e-9
_LEAST_WEIGHT, _MOST_WEIGHT = 1e-4, 1e4


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def clear(population):
    """Empty both subpopulations."""
    slots = population.individual.shape[0]
    for i in range(slots):
        population.individual[i].free = slots - 1 - i
    population.control[FREE] = slots
    population.control[FEASIBLE] = 0
    population.control[INFEASIBLE] = 0
    population.control[GENERATED] = 0
    population.control[IDLE] = 0
    population.values[RUN_BEST] = 1e30


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def broken_pairs(population, a, b):
    """Return the share of clients whose neighbours differ between individuals a and b."""
    n = population.next.shape[1]
    differing = 0
    for i in range(1, n):
        next_a, previous_a = population.next[a, i], population.previous[a, i]
        next_b, previous_b = population.next[b, i], population.previous[b, i]
        if next_a != next_b and next_a != previous_b:
            differing += 1
        if previous_a == 0 and previous_b != 0 and next_b != 0:
            differing += 1
    return differing / (n - 1)


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def measure_closeness(population, side, slot):
    """Find how near the most similar individuals of the subpopulation are."""
    wanted = min(population.control[CLOSE], population.control[FEASIBLE + side] - 1)
    nearest = population.scratch
    found = 0
    for i in range(population.control[FEASIBLE + side]):
        other = population.order[side, i]
        if other == slot:
            continue
        gap = population.gap[slot, other]
        if found < wanted:
            found += 1
        elif gap >= nearest[found - 1]:
            continue
        j = found - 1
        while j > 0 and nearest[j - 1] > gap:
            nearest[j] = nearest[j - 1]
            j -= 1
        nearest[j] = gap
    total = 0.0
    for i in range(found):
        total += nearest[i]
    population.individual[slot].mean = total / found if found > 0 else 1.0
    population.individual[slot].least = nearest[0] if found > 0 else 1.0
    # Fewer than wanted: any newcomer counts.
    full = found == population.control[CLOSE]
    population.individual[slot].reach = nearest[found - 1] if full else 2.0


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def outdate(population, side, slot):
    """Mark those whose closest ones an arrival or departure changes, to be measured again."""
    for i in range(population.control[FEASIBLE + side]):
        other = population.order[side, i]
        if population.gap[slot, other] <= population.individual[other].reach:
            population.individual[other].reach = _UNKNOWN


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def update_fitness(population, side):
    """Rank one subpopulation by cost and by diversity, and combine the ranks."""
    size = population.control[FEASIBLE + side]
    control = population.control
    if size == 1:
        population.individual[population.order[side, 0]].fitness = 0.0
        return
    for i in range(size):
        slot = population.order[side, i]
        if population.individual[slot].reach == _UNKNOWN:
            measure_closeness(population, side, slot)
    for i in range(size):
        spread = population.individual[population.order[side, i]].mean
        j = i
        while j > 0 and population.individual[j - 1].spread < spread:
            population.individual[j].spread = population.individual[j - 1].spread
            population.individual[j].rank = population.individual[j - 1].rank
            j -= 1
        population.individual[j].spread = spread
        population.individual[j].rank = i
    weight = 1.0 - min(control[ELITE], size) / size
    for i in range(size):
        by_cost = population.individual[i].rank / (size - 1)
        by_spread = i / (size - 1)
        slot = population.order[side, population.individual[i].rank]
        population.individual[slot].fitness = by_cost + weight * by_spread


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def remove(population, side, place):
    """Free the slot of the individual at ``place`` of the subpopulation's order."""
    slot = population.order[side, place]
    population.control[FEASIBLE + side] -= 1
    for i in range(place, population.control[FEASIBLE + side]):
        population.order[side, i] = population.order[side, i + 1]
    outdate(population, side, slot)
    population.individual[population.control[FREE]].free = slot
    population.control[FREE] += 1


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def select_survivors(population, side):
    """Remove clones, then the least fit, until the minimum size is left; never the best one."""
    while population.control[FEASIBLE + side] > population.control[MINIMUM]:
        update_fitness(population, side)
        worst = np.int64(0)  # a literal would compile another variant of `remove`
        worst_fitness = -1.0
        worst_clone = False
        for i in range(1, population.control[FEASIBLE + side]):
            slot = population.order[side, i]
            clone = population.individual[slot].least < _CLONE
            fitness = population.individual[slot].fitness
            if (clone and not worst_clone) or (clone == worst_clone and fitness > worst_fitness):
                worst = i
                worst_fitness = fitness
                worst_clone = clone
        remove(population, side, worst)


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def insert_sorted(population, side, slot, size):
    """Put a slot at its place by cost among the first ``size`` of the order."""
    i = size
    cost = population.individual[slot].cost
    while i > 0 and population.individual[population.order[side, i - 1]].cost > cost:
        population.order[side, i] = population.order[side, i - 1]
        i -= 1
    population.order[side, i] = slot


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def add(work, population, epsilon):
    """Add the workspace's exported solution and let the survivors be selected when it is time."""
    clients = work.tour.shape[0]
    population.control[FREE] -= 1
    slot = population.individual[population.control[FREE]].free
    count = work.progress[COUNT]
    population.individual[slot].count = count
    for k in range(count):
        first, end = work.start[k], work.start[k + 1]
        population.start[slot, k] = first
        for i in range(first, end):
            client = work.tour[i]
            population.tour[slot, i] = client
            population.previous[slot, client] = work.tour[i - 1] if i > first else 0
            population.next[slot, client] = work.tour[i + 1] if i + 1 < end else 0
    population.start[slot, count] = clients
    distance, excess = work.figures[DISTANCE], work.figures[EXCESS]
    population.individual[slot].distance = distance
    population.individual[slot].excess = excess
    population.individual[slot].cost = distance + population.values[WEIGHT] * excess
    side = 0 if excess <= 0.0 else 1
    size = population.control[FEASIBLE + side]
    for i in range(size):
        other = population.order[side, i]
        gap = broken_pairs(population, slot, other)
        population.gap[slot, other] = gap
        population.gap[other, slot] = gap
    outdate(population, side, slot)
    population.individual[slot].reach = _UNKNOWN
    insert_sorted(population, side, slot, size)
    population.control[FEASIBLE + side] = size + 1
    if side == 0:
        note_best(work, population, epsilon)
    if size + 1 > population.control[MINIMUM] + population.control[GENERATION]:
        select_survivors(population, side)


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def note_best(work, population, epsilon):
    """Keep the exported feasible solution if it is the best of this start or of all."""
    distance = work.figures[DISTANCE]
    if distance < population.values[RUN_BEST] - epsilon:
        population.values[RUN_BEST] = distance
        population.control[IDLE] = 0
    if distance < population.values[BEST] - epsilon:
        population.values[BEST] = distance
        population.control[BESTS] += 1
        slot = population.individual.shape[0]
        population.control[BEST_COUNT] = work.progress[COUNT]
        for i in range(work.tour.shape[0]):
            population.tour[slot, i] = work.tour[i]
        for k in range(work.progress[COUNT] + 1):
            population.start[slot, k] = work.start[k]


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def manage_penalty(population, scale):
    """Steer the share of feasible offspring towards the target by the weight of excess load."""
    feasible = 0
    for i in range(PENALTY_PERIOD):
        feasible += population.control[PAST + i]
    share = feasible / PENALTY_PERIOD
    weight = population.values[WEIGHT]
    if share < population.values[TARGET] - 0.05:
        weight = min(weight * 1.2, _MOST_WEIGHT * scale)
    elif share > population.values[TARGET] + 0.05:
        weight = max(weight * 0.85, _LEAST_WEIGHT * scale)
    population.values[WEIGHT] = weight
    # Costs of the infeasible ones change, and with them their order.
    for i in range(population.control[INFEASIBLE]):
        slot = population.order[1, i]
        population.individual[slot].cost = (
            population.individual[slot].distance + weight * population.individual[slot].excess
        )
        insert_sorted(population, np.int64(1), slot, i)


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def restart(population):
    """Begin anew, keeping the best solution of all starts."""
    clear(population)
    population.control[RESTARTS] += 1


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def remember(population, feasible):
    """Note whether the last offspring came out feasible, before any repair."""
    place = population.control[HISTORY]
    population.control[PAST + place] = 1 if feasible else 0
    population.control[HISTORY] = place + 1 if place + 1 < PENALTY_PERIOD else 0
