"""Reader of SNDlib's XML network files; what they mean is said in `netroute.formats.sndlib`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from netroute.formats.sdn_draft import Draft
from netroute.formats.sdn_options import SdnOptions
from netroute.formats.sndlib import refuse_demands
from netroute.formats.text import parse_float, parse_int, read_text
from netroute.formats.xml import Element, parse_xml

if TYPE_CHECKING:
    from netroute.problems.sdn.instance import SdnInstance


def read_sndlib_xml(path: str | Path, **options: Any) -> SdnInstance:
    """Read an instance from an XML network file of SNDlib.

    Unlike the native format it says whether positions are degrees.

    Parameters
    ----------
    path : str or Path
        The file.
    **options
        See `netroute.formats.sdn_options.SdnOptions`.

    Raises
    ------
    InputError
        With file, line, what was found and what was expected.
    """
    chosen = SdnOptions.of(options)
    refuse_demands(chosen)
    draft = Draft(str(path), Path(path).stem)
    parse_sndlib_xml(draft, read_text(path))
    return draft.instance(chosen)


def parse_sndlib_xml(draft: Draft, text: str) -> None:
    """Fill a draft from the text of an XML network file.

    Examples
    --------
    >>> text = '''<network><networkStructure><nodes coordinatesType="pixel">
    ... <node id="a"><coordinates><x>0</x><y>0</y></coordinates></node>
    ... <node id="b"><coordinates><x>3</x><y>4</y></coordinates></node></nodes>
    ... <links><link id="L"><source>a</source><target>b</target>
    ... <additionalModules><addModule><capacity>40</capacity><cost>1</cost></addModule>
    ... </additionalModules></link></links></networkStructure>
    ... <demands><demand id="D"><source>a</source><target>b</target>
    ... <demandValue>30</demandValue></demand></demands></network>'''
    >>> draft = Draft("toy.xml", "toy")
    >>> parse_sndlib_xml(draft, text)
    >>> net = draft.instance(SdnOptions())
    >>> net.capacity.tolist(), net.delay.tolist(), net.bandwidth.tolist()
    ([40, 40], [5.0, 5.0], [30])
    """
    root = parse_xml(text, draft.where)
    if root.tag != "network":
        raise root.fail(f"found the element <{root.tag}>, expected <network>")
    structure = root.need("networkStructure")
    nodes = structure.need("nodes")
    kind = nodes.attributes.get("coordinatesType")
    draft.geographic = None if kind is None else kind == "geographical"
    for node in nodes.each("node"):
        draft.add_node(node.attribute("id"), _position(node), node.place)
    for link in structure.need("links").each("link"):
        source, target = _ends(link)
        installed = link.find("preInstalledModule")
        further = link.find("additionalModules")
        modules = () if further is None else tuple(further.each("addModule"))
        sizes = [_number(module.need("capacity")) for module in modules]
        draft.add_link(
            source,
            target,
            link.place,
            capacity=0.0 if installed is None else _number(installed.need("capacity")),
            modules=tuple(size for size in sizes if size > 0),
            name=link.attribute("id"),
        )
    demands = root.find("demands")
    for demand in [] if demands is None else demands.each("demand"):
        source, target = _ends(demand)
        unit = demand.find("routingUnit")
        amount = _number(demand.need("demandValue")) * (1.0 if unit is None else _number(unit))
        name = demand.attribute("id")
        draft.add_demand(source, target, amount, demand.place, hops=_hops(demand), name=name)


def _ends(element: Element) -> tuple[str, str]:
    source, target = (element.need(tag).text.strip() for tag in ("source", "target"))
    return source, target


def _position(node: Element) -> tuple[float, float] | None:
    coordinates = node.find("coordinates")
    if coordinates is None:
        return None
    return _number(coordinates.need("x"), low=None), _number(coordinates.need("y"), low=None)


def _number(element: Element, *, low: float | None = 0.0) -> float:
    text = element.text.strip()
    value = parse_float(text)
    if value is None or (low is not None and value < low):
        expected = "a number" if low is None else f"a number >= {low:g}"
        raise element.fail(f"<{element.tag}>: found {text[:40]!r}, expected {expected}")
    return value


def _hops(demand: Element) -> int:
    limit = demand.find("maxPathLength")
    text = "" if limit is None else limit.text.strip()
    if limit is None or text in ("", "UNLIMITED"):
        return 0
    hops = parse_int(text)
    if hops is None or not 1 <= hops < 2**31:
        raise limit.fail(f"<maxPathLength>: found {text[:40]!r}, expected an integer >= 1")
    return hops
