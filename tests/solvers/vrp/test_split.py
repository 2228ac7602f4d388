from __future__ import annotations

import itertools

import numba
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netroute.problems.vrp import VehicleType, VrpInstance
from netroute.solvers.vrp._kernels import hgs_state as hs
from netroute.solvers.vrp._kernels.split import split
from netroute.solvers.vrp.hgs_task import new_task, new_workspace
from netroute.solvers.vrp.search_data import search_data


@numba.njit(_nrt=False)
def call(task, work, penalty, most):
    split(task, work, penalty, most)


def bellman(distances, demand, capacity, tour, penalty, most):
    """Cheapest cut into at most ``most`` routes, over all pairs of cuts and numbers of routes."""
    n = len(tour)
    best = np.full((most + 1, n + 1), np.inf)
    best[0, 0] = 0.0
    for k in range(1, most + 1):
        for i in range(n):
            for j in range(i + 1, n + 1):
                route = [0, *tour[i:j], 0]
                cost = sum(distances[a, b] for a, b in itertools.pairwise(route))
                cost += penalty * max(0.0, demand[tour[i:j]].sum() - capacity)
                best[k, j] = min(best[k, j], best[k - 1, i] + cost)
    return best[:, n].min()


def cut_cost(distances, demand, capacity, routes, penalty):
    total = 0.0
    for route in routes:
        stops = [0, *route, 0]
        total += sum(distances[a, b] for a, b in itertools.pairwise(stops))
        total += penalty * max(0.0, demand[route].sum() - capacity)
    return total


cases = st.integers(2, 9).flatmap(
    lambda clients: st.tuples(
        st.lists(
            st.tuples(st.integers(0, 40), st.integers(0, 40)),
            min_size=clients + 1,
            max_size=clients + 1,
        ),
        st.lists(st.integers(0, 9), min_size=clients, max_size=clients),
        st.permutations(range(1, clients + 1)),
        st.integers(9, 20),
        st.sampled_from([0.01, 0.5, 3.0, 100.0, 1e9]),
        st.integers(1, clients),
    )
)


@settings(max_examples=150, deadline=None)
@given(cases)
def test_split_equals_bellman(case):
    points, demands, tour, capacity, penalty, most = case
    demand = np.array([0, *demands], float)
    if demand.sum() == 0:
        demand[1] = 1.0
    instance = VrpInstance(
        coordinates=np.array(points, float),
        deliveries=demand,
        vehicles=(VehicleType(capacity=(capacity,)),),
    )
    data = search_data(instance, neighbours=3)
    task = new_task(instance, data, neighbours=3)
    work = new_workspace(task, len(tour), np.ones(1, np.uint64))
    work.tour[:] = tour
    call(task, work, penalty, most)
    count = int(work.progress[hs.COUNT])
    start = work.start[: count + 1]
    routes = [np.array(tour)[a:b] for a, b in itertools.pairwise(start)]
    assert 1 <= count <= most
    assert [c for route in routes for c in route] == list(tour)
    distances = instance.distance_matrix()
    # Capacities above the total demand come in as the total.
    found = cut_cost(distances, demand, data.capacity, routes, penalty)
    wanted = bellman(distances, demand, data.capacity, np.array(tour), penalty, most)
    assert found == pytest.approx(wanted, rel=1e-5, abs=1e-3)
