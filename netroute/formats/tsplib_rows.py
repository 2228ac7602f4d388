"""Lines of TSPLIB and VRPLIB files, for their writers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netroute.formats.text import plain_rows

if TYPE_CHECKING:
    import numpy as np


def head(name: str, comment: str) -> list[str]:
    """Return the first lines of a file: name and comment, each on one line.

    Examples
    --------
    >>> head("a 1", ""), head("", 'said "so"')
    (['NAME : a 1'], ['NAME : unnamed', 'COMMENT : "said "so"'])
    """
    rows = [f"NAME : {_line(name) or 'unnamed'}"]
    if text := _line(comment):
        rows.append(f'COMMENT : "{text}"')
    return rows


def _line(text: str) -> str:
    """Text on one line, without quotation marks around it."""
    return " ".join(text.split()).strip("\"'").strip()


def table_rows(values: np.ndarray) -> list[str]:
    """Return a line a node: its number from 1 and its row of ``values``.

    Examples
    --------
    >>> import numpy as np
    >>> table_rows(np.array([[1.0, 2.5], [3.0, 4.0]]))
    ['1 1 2.5', '2 3 4']
    """
    return [
        f"{node} {' '.join(map(repr, row))}" for node, row in enumerate(plain_rows(values), start=1)
    ]
