"""Readers and writers of files: one module a format, chosen by file name ending and content."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from netroute.core.errors import InputError
from netroute.core.registry import problems_of
from netroute.formats.registry import FORMATS as FORMATS
from netroute.formats.registry import Ability, Format, format_of, require_options
from netroute.formats.text import read_text


def read_instance(path: str | Path, **options: Any) -> Any:
    """Read an instance from a file.

    Parameters
    ----------
    path : str or Path
        The format follows from the ending; files of another ending are told by their content.
    **options
        Of the format's reader: ``rounding`` for `netroute.formats.vrplib.read_vrplib`, and those of
        `netroute.formats.sdn_options.SdnOptions` for files of networks.

    Raises
    ------
    InputError
        With file, line, what was found and what was expected; or an option that the format lacks.
    """
    entry = _format_to_read(path, "read_instance")
    function = entry.function("read_instance")
    if function is None:
        raise _lacks(entry, path, "an instance")
    require_options(function, options, where=str(path))
    return function(path, **options)


def write_instance(path: str | Path, instance: Any) -> None:
    """Write an instance in the format of the file name's ending.

    Raises
    ------
    InputError
        No format of that ending for the family, or the file cannot be written.
    UnsupportedError
        The instance has a feature that the format cannot hold.
    """
    entry = format_of(path, "write_instance", family=_family(instance))
    function = entry.function("write_instance")
    if function is not None:
        function(path, instance)


def read_solution(path: str | Path, instance: Any) -> Any:
    """Read a solution of ``instance``, also an infeasible one.

    ``.sol``, netroute's JSON solutions, and the JSON of a full result.
    """
    entry = _format_to_read(path, "read_solution")
    function = entry.function("read_solution")
    family = _family(instance)
    if function is None or not entry.holds(family):
        raise _lacks(entry, path, f"a solution of {family}")
    return function(path, instance)


def write_solution(path: str | Path, instance: Any, solution: Any) -> None:
    """Write a solution of ``instance`` in the format of the file name's ending."""
    entry = format_of(path, "write_solution", family=_family(instance))
    function = entry.function("write_solution")
    if function is not None:
        function(path, instance, solution)


def stated_cost(path: str | Path) -> float | None:
    """Return the cost that a solution file states of itself, None if it states none.

    Nothing trusts it: compare it with what the checker finds.
    """
    function = _format_to_read(path, "read_cost").function("read_cost")
    cost: float | None = None if function is None else function(path)
    return cost


def _family(instance: Any) -> str:
    return problems_of(instance)[0].family


def _format_to_read(path: str | Path, ability: Ability) -> Format:
    """Return the format by ending, else by content."""
    ending = Path(path).suffix.lower()
    known = [entry for entry in FORMATS.values() if ending in entry.suffixes]
    for entry in known:
        if getattr(entry, ability) is not None:
            return entry
    text = read_text(path)
    if known:
        raise _lacks(known[0], path, ability.partition("_")[2])
    for entry in FORMATS.values():
        if entry.begin is not None and text.startswith(entry.begin):
            return entry
        able = getattr(entry, ability) is not None
        if able and entry.like is not None and re.match(entry.like, text):
            return entry
    if text.lstrip().startswith("{"):
        return FORMATS["json"]
    return FORMATS["vrplib" if ability == "read_instance" else "sol"]


def _lacks(entry: Format, path: str | Path, what: str) -> InputError:
    return InputError(
        f"found a {entry.name} file ({entry.title}), from which no {what} can be read",
        code="format.ability",
        where=str(path),
    )
