"""The default method takes what is best for the instance."""

from __future__ import annotations

import pytest

from netroute.core.budget import Budget
from netroute.problems.collective import CollectiveInstance, Fabric
from netroute.problems.collective.check import check
from netroute.solvers.collective.auto import AutoSolver

# Three equal flows over two paths: whole ones need two on a link, cut ones one and a half.
ODD = {
    "fabric": Fabric.leaf_spine(2, 2, hosts_per_leaf=3, nic=100),
    "flows": [(0, 0, 3, 6), (0, 1, 4, 6), (0, 2, 5, 6)],
}


def test_whole_flows_are_coloured():
    result = AutoSolver().solve(CollectiveInstance(**ODD), budget=Budget(seconds=20))
    assert result.metrics["fabric"] == 12.0
    assert result.status == "optimal"


def test_flows_that_may_be_cut_are_cut_where_that_helps():
    instance = CollectiveInstance(**ODD, extra_pieces=None)
    result = AutoSolver().solve(instance, budget=Budget(seconds=20))
    assert result.objective == pytest.approx(9.0, rel=1e-5)
    assert check(instance, result.solution).feasible


def test_flows_that_need_no_cut_stay_whole():
    flows = [(0, 0, 3, 6), (0, 1, 4, 6)]
    instance = CollectiveInstance(fabric=ODD["fabric"], flows=flows, extra_pieces=None)
    result = AutoSolver().solve(instance, budget=Budget(seconds=20))
    assert result.metrics["pieces"] == 2
    assert result.status == "optimal"
