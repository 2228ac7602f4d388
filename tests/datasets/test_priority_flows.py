"""The generator of priority flows: what each option promises, measured on what it makes."""

from itertools import pairwise

import networkx as nx
import numpy as np
import pytest
from scipy.optimize import linprog
from scipy.sparse import coo_array

from netroute import InputError
from netroute.core.rng import generator
from netroute.datasets.sdn.priority_flows import generate_priority_flows as generate
from netroute.datasets.sdn.topology import random_network
from netroute.datasets.sdn.trees import Trees
from netroute.problems.sdn.draw import draw_bandwidths, draw_pairs


def exact_share(instance):
    """Share of the flows that the exact linear relaxation admits: one flow of all of a source."""
    n, m, count = len(instance.nodes), len(instance.tail), instance.size
    tail, head = instance.tail.astype(int), instance.head.astype(int)
    source, target = instance.source.astype(int), instance.target.astype(int)
    kind, arc = np.divmod(np.arange(n * m), m)
    rows = np.concatenate([kind * n + head[arc], kind * n + tail[arc], source * n + target])
    columns = np.concatenate([np.arange(n * m), np.arange(n * m), n * m + np.arange(count)])
    ones = np.ones(n * m)
    values = np.concatenate([ones, -ones, -instance.bandwidth])
    balance = coo_array((values, (rows, columns)), shape=(n * n, n * m + count)).tocsr()
    balance = balance[np.arange(n * n) % (n + 1) != 0]
    used = coo_array((ones, (arc, np.arange(n * m))), shape=(m, n * m + count))
    found = linprog(
        np.concatenate([np.zeros(n * m), -instance.weights()]),
        A_ub=used,
        b_ub=instance.capacity,
        A_eq=balance,
        b_eq=np.zeros(balance.shape[0]),
        bounds=[(0, None)] * (n * m) + [(0, 1)] * count,
    )
    return found.x[n * m :].mean()


@pytest.mark.parametrize(
    ("load", "seed", "classes"),
    [(0.3, 1, "uniform"), (0.67, 2, "uniform"), (0.67, 3, "gold"), (0.95, 4, "uniform")],
)
def test_linear_relaxation_admits_the_stated_share(load, seed, classes):
    instance = generate(nodes=14, flows=700, load=load, seed=seed, classes=classes)
    assert exact_share(instance) == pytest.approx(load, abs=0.01)


