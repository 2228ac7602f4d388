"""Reader of GML files of networks; what they mean is said in `netroute.formats.zoo`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from netroute.core.errors import InputError
from netroute.formats.sdn_draft import Draft
from netroute.formats.sdn_options import SdnOptions
from netroute.formats.sndlib import refuse_demands
from netroute.formats.text import read_text
from netroute.formats.zoo import ZooEdge, ZooNode, add_zoo

if TYPE_CHECKING:
    from collections.abc import Iterator

    from netroute.problems.sdn.instance import SdnInstance

_TOKEN = re.compile(r'"[^"]*"|[\[\]]|"|[^\s\[\]"]+')
_COMMENT = re.compile(r"^[ \t]*#.*$", re.MULTILINE)
_KEY = re.compile(r"[A-Za-z]\w*\Z")


def read_gml(path: str | Path, **options: Any) -> SdnInstance:
    """Read a network from a GML file, such as those of the Topology Zoo, and draw flows.

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
    parse_gml(draft, read_text(path))
    return draft.instance(chosen)


def parse_gml(draft: Draft, text: str) -> None:
    """Fill a draft from the text of a GML file.

    Examples
    --------
    >>> draft = Draft("toy.gml", "toy")
    >>> parse_gml(draft, '''graph [
    ...   node [ id 0 label "A" ]
    ...   node [ id 1 label "B" ]
    ...   edge [ source 0 target 1 LinkSpeedRaw 1000.0 ]
    ... ]''')
    >>> net = draft.instance(SdnOptions(flows=3))
    >>> net.nodes, net.capacity.tolist()
    (('A', 'B'), [1000, 1000])
    """
    top = _parse(text, draft.where)
    graph = next(top.lists("graph"), None)
    if graph is None:
        raise _fault(f"{draft.where}:1", "no graph", "'graph ['")
    directed = graph.texts.get("directed", "0")
    if directed not in ("0", "1"):
        raise _fault(graph.place, f"directed {directed[:40]!r}", "0 or 1")
    draft.directed = directed == "1"
    nodes = (ZooNode(node.need("id"), node.texts, node.place) for node in graph.lists("node"))
    edges = (
        ZooEdge(edge.need("source"), edge.need("target"), edge.texts, edge.place)
        for edge in graph.lists("edge")
    )
    add_zoo(draft, nodes, edges)


@dataclass(slots=True)
class _List:
    """What is between brackets: the first value of each key, and the lists in it."""

    key: str
    place: str
    texts: dict[str, str] = field(default_factory=dict)
    inner: list[_List] = field(default_factory=list)

    def lists(self, key: str) -> Iterator[_List]:
        return (entry for entry in self.inner if entry.key == key)

    def need(self, key: str) -> str:
        if key not in self.texts:
            raise _fault(self.place, f"no {key} in {self.key!r}", "one")
        return self.texts[key]


def _parse(text: str, where: str) -> _List:
    stack = [_List("", f"{where}:1")]
    key: str | None = None
    line, upto = 1, 0
    place = f"{where}:1"
    text = _COMMENT.sub("", text)
    for match in _TOKEN.finditer(text):
        word = match[0]
        line += text.count("\n", upto, match.start())
        upto = match.start()
        place = f"{where}:{line}"
        if word == '"':
            raise _fault(place, "a text without its end", "a second quotation mark")
        if key is None and word == "]":
            if len(stack) == 1:
                raise _fault(place, "']'", "a key")
            stack.pop()
        elif key is None:
            if not _KEY.match(word):
                raise _fault(place, repr(word[:40]), "a key or ']'")
            key = word
        elif word == "[":
            entry = _List(key, place)
            stack[-1].inner.append(entry)
            stack.append(entry)
            key = None
        elif word == "]":
            raise _fault(place, "']'", f"the value of {key[:40]!r}")
        else:
            value = unescape(word[1:-1]) if word.startswith('"') else word
            stack[-1].texts.setdefault(key, value)
            key = None
    if key is not None:
        raise _fault(place, "the end of the file", f"the value of {key[:40]!r}")
    if len(stack) > 1:
        raise _fault(place, "the end of the file", f"']' after {stack[-1].key[:40]!r}")
    return stack[0]


def _fault(place: str, found: str, expected: str) -> InputError:
    return InputError(f"found {found}, expected {expected}", code="gml.syntax", where=place)
