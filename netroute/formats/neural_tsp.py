"""Text files with tours of the learning literature: test sets and labels.

One instance a line: the coordinates ``x y x y ...``, then, where a tour is given, the word
``output`` and its nodes from 1 on, the first one once more at the end. Distances are Euclidean and
not rounded. Source of the layout: Vinyals, Fortunato and Jaitly, Pointer networks, NeurIPS 2015.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from netroute.core.errors import InputError
from netroute.core.files import write_atomic
from netroute.formats.text import parse_float, parse_int, read_rows
from netroute.problems.tsp.instance import TspInstance
from netroute.problems.tsp.solution import TspSolution

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


class LabelledTour(NamedTuple):
    """An instance with the tour that the file gives, None where it gives none."""

    instance: TspInstance
    solution: TspSolution | None


def read_neural_tsp(path: str | Path) -> list[LabelledTour]:
    """Read all instances of a file; they are named after the file and their number from 0.

    Raises
    ------
    InputError
        With file and line.
    """
    return [parse_neural_tsp(row, place, name=name) for place, name, row in read_rows(path)]


def parse_neural_tsp(row: str, where: str = "text", *, name: str = "unnamed") -> LabelledTour:
    """Read one line of a file.

    Examples
    --------
    >>> instance, tour = parse_neural_tsp("0 0 3 0 0 4 output 1 3 2 1")
    >>> instance.size, tour.tour.tolist(), instance.length(tour.tour)
    (3, [0, 2, 1], 12.0)
    """
    points, label, nodes = row.partition("output")
    numbers = []
    for word in points.split():
        value = parse_float(word)
        if value is None:
            raise _fault(f"found {word[:40]!r}, expected a coordinate or 'output'", where)
        numbers.append(value)
    if len(numbers) % 2:
        raise _fault(f"found {len(numbers)} coordinates, expected pairs", where)
    try:
        instance = TspInstance(name=name, coordinates=np.array(numbers).reshape(-1, 2))
    except InputError as error:
        raise error.at(where) from None
    return LabelledTour(instance, _tour(nodes, instance.size, where) if label else None)


def _tour(text: str, n: int, where: str) -> TspSolution:
    tour = []
    for word in text.split():
        node = parse_int(word)
        if node is None or not 1 <= node <= n:
            raise _fault(f"output: found {word[:40]!r}, expected a node from 1 to {n}", where)
        tour.append(node - 1)
    if len(tour) == n + 1 and tour[0] == tour[-1]:
        tour.pop()
    if sorted(tour) != list(range(n)):
        raise _fault(f"output: found {len(tour)} nodes, expected each of {n} once", where)
    return TspSolution.of(tour)


def write_neural_tsp(
    path: str | Path, tours: Iterable[tuple[TspInstance, TspSolution | None]]
) -> None:
    """Write instances with their tours, such as labels to learn from.

    Raises
    ------
    InputError
        An instance has no plane coordinates, or the file cannot be written.
    """
    write_atomic(path, "".join(format_neural_tsp(*pair) + "\n" for pair in tours))


def format_neural_tsp(instance: TspInstance, solution: TspSolution | None = None) -> str:
    """Return the line of one instance.

    Examples
    --------
    >>> instance = TspInstance(coordinates=[[0, 0], [3, 0], [0, 4.5]])
    >>> format_neural_tsp(instance, TspSolution.of([0, 2, 1]))
    '0.0 0.0 3.0 0.0 0.0 4.5 output 1 3 2 1'
    """
    points = instance.coordinates
    if points is None or points.shape[1] != 2:
        raise InputError(
            "has no plane coordinates, which the format needs", where=instance.name, code="neural"
        )
    words = [repr(value) for value in points.ravel().tolist()]
    if solution is not None:
        nodes = solution.tour.astype(np.int64) + 1
        words += ["output", *map(str, nodes.tolist()), *map(str, nodes[:1].tolist())]
    return " ".join(words)


def _fault(message: str, where: str) -> InputError:
    return InputError(message, code="neural", where=where)
