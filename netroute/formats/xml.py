"""XML as a tree whose elements know their lines."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NoReturn
from xml.parsers import expat

from netroute.core.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

DEEPEST = 200
"""Most levels of elements within each other."""


@dataclass(slots=True)
class Element:
    """One element; tags and attributes are without their name spaces."""

    tag: str
    attributes: dict[str, str]
    place: str
    text: str = ""
    children: list[Element] = field(default_factory=list)

    def each(self, tag: str) -> Iterator[Element]:
        """Yield the children called ``tag``."""
        return (child for child in self.children if child.tag == tag)

    def find(self, tag: str) -> Element | None:
        """Return the first child called ``tag``."""
        return next(self.each(tag), None)

    def need(self, tag: str) -> Element:
        """Return the first child called ``tag``, which must be there."""
        child = self.find(tag)
        if child is None:
            raise self.fail(f"<{self.tag}>: found no <{tag}>, expected one")
        return child

    def attribute(self, name: str) -> str:
        """Return an attribute, which must be there."""
        if name not in self.attributes:
            raise self.fail(f"<{self.tag}>: found no attribute {name!r}, expected one")
        return self.attributes[name]

    def fail(self, message: str) -> InputError:
        """Return the error for this element."""
        return InputError(message, code="xml.content", where=self.place)


def parse_xml(text: str, where: str) -> Element:
    """Return the root element of a text.

    Raises
    ------
    InputError
        Not well-formed, nested too deeply, or with entities of its own, which files of networks do
        not need and attacks do.

    Examples
    --------
    >>> root = parse_xml("<a x='1'><b>text</b></a>", "file")
    >>> root.tag, root.attributes, root.need("b").text
    ('a', {'x': '1'}, 'text')
    >>> parse_xml("<a><b></a>", "file")
    Traceback (most recent call last):
    netroute.core.errors.InputError: file:1: mismatched tag at column 9, expected XML
    """
    # The text is decoded already, whatever encoding its first line declares.
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    top = Element("", {}, where)
    stack = [top]

    def start(tag: str, attributes: dict[str, str]) -> None:
        if len(stack) > DEEPEST:
            raise InputError("nested too deeply", code="xml.syntax", where=here())
        element = Element(_local(tag), {_local(k): v for k, v in attributes.items()}, here())
        stack[-1].children.append(element)
        stack.append(element)

    def end(_: str) -> None:
        stack.pop()

    def characters(data: str) -> None:
        stack[-1].text += data

    def refuse(*_: object) -> NoReturn:
        raise InputError(
            "found a declaration of an entity, expected none", code="xml.syntax", where=here()
        )

    def here() -> str:
        return f"{where}:{parser.CurrentLineNumber}"

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = characters
    parser.EntityDeclHandler = refuse
    try:
        parser.Parse(text.encode(errors="replace"), True)
    except expat.ExpatError as error:
        message = expat.errors.messages[error.code]
        raise InputError(
            f"{message} at column {error.offset + 1}, expected XML",
            code="xml.syntax",
            where=f"{where}:{error.lineno}",
        ) from None
    return top.children[0]


def _local(name: str) -> str:
    return name.rpartition(":")[2]
