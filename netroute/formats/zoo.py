"""What GraphML and GML files of networks have in common: the attributes of the Topology Zoo.

Nodes
    Called by their label; a label that came before gets the node's id in parentheses. Positions are
    ``Longitude`` and ``Latitude``, in degrees, or ``x`` and ``y``. Nodes of the Zoo without a place
    are put between their neighbours.
Links
    Capacities are ``capacity`` in any unit, or ``LinkSpeedRaw`` in bit/s; most links of the Zoo
    have none, so that the read option ``capacity`` is needed. Delays are ``delay`` in any unit, or
    those of light in glass along the great circle in milliseconds. Links in undirected graphs are
    two arcs. Links from a node to itself, of which the Zoo has some, are left out.
Demands
    There are none: the read option ``flows`` draws some. ``unit=1e6`` counts in Mbit/s.

References
----------
S. Knight, H. X. Nguyen, N. Falkner, R. Bowden, M. Roughan: The Internet Topology Zoo. IEEE Journal
on Selected Areas in Communications 29(9), 2011.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from netroute.formats.text import parse_float

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from netroute.formats.sdn_draft import Draft

_CAPACITIES = ("capacity", "LinkSpeedRaw")
_POSITIONS = (("Longitude", "Latitude"), ("x", "y"))


class ZooNode(NamedTuple):
    """Id, attributes as text, and place in the file."""

    key: str
    attributes: Mapping[str, str]
    place: str


class ZooEdge(NamedTuple):
    """Ids of the ends, attributes as text, and place in the file."""

    source: str
    target: str
    attributes: Mapping[str, str]
    place: str


def add_zoo(draft: Draft, nodes: Iterable[ZooNode], edges: Iterable[ZooEdge]) -> None:
    """Fill a draft with what a file says of its nodes and edges.

    Examples
    --------
    >>> from netroute.formats.sdn_draft import Draft
    >>> from netroute.formats.sdn_options import SdnOptions
    >>> draft = Draft("toy.gml", "toy", directed=False)
    >>> places = [{"x": "0", "y": "0", "label": "A"}, {"x": "3", "y": "4"}]
    >>> nodes = [ZooNode(str(key), place, "toy.gml:1") for key, place in enumerate(places)]
    >>> add_zoo(draft, nodes, [ZooEdge("0", "1", {"LinkSpeedRaw": "1e9"}, "toy.gml:1")])
    >>> net = draft.instance(SdnOptions(flows=5, unit=1e6))
    >>> net.nodes, net.capacity.tolist(), net.size
    (('A', '1'), [1000, 1000], 5)
    """
    for node in nodes:
        label = node.attributes.get("label", "").strip()
        draft.add_node(node.key, _position(draft, node), node.place, label or None)
    for edge in edges:
        if edge.source == edge.target:
            continue
        capacities = (_number(draft, edge, name) for name in _CAPACITIES)
        draft.add_link(
            edge.source,
            edge.target,
            edge.place,
            capacity=next((value for value in capacities if value), 0.0),
            delay=_number(draft, edge, "delay"),
        )


def _position(draft: Draft, node: ZooNode) -> tuple[float, float] | None:
    for x, y in _POSITIONS:
        east, north = _number(draft, node, x), _number(draft, node, y)
        if east is not None and north is not None:
            return east, north
    return None


def _number(draft: Draft, entry: ZooNode | ZooEdge, name: str) -> float | None:
    """Return an attribute as a number, None where it is left out."""
    text = entry.attributes.get(name, "").strip()
    if not text:
        return None
    value = parse_float(text)
    if value is None:
        raise draft.fail(entry.place, f"{name}: found {text[:40]!r}, expected a number")
    return value