def test_all_flows_fit_at_full_load_and_not_at_less_capacity():
    instance = generate(nodes=12, flows=300, load=1.0, seed=5)
    assert exact_share(instance) > 0.9999
    assert exact_share(instance.replace(capacity=instance.capacity // 2 + 1)) < 0.99


def test_seed_decides():
    first, again, other = (generate(nodes=20, flows=200, seed=seed) for seed in (1, 1, 2))
    assert first.fingerprint == again.fingerprint != other.fingerprint
    assert first.name == "pf-n20-m80-f200-l67-s1"
    assert generate(nodes=4, flows=3, name="mine").name == "mine"
    # The load changes capacities, and nothing else.
    lighter = generate(nodes=20, flows=200, seed=1, load=0.9)
    assert (lighter.capacity > first.capacity).all()
    assert (lighter.bandwidth == first.bandwidth).all()
    assert (lighter.tail == first.tail).all()


@pytest.mark.parametrize(("nodes", "links"), [(2, 1), (5, 4), (5, 10), (40, 60)])
def test_networks_are_connected_and_simple(nodes, links):
    instance = generate(nodes=nodes, links=links, flows=50, seed=3)
    arcs = set(zip(instance.tail.tolist(), instance.head.tolist(), strict=True))
    assert len(arcs) == len(instance.tail) == 2 * links
    assert {(b, a) for a, b in arcs} == arcs
    assert nx.is_connected(nx.Graph(list(arcs)))
    apart = instance.position[instance.tail] - instance.position[instance.head]
    assert instance.delay == pytest.approx(np.hypot(*apart.T), abs=2e-5)
    # Both directions of a link have the same capacity.
    assert (instance.capacity[::2] == instance.capacity[1::2]).all()


def test_links_hold_a_shortest_spanning_tree_and_are_short():
    network = random_network(generator(6), 60, 120)
    points = network.position
    whole = nx.Graph()
    for a in range(60):
        for b in range(a):
            whole.add_edge(a, b, weight=np.hypot(*(points[a] - points[b])))
    tree = {frozenset(edge) for edge in nx.minimum_spanning_edges(whole, data=False)}
    links = {
        frozenset(arc) for arc in zip(network.tail.tolist(), network.head.tolist(), strict=True)
    }
    assert tree <= links
    lengths = [data["weight"] for _, _, data in whole.edges(data=True)]
    drawn = [whole.edges[tuple(link)]["weight"] for link in links - tree]
    assert np.mean(drawn) < 0.5 * np.mean(lengths)
    assert max(drawn) > np.median(lengths) / 2


def test_capacities_follow_betweenness():
    network = random_network(generator(7), 60, 120)
    tiers, counts = np.unique(network.tier, return_counts=True)
    assert tiers.tolist() == [400, 1000, 2500]
    assert counts.tolist() == [96, 96, 48]
    graph = nx.DiGraph()
    for tail, head, delay in zip(network.tail, network.head, network.delay, strict=True):
        graph.add_edge(int(tail), int(head), weight=float(delay))
    between = nx.edge_betweenness_centrality(graph, weight="weight")
    values = [between[int(a), int(b)] for a, b in zip(network.tail, network.head, strict=True)]
    means = [np.mean(np.array(values)[network.tier == tier]) for tier in tiers]
    assert means[0] < means[1] / 2 < means[2] / 4


def test_loads_are_those_of_shortest_paths():
    rng = np.random.default_rng(8)
    network = random_network(generator(8), 15, 30)
    trees = Trees(15, network.tail, network.head)
    lengths = rng.random(60) + 0.01
    demand = rng.random((15, 15)) * (1 - np.eye(15))
    distance = trees.measure(lengths)
    graph = nx.DiGraph()
    for arc, (tail, head) in enumerate(zip(network.tail, network.head, strict=True)):
        graph.add_edge(int(tail), int(head), arc=arc, weight=lengths[arc])
    expected = np.zeros(60)
    for s in range(15):
        far, paths = nx.single_source_dijkstra(graph, s)
        for t, path in paths.items():
            assert distance[s, t] == pytest.approx(far[t])
            for a, b in pairwise(path):
                expected[graph.edges[a, b]["arc"]] += demand[s, t]
    assert trees.loads(demand) == pytest.approx(expected)


def test_bandwidths_are_log_uniform():
    sizes = draw_bandwidths(np.random.default_rng(9), 30_000, 100)
    assert (sizes.min(), sizes.max()) == (1, 100)
    # P(b <= k) = log(k + 1) / log(101), with a standard error of at most 0.003.
    for k in (1, 3, 10, 31):
        assert (sizes <= k).mean() == pytest.approx(np.log(k + 1) / np.log(101), abs=0.012)
    assert set(generate(nodes=5, flows=500, bandwidth=3).bandwidth.tolist()) == {1, 2, 3}


def test_pairs_follow_gravity():
    source, target = draw_pairs(np.random.default_rng(10), 4, 60_000)
    mass = np.random.default_rng(10).lognormal(0.0, 0.7, 4)
    share = np.outer(mass, mass) * (1 - np.eye(4))
    found = np.bincount(source * 4 + target, minlength=16).reshape(4, 4) / 60_000
    assert found == pytest.approx(share / share.sum(), abs=0.01)


def test_priorities():
    uniform = generate(nodes=6, flows=8000, priorities=4, seed=11)
    assert np.bincount(uniform.priority)[1:] == pytest.approx([2000] * 4, abs=200)
    gold = generate(nodes=6, flows=8000, classes="gold", seed=12)
    assert gold.priorities == 8
    counts = np.bincount(gold.priority, minlength=9) / 8000
    assert counts[[8, 4, 1]] == pytest.approx([0.05, 0.15, 0.80], abs=0.02)
    assert counts[[8, 4, 1]].sum() == pytest.approx(1)


def test_delay_limits_are_multiples_of_the_shortest():
    instance = generate(nodes=15, flows=100, stretch=1.5, seed=13)
    trees = Trees(15, instance.tail.astype(int), instance.head.astype(int))
    shortest = trees.measure(instance.delay)[instance.source, instance.target]
    assert instance.max_delay == pytest.approx(1.5 * shortest, rel=1e-6)
    tight = generate(nodes=15, flows=100, stretch=1.0, seed=13)
    assert (tight.max_delay >= shortest).all()
    assert sorted(instance.features()) == ["delay limits"]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"nodes": 1}, "nodes: found 1, expected an integer from 2 to"),
        ({"nodes": 5, "links": 3}, "links: found 3, expected an integer from 4 to 10"),
        ({"nodes": 5, "links": 11}, "links: found 11, expected"),
        ({"flows": 0}, "flows: found 0, expected an integer >= 1"),
        ({"load": 0.0}, r"load: found 0.0, expected a share in \(0, 1\]"),
        ({"load": 1.1}, "load: found 1.1"),
        ({"load": float("nan")}, "load: found nan"),
        ({"priorities": 0}, "priorities: found 0"),
        ({"bandwidth": 0}, "bandwidth: found 0"),
        ({"classes": "silver"}, "classes: found 'silver', expected one of: uniform, gold"),
        ({"stretch": 0.9}, "stretch: found 0.9, expected a number >= 1"),
        ({"seed": -1}, "seed: found -1"),
    ],
)
def test_bad_options(options, expected):
    with pytest.raises(InputError, match=expected):
        generate(**options)
