"""Bounds where disjoint pairs of paths have limits, which pricing keeps in part only."""

import pytest

from netroute.datasets.sdn.priority_flows import generate_priority_flows
from netroute.problems.sdn.verify_bound import verify_bound
from netroute.solvers.sdn.ilp_arc import IlpArcSolver
from netroute.solvers.sdn.path_lp import PathLpSolver


@pytest.mark.parametrize("protection", ["arc", "node"])
def test_bound_holds_and_is_recomputed(protection):
    lower = 0
    for seed in range(4):
        net = generate_priority_flows(nodes=7, links=12, flows=16, seed=seed, stretch=1.3)
        net = net.replace(protection=protection)
        solver = PathLpSolver(net)
        solver.run(lambda: False)
        certificate = solver.certificate()
        assert solver.bound >= IlpArcSolver(engine="HiGHS").solve(net).objective
        assert verify_bound(net, certificate.to_dict()) <= solver.bound
        free = PathLpSolver(net.replace(max_delay=None))
        free.run(lambda: False)
        lower += solver.bound < free.bound
    assert lower >= 2
