"""What the catalogue knows of each public suite: names, checksums and best-known values.

``registry.csv`` has one line an instance: suite, name, size (locations with the depot, or demands),
best-known value, path below the suite's address, and checksum (see `digest`); the value and the
checksum can be empty. Several instances can come from one file; one instance can need several
files, whose paths and checksums are separated by blanks. Best-known values are costs of the best
solutions listed by CVRPLIB (X: as of December 2020, lowered where later ones are known), under the
suite's own convention of rounding. Only proven ones are optimal, as all of TSPLIB are.
"""

from __future__ import annotations

import csv
import hashlib
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from netroute.problems.geometry import Rounding

if TYPE_CHECKING:
    from collections.abc import Mapping

_CVRPLIB = "http://vrp.galgos.inf.puc-rio.br/media/com_vrp/instances"

_REPETITA = (
    "https://raw.githubusercontent.com/svissicchio/Repetita/master/data"
    "/2016TopologyZooUCL_inverseCapacity"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """One public set of instances.

    Attributes
    ----------
    name, title, source : str
        For the command line, for people, and whom to cite.
    folders : tuple of str
        Where its files are looked for below a local data folder, besides that folder itself;
        ``{name}`` stands for the instance's name.
    address : str or None
        Where its files are offered in the layout that netroute reads; None if no such place is
        known.
    reader : str
        Dotted path of the function that reads an instance.
    options : mapping
        Of the reader, such as the convention of rounding of the best-known values where the files
        say another one.
    packed : bool
        Whether instances come many in one file.
    ending : str
        Of the files that packed instances are kept in.
    """

    name: str
    title: str
    source: str
    folders: tuple[str, ...]
    address: str | None = None
    reader: str = "netroute.formats.vrplib:read_vrplib"
    options: Mapping[str, Any] = field(default_factory=dict)
    packed: bool = False
    ending: str = ".vrp"


SUITES: Mapping[str, Suite] = MappingProxyType(
    {
        suite.name: suite
        for suite in (
            Suite(
                name="cvrplib",
                title="CVRPLIB's sets X and XXL",
                source="Uchoa et al. 2017; Arnold, Gendreau and Sörensen 2019",
                folders=("cvrp_X", "cvrp_XXL", "X", "XXL"),
                address=_CVRPLIB,
            ),
            Suite(
                name="solomon",
                title="vehicle routing with time windows, 100 clients",
                source="Solomon 1987",
                folders=("vrptw_solomon", "Solomon"),
                options={"rounding": Rounding.DIMACS},
            ),
            Suite(
                name="gh",
                title="vehicle routing with time windows, 200 to 1000 clients",
                source="Gehring and Homberger 1999",
                folders=("vrptw_gh", "HG", "GH"),
                options={"rounding": Rounding.DIMACS},
            ),
            Suite(
                name="neural",
                title="uniform test sets of the learning literature, 200 and 500 clients",
                source="Luo et al. 2023",
                folders=("neural",),
                packed=True,
            ),
            Suite(
                name="tsplib",
                title="TSPLIB, symmetric and asymmetric",
                source="Reinelt 1991",
                folders=("tsplib", "atsp"),
                reader="netroute.formats.tsplib:read_tsplib",
            ),
            Suite(
                name="neural-tsp",
                title="uniform test sets of the learning literature, 200 and 500 nodes",
                source="Luo et al. 2023",
                folders=("neural",),
                reader="netroute.formats.tsplib:read_tsplib",
                packed=True,
                ending=".tsp",
            ),
            Suite(
                name="sndlib",
                title="survivable network design library, 26 networks with demands",
                source="Orlowski et al. 2010",
                folders=("sdn/sndlib_native/{name}", "sndlib_native/{name}", "sndlib"),
                reader="netroute.formats.sndlib:read_sndlib",
            ),
            Suite(
                name="repetita",
                title="networks of the Topology Zoo with capacities, delays and demands",
                source="Gay, Schaus and Vissicchio 2017; Knight et al. 2011",
                folders=("sdn/repetita", "repetita"),
                address=_REPETITA,
                reader="netroute.formats.repetita:read_repetita",
            ),
        )
    }
)
"""Suites by name."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the registry."""

    suite: str
    name: str
    size: int
    best_known: float | None
    path: str
    sha256: str

    def files(self) -> list[Entry]:
        """Return an entry for each file of the instance, the main one first."""
        paths, sums = self.path.split(" "), self.sha256.split(" ")
        sums += [""] * (len(paths) - len(sums))
        return [replace(self, path=p, sha256=s) for p, s in zip(paths, sums, strict=True)]


@cache
def registry(suite: str) -> Mapping[str, Entry]:
    """Return the instances of a suite by name.

    Examples
    --------
    >>> registry("cvrplib")["X-n101-k25"].best_known
    27591.0
    """
    file = Path(__file__).with_name("registry.csv")
    with file.open(newline="", encoding="utf-8") as stream:
        rows = [row for row in csv.DictReader(stream) if row["suite"] == suite]
    return MappingProxyType(
        {
            row["name"]: Entry(
                suite=suite,
                name=row["name"],
                size=int(row["n"]),
                best_known=float(row["best_known"]) if row["best_known"] else None,
                path=row["path"],
                sha256=row["sha256"],
            )
            for row in rows
        }
    )


def digest(data: bytes) -> str:
    r"""Return the SHA-256 of a text's words line by line.

    Line ends, blank lines and the blanks between words differ between mirrors of the same file, and
    mean nothing in it.

    Examples
    --------
    >>> digest(b"NAME :\tx \r\n\r\n1  2\r\n") == digest(b"NAME : x\n1 2")
    True
    >>> digest(b"1 2") == digest(b"12")
    False
    """
    rows = (b" ".join(row.split()) for row in data.splitlines())
    return hashlib.sha256(b"\n".join(row for row in rows if row)).hexdigest()
