from __future__ import annotations

import numpy as np
import pytest

from netroute.core.budget import Budget
from netroute.core.errors import UnsupportedError
from netroute.datasets.wsn.generate import generate_field
from netroute.problems.wsn.check import check
from netroute.problems.wsn.verify_bound import verify_bound
from netroute.solvers.wsn.pegasis import PegasisSolver
from netroute.solvers.wsn.tree_schedule import TreeScheduleSolver


@pytest.mark.parametrize("setting", ["centre", "far", "pegasis"])
@pytest.mark.parametrize("options", [{}, {"control_bits": 100, "death_test": "end"}])
def test_schedules_are_near_their_bound_and_last_to_the_end(setting, options):
    net = generate_field(setting=setting, nodes=15, seed=4, routing="tree", **options)
    result = TreeScheduleSolver().solve(net, budget=Budget(iterations=20))
    verdict = check(net, result.solution)
    assert verdict.feasible
    assert verdict.objective == result.objective
    assert 0.93 * result.bound < result.objective <= result.bound
    assert verdict.metrics["lnd"] is not None
    assert abs(verify_bound(net, result.certificate) - result.bound) <= 1.0
    assert result.objective > 1.05 * PegasisSolver().solve(net).objective


def test_same_iterations_same_answer():
    net = generate_field(setting="pegasis", nodes=10, seed=1)
    results = [TreeScheduleSolver().solve(net, budget=Budget(iterations=5)) for _ in range(2)]
    assert (results[0].solution.parent == results[1].solution.parent).all()
    assert (results[0].solution.rounds == results[1].solution.rounds).all()


def test_no_time_gives_an_answer_all_the_same():
    net = generate_field(setting="pegasis", nodes=30, seed=1)
    result = TreeScheduleSolver().solve(net, budget=Budget(seconds=1e-3))
    assert result.objective > 0
    start = TreeScheduleSolver().solve(net, budget=Budget(iterations=1)).solution
    late = TreeScheduleSolver().solve(net, budget=Budget(seconds=1e-3), start=start)
    assert late.objective >= check(net, start).objective


def test_one_node_and_nodes_in_one_place():
    for nodes in (1, 3):
        net = generate_field(setting="pegasis", nodes=nodes, seed=1)
        net = net.replace(position=np.full((nodes, 2), 5.0))
        result = TreeScheduleSolver().solve(net, budget=Budget(iterations=3))
        assert 0 < result.objective <= result.bound


def test_clusters_are_refused():
    with pytest.raises(UnsupportedError, match="needs the routing 'tree', found 'clusters'"):
        TreeScheduleSolver().solve(generate_field(nodes=3))
