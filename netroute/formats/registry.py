"""Which file formats there are. Adding one means adding its file and its line here."""

from __future__ import annotations

from dataclasses import dataclass
from inspect import signature
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from netroute.core.errors import InputError
from netroute.core.problem import resolve, unknown_name

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Ability = Literal["read_instance", "write_instance", "read_solution", "write_solution", "read_cost"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One file format; what it can do are dotted paths, None for what it cannot.

    Attributes
    ----------
    name, title : str
        For programs and for people.
    family : str
        Of the instances it holds; ``"any"`` for a format that all families share.
    suffixes : tuple of str
        File name endings, lower case; the first one is usual.
    begin : str or None
        How its texts begin, by which a file of another ending is told.
    like : str or None
        The same as a regular expression.
    read_instance : str or None
        ``read(path) -> instance``; options by keyword.
    write_instance : str or None
        ``write(path, instance)``.
    read_solution : str or None
        ``read(path, instance) -> solution``.
    write_solution : str or None
        ``write(path, instance, solution)``.
    read_cost : str or None
        ``stated_cost(path) -> float or None``: what a solution file says of itself.
    """

    name: str
    title: str
    family: str
    suffixes: tuple[str, ...]
    begin: str | None = None
    like: str | None = None
    read_instance: str | None = None
    write_instance: str | None = None
    read_solution: str | None = None
    write_solution: str | None = None
    read_cost: str | None = None

    def holds(self, family: str | None) -> bool:
        """Whether instances and solutions of a family can be in it; None stands for any."""
        return family is None or self.family in ("any", family)

    def function(self, ability: Ability) -> Callable[..., Any] | None:
        """Return the function of one ability, None if the format lacks it."""
        path: str | None = getattr(self, ability)
        return None if path is None else resolve(path)


FORMATS: dict[str, Format] = {
    "vrplib": Format(
        name="vrplib",
        title="VRPLIB and CVRPLIB instance",
        family="vrp",
        suffixes=(".vrp",),
        read_instance="netroute.formats.vrplib:read_vrplib",
        write_instance="netroute.formats.vrplib_write:write_vrplib",
    ),
    "sol": Format(
        name="sol",
        title="CVRPLIB solution",
        family="vrp",
        suffixes=(".sol",),
        read_solution="netroute.formats.sol:read_sol",
        write_solution="netroute.formats.sol:write_sol",
        read_cost="netroute.formats.sol:stated_cost",
    ),
    "tsplib": Format(
        name="tsplib",
        title="TSPLIB instance",
        family="tsp",
        suffixes=(".tsp", ".atsp"),
        read_instance="netroute.formats.tsplib:read_tsplib",
        write_instance="netroute.formats.tsplib_write:write_tsplib",
    ),
    "tour": Format(
        name="tour",
        title="TSPLIB tour",
        family="tsp",
        suffixes=(".tour",),
        read_solution="netroute.formats.tour:read_tour",
        write_solution="netroute.formats.tour:write_tour",
        read_cost="netroute.formats.tour:stated_cost",
    ),
    "json": Format(
        name="json",
        title="netroute's own instances, solutions and results",
        family="any",
        suffixes=(".json",),
        read_instance="netroute.formats.own:read_instance",
        write_instance="netroute.formats.own:write_instance",
        read_solution="netroute.formats.own:read_solution",
        write_solution="netroute.formats.own:write_solution",
        read_cost="netroute.formats.own:stated_cost",
    ),
    "repetita": Format(
        name="repetita",
        title="REPETITA network with demands",
        family="sdn",
        suffixes=(".graph", ".demands"),
        begin="NODES ",
        read_instance="netroute.formats.repetita:read_repetita",
    ),
    "sndlib": Format(
        name="sndlib",
        title="SNDlib native network",
        family="sdn",
        suffixes=(".sndlib",),
        begin="?SNDlib native format",
        read_instance="netroute.formats.sndlib:read_sndlib",
    ),
    "sndlib-xml": Format(
        name="sndlib-xml",
        title="SNDlib XML network",
        family="sdn",
        suffixes=(".xml",),
        read_instance="netroute.formats.sndlib_xml:read_sndlib_xml",
    ),
    "graphml": Format(
        name="graphml",
        title="GraphML network, as of the Topology Zoo",
        family="sdn",
        suffixes=(".graphml",),
        read_instance="netroute.formats.graphml:read_graphml",
    ),
    "gml": Format(
        name="gml",
        title="GML network, as of the Topology Zoo",
        family="sdn",
        suffixes=(".gml",),
        begin="graph [",
        read_instance="netroute.formats.gml:read_gml",
    ),
    "htsim": Format(
        name="htsim",
        title="connection matrix of htsim",
        family="collective",
        suffixes=(".cm",),
        begin="Nodes ",
        read_instance="netroute.formats.htsim:read_cm",
        write_instance="netroute.formats.htsim_write:write_cm",
    ),
    "astra-sim": Format(
        name="astra-sim",
        title="topology of ASTRA-sim",
        family="collective",
        suffixes=(),
        like=r"\s*[0-9]+([ \t]+[0-9]+){2,6}[ \t]*\r?\n[0-9 \t]+\r?\n",
        read_instance="netroute.formats.astra_sim:read_astra_sim",
    ),
    "collective-npz": Format(
        name="collective-npz",
        title="collective traffic and placements as arrays",
        family="collective",
        suffixes=(".npz",),
        read_instance="netroute.formats.collective_npz:read_instance",
        write_instance="netroute.formats.collective_npz:write_instance",
        read_solution="netroute.formats.collective_npz:read_solution",
        write_solution="netroute.formats.collective_npz:write_solution",
        read_cost="netroute.formats.collective_npz:stated_cost",
    ),
    "path-table": Format(
        name="path-table",
        title="path of each flow of collective traffic as CSV",
        family="collective",
        suffixes=(".csv",),
        write_solution="netroute.formats.path_table:write_path_table",
    ),
    "wsn-csv": Format(
        name="wsn-csv",
        title="table of sensors",
        family="wsn",
        suffixes=(".csv",),
        read_instance="netroute.formats.wsn_csv:read_wsn_csv",
        write_instance="netroute.formats.wsn_csv:write_wsn_csv",
    ),
    "geojson": Format(
        name="geojson",
        title="routes and stops for map software",
        family="vrp",
        suffixes=(".geojson",),
        write_solution="netroute.formats.geojson:write_geojson",
    ),
}
"""Format name to its entry; the first one of a suffix and an ability counts."""

_WORDS: dict[str, str] = {
    "read_instance": "reading instances",
    "write_instance": "writing instances",
    "read_solution": "reading solutions",
    "write_solution": "writing solutions",
    "read_cost": "reading solutions",
}


def suffixes(ability: Ability, family: str | None = None) -> tuple[str, ...]:
    """All file name endings with an ability, of formats that can hold the family.

    Examples
    --------
    >>> suffixes("write_solution"), suffixes("write_solution", "sdn")
    (('.sol', '.tour', '.json', '.npz', '.csv', '.geojson'), ('.json',))
    """
    return tuple(
        suffix
        for entry in FORMATS.values()
        if getattr(entry, ability) is not None and entry.holds(family)
        for suffix in entry.suffixes
    )


def format_of(path: str | Path, ability: Ability, *, family: str | None = None) -> Format:
    """Return the format that the ending of ``path`` names, has an ability and holds the family.

    Raises
    ------
    InputError
        No such format of that ending; the message names those that there are.

    Examples
    --------
    >>> format_of("plan.sol", "write_solution").name
    'sol'
    """
    ending = Path(path).suffix.lower()
    for entry in FORMATS.values():
        able = getattr(entry, ability) is not None and entry.holds(family)
        if ending in entry.suffixes and able:
            return entry
    expected = ", ".join(suffixes(ability, family))
    whose = f" of {family}" if family else ""
    raise InputError(
        f"found the file name ending {ending!r}, expected one of {expected} "
        f"for {_WORDS[ability]}{whose}",
        code="format.suffix",
        where=str(path),
    )


def require_options(
    function: Callable[..., Any], options: Mapping[str, Any], *, where: str
) -> None:
    """Raise `InputError` for an option that a reader lacks.

    A reader that takes any keywords checks them by itself.

    Examples
    --------
    >>> from netroute.formats.vrplib import read_vrplib
    >>> require_options(read_vrplib, {"seed": 1}, where="a.vrp")
    Traceback (most recent call last):
    netroute.core.errors.InputError: a.vrp: unknown read option 'seed', expected one of: rounding
    """
    parameters = signature(function).parameters.values()
    if any(entry.kind is entry.VAR_KEYWORD for entry in parameters):
        return
    known = [entry.name for entry in parameters if entry.kind is entry.KEYWORD_ONLY]
    for name in options:
        if name not in known:
            raise unknown_name("read option", name, known, where=where)
