"""Classes one after the other: what is left of the lower ones while a higher one is decided."""

from __future__ import annotations

import numpy as np
import pytest

from netroute.core.budget import Budget
from netroute.datasets.sdn.priority_flows import generate_priority_flows
from netroute.problems.sdn import SdnSolution
from netroute.problems.sdn.check import check
from netroute.solvers.sdn.base import rank
from netroute.solvers.sdn.branch_and_price import BranchAndPriceSolver
from netroute.solvers.sdn.completion import completed
from netroute.solvers.sdn.greedy import GreedySolver
from netroute.solvers.sdn.greedy_density import GreedyDensitySolver
from netroute.solvers.sdn.lexicographic import filled, stages_of


@pytest.mark.parametrize("protection", ["none", "arc"])
def test_filling_keeps_a_class_and_those_above_on_their_paths(protection: str) -> None:
    net = generate_priority_flows(nodes=12, flows=150, load=0.6, seed=2, priorities=3)
    plan = GreedyDensitySolver().solve(net.replace(protection=protection)).solution
    net = net.replace(objective="lexicographic", protection=protection)
    for stage in stages_of(net):
        assert stage.priority is not None
        full = filled(net, plan, stage)
        assert check(net, full).feasible
        assert rank(net, full)[: 4 - stage.priority] >= rank(net, plan)[: 4 - stage.priority]
        for flow in np.flatnonzero(plan.admitted & (net.priority >= stage.priority)).tolist():
            assert full.path(flow).tolist() == plan.path(flow).tolist()
            assert full.backup(flow).tolist() == plan.backup(flow).tolist()


def test_no_class_falls_behind_greed_for_one_above() -> None:
    net = generate_priority_flows(nodes=20, flows=300, load=0.6, seed=1, priorities=4)
    net = net.replace(objective="lexicographic")
    found = BranchAndPriceSolver().solve(net, budget=Budget(iterations=1)).solution
    kept = np.flatnonzero(found.admitted & (net.priority == 4)).tolist()
    trimmed = SdnSolution.of(net.size, {flow: found.path(flow).tolist() for flow in kept})
    assert rank(net, found) >= rank(net, completed(net, trimmed))
    assert rank(net, found) >= rank(net, GreedySolver().solve(net).solution)
