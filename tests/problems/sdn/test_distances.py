"""Distances between all nodes against SciPy's, and two ways to cheapest paths compared."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse.csgraph import floyd_warshall

from netroute.core.rng import generator
from netroute.problems.sdn import SdnInstance, cheapest, metrics
from netroute.problems.sdn.distances import all_pairs


def network(seed: int) -> SdnInstance:
    """Return a sparse network with parallel arcs and a node of its own."""
    random = generator(seed)
    nodes, arcs, flows = 12, 26, 40
    tail, source = random.integers(nodes, size=arcs), random.integers(nodes, size=flows)
    return SdnInstance(
        nodes=range(nodes + 1),
        tail=tail,
        head=(tail + random.integers(1, nodes, arcs)) % nodes,
        capacity=random.integers(2, 9, arcs),
        delay=random.integers(0, 5, arcs).astype(float),
        source=source,
        target=(source + random.integers(1, nodes, flows)) % nodes,
        bandwidth=random.integers(1, 9, flows),
    )


@pytest.mark.parametrize("seed", range(4))
def test_distances_are_those_of_scipy(seed: int) -> None:
    net = network(seed)
    # To SciPy no length is no arc.
    length = net.delay + 0.25
    dense = np.zeros((13, 13))
    for arc in np.argsort(-length):
        dense[net.tail[arc], net.head[arc]] = length[arc]
    found = all_pairs(13, net.tail, net.head, length)
    assert found.tolist() == floyd_warshall(dense).tolist()
    assert np.isinf(found[:12, 12]).all()


@pytest.mark.parametrize("seed", range(4))
def test_small_and_large_networks_agree(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    net = network(seed)
    price = net.delay + 0.5
    flows = np.arange(net.size)

    def figures() -> list[np.ndarray]:
        return [cheapest.cheapest(net, price), *metrics._shortest(net, flows)]

    small = figures()
    monkeypatch.setattr(cheapest, "DENSE", 0)
    monkeypatch.setattr(metrics, "DENSE", 0)
    for mine, other in zip(small, figures(), strict=True):
        assert mine == pytest.approx(other)
