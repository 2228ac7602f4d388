"""Reader of GraphML files of networks; what they mean is said in `netroute.formats.zoo`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from netroute.formats.sdn_draft import Draft
from netroute.formats.sdn_options import SdnOptions
from netroute.formats.sndlib import refuse_demands
from netroute.formats.text import read_text
from netroute.formats.xml import Element, parse_xml
from netroute.formats.zoo import ZooEdge, ZooNode, add_zoo

if TYPE_CHECKING:
    from netroute.problems.sdn.instance import SdnInstance


def read_graphml(path: str | Path, **options: Any) -> SdnInstance:
    """Read a network from a GraphML file, such as those of the Topology Zoo, and draw flows.

    Parameters
    ----------
    path : str or Path
        The file.
    **options
        See `netroute.formats.sdn_options.SdnOptions`; ``flows`` is needed, and ``capacity`` if a
        link has none.

    Raises
    ------
    InputError
        With file, line, what was found and what was expected.
    """
    chosen = SdnOptions.of(options)
    refuse_demands(chosen)
    draft = Draft(str(path), Path(path).stem)
    parse_graphml(draft, read_text(path))
    return draft.instance(chosen)


def parse_graphml(draft: Draft, text: str) -> None:
    """Fill a draft from the text of a GraphML file.

    Examples
    --------
    >>> text = '''<graphml><key attr.name="LinkSpeedRaw" for="edge" id="d0"/>
    ... <graph edgedefault="undirected"><node id="0"/><node id="1"/>
    ... <edge source="0" target="1"><data key="d0">1000</data></edge></graph></graphml>'''
    >>> draft = Draft("toy.graphml", "toy")
    >>> parse_graphml(draft, text)
    >>> draft.instance(SdnOptions(flows=3)).capacity.tolist()
    [1000, 1000]
    """
    root = parse_xml(text, draft.where)
    if root.tag != "graphml":
        raise root.fail(f"found the element <{root.tag}>, expected <graphml>")
    graph = root.need("graph")
    kind = graph.attributes.get("edgedefault", "undirected")
    if kind not in ("directed", "undirected"):
        raise graph.fail(f"edgedefault: found {kind[:40]!r}, expected directed or undirected")
    draft.directed = kind == "directed"
    if (other := graph.find("hyperedge")) is not None:
        raise other.fail("found a <hyperedge>, expected edges between two nodes")
    keys = {key.attribute("id"): key.attributes.get("attr.name", "") for key in root.each("key")}
    nodes = (
        ZooNode(node.attribute("id"), _data(node, keys), node.place) for node in graph.each("node")
    )
    edges = (
        ZooEdge(edge.attribute("source"), edge.attribute("target"), _data(edge, keys), edge.place)
        for edge in graph.each("edge")
    )
    add_zoo(draft, nodes, edges)


def _data(element: Element, keys: dict[str, str]) -> dict[str, str]:
    """Attributes of a node or an edge by name."""
    found: dict[str, str] = {}
    for data in element.each("data"):
        key = data.attribute("key")
        if key not in keys:
            raise data.fail(f"unknown key {key[:40]!r}, expected that of a <key> of the file")
        found.setdefault(keys[key], data.text)
    return found
