"""Reader of SNDlib's native network files.

A network has nodes with positions, links, each with a capacity that is already installed (often 0)
and modules of further capacity that could be, and demands, some with a limit of hops, which is
kept. Modules are alternatives here: the largest one, or that of the read option ``capacity``, is
installed on a link without capacity. A demand takes its value times its routing unit.

The file does not say whether links are directed; the models beside it do. They are taken as
directed if each one comes with one in the other direction. That agrees with the models of all 26
networks but brain, which lists both directions of each link although its models take links as
undirected: each direction has the capacity once here. Other links are two arcs with the full
capacity each. A demand is one flow from its source to its target.

SNDlib states no delays: they are milliseconds of light in glass along the great circle where all
positions could be degrees, distances otherwise. Meta data and admissible paths are skipped.

References
----------
S. Orlowski, R. Wessäly, M. Pióro, A. Tomaszewski: SNDlib 1.0: survivable network design library.
Networks 55(3), 2010.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from netroute.core.errors import InputError
from netroute.formats.sdn_draft import Draft
from netroute.formats.sdn_options import SdnOptions
from netroute.formats.text import parse_float, parse_int, read_text

if TYPE_CHECKING:
    from netroute.problems.sdn.instance import SdnInstance

BEGIN = "?SNDlib native format"
"""How each native file begins."""

_SECTIONS = ("META", "NODES", "LINKS", "DEMANDS", "ADMISSIBLE_PATHS")
_TOKEN = re.compile(r"[()]|[^\s()]+")


def read_sndlib(path: str | Path, **options: Any) -> SdnInstance:
    """Read an instance from a native network file of SNDlib.

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

    Examples
    --------
    >>> import tempfile
    >>> text = '''?SNDlib native format; type: network; version: 1.0
    ... NODES (
    ...   a ( 0 0 )
    ...   b ( 3 4 )
    ... )
    ... LINKS (
    ...   L ( a b ) 0.00 0.00 0.00 0.00 ( 40.00 1.00 100.00 2.00 )
    ... )
    ... DEMANDS (
    ...   D ( a b ) 1 30.00 UNLIMITED
    ... )'''
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder, "toy.txt")
    ...     _ = file.write_text(text)
    ...     instance = read_sndlib(file, capacity="smallest")
    >>> instance.name, instance.capacity.tolist(), instance.bandwidth.tolist()
    ('toy', [40, 40], [30])
    """
    chosen = SdnOptions.of(options)
    refuse_demands(chosen)
    draft = Draft(str(path), Path(path).stem)
    parse_sndlib(draft, read_text(path))
    return draft.instance(chosen)


def refuse_demands(options: SdnOptions) -> None:
    """Raise `InputError` if a file of demands is named for a format that has them inside."""
    if options.demands is not None:
        raise InputError(
            "found a file, expected none: this format keeps demands and network together",
            code="read.option",
            where="demands",
        )


def parse_sndlib(draft: Draft, text: str) -> None:
    """Fill a draft from the text of a native network file."""
    where = draft.where
    first = text.split("\n", 1)[0]
    if not first.startswith(BEGIN):
        raise _fault(f"{where}:1", first, f"{BEGIN!r}")
    kind = re.search(r"type:\s*(\w+)", first)
    if kind is not None and kind[1] != "network":
        raise _fault(f"{where}:1", f"type: {kind[1]}", "'type: network'")
    tokens = _Tokens(text, where)
    seen: set[str] = set()
    while (word := tokens.next_or_none()) is not None:
        if word.text not in _SECTIONS:
            raise _fault(word.place, word.text, f"one of the sections {', '.join(_SECTIONS)}")
        if word.text in seen:
            raise _fault(word.place, word.text, "each section once")
        seen.add(word.text)
        tokens.take("(", f"'(' after {word.text}")
        _SECTION_READERS.get(word.text, _skip)(draft, tokens)
    for needed in ("NODES", "LINKS"):
        if needed not in seen:
            place = tokens.end
            raise InputError(f"section {needed} is missing", code="sndlib.section", where=place)


class _Word(NamedTuple):
    text: str
    place: str


class _Tokens:
    """Words and parentheses with their places; comments and meta data are left out."""

    def __init__(self, text: str, where: str) -> None:
        self._words: list[_Word] = []
        self._next = 0
        in_meta = False
        lines = text.split("\n")
        for number, line in enumerate(lines, start=1):
            place = f"{where}:{number}"
            if number == 1 or line.lstrip().startswith("#"):
                continue
            # What is in the meta section is free text, up to a line with nothing but its end.
            if in_meta and line.strip() != ")":
                continue
            words = [_Word(found, place) for found in _TOKEN.findall(line)]
            in_meta = [word.text for word in words] == ["META", "("]
            self._words.extend(words)
        self.end = f"{where}:{len(lines)}"

    def next_or_none(self) -> _Word | None:
        """Return the next word, None at the end."""
        if self._next == len(self._words):
            return None
        self._next += 1
        return self._words[self._next - 1]

    def next(self, expected: str) -> _Word:
        """Return the next word."""
        word = self.next_or_none()
        if word is None:
            raise _fault(self.end, "the end of the file", expected, quote=False)
        return word

    def take(self, text: str, expected: str) -> None:
        """Skip a word that must come."""
        word = self.next(expected)
        if word.text != text:
            raise _fault(word.place, word.text, expected)

    def take_if(self, text: str) -> bool:
        """Skip a word if it comes."""
        fits = self._next < len(self._words) and self._words[self._next].text == text
        self._next += fits
        return fits

    def name(self, what: str) -> _Word:
        """Return a word that is no parenthesis."""
        word = self.next(what)
        # A section that begins here tells that the one before it has not ended.
        if word.text in ("(", ")", *_SECTIONS):
            raise _fault(word.place, word.text, what)
        return word

    def number(self, what: str) -> float:
        """Return a finite number >= 0."""
        word = self.next(what)
        value = parse_float(word.text)
        if value is None or value < 0:
            raise _fault(word.place, word.text, f"{what}, a number >= 0")
        return value


def _nodes(draft: Draft, tokens: _Tokens) -> None:
    while not tokens.take_if(")"):
        word = tokens.name("a node or ')'")
        position = None
        if tokens.take_if("("):
            position = (_coordinate(tokens, "x"), _coordinate(tokens, "y"))
            tokens.take(")", "')' after the coordinates")
        draft.add_node(word.text, position, word.place)


def _coordinate(tokens: _Tokens, axis: str) -> float:
    word = tokens.next(f"the coordinate {axis}")
    value = parse_float(word.text)
    if value is None:
        raise _fault(word.place, word.text, f"the coordinate {axis}, a number")
    return value


def _links(draft: Draft, tokens: _Tokens) -> None:
    while not tokens.take_if(")"):
        word = tokens.name("a link or ')'")
        source, target = _ends(tokens)
        capacity = tokens.number("the installed capacity")
        for what in ("its cost", "the routing cost", "the setup cost"):
            tokens.number(what)
        tokens.take("(", "'(' before the modules")
        modules = []
        while not tokens.take_if(")"):
            modules.append(tokens.number("the capacity of a module or ')'"))
            tokens.number("the cost of the module")
        usable = tuple(module for module in modules if module > 0)
        draft.add_link(
            source, target, word.place, capacity=capacity, modules=usable, name=word.text
        )


def _demands(draft: Draft, tokens: _Tokens) -> None:
    while not tokens.take_if(")"):
        word = tokens.name("a demand or ')'")
        source, target = _ends(tokens)
        unit = tokens.number("the routing unit")
        amount = unit * tokens.number("the demand")
        limit = tokens.name("the longest path or UNLIMITED")
        hops = 0 if limit.text == "UNLIMITED" else parse_int(limit.text)
        if hops is None or not (limit.text == "UNLIMITED" or 1 <= hops < 2**31):
            raise _fault(limit.place, limit.text, "a number of links >= 1 or UNLIMITED")
        draft.add_demand(source, target, amount, word.place, hops=hops, name=word.text)


def _ends(tokens: _Tokens) -> tuple[str, str]:
    tokens.take("(", "'(' before the two nodes")
    ends = (tokens.name("the source").text, tokens.name("the target").text)
    tokens.take(")", "')' after the two nodes")
    return ends


def _skip(_: Draft, tokens: _Tokens) -> None:
    depth = 1
    while depth:
        word = tokens.next("')' at the end of the section")
        depth += (word.text == "(") - (word.text == ")")


_SECTION_READERS = {"NODES": _nodes, "LINKS": _links, "DEMANDS": _demands}


def _fault(place: str, found: str, expected: str, *, quote: bool = True) -> InputError:
    text = repr(found[:40]) if quote else found
    return InputError(f"found {text}, expected {expected}", code="sndlib.syntax", where=place)
