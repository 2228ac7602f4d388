"""Every kernel on small instances with array bounds checked: CI sets NUMBA_BOUNDSCHECK=1.

Without it a kernel that writes beyond an array corrupts memory in silence.
"""

from __future__ import annotations

import os

import pytest

import netroute
from netroute.core.registry import problem

pytestmark = pytest.mark.skipif(
    os.environ.get("NUMBA_BOUNDSCHECK") != "1", reason="NUMBA_BOUNDSCHECK is not set"
)
OURS = [name for name, path in problem("cvrp").solvers.items() if ".peers." not in path]


@pytest.mark.parametrize("solver", OURS)
def test_solver(make_cvrp, solver):
    for clients, seed in ((1, 0), (2, 1), (7, 2), (60, 3)):
        if solver == "ilp" and clients > 10:
            continue
        instance = make_cvrp(clients, seed=seed)
        result = netroute.solve(instance, solver=solver, seconds=3, iterations=300, bound="none")
        assert netroute.check(instance, result.solution).feasible


@pytest.mark.parametrize("bound", problem("cvrp").bounds)
def test_bound(make_cvrp, bound):
    instance = make_cvrp(25, seed=4)
    result = netroute.solve(instance, solver="savings", seconds=8, bound=bound)
    assert "bound_error" not in result.metrics
    assert 0 < result.bound <= result.objective


def tours(problem_name):
    entry = problem(problem_name)
    return [(problem_name, name) for name, path in entry.solvers.items() if ".peers." not in path]


@pytest.mark.parametrize(("problem_name", "solver"), tours("tsp") + tours("atsp"))
def test_tour(problem_name, solver):
    generate = problem(problem_name).generator(next(iter(problem(problem_name).generators)))
    for nodes, seed in ((3, 1), (4, 2), (12, 3), (80, 4)):
        instance = generate(nodes=nodes, seed=seed)
        result = netroute.solve(
            instance, problem=problem_name, solver=solver, seconds=5, iterations=300, bound="none"
        )
        assert netroute.check(instance, result.solution).feasible


@pytest.mark.parametrize("problem_name", ["tsp", "atsp"])
def test_bound_of_tours(problem_name):
    entry = problem(problem_name)
    instance = entry.generator(next(iter(entry.generators)))(nodes=25, seed=4)
    best = netroute.solve(instance, problem=problem_name, solver="savings", bound="none")
    for bound in entry.bounds:
        found = []
        # Compiling takes longer than a run would wait.
        entry.bound(bound)().run(
            instance,
            report=found.append,
            stop=lambda found=found: len(found) > 3,
            incumbent=lambda: (best.objective, best.solution),
        )
        assert 0 < found[-1].value <= best.objective


@pytest.mark.parametrize("solver", problem("wsn").solvers)
def test_field(solver):
    from netroute.solvers.wsn.protocol import ProtocolSolver

    entry = problem("wsn")
    routing = "tree" if solver in ("pegasis", "tree-schedule") else "clusters"
    for nodes, seed in ((5, 1), (6, 2), (60, 3)):
        field = entry.generator("field")(nodes=nodes, seed=seed, routing=routing, energy=0.02)
        played = issubclass(entry.solver(solver), ProtocolSolver)
        limits = {} if played else {"seconds": 3}
        result = netroute.solve(field, solver=solver, iterations=200, bound="none", **limits)
        assert netroute.check(field, result.solution).feasible
