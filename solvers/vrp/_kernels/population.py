"""Two subpopulations with biased fitness, survivor selection and penalty management.

Source: T. Vidal, T. G. Crainic, M. Gendreau, C. Prins, A unified solution framework for
multi-attribute vehicle routing problems (EJOR 2014), section 4.
"""

from netroute.solvers.vrp._kernels.hgs_state import (
    BEST,
    BEST_COUNT,
    BESTS,
    CLOSE,
    COUNT,
    DISTANCE,
    ELITE,
    EXCESS,
    FREE,
    GENERATED,
    GENERATION,
    HISTORY,
    IDLE,
    MINIMUM,
    PENALTY_PERIOD,
    RESTARTS,
    RUN_BEST,
    TARGET,
    WEIGHT,
)

from netroute.core.jit import kernel

# columns of Population.closeness
_MEAN, _LEAST, _REACH = range(3)
_UNKNOWN = -1.0
_CLONE = 1e-9
_LEAST_WEIGHT, _MOST_WEIGHT = 1e-4, 1e4


@kernel(_nrt=False)
def clear(population):
    """Empty both subpopulations."""
    slots = population.free.shape[0]
    for i in range(slots):
        population.free[i] = slots - 1 - i
    population.control[FREE] = slots
    population.size[0] = 0
    population.size[1] = 0
    population.control[GENERATED] = 0
    population.control[IDLE] = 0
    population.values[RUN_BEST] = 1e30


@kernel(_nrt=False)
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


@kernel(_nrt=False)
def measure_closeness(population, side, slot):
    """Find how near the most similar individuals of the subpopulation are."""
    wanted = min(population.control[CLOSE], population.size[side] - 1)
    nearest = population.spread
    found = 0
    for i in range(population.size[side]):
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
    population.closeness[slot, _MEAN] = total / found if found > 0 else 1.0
    population.closeness[slot, _LEAST] = nearest[0] if found > 0 else 1.0
    # Fewer than wanted: any newcomer counts.
    full = found == population.control[CLOSE]
    population.closeness[slot, _REACH] = nearest[found - 1] if full else 2.0


@kernel(_nrt=False)
def outdate(population, side, slot):
    """Mark those whose closest ones an arrival or departure changes, to be measured again."""
    for i in range(population.size[side]):
        other = population.order[side, i]
        if population.gap[slot, other] <= population.closeness[other, _REACH]:
            population.closeness[other, _REACH] = _UNKNOWN


@kernel(_nrt=False)
def update_fitness(population, side):
    """Rank one subpopulation by cost and by diversity, and combine the ranks."""
    size = population.size[side]
    control = population.control
    if size == 1:
        population.fitness[population.order[side, 0]] = 0.0
        return
    for i in range(size):
        slot = population.order[side, i]
        if population.closeness[slot, _REACH] == _UNKNOWN:
            measure_closeness(population, side, slot)
    for i in range(size):
        spread = population.closeness[population.order[side, i], _MEAN]
        j = i
        while j > 0 and population.spread[j - 1] < spread:
            population.spread[j] = population.spread[j - 1]
            population.rank[j] = population.rank[j - 1]
            j -= 1
        population.spread[j] = spread
        population.rank[j] = i
    weight = 1.0 - min(control[ELITE], size) / size
    for i in range(size):
        by_cost = population.rank[i] / (size - 1)
        by_spread = i / (size - 1)
        slot = population.order[side, population.rank[i]]
        population.fitness[slot] = by_cost + weight * by_spread


@kernel(_nrt=False)
def remove(population, side, place):
    """Free the slot of the individual at ``place`` of the subpopulation's order."""
    slot = population.order[side, place]
    population.size[side] -= 1
    for i in range(place, population.size[side]):
        population.order[side, i] = population.order[side, i + 1]
    outdate(population, side, slot)
    population.free[population.control[FREE]] = slot
    population.control[FREE] += 1


