"""Parents, ordered crossover, random tours."""

import numpy as np

from netroute.core.jit import kernel
from netroute.solvers._kernels.rng import below
from netroute.solvers.vrp._kernels.hgs_state import FEASIBLE, INFEASIBLE


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def random_tour(work):
    """Fill ``work.tour`` with a random permutation of the clients."""
    clients = work.tour.shape[0]
    for i in range(clients):
        work.tour[i] = np.uint32(i + 1)
    for i in range(clients - 1, 0, -1):
        j = below(work.random, i + 1)
        work.tour[i], work.tour[j] = work.tour[j], work.tour[i]


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def draw_individual(work, population):
    """Return the slot of a random individual of either subpopulation."""
    feasible = population.control[FEASIBLE]
    place = below(work.random, feasible + population.control[INFEASIBLE])
    if place < feasible:
        return population.order[0, place]
    return population.order[1, place - feasible]


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def tournament(work, population):
    """Return the fitter one of two random individuals."""
    a = draw_individual(work, population)
    b = draw_individual(work, population)
    return a if population.individual[a].fitness < population.individual[b].fitness else b


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def ordered_crossover(work, population, a, b):
    """Copy a random stretch of tour a to ``work.tour``, then the rest in the order of tour b."""
    clients = work.tour.shape[0]
    first = below(work.random, clients)
    last = below(work.random, clients)
    while last == first and clients > 1:
        last = below(work.random, clients)
    # `queue` marks the clients that have been copied.
    for i in range(clients + 1):
        work.cut[i].queue = 0
    place = first
    while True:
        client = population.tour[a, place]
        work.tour[place] = client
        work.cut[client].queue = 1
        done = place == last
        place = place + 1 if place + 1 < clients else 0
        if done:
            break
    source = place
    for _ in range(clients):
        client = population.tour[b, source]
        if work.cut[client].queue == 0:
            work.tour[place] = client
            place = place + 1 if place + 1 < clients else 0
        source = source + 1 if source + 1 < clients else 0
