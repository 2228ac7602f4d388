"""Turns a report in Markdown into one HTML page that needs no other file."""

from __future__ import annotations

import base64
import re
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_STYLE = """
:root { color-scheme: light dark; --ink: #1c1e21; --back: #ffffff; --line: #d8dbe0; --soft: #f3f5f7;
  --link: #0b5cad; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #dfe2e6; --back: #16181b; --line: #3a3f45; --soft: #202327; --link: #7fb4ee; } }
body { color: var(--ink); background: var(--back); font: 15px/1.5 system-ui, sans-serif;
  max-width: 76rem; margin: 2rem auto; padding: 0 1.2rem; }
h1 { font-size: 1.7rem; } h2 { font-size: 1.3rem; margin-top: 2.4rem;
  border-bottom: 1px solid var(--line); padding-bottom: .3rem; } h3 { font-size: 1.05rem; }
a { color: var(--link); } .scroll { overflow-x: auto; margin: 1rem 0; }
table { border-collapse: collapse; font-size: .88rem; font-variant-numeric: tabular-nums; }
th, td { padding: .28rem .6rem; border-bottom: 1px solid var(--line); text-align: right;
  white-space: nowrap; } th { background: var(--soft); }
.text { text-align: left; white-space: normal; } th.text { white-space: nowrap; }
tbody tr:hover { background: var(--soft); }
img { max-width: 100%; background: #ffffff; border: 1px solid var(--line); border-radius: 6px; }
"""

_IMAGE = re.compile(r"!\[([^\]]*)\]\(([^)\s]+)\)")
_LINK = re.compile(r"\[([^\]]+)\]\(([^)\s]+)\)")
_BOLD = re.compile(r"\*\*(.+?)\*\*")
_CODE = re.compile(r"`([^`]+)`")
_CELL = re.compile(r"(?<!\\)\|")


def to_html(text: str, folder: Path) -> str:
    r"""Return the page for what this package's reports are made of.

    Headings, paragraphs, lists, tables, pictures, links, bold and code; pictures become part of
    the page.

    Parameters
    ----------
    text : str
        Markdown whose blocks are separated by blank lines.
    folder : Path
        Where its pictures are.

    Examples
    --------
    >>> from pathlib import Path
    >>> page = to_html("# A & B\n\n| x | y |\n| :-- | --: |\n| a | **1** |", Path())
    >>> "<h1>A &amp; B</h1>" in page, "<td><strong>1</strong></td>" in page
    (True, True)
    """
    blocks = [_block(block, folder) for block in text.strip().split("\n\n") if block.strip()]
    first = text.lstrip("# ").partition("\n")[0]
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(first)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        + "\n".join(blocks)
        + "\n</body>\n</html>\n"
    )


def _block(block: str, folder: Path) -> str:
    lines = block.strip("\n").split("\n")
    heading = re.match(r"(#{1,6}) (.*)", lines[0])
    if heading is not None:
        level = len(heading[1])
        return f"<h{level}>{_inline(heading[2])}</h{level}>"
    if lines[0].startswith("|"):
        return _table(lines)
    if lines[0].startswith("- "):
        entries = "".join(f"<li>{_inline(line.removeprefix('- '))}</li>" for line in lines)
        return f"<ul>{entries}</ul>"
    picture = _IMAGE.fullmatch(block.strip())
    if picture is not None:
        return _picture(picture[1], folder / picture[2])
    return "<p>" + "<br>".join(_inline(line) for line in lines) + "</p>"


def _table(lines: list[str]) -> str:
    header, marks, *rows = [_cells(line) for line in lines]
    texts = [mark.startswith(":") for mark in marks]

    def row(cells: list[str], tag: str) -> str:
        return "".join(
            f'<{tag} class="text">{_inline(cell)}</{tag}>'
            if text
            else f"<{tag}>{_inline(cell)}</{tag}>"
            for cell, text in zip(cells, texts, strict=True)
        )

    body = "\n".join(f"<tr>{row(cells, 'td')}</tr>" for cells in rows)
    return (
        f'<div class="scroll"><table>\n<thead><tr>{row(header, "th")}</tr></thead>\n'
        f"<tbody>\n{body}\n</tbody>\n</table></div>"
    )


def _cells(line: str) -> list[str]:
    inner = line.strip().removeprefix("|").removesuffix("|")
    return [cell.strip().replace("\\|", "|") for cell in _CELL.split(inner)]


def _picture(name: str, path: Path) -> str:
    data = base64.b64encode(path.read_bytes()).decode()
    return f'<p><img alt="{escape(name)}" src="data:image/png;base64,{data}"></p>'


def _inline(text: str) -> str:
    text = escape(text)
    text = _CODE.sub(r"<code>\1</code>", text)
    text = _BOLD.sub(r"<strong>\1</strong>", text)
    return _LINK.sub(r'<a href="\2">\1</a>', text)
