from __future__ import annotations

import networkx as nx
import numpy as np
import pytest

from netroute.solvers.wsn.arborescence import cheapest_tree


@pytest.mark.parametrize("seed", range(60))
def test_trees_are_cheapest(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 30))
    cost = rng.random((n, n + 1)) if seed % 2 else rng.integers(0, 6, (n, n + 1)).astype(float)
    # A root far away makes cycles within cycles.
    cost[:, -1] += seed % 5
    graph = nx.DiGraph()
    arcs = ((j, i, cost[i, j]) for i in range(n) for j in range(n + 1) if i != j)
    graph.add_weighted_edges_from(arcs)
    expected = nx.minimum_spanning_arborescence(graph).size("weight")
    value, parent = cheapest_tree(cost.copy())
    assert value == pytest.approx(expected)
    assert cost[np.arange(n), np.where(parent < 0, n, parent)].sum() == pytest.approx(expected)
    at = np.append(np.where(parent < 0, n, parent), n)
    for _ in range(n):
        at = at[at]
    assert (at == n).all()
