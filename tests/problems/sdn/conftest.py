"""Small random networks, all simple paths in them, and the best plan by trying everything."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import networkx as nx
import numpy as np
import pytest

from netroute.problems.sdn import SdnInstance, SdnSolution
from netroute.problems.sdn.check import check

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture(scope="session")
def make_sdn() -> Callable[..., SdnInstance]:
    """Make a random network with parallel arcs, dead ends and narrow arcs; changes by keyword."""

    def make(
        nodes: int = 6, arcs: int = 14, flows: int = 8, *, seed: int = 0, **changes: Any
    ) -> SdnInstance:
        rng = np.random.default_rng(seed)
        tail, source = rng.integers(0, nodes, arcs), rng.integers(0, nodes, flows)
        fields = {
            "name": f"random-{seed}",
            "nodes": [f"v{i}" for i in range(nodes)],
            "tail": tail,
            "head": (tail + rng.integers(1, nodes, arcs)) % nodes,
            "capacity": rng.integers(2, 15, arcs),
            "delay": rng.integers(0, 6, arcs) / 2,
            "source": source,
            "target": (source + rng.integers(1, nodes, flows)) % nodes,
            "bandwidth": rng.integers(1, 8, flows),
            "priority": rng.integers(1, 5, flows),
            "priorities": 4,
        }
        drawn = {
            "max_delay": np.where(rng.random(flows) < 0.3, np.inf, rng.integers(1, 8, flows) / 2),
            "max_hops": rng.integers(0, 4, flows),
            "table_size": rng.integers(-1, 5, nodes),
        }
        for name, value in changes.items():
            fields[name] = drawn[name] if value is True else value
        return SdnInstance(**fields)

    return make


def _routes(instance: SdnInstance, flow: int) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    graph = nx.MultiDiGraph()
    graph.add_nodes_from(range(len(instance.nodes)))
    for arc, (a, b) in enumerate(zip(instance.tail, instance.head, strict=True)):
        if instance.capacity[arc] >= instance.bandwidth[flow]:
            graph.add_edge(int(a), int(b), key=arc)
    ends = int(instance.source[flow]), int(instance.target[flow])
    paths = [tuple(k for _, _, k in p) for p in nx.all_simple_edge_paths(graph, *ends)]
    kept = []
    for path in paths:
        slow = instance.max_delay is not None and (
            instance.delay[list(path)].sum() > instance.max_delay[flow] + 1e-9
        )
        long = instance.max_hops is not None and 0 < instance.max_hops[flow] < len(path)
        if not (slow or long):
            kept.append(path)
    if instance.protection == "none":
        return [(path, ()) for path in kept]
    pairs = []
    for one, two in itertools.permutations(kept, 2):
        inner = [{int(instance.head[a]) for a in path[:-1]} for path in (one, two)]
        if not set(one) & set(two) and (instance.protection == "arc" or not inner[0] & inner[1]):
            pairs.append((one, two))
    return pairs


@pytest.fixture(scope="session")
def routes() -> Callable[..., Any]:
    """All admissible (path, backup path) of a flow; backup paths are empty without protection."""
    return _routes


@pytest.fixture(scope="session")
def best_plan() -> Callable[[SdnInstance], tuple[float, SdnSolution]]:
    """Objective and solution of the best plan, by trying every combination."""

    def best(instance: SdnInstance) -> tuple[float, SdnSolution]:
        weights = instance.weights()
        options = [_routes(instance, flow) for flow in range(instance.size)]
        found = (0.0, SdnSolution.of(instance.size, {}, backups={}))

        def admit(flow: int, value: float, room: np.ndarray, free: np.ndarray, taken: Any) -> None:
            nonlocal found
            if value > found[0]:
                found = (
                    value,
                    SdnSolution.of(
                        instance.size,
                        {f: p for f, (p, _) in taken.items()},
                        backups=None
                        if instance.protection == "none"
                        else {f: b for f, (_, b) in taken.items()},
                    ),
                )
            if flow == instance.size or value + weights[flow:].sum() <= found[0]:
                return
            for path, backup in options[flow]:
                arcs = list(path + backup)
                left, entries = room.copy(), free.copy()
                np.subtract.at(left, arcs, instance.bandwidth[flow])
                np.subtract.at(entries, instance.tail[arcs], 1)
                if left.min() >= 0 and entries.min() >= 0:
                    more = {**taken, flow: (path, backup)}
                    admit(flow + 1, value + float(weights[flow]), left, entries, more)
            admit(flow + 1, value, room, free, taken)

        free = np.full(len(instance.nodes), 10**6)
        if instance.table_size is not None:
            free = np.where(instance.table_size < 0, 10**6, instance.table_size)
        admit(0, 0.0, instance.capacity.copy(), free, {})
        evaluation = check(instance, found[1])
        assert evaluation.feasible, evaluation.violations
        assert evaluation.objective == found[0]
        return found

    return best
