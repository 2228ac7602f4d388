"""Phases without a flow between leaves."""

import pytest

from netroute.core.registry import problem
from netroute.problems.collective import CollectiveInstance, Fabric

NAMES = ("random-split", "round-robin", "ecmp-pieces", "spray", "ethereal", "flowlets")


@pytest.mark.parametrize("name", NAMES)
def test_they_take_nothing_from_the_fabric(name):
    instance = CollectiveInstance(
        fabric=Fabric.leaf_spine(2, 2, hosts_per_leaf=2),
        flows=[(0, 0, 1, 1), (1, 0, 2, 1)],
        extra_pieces=None,
    )
    result = problem("collective").solver(name)().solve(instance, seed=1)
    assert result.metrics["thetas"] == [1.0, 1.0]
