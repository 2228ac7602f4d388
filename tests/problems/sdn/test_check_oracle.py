"""The checker against a slow one that walks path by path, on random valid and broken plans."""

from __future__ import annotations

from collections import Counter
from typing import Any

import networkx as nx
import numpy as np
import pytest

from netroute.problems.sdn import SdnInstance, SdnSolution
from netroute.problems.sdn.check import check


def walk(instance: SdnInstance, flow: int, path: list[int], broken: set[str]) -> list[int]:
    """Nodes that a path visits in order; faults go to ``broken``."""
    visited = [int(instance.source[flow])]
    for arc in path:
        if instance.tail[arc] != visited[-1]:
            broken.add("path.broken")
        visited.append(int(instance.head[arc]))
    if visited[-1] != instance.target[flow]:
        broken.add("path.broken")
    if len(set(visited)) < len(visited):
        broken.add("path.loop")
    if instance.max_delay is not None and (
        sum(instance.delay[a] for a in path) > instance.max_delay[flow] + 1e-9
    ):
        broken.add("path.delay")
    if instance.max_hops is not None and 0 < instance.max_hops[flow] < len(path):
        broken.add("path.hops")
    return visited


def oracle(instance: SdnInstance, solution: SdnSolution) -> tuple[set[str], dict[str, Any]]:
    broken: set[str] = set()
    load: Counter[int] = Counter()
    rules: Counter[int] = Counter()
    weight, delays = 0.0, 0.0
    for flow in range(instance.size):
        path, backup = solution.path(flow).tolist(), solution.backup(flow).tolist()
        if path:
            weight += float(instance.weights()[flow])
        nodes = [walk(instance, flow, p, broken) if p else [] for p in (path, backup)]
        if path and not backup and instance.protection != "none":
            broken.add("backup.missing")
        if backup and (not path or instance.protection == "none"):
            broken.add("backup.unexpected")
        if set(path) & set(backup):
            broken.add("backup.shared")
        ends = {int(instance.target[flow]), int(instance.source[flow])}
        if instance.protection == "node" and (set(nodes[0]) & set(nodes[1])) - ends:
            broken.add("backup.shared")
        for arc in path + backup:
            load[arc] += int(instance.bandwidth[flow])
            rules[int(instance.tail[arc])] += 1
            delays += float(instance.bandwidth[flow] * instance.delay[arc])
    if any(load[arc] > instance.capacity[arc] for arc in load):
        broken.add("arc.capacity")
    if instance.table_size is not None and any(
        0 <= instance.table_size[v] < rules[v] for v in rules
    ):
        broken.add("node.table")
    figures = {
        "weight": weight,
        "maximum": max((load[a] / instance.capacity[a] for a in load), default=0.0),
        "rules": dict(rules),
        "bandwidth_delay": delays,
    }
    return broken, figures


def random_plan(rng: np.random.Generator, instance: SdnInstance) -> SdnSolution:
    """Half proper paths, half arcs at random; backups now and then."""
    graph = nx.MultiDiGraph()
    graph.add_nodes_from(range(len(instance.nodes)))
    for arc, (a, b) in enumerate(zip(instance.tail, instance.head, strict=True)):
        graph.add_edge(int(a), int(b), key=arc)
    kinds: list[dict[int, list[int]]] = []
    for share in (0.8, 0.6 if instance.protection != "none" else 0.03):
        paths: dict[int, list[int]] = {}
        for flow in range(instance.size):
            if rng.random() > share:
                continue
            ends = int(instance.source[flow]), int(instance.target[flow])
            proper = [[k for _, _, k in p] for p in nx.all_simple_edge_paths(graph, *ends)]
            if proper and rng.random() < 0.9:
                paths[flow] = proper[rng.integers(len(proper))]
            else:
                paths[flow] = rng.integers(0, len(instance.tail), rng.integers(1, 4)).tolist()
        kinds.append(paths)
    return SdnSolution.of(instance.size, kinds[0], backups=kinds[1])


def proper_plan(rng: np.random.Generator, instance: SdnInstance, routes: Any) -> SdnSolution:
    """Admissible paths only; capacities and tables may be broken."""
    taken = {}
    for flow in range(instance.size):
        options = routes(instance, flow)
        if options:
            taken[flow] = options[rng.integers(len(options))]
    primary = {flow: path for flow, (path, _) in taken.items()}
    return SdnSolution.of(instance.size, primary, backups={f: b for f, (_, b) in taken.items()})


@pytest.mark.parametrize("protection", ["none", "arc", "node"])
@pytest.mark.parametrize("limits", [(), ("max_delay", "max_hops", "table_size")])
def test_same_verdict_as_a_walk_along_each_path(make_sdn, routes, protection, limits):
    seen: Counter[str] = Counter()
    for seed in range(60):
        rng = np.random.default_rng(seed)
        changes = dict.fromkeys(limits, True) | {"protection": protection}
        scale = int(rng.integers(1, 12))
        net = make_sdn(flows=int(rng.integers(1, 5)), seed=seed, **changes)
        net = net.replace(capacity=net.capacity * scale)
        if net.table_size is not None:
            net = net.replace(table_size=np.where(net.table_size < 0, -1, net.table_size * scale))
        orderly = seed % 3 == 0
        solution = proper_plan(rng, net, routes) if orderly else random_plan(rng, net)
        verdict = check(net, solution)
        broken, figures = oracle(net, solution)
        assert {v.code for v in verdict.violations} == broken, seed
        assert verdict.objective == figures["weight"]
        assert verdict.metrics["utilisation"]["maximum"] == pytest.approx(figures["maximum"])
        assert verdict.metrics["rules"]["total"] == sum(figures["rules"].values())
        assert verdict.metrics["rules"]["maximum"] == max(figures["rules"].values(), default=0)
        assert verdict.metrics["bandwidth_delay"] == pytest.approx(figures["bandwidth_delay"])
        seen.update(broken or {"feasible"})
    # The plans are of use only if each rule is broken and kept.
    assert seen["feasible"] >= 2
    assert seen["path.broken"] >= 2
    assert not limits or min(seen[code] for code in ("path.delay", "path.hops", "node.table")) >= 2
