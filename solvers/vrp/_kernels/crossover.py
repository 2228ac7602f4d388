"""Parents, ordered crossover, random tours."""

import numpy as np
from netroute.solvers.vrp._kernels.rng import below

from netroute.core.jit import kernel


@kernel(_nrt=False)
def random_tour(work):
    """Fill ``work.tour`` with a random permutation of the clients."""
    clients = work.tour.shape[0]
    for i in range(clients):
        work.tour[i] = np.uint32(i + 1)
    for i in range(clients - 1, 0, -1):
        j = below(work.random, i + 1)
        work.tour[i], work.tour[j] = work.tour[j], work.tour[i]


@kernel(_nrt=False)
def draw_individual(work, population):
    """Return the slot of a random individual of either subpopulation."""
    feasible = population.size[0]
    place = below(work.random, feasible + population.size[1])
    if place < feasible:
        return population.order[0, place]
    return population.order[1, place - feasible]


@kernel(_nrt=False)
def tournament(work, population):
    """Return the fitter one of two random individuals."""
    a = draw_individual(work, population)
    b = draw_individual(work, population)
    return a if population.fitness[a] < population.fitness[b] else b


@kernel(_nrt=False)
def ordered_crossover(work, population, a, b):
    """Copy a random stretch of tour a to ``work.tour``, then the rest in the order of tour b."""
    clients = work.tour.shape[0]
    first = below(work.random, clients)
    last = below(work.random, clients)
    while last == first and clients > 1:
        last = below(work.random, clients)
    # `queue` marks the clients that have been copied.
    for i in range(clients + 1):
        work.queue[i] = 0
    place = first
    while True:
        client = population.tour[a, place]
        work.tour[place] = client
        work.queue[client] = 1
        done = place == last
        place = place + 1 if place + 1 < clients else 0
        if done:
            break
    source = place
    for _ in range(clients):
        client = population.tour[b, source]
        if work.queue[client] == 0:
            work.tour[place] = client
            place = place + 1 if place + 1 < clients else 0
        source = source + 1 if source + 1 < clients else 0
