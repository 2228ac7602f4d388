"""The values that gaps are measured against."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from netroute.core.errors import InputError
from netroute.datasets.catalogue import best_known

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from netroute.experiments.plan import BenchInstance
    from netroute.experiments.store import Record


@dataclass(frozen=True, slots=True)
class Reference:
    """One value with its origin.

    ``best known``, ``best found`` in the benchmark itself, or ``proven bound`` of its runs.
    """

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

    The configuration's own values go first, then its file, then for files and catalogue names
    the ``bks.csv`` beside the instance's file, then the catalogue.
    """
    listed = {} if file is None else read_references(file)
    beside: dict[Path, dict[str, float]] = {}
    found: dict[str, float] = {}
    for instance in instances:
        name, source = instance.name, instance.spec.source
        value = given.get(name, listed.get(name))
        if value is None and source is not None:
            table = Path(source).parent / "bks.csv"
            if table not in beside:
                beside[table] = read_references(table) if table.is_file() else {}
            value = beside[table].get(name)
            if value is None:
                suite, colon, entry = source.partition(":")
                named = colon and not Path(source).is_file()
                value = best_known(suite, entry) if named else best_known(name)
        if value is not None:
            found[name] = value
    return found


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


def proven(records: Sequence[Record], sense: str) -> dict[str, Reference]:
    """Give each instance the tightest bound that one of its runs has proven.

    Instances without one get none.

    Raises
    ------
    InputError
        All runs are made, and none that has an answer to any instance has proven a bound.
    """
    pick = max if sense == "min" else min
    references = {}
    for name in dict.fromkeys(record.instance for record in records):
        own = [record for record in records if record.instance == name]
        bounds = [record.bound for record in own if record.bound is not None]
        if bounds:
            references[name] = Reference(pick(bounds), "proven bound")
    answered = [record for record in records if record.objective is not None]
    if answered and not references and all(record.status != "missing" for record in records):
        raise InputError(
            "no run has proven a bound, expected one with 'reference: bound'",
            code="config.reference",
            where=answered[0].instance,
        )
    return references
