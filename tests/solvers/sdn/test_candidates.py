"""The k shortest simple paths against networkx, which lists all of them."""

import networkx as nx
import numpy as np
import pytest

from netroute.core.rng import generator
from netroute.problems.sdn import SdnInstance
from netroute.solvers.sdn._kernels import simple_paths
from netroute.solvers.sdn.candidates import candidate_paths, path_lengths


def network(seed, *, nodes=7, arcs=20, flows=12, delays=True, **fields):
    random = generator(seed)
    tail, source = random.integers(nodes, size=arcs), random.integers(nodes, size=flows)
    return SdnInstance(
        nodes=range(nodes),
        tail=tail,
        head=(tail + random.integers(1, nodes, size=arcs)) % nodes,
        capacity=np.full(arcs, 9),
        delay=random.integers(0, 9, arcs) if delays else None,
        source=source,
        target=(source + random.integers(1, nodes, size=flows)) % nodes,
        bandwidth=random.integers(1, 6, flows),
        **fields,
    )


def all_paths(net, flow):
    graph = nx.MultiDiGraph()
    graph.add_nodes_from(range(len(net.nodes)))
    for arc, ends in enumerate(zip(net.tail.tolist(), net.head.tolist(), strict=True)):
        graph.add_edge(*ends, key=arc)
    ends = int(net.source[flow]), int(net.target[flow])
    paths = [[arc for _, _, arc in path] for path in nx.all_simple_edge_paths(graph, *ends)]
    return sorted((len(path), float(net.delay[path].sum()), path) for path in paths)


@pytest.mark.parametrize("k", [1, 2, 5, 60])
@pytest.mark.parametrize("delays", [True, False])
def test_paths_are_the_shortest_ones_in_order(k, delays):
    short = long = 0
    for seed in range(12):
        net = network(seed, delays=delays)
        found = candidate_paths(net, k)
        assert not found.allowed[found.hops[found.pair] == 0].any()
        for flow in range(net.size):
            expected = all_paths(net, flow)
            paths = [found.path(flow, j).tolist() for j in range(k) if found.allowed[flow, j]]
            assert len(paths) == min(k, len(expected))
            ranks = [(len(path), float(net.delay[path].sum())) for path in paths]
            assert ranks == [row[:2] for row in expected[:k]]
            # Among equals any may come first, but each is a path and comes once.
            listed = {tuple(row[2]) for row in expected}
            assert {tuple(path) for path in paths} <= listed
            assert len({tuple(path) for path in paths}) == len(paths)
            short += len(expected) < k
            long += len(expected) > k
    assert long if k < 60 else short


def test_on_a_larger_network():
    random = generator(1)
    graph = nx.random_internet_as_graph(120, seed=3)
    pairs = [pair for pair in random.integers(0, 120, (40, 2)).tolist() if pair[0] != pair[1]]
    nx.set_edge_attributes(graph, 5, "capacity")
    net = SdnInstance.from_networkx(graph, [(a, b, 1) for a, b in pairs])
    found = candidate_paths(net, 12)
    for flow, (a, b) in enumerate(pairs):
        generator_of_paths = nx.shortest_simple_paths(graph, a, b)
        expected = [len(path) - 1 for path, _ in zip(generator_of_paths, range(12), strict=False)]
        assert [hops for hops in found.hops[found.pair[flow]] if hops] == expected


def test_flows_with_the_same_ends_share_paths_but_not_limits():
    net = SdnInstance(
        nodes="abc", tail=[0, 0, 1], head=[2, 1, 2], capacity=[9] * 3, delay=[5, 1, 1],
        source=[0] * 4, target=[2] * 4, bandwidth=[1] * 4,
        max_delay=[np.inf, 2, 5, 1], max_hops=[0, 0, 1, 0],
    )  # fmt: skip
    found = candidate_paths(net, 3)
    assert found.pair.tolist() == [0] * 4
    assert found.hops.tolist() == [[1, 2, 0]]
    assert found.allowed.tolist() == [
        [True, True, False],
        [False, True, False],
        [True, False, False],
        [False, False, False],
    ]


def test_lengths_order_by_hops_then_delay():
    net = network(3)
    lengths = path_lengths(net)
    assert lengths.min() >= 1.0
    # Not even all delays together weigh as much as a hop.
    assert (lengths - 1.0).sum() < 1.0
    assert (np.argsort(lengths, kind="stable") == np.argsort(net.delay, kind="stable")).all()


@pytest.mark.parametrize(("word", "most"), [("stop", 1), ("halt", 0)])
def test_time_that_ends_leaves_other_pairs_with_one_path_or_none(word, most):
    net = network(5, flows=40)
    calls = iter([False, False])
    found = candidate_paths(net, 3, **{word: lambda: next(calls, True)})
    whole = candidate_paths(net, 3)
    counts, every = (found.hops > 0).sum(axis=1), (whole.hops > 0).sum(axis=1)
    cut = counts < every
    assert 0 < cut.sum() < len(cut)
    assert (counts[cut] == most).all()
    for flow in range(net.size):
        for j in range(counts[found.pair[flow]]):
            assert found.path(flow, j).tolist() == whole.path(flow, j).tolist()


def test_one_signature_each():
    candidate_paths(network(1), 2)
    candidate_paths(network(2, nodes=4, flows=3), 5)
    assert len(simple_paths.paths_of_pairs.signatures) == 1
