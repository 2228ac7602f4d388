"""Shares of the proven lifetime, by solver and kind of field, from a benchmark's folder.

``netroute bench wsn --out DIR``, then ``python -m netroute.experiments.wsn_shares DIR``: full
rounds in percent of the bound, means over the fields that differ in their seeds only.
"""

from __future__ import annotations

import argparse
import csv
import re
from pathlib import Path
from typing import TYPE_CHECKING

from netroute.core.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_SEED = re.compile(r"-s[0-9]+$")


def shares(folder: str | Path) -> dict[str, dict[str, float]]:
    """Return the mean percentage by solver and kind of field.

    Parameters
    ----------
    folder : str or Path
        Of a benchmark with ``reference: bound``; its ``instances.csv`` is read.

    Raises
    ------
    InputError
        There is no such file, or it is of another kind.
    """
    path = Path(folder) / "instances.csv"
    found: dict[str, dict[str, list[float]]] = {}
    try:
        with path.open(newline="", encoding="utf-8") as stream:
            for row in csv.DictReader(stream):
                kind = _SEED.sub("", row["instance"])
                values = found.setdefault(row["label"], {}).setdefault(kind, [])
                values.append(100.0 - float(row["median_gap_percent"]))
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", where=str(path)) from None
    except (KeyError, TypeError, ValueError, csv.Error):
        raise InputError("is no table of gaps of a benchmark", where=str(path)) from None
    return {
        label: {kind: sum(values) / len(values) for kind, values in kinds.items()}
        for label, kinds in found.items()
    }


def table(folder: str | Path) -> Iterable[str]:
    """Yield the lines of a table in Markdown, the best solver first."""
    found = shares(folder)
    kinds = list(dict.fromkeys(kind for row in found.values() for kind in row))
    yield "| % of the bound | " + " | ".join(kinds) + " |"
    yield "| --- " * (1 + len(kinds)) + "|"
    ranked = sorted(found, key=lambda label: -sum(found[label].values()) / len(found[label]))
    for label in ranked:
        cells = [f"{found[label][k]:.1f}" if k in found[label] else "–" for k in kinds]
        yield f"| `{label}` | " + " | ".join(cells) + " |"


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table of one benchmark."""
    parser = argparse.ArgumentParser(description="Shares of the proven lifetime.")
    parser.add_argument("folder", help="the folder of 'netroute bench wsn'")
    for line in table(parser.parse_args(arguments).folder):
        print(line)


if __name__ == "__main__":
    main()
