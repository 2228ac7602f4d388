from __future__ import annotations

import networkx as nx
import numpy as np
import pytest

from netroute.core.errors import InputError
from netroute.problems.sdn import SdnInstance, SdnSolution


@pytest.mark.parametrize("kind", [nx.Graph, nx.DiGraph, nx.MultiGraph, nx.MultiDiGraph])
def test_any_kind_of_graph(kind):
    graph = kind(name="ring")
    for a, b in ("ab", "bc", "ca"):
        graph.add_edge(a, b, capacity=7, delay=0.5)
    net = SdnInstance.from_networkx(graph, [("a", "c", 3, 2), ("b", "a", 1)])
    arcs = set(zip(net.tail.tolist(), net.head.tolist(), strict=True))
    if graph.is_directed():
        assert arcs == {(0, 1), (1, 2), (2, 0)}
    else:
        assert arcs == {(0, 1), (1, 0), (1, 2), (2, 1), (0, 2), (2, 0)}
    assert (net.name, net.nodes, net.priority.tolist()) == ("ring", ("a", "b", "c"), [2, 1])
    assert set(net.capacity.tolist()) == {7}
    assert set(net.delay.tolist()) == {0.5}


def test_parallel_edges_and_other_attribute_names():
    graph = nx.MultiDiGraph()
    graph.add_node(1, place=(0.0, 1.0), table_size=4)
    graph.add_node(2, place=(3.0, 1.0))
    graph.add_edge(1, 2, gigabits=10, ms=1.5)
    graph.add_edge(1, 2, gigabits=20)
    net = SdnInstance.from_networkx(
        graph,
        [{"source": 1, "target": 2, "bandwidth": 4, "max_hops": 3, "name": "voice"}],
        capacity="gigabits",
        delay="ms",
        position="place",
        objective="lexicographic",
    )
    assert net.capacity.tolist() == [10, 20]
    assert net.delay.tolist() == [1.5, 0.0]
    assert net.position.tolist() == [[0.0, 1.0], [3.0, 1.0]]
    assert net.table_size.tolist() == [4, -1]
    assert (net.flows, net.max_hops.tolist()) == (("voice",), [3])
    assert net.objective == "lexicographic"


def test_round_trip(make_sdn):
    for seed in range(10):
        rng = np.random.default_rng(seed)
        net = make_sdn(
            seed=seed,
            max_delay=np.where(np.arange(8) % 3, np.inf, 4.0),
            max_hops=[3, *[0] * 7],
            table_size=[3, *[-1] * 5],
            position=rng.random((6, 2)),
            weight=rng.random(8),
        ).replace(flows=[f"f{i}" for i in range(8)])
        again = SdnInstance.from_networkx(net.to_networkx(), priorities=4)
        assert _arcs(again) == _arcs(net)
        for name in ("source", "target", "bandwidth", "priority", "max_delay", "max_hops"):
            assert getattr(again, name).tolist() == getattr(net, name).tolist()
        for name in ("weight", "table_size", "position"):
            assert getattr(again, name).tolist() == getattr(net, name).tolist()
        assert (again.nodes, again.flows, again.name) == (net.nodes, net.flows, net.name)


def _arcs(net: SdnInstance) -> list[tuple[float, ...]]:
    columns = (net.tail, net.head, net.capacity, net.delay)
    return sorted(zip(*(c.tolist() for c in columns), strict=True))


def test_load_of_a_solution():
    net = SdnInstance(
        nodes=["a", "b"], tail=[0, 0], head=[1, 1], capacity=[8, 4],
        source=[0, 0], target=[1, 1], bandwidth=[3, 2], protection="arc",
    )  # fmt: skip
    plan = SdnSolution.of(2, {1: [0]}, backups={1: [1]})
    edges = net.to_networkx(plan).edges(keys=True, data=True)
    assert {key: (d["load"], d["utilisation"]) for _, _, key, d in edges} == {
        0: (2, 0.25),
        1: (2, 0.5),
    }


@pytest.mark.parametrize(
    ("flows", "said"),
    [
        ([("a", "x", 1)], "flows[0]: target: unknown node 'x'"),
        ([("a", "b", 1), ("a", "b")], "flows[1]: found no 'bandwidth'"),
        ([{"source": "a", "target": "b", "bandwidth": 1, "prio": 3}], "unknown key 'prio'"),
        ([("a", "b", 0)], "bandwidth: flow 0: found 0"),
        ([("a", "a", 1)], "target: flow 0 leads from node 'a' to itself"),
    ],
)
def test_faulty_flows(flows, said):
    graph = nx.Graph()
    graph.add_edge("a", "b", capacity=3)
    with pytest.raises(InputError) as caught:
        SdnInstance.from_networkx(graph, flows)
    assert said in str(caught.value)


def test_edge_without_capacity_and_nodes_of_one_name():
    graph = nx.Graph()
    graph.add_edge("a", "b")
    with pytest.raises(InputError, match="edge a to b: found no 'capacity'"):
        SdnInstance.from_networkx(graph, [])
    twins = nx.Graph()
    twins.add_edge(1, "1", capacity=2)
    with pytest.raises(InputError, match="duplicate id '1'"):
        SdnInstance.from_networkx(twins, [])
