"""Networks and flows from and to networkx graphs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from netroute.core.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Sequence

    import networkx as nx

    from netroute.problems.sdn.instance import SdnInstance
    from netroute.problems.sdn.solution import SdnSolution

_OPTIONAL = {"weight": None, "max_delay": np.inf, "max_hops": 0}
_KEYS = ("source", "target", "bandwidth", "priority", "name", *_OPTIONAL)


def arguments(
    graph: nx.Graph,
    flows: Iterable[Sequence[Any] | Mapping[str, Any]] | None,
    *,
    capacity: str,
    delay: str,
    position: str,
) -> dict[str, Any]:
    """Return the arguments of `SdnInstance` for a graph; see `SdnInstance.from_networkx`."""
    number = {node: index for index, node in enumerate(graph.nodes)}
    edges = [(tail, head, data) for tail, head, data in graph.edges(data=True)]
    if not graph.is_directed():
        # Both directions of a link are neighbours in the numbering.
        edges = [arc for a, b, data in edges for arc in ((a, b, data), (b, a, data))]
    found: dict[str, Any] = {
        "nodes": [str(node) for node in graph.nodes],
        "tail": [number[tail] for tail, _, _ in edges],
        "head": [number[head] for _, head, _ in edges],
        "capacity": [_attribute(edge, capacity) for edge in edges],
        "delay": [data.get(delay, 0.0) for _, _, data in edges],
    }
    found["name"] = str(graph.graph.get("name") or "unnamed")
    for field, key in (("position", position), ("table_size", "table_size")):
        values = [data.get(key) for _, data in graph.nodes(data=True)]
        known = [value is not None for value in values]
        if key == "table_size" and any(known):
            found[field] = [-1 if value is None else value for value in values]
        elif values and all(known):
            found[field] = values
    given = graph.graph.get("flows", ()) if flows is None else flows
    return found | _flows([_flow(index, flow) for index, flow in enumerate(given)], number)


def graph_of(instance: SdnInstance, solution: SdnSolution | None) -> nx.MultiDiGraph:
    """Return a graph of the instance; see `SdnInstance.to_networkx`."""
    import networkx as nx

    graph = nx.MultiDiGraph(name=instance.name)
    for index, node in enumerate(instance.nodes):
        data: dict[str, Any] = {}
        if instance.position is not None:
            data["pos"] = tuple(instance.position[index].tolist())
        if instance.table_size is not None and instance.table_size[index] >= 0:
            data["table_size"] = int(instance.table_size[index])
        graph.add_node(node, **data)
    load = None if solution is None else arc_load(instance, solution)
    for arc, (tail, head) in enumerate(
        zip(instance.tail.tolist(), instance.head.tolist(), strict=True)
    ):
        data = {"capacity": int(instance.capacity[arc]), "delay": float(instance.delay[arc])}
        if load is not None:
            data |= {"load": int(load[arc]), "utilisation": load[arc] / instance.capacity[arc]}
        graph.add_edge(instance.nodes[tail], instance.nodes[head], key=arc, **data)
    graph.graph["flows"] = [_flow_data(instance, flow) for flow in range(instance.size)]
    return graph


def arc_load(instance: SdnInstance, solution: SdnSolution) -> np.ndarray:
    """Bandwidth on each arc, backup paths included: int64, shape (m,).

    Arcs and flows that the instance does not have are left out.
    """
    load = np.zeros(len(instance.tail), np.int64)
    for start, arcs in (
        (solution.start, solution.arcs),
        (solution.backup_start, solution.backup_arcs),
    ):
        if start is not None and arcs is not None:
            flow = np.repeat(np.arange(len(start) - 1), np.diff(start))
            known = (flow < instance.size) & (arcs < len(load))
            np.add.at(load, arcs[known], instance.bandwidth[flow[known]])
    return load


def _attribute(edge: tuple[Hashable, Hashable, Mapping[str, Any]], name: str) -> Any:
    tail, head, data = edge
    if name not in data:
        raise InputError(
            f"found no {name!r}, expected it on every edge",
            code="sdn.graph",
            where=f"edge {tail} to {head}",
        )
    return data[name]


def _flow(index: int, flow: Any) -> Mapping[str, Any]:
    """Turn a row (source, target, bandwidth[, priority]) into a mapping; leave mappings alone."""
    where = f"flows[{index}]"
    row: dict[str, Any] = dict(
        flow if isinstance(flow, Mapping) else zip(_KEYS, flow, strict=False)
    )
    missing = [key for key in _KEYS[:3] if key not in row]
    unknown = [key for key in row if key not in _KEYS]
    if missing or unknown:
        text = f"found no {missing[0]!r}" if missing else f"unknown key {unknown[0]!r}"
        raise InputError(f"{text}, expected {', '.join(_KEYS)}", code="sdn.graph", where=where)
    return row


def _flows(flows: list[Mapping[str, Any]], number: Mapping[Hashable, int]) -> dict[str, Any]:
    for index, flow in enumerate(flows):
        for end in ("source", "target"):
            if flow[end] not in number:
                raise InputError(
                    f"unknown node {flow[end]!r}", code="sdn.graph", where=f"flows[{index}]: {end}"
                )
    found: dict[str, Any] = {
        "source": [number[flow["source"]] for flow in flows],
        "target": [number[flow["target"]] for flow in flows],
        "bandwidth": [flow["bandwidth"] for flow in flows],
        "priority": [flow.get("priority", 1) for flow in flows],
    }
    for key, missing in _OPTIONAL.items():
        if any(key in flow for flow in flows):
            found[key] = [flow.get(key, missing) for flow in flows]
    if any("name" in flow for flow in flows):
        found["flows"] = [flow.get("name", str(index)) for index, flow in enumerate(flows)]
    return found


def _flow_data(instance: SdnInstance, flow: int) -> dict[str, Any]:
    data: dict[str, Any] = {
        "source": instance.nodes[instance.source[flow]],
        "target": instance.nodes[instance.target[flow]],
        "bandwidth": int(instance.bandwidth[flow]),
        "priority": int(instance.priority[flow]),
    }
    if instance.flows is not None:
        data["name"] = instance.flows[flow]
    for key, missing in _OPTIONAL.items():
        array = getattr(instance, key)
        if array is not None and array[flow] != missing:
            data[key] = array[flow].item()
    return data
