"""The values that gaps are measured against."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from netroute.core.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from netroute.experiments.plan import BenchInstance
    from netroute.experiments.store import Record


@dataclass(frozen=True, slots=True)
class Reference:
    """One value with its origin: ``best known``, or ``best found`` in the benchmark itself."""

    value: float
    origin: str


def read_references(path: Path) -> dict[str, float]:
    """Read a CSV file with the columns ``name`` and ``bks``.

    Raises
    ------
    InputError
        With file and line.
    """
    found: dict[str, float] = {}
    try:
        with path.open(newline="", encoding="utf-8") as stream:
            rows = csv.DictReader(stream)
            if not {"name", "bks"} <= set(rows.fieldnames or ()):
                raise InputError("expected the columns name and bks", where=f"{path}:1")
            for row in rows:
                try:
                    found[row["name"]] = float(row["bks"])
                except (TypeError, ValueError):
                    raise InputError(
                        f"found {row['bks']!r}, expected a number", where=f"{path}:{rows.line_num}"
                    ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot be read: {error}", where=str(path)) from None
    return found


def known_references(
    instances: Iterable[BenchInstance], given: Mapping[str, float], file: Path | None
) -> dict[str, float]:
    """Best-known value of each instance that has one.

    The configuration's own values go first, then its file, then the ``bks.csv`` beside the
    instance's file.
    """
    listed = {} if file is None else read_references(file)
    beside: dict[Path, dict[str, float]] = {}
    found: dict[str, float] = {}
    for instance in instances:
        name = instance.name
        if name in given or name in listed:
            found[name] = given.get(name, listed.get(name, 0.0))
            continue
        table = _table_beside(instance)
        if table is not None:
            if table not in beside:
                beside[table] = read_references(table)
            if name in beside[table]:
                found[name] = beside[table][name]
    return found


def _table_beside(instance: BenchInstance) -> Path | None:
    source = instance.spec.source
    if source is None:
        return None
    file = Path(source)
    if not file.is_file():
        from netroute.datasets.catalogue import fetch

        suite, _, name = source.partition(":")
        file = Path(fetch(suite, name))
    table = file.parent / "bks.csv"
    return table if table.is_file() else None


def complete(
    records: Sequence[Record], known: Mapping[str, float], sense: str
) -> dict[str, Reference]:
    """Give each instance its reference: the best-known value, else the best one found."""
    pick = min if sense == "min" else max
    references = {name: Reference(value, "best known") for name, value in known.items()}
    for name in dict.fromkeys(record.instance for record in records):
        values = [r.objective for r in records if r.instance == name and r.objective is not None]
        if name not in references and values:
            references[name] = Reference(pick(values), "best found")
    return references
