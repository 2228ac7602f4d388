"""Phases without a flow between leaves."""

import pytest

from netroute.core.errors import UnsupportedError
from netroute.core.registry import problem
from netroute.problems.collective import CollectiveInstance, Fabric
from netroute.problems.collective.check import check

NAMES = sorted(set(problem("collective").solvers) - {"incremental"})
ONLINE = {"policy", *(name for name in NAMES if name.startswith("online-"))}
UNSUITED = {
    "tree": {"ilp", *ONLINE},
    "broken tree": {"ilp", "koenig", *ONLINE},
    "leaf-spine": set(),
}


def _fabric(kind):
    if kind == "leaf-spine":
        return Fabric.leaf_spine(2, 2, hosts_per_leaf=2)
    tree = Fabric.fat_tree(4)
    if kind == "tree":
        return tree
    up = tree.up.copy()
    up[0, 0] = 0
    return tree.replace(up=up)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", ["leaf-spine", "tree", "broken tree"])
def test_they_take_nothing_from_the_fabric(name, kind):
    instance = CollectiveInstance(
        fabric=_fabric(kind), flows=[(0, 0, 1, 1), (1, 0, 2, 1)], extra_pieces=None
    )
    solver = problem("collective").solver(name)()
    try:
        result = solver.solve(instance, seed=1)
    except UnsupportedError:
        assert name in UNSUITED[kind]
        return
    assert name not in UNSUITED[kind]
    assert result.metrics["thetas"] == [1.0, 1.0]
    assert check(instance, result.solution).feasible
