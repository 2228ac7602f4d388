"""Networks in JSON as topohub has them, which is NetworkX's node-link layout.

An object with ``nodes``, ``edges`` (or ``links``), ``directed`` and ``graph``:

- a node has ``id``, and may have ``name`` and ``pos``, degrees or any others;
- an edge has ``source`` and ``target``, and may have ``dist`` in kilometres, ``delay`` and
  ``capacity``; topohub's own files have no capacities, so that the read option is needed;
- ``graph`` may have ``name`` and ``demands``, from the source's id to the target's id to an amount;
  files without demands need the read option ``flows``.

A delay is that of light in glass, in milliseconds, unless ``delay`` gives it in any unit. An edge
of an undirected graph is two arcs. All other keys are skipped.

References
----------
P. Jurkiewicz: TopoHub: a repository of reference Gabriel graph and real-world topologies for
networking research. SoftwareX 24, 2023.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from netroute.core.errors import InputError
from netroute.formats.sdn_draft import Draft
from netroute.formats.sdn_options import SdnOptions
from netroute.formats.sdn_places import SPEED
from netroute.formats.sndlib import refuse_demands

if TYPE_CHECKING:
    from netroute.problems.sdn.instance import SdnInstance


def instance_from_topohub(data: dict[str, Any], **options: Any) -> SdnInstance:
    """Make an instance of a node-link object.

    Parameters
    ----------
    data : dict
        As read from JSON.
    **options
        See `netroute.formats.sdn_options.SdnOptions`.

    Raises
    ------
    InputError
        With key, what was found and what was expected.

    Examples
    --------
    >>> data = {
    ...     "graph": {"demands": {"0": {"1": 30.0}}},
    ...     "nodes": [{"id": 0, "name": "A"}, {"id": 1, "name": "B"}],
    ...     "edges": [{"source": 0, "target": 1, "dist": 100.0}],
    ... }
    >>> net = instance_from_topohub(data, capacity=40)
    >>> net.nodes, net.capacity.tolist(), net.delay.tolist(), net.bandwidth.tolist()
    (('A', 'B'), [40, 40], [0.5, 0.5], [30])
    """
    chosen = SdnOptions.of(options)
    refuse_demands(chosen)
    graph = _get(data, "graph", dict, "", {})
    name = graph.get("name") or data.get("name") or "unnamed"
    draft = Draft("graph", str(name), directed=_get(data, "directed", bool, "", False))
    for index, node in enumerate(_objects(data, "nodes")):
        place = f"nodes[{index}]"
        label = node.get("name")
        key = _id(node, "id", place)
        draft.add_node(key, _position(node, place), place, None if label is None else str(label))
    for index, edge in enumerate(_objects(data, "edges" if "edges" in data else "links")):
        place = f"edges[{index}]"
        distance, delay = (_number(edge, key, place) for key in ("dist", "delay"))
        if delay is None and distance is not None:
            delay = round(distance / SPEED, 6)
        draft.add_link(
            _id(edge, "source", place),
            _id(edge, "target", place),
            place,
            capacity=_number(edge, "capacity", place) or 0.0,
            delay=delay,
        )
    demands = _get(graph, "demands", dict, "graph", {})
    for source in demands:
        targets = _get(demands, source, dict, "graph.demands", {})
        for target in targets:
            place = f"graph.demands.{source}.{target}"[:100]
            amount = _number(targets, target, place)
            draft.add_demand(str(source), str(target), amount or 0.0, place)
    return draft.instance(chosen)


def _get(data: dict[str, Any], key: str, kind: type, where: str, default: Any) -> Any:
    value = data.get(key, default)
    if not isinstance(value, kind):
        words = {dict: "an object", list: "a list", bool: "true or false"}
        raise _fault(f"{where}.{key}".lstrip(".")[:100], value, words[kind])
    return value


def _objects(data: dict[str, Any], key: str) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = _get(data, key, list, "", None)
    for index, entry in enumerate(entries):
        if not isinstance(entry, dict):
            raise _fault(f"{key}[{index}]", entry, "an object")
    return entries


def _id(entry: dict[str, Any], key: str, place: str) -> str:
    value = entry.get(key)
    if type(value) not in (int, str):
        raise _fault(f"{place}.{key}", value, "an id, a number or a text")
    return str(value)


def _number(entry: dict[str, Any], key: str, place: str) -> float | None:
    value = entry.get(key)
    if value is None:
        return None
    if not _is_number(value):
        raise _fault(place if place.endswith(key) else f"{place}.{key}", value, "a number")
    return float(value)


def _is_number(value: Any) -> bool:
    # An integer of hundreds of digits has no float64.
    if type(value) is int:
        return abs(value) < 2**62
    return type(value) is float and math.isfinite(value)


def _position(node: dict[str, Any], place: str) -> tuple[float, float] | None:
    value = node.get("pos")
    if value is None:
        return None
    if not isinstance(value, list) or len(value) != 2 or not all(map(_is_number, value)):
        raise _fault(f"{place}.pos", value, "[x, y]")
    return float(value[0]), float(value[1])


def _fault(where: str, value: Any, expected: str) -> InputError:
    return InputError(
        f"found {str(value)[:40]!r}, expected {expected}", code="topohub.field", where=where
    )