@kernel(_nrt=False)
def select_survivors(population, side):
    """Remove clones, then the least fit, until the minimum size is left; never the best one."""
    while population.size[side] > population.control[MINIMUM]:
        update_fitness(population, side)
        worst = 0
        worst_fitness = -1.0
        worst_clone = False
        for i in range(1, population.size[side]):
            slot = population.order[side, i]
            clone = population.closeness[slot, _LEAST] < _CLONE
            fitness = population.fitness[slot]
            if (clone and not worst_clone) or (clone == worst_clone and fitness > worst_fitness):
                worst = i
                worst_fitness = fitness
                worst_clone = clone
        remove(population, side, worst)


@kernel(_nrt=False)
def insert_sorted(population, side, slot, size):
    """Put a slot at its place by cost among the first ``size`` of the order."""
    i = size
    cost = population.cost[slot]
    while i > 0 and population.cost[population.order[side, i - 1]] > cost:
        population.order[side, i] = population.order[side, i - 1]
        i -= 1
    population.order[side, i] = slot


@kernel(_nrt=False)
def add(work, population, epsilon):
    """Add the workspace's exported solution and let the survivors be selected when it is time."""
    clients = work.tour.shape[0]
    population.control[FREE] -= 1
    slot = population.free[population.control[FREE]]
    count = work.progress[COUNT]
    population.count[slot] = count
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
    population.distance[slot] = distance
    population.excess[slot] = excess
    population.cost[slot] = distance + population.values[WEIGHT] * excess
    side = 0 if excess <= 0.0 else 1
    size = population.size[side]
    for i in range(size):
        other = population.order[side, i]
        gap = broken_pairs(population, slot, other)
        population.gap[slot, other] = gap
        population.gap[other, slot] = gap
    outdate(population, side, slot)
    population.closeness[slot, _REACH] = _UNKNOWN
    insert_sorted(population, side, slot, size)
    population.size[side] = size + 1
    if side == 0:
        note_best(work, population, epsilon)
    if size + 1 > population.control[MINIMUM] + population.control[GENERATION]:
        select_survivors(population, side)


@kernel(_nrt=False)
def note_best(work, population, epsilon):
    """Keep the exported feasible solution if it is the best of this start or of all."""
    distance = work.figures[DISTANCE]
    if distance < population.values[RUN_BEST] - epsilon:
        population.values[RUN_BEST] = distance
        population.control[IDLE] = 0
    if distance < population.values[BEST] - epsilon:
        population.values[BEST] = distance
        population.control[BESTS] += 1
        population.control[BEST_COUNT] = work.progress[COUNT]
        for i in range(work.tour.shape[0]):
            population.best_tour[i] = work.tour[i]
        for k in range(work.progress[COUNT] + 1):
            population.best_start[k] = work.start[k]


@kernel(_nrt=False)
def manage_penalty(population, scale):
    """Steer the share of feasible offspring towards the target by the weight of excess load."""
    feasible = 0
    for i in range(PENALTY_PERIOD):
        feasible += population.history[i]
    share = feasible / PENALTY_PERIOD
    weight = population.values[WEIGHT]
    if share < population.values[TARGET] - 0.05:
        weight = min(weight * 1.2, _MOST_WEIGHT * scale)
    elif share > population.values[TARGET] + 0.05:
        weight = max(weight * 0.85, _LEAST_WEIGHT * scale)
    population.values[WEIGHT] = weight
    # Costs of the infeasible ones change, and with them their order.
    for i in range(population.size[1]):
        slot = population.order[1, i]
        population.cost[slot] = population.distance[slot] + weight * population.excess[slot]
        insert_sorted(population, 1, slot, i)


@kernel(_nrt=False)
def restart(population):
    """Begin anew, keeping the best solution of all starts."""
    clear(population)
    population.control[RESTARTS] += 1


@kernel(_nrt=False)
def remember(population, feasible):
    """Note whether the last offspring came out feasible, before any repair."""
    place = population.control[HISTORY]
    population.history[place] = 1 if feasible else 0
    population.control[HISTORY] = place + 1 if place + 1 < PENALTY_PERIOD else 0
