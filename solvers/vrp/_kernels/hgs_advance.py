"""The one entry kernel of the hybrid genetic search: a slice of offspring, or part of one."""

from netroute.solvers.vrp._kernels.crossover import ordered_crossover, random_tour, tournament
from netroute.solvers.vrp._kernels.hgs_routes import begin, export
from netroute.solvers.vrp._kernels.hgs_state import (
    DONE,
    EDUCATING,
    EVOLVE,
    EXCESS,
    GENERATED,
    HALTED,
    IDLE,
    INITIAL,
    ITERATIONS,
    LAST,
    LEAST,
    LOADED,
    LOOP,
    PENALTY,
    PENALTY_PERIOD,
    POLISH,
    READY,
    REPAIRING,
    RESTART,
    STAGE,
    WEIGHT,
    WORK,
)
from netroute.solvers.vrp._kernels.local_search import descend
from netroute.solvers.vrp._kernels.population import (
    add,
    manage_penalty,
    remember,
    restart,
    update_fitness,
)
from netroute.solvers.vrp._kernels.rng import below
from netroute.solvers.vrp._kernels.split import split

from netroute.core.jit import kernel

_REPAIR_FACTOR = 10.0


@kernel(_nrt=False)
def breed(work, population):
    """Write a new giant tour, random at first and by crossover later; return its route limit."""
    control = population.control
    if control[GENERATED] < control[INITIAL] or population.size[0] + population.size[1] == 0:
        random_tour(work)
        return work.count.shape[0]
    for side in range(2):
        update_fitness(population, side)
    a = tournament(work, population)
    b = tournament(work, population)
    ordered_crossover(work, population, a, b)
    return max(population.count[a], population.control[LEAST])


@kernel(_nrt=False)
def end_iteration(population, scale):
    """Count an offspring; adapt the penalty, and restart after long stagnation."""
    control = population.control
    control[ITERATIONS] += 1
    if control[GENERATED] < control[INITIAL]:
        control[GENERATED] += 1
        return
    control[IDLE] += 1
    if control[ITERATIONS] % PENALTY_PERIOD == 0:
        manage_penalty(population, scale)
    if control[IDLE] >= control[RESTART]:
        restart(population)


@kernel(_nrt=False)
def advance(task, work, population, mode, limit):
    """Work until ``limit`` units are spent or nothing is left to do; call again to go on.

    Mode ``EVOLVE`` makes offspring until the iteration ``control[LAST]``. ``INJECT`` educates the
    routes in the workspace (stage ``LOADED``, or ``JOINED`` for a tour yet to be cut) and adds them
    to the population. ``POLISH`` improves them under the penalty in ``figures`` and writes them
    back; stage ``HALTED`` does so at once. Both end in stage ``DONE``.
    """
    progress = work.progress
    progress[WORK] = 0
    while progress[WORK] < limit:
        stage = progress[STAGE]
        if stage == DONE:
            break
        if stage <= LOADED:
            if mode != POLISH:
                work.figures[PENALTY] = population.values[WEIGHT]
            most = work.count.shape[0]
            if stage == READY:
                if population.control[ITERATIONS] >= population.control[LAST]:
                    break
                most = breed(work, population)
            if stage != LOADED:
                split(task, work, work.figures[PENALTY], most)
                # These steps are linear in n, a unit of work is one pair of nodes.
                progress[WORK] += work.tour.shape[0]
            progress[STAGE] = EDUCATING
        if progress[LOOP] < 0:
            begin(task, work)
        if stage != HALTED and not descend(task, work, limit):
            break
        export(task, work)
        progress[LOOP] = -1
        if mode == POLISH:
            progress[STAGE] = DONE
            break
        feasible = work.figures[EXCESS] <= 0.0
        educated = progress[STAGE] == EDUCATING
        if educated or feasible:
            add(work, population, task.limits[1])
        if educated and mode == EVOLVE:
            remember(population, feasible)
        if educated and not feasible and below(work.random, 2) == 0:
            work.figures[PENALTY] = population.values[WEIGHT] * _REPAIR_FACTOR
            progress[STAGE] = REPAIRING
        elif mode == EVOLVE:
            end_iteration(population, task.limits[2])
            progress[STAGE] = READY
        else:
            progress[STAGE] = DONE
