"""Reader of REPETITA's files: ``NAME.graph`` and ``NAME.demands`` or ``NAME.0000.demands``.

A graph has sections ``NODES`` (rows ``label x y``) and ``EDGES`` (rows ``label source target weight
capacity delay``), demands have ``DEMANDS`` (rows ``label source target bandwidth``); each begins
with its number of rows and a line of column titles. Ends are numbers of nodes from 0.

Edges are arcs, also parallel ones. Capacities and demands are in kbit/s, delays in microseconds.
Weights, of routing protocols, are skipped. Demands are scaled such that the best fractional routing
fills the fullest arc to 90 %: with ``demand_scale`` 2 and more there is something to decide.

References
----------
S. Gay, P. Schaus, S. Vissicchio: REPETITA: repeatable experiments for performance evaluation of
traffic-engineering algorithms. arXiv:1710.08665, 2017.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from netroute.core.errors import InputError
from netroute.formats.sdn_draft import Draft
from netroute.formats.sdn_options import SdnOptions
from netroute.formats.text import parse_float, parse_int, read_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from netroute.problems.sdn.instance import SdnInstance


def read_repetita(path: str | Path, **options: Any) -> SdnInstance:
    r"""Read an instance from a graph and the demands beside it.

    Parameters
    ----------
    path : str or Path
        The graph; or the demands, whose graph is beside them.
    **options
        See `netroute.formats.sdn_options.SdnOptions`; ``demands`` names another file of demands.

    Raises
    ------
    InputError
        With file, line, what was found and what was expected.

    Examples
    --------
    >>> import tempfile
    >>> graph = '''NODES 2
    ... label x y
    ... a 0 0
    ... b 1 1
    ...
    ... EDGES 1
    ... label src dest weight bw delay
    ... e 0 1 1 100 5
    ... '''
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder, "toy.graph")
    ...     _ = file.write_text(graph)
    ...     demands = "DEMANDS 1\nlabel src dest bw\nd 0 1 30\n"
    ...     _ = Path(folder, "toy.0000.demands").write_text(demands)
    ...     instance = read_repetita(file, demand_scale=2)
    >>> instance.name, instance.capacity.tolist(), instance.bandwidth.tolist()
    ('toy-x2', [100], [60])
    """
    chosen = SdnOptions.of(options)
    graph, demands = _files(Path(path), chosen)
    draft = Draft(str(graph), graph.stem, directed=True)
    text = None if demands is None else read_text(demands)
    parse_repetita(draft, read_text(graph), text, str(demands))
    return draft.instance(chosen)


def parse_repetita(draft: Draft, graph: str, demands: str | None, where: str) -> None:
    """Fill a draft from the texts of both files; ``where`` is the demands' file."""
    sections = _Rows(graph, draft.where)
    for place, (label, x, y) in sections.section("NODES", 3):
        position = (sections.number(place, "x", x), sections.number(place, "y", y))
        draft.add_node(str(len(draft.nodes)), position, place, label)
    for place, (_, source, target, _, capacity, delay) in sections.section("EDGES", 6):
        available = sections.number(place, "bw", capacity)
        if not available > 0:
            raise draft.fail(place, f"bw: found {capacity}, expected a number > 0")
        wait = sections.number(place, "delay", delay)
        draft.add_link(source, target, place, capacity=available, delay=wait)
    sections.finish()
    if demands is None:
        return
    sections = _Rows(demands, where)
    rows = list(sections.section("DEMANDS", 4))
    # Some files call all demands alike.
    unique = len({row[0] for _, row in rows}) == len(rows)
    for place, (label, source, target, amount) in rows:
        value = sections.number(place, "bw", amount)
        draft.add_demand(source, target, value, place, name=label if unique else None)
    sections.finish()


def _files(path: Path, options: SdnOptions) -> tuple[Path, Path | None]:
    """Return the files of graph and demands; none of demands if they are to be drawn."""
    graph, beside = path, None
    if path.suffix.lower() == ".demands":
        stem = path.stem
        names = [stem, stem.rpartition(".")[0]]
        found = [path.with_name(f"{name}.graph") for name in names if name]
        graph = next((file for file in found if file.is_file()), found[-1])
        beside = path
    if options.demands is not None:
        return graph, Path(options.demands)
    if beside is None and graph.parent.is_dir():
        single = graph.with_suffix(".demands")
        start = f"{graph.stem}."
        numbered = sorted(
            file
            for file in graph.parent.iterdir()
            if file.name.startswith(start) and file.suffix == ".demands"
        )
        beside = single if single.is_file() else next(iter(numbered), None)
    if beside is None and options.flows is None and graph.is_file():
        raise InputError(
            f"found no {graph.stem}.demands beside the graph, expected demands",
            code="sdn.file",
            where=str(graph),
            hint="the read option demands=FILE names them, flows=NUMBER draws some",
        )
    return graph, beside


class _Rows:
    """The lines of a file, section by section."""

    def __init__(self, text: str, where: str) -> None:
        lines = enumerate(text.split("\n"), start=1)
        self._lines = [(f"{where}:{number}", line.split()) for number, line in lines]
        self._next = 0

    def section(self, keyword: str, columns: int) -> Iterator[tuple[str, list[str]]]:
        """Yield the place and the words of each row."""
        place, words = self._line(f"the section {keyword}")
        count = parse_int(words[1]) if len(words) == 2 and words[0] == keyword else None
        if count is None or count < 0:
            raise self._fault(place, words, f"{keyword} and its number of rows")
        place, words = self._line(f"the titles of the {columns} columns")
        if len(words) != columns:
            raise self._fault(place, words, f"the titles of the {columns} columns")
        for row in range(count):
            place, words = self._line(f"row {row + 1} of {count} of {keyword}")
            if len(words) != columns:
                expected = f"row {row + 1} of {count} of {keyword}, with {columns} columns"
                raise self._fault(place, words, expected)
            yield place, words

    def number(self, place: str, title: str, text: str) -> float:
        """Return a finite number."""
        value = parse_float(text)
        if value is None:
            raise self._fault(place, [text], "a number", f"{title}: ")
        return value

    def finish(self) -> None:
        """Raise an error if anything is left."""
        for place, words in self._lines[self._next :]:
            if words:
                raise self._fault(place, words, "the end of the file")

    def _line(self, expected: str) -> tuple[str, list[str]]:
        """Return the next line that is not blank."""
        while self._next < len(self._lines):
            place, words = self._lines[self._next]
            self._next += 1
            if words:
                return place, words
        raise self._fault(self._lines[-1][0], [], expected)

    def _fault(self, place: str, words: list[str], expected: str, what: str = "") -> InputError:
        found = repr(" ".join(words)[:40]) if words else "the end of the file"
        return InputError(
            f"{what}found {found}, expected {expected}", code="repetita.row", where=place
        )
