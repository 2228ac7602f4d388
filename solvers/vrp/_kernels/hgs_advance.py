"""The one entry kernel of the hybrid genetic search: a slice of offspring, or part of one."""

from netroute.core.jit import kernel
from netroute.solvers._kernels.rng import uniform
from netroute.solvers.vrp._kernels.crossover import ordered_crossover, random_tour, tournament
from netroute.solvers.vrp._kernels.hgs_routes import begin, export, settle
from netroute.solvers.vrp._kernels.hgs_state import (
    COUNT,
    DONE,
    EDUCATING,
    EVOLVE,
    EXCESS,
    FATHER,
    FEASIBLE,
    GENERATED,
    HALTED,
    HARD,
    IDLE,
    INFEASIBLE,
    INITIAL,
    INJECT,
    ITERATIONS,
    LAST,
    LEAST,
    LOADED,
    LOOP,
    MOTHER,
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
from netroute.solvers.vrp._kernels.split import split

_REPAIR_FACTOR = 10.0


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def breed(work, population):
    """Write a new giant tour, random at first and by crossover later; return its route limit."""
    control = population.control
    if (
        control[GENERATED] < control[INITIAL]
        or population.control[FEASIBLE] + population.control[INFEASIBLE] == 0
    ):
        random_tour(work)
        return work.route.shape[0]
    for side in range(2):
        update_fitness(population, side)
    a = tournament(work, population)
    b = tournament(work, population)
    work.progress[MOTHER] = a
    work.progress[FATHER] = b
    ordered_crossover(work, population, a, b)
    return max(population.individual[a].count, population.control[LEAST])


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def hard_start(control):
    """Whether the next individual is a random one to be educated under the weight of a repair.

    Some plans, with more routes than the others, are only reached when excess is never worth it.
    """
    return control[GENERATED] < control[INITIAL] and control[GENERATED] % 4 == 3


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def is_feasible(task, work):
    """Whether no linked route exceeds the capacity."""
    heaviest = 0.0
    for r in range(work.route.shape[0]):
        heaviest = max(heaviest, work.route[r].load)
    return heaviest <= task.limits[0]


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
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
    tour in the workspace (stage ``LOADED``; it is cut into routes first where COUNT is 0) and adds
    it to the population; feasible routes stay so. ``POLISH`` improves it under the penalty in
    ``figures`` and writes it back; stage ``HALTED`` does so at once. Both end in stage ``DONE``.
    """
    progress = work.progress
    progress[WORK] = 0
    while progress[WORK] < limit:
        stage = progress[STAGE]
        if stage == DONE:
            break
        most = work.route.shape[0]
        if stage <= LOADED:
            if mode != POLISH:
                work.figures[PENALTY] = population.values[WEIGHT]
            progress[MOTHER] = -1
            progress[FATHER] = -1
            if stage == READY:
                if population.control[ITERATIONS] >= population.control[LAST]:
                    break
                if hard_start(population.control):
                    work.figures[PENALTY] *= _REPAIR_FACTOR
                most = breed(work, population)
                progress[COUNT] = 0
            progress[STAGE] = EDUCATING
        if progress[LOOP] < 0:
            if progress[COUNT] == 0:
                split(task, work, work.figures[PENALTY], most)
                # These steps are linear in n, a unit of work is one pair of nodes.
                progress[WORK] += work.tour.shape[0]
            begin(task, work)
            settle(task, work, population, stage == REPAIRING)
            if mode == INJECT and is_feasible(task, work):
                work.figures[PENALTY] = HARD * task.limits[2]
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
        if educated and mode == EVOLVE and not hard_start(population.control):
            remember(population, feasible)
        if educated and not feasible and uniform(work.random) < 0.5:
            work.figures[PENALTY] = population.values[WEIGHT] * _REPAIR_FACTOR
            progress[STAGE] = REPAIRING
        elif mode == EVOLVE:
            end_iteration(population, task.limits[2])
            progress[STAGE] = READY
        else:
            progress[STAGE] = DONE
