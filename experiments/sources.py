"""Turns what a configuration says about instances into instances."""

from __future__ import annotations

import glob
from fnmatch import fnmatchcase
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

from netroute.core.errors import InputError
from netroute.core.registry import problem as problem_named
from netroute.face import read

if TYPE_CHECKING:
    from collections.abc import Iterable

    from netroute.experiments.config import InstanceSpec

_PATTERN = frozenset("*?[")


def expand(specs: Iterable[InstanceSpec], folder: Path) -> list[InstanceSpec]:
    """Replace patterns by the files or catalogue names that fit, relative files by absolute ones.

    A sweep is replaced by its combinations.

    Parameters
    ----------
    specs : iterable of InstanceSpec
        As configured.
    folder : Path
        The configuration's folder; files are sought there first, then in the working folder.

    Raises
    ------
    InputError
        A pattern fits nothing.
    """
    found: list[InstanceSpec] = []
    for spec in specs:
        if spec.source is None:
            found.extend(_swept(spec))
            continue
        for base in (folder, Path.cwd()):
            matches = _matches(base, spec.source)
            if matches:
                break
        matches = matches or _named(spec.source)
        if not matches and _PATTERN & set(spec.source):
            raise InputError("nothing fits", code="config.instances", where=spec.source)
        found.extend(spec.model_copy(update={"source": name}) for name in matches or [spec.source])
    return found


def _swept(spec: InstanceSpec) -> list[InstanceSpec]:
    """Return one specification for each combination of a sweep's values."""
    return [
        spec.model_copy(
            update={
                "sweep": {},
                "parameters": spec.parameters | dict(zip(spec.sweep, values, strict=True)),
            }
        )
        for values in product(*spec.sweep.values())
    ]


def find_file(name: str, folder: Path) -> str:
    """Return the absolute path of a file that is sought in ``folder``, then where we are."""
    for base in (folder, Path.cwd()):
        if (base / Path(name).expanduser()).is_file():
            return str((base / Path(name).expanduser()).resolve())
    raise InputError("no such file", code="config.file", where=name)


def _matches(base: Path, source: str) -> list[str]:
    text = str(base / Path(source).expanduser())
    if _PATTERN & set(source):
        return sorted(str(Path(name).resolve()) for name in glob.glob(text, recursive=True))  # noqa: PTH207 - absolute patterns too
    return [str(Path(text).resolve())] if Path(text).is_file() else []


def _named(source: str) -> list[str]:
    """Return the catalogue's names that a pattern such as ``repetita:G*`` fits."""
    from netroute.datasets.catalogue import SUITES, names

    suite, colon, pattern = source.partition(":")
    if not colon or suite not in SUITES or not _PATTERN & set(pattern):
        return []
    return [f"{suite}:{name}" for name in names(suite) if fnmatchcase(name, pattern)]


def load(problem: str, spec: InstanceSpec) -> Any:
    """Read or generate one instance.

    Examples
    --------
    >>> from netroute.experiments.config import InstanceSpec
    >>> load("cvrp", InstanceSpec(generator="uchoa", parameters={"n": 20, "seed": 1})).size
    21
    """
    if spec.source is not None:
        return read(spec.source, **spec.parameters)
    generate = problem_named(problem).generator(str(spec.generator))
    try:
        return generate(**spec.parameters)
    except TypeError as error:
        raise InputError(str(error), code="config.generator", where=str(spec.generator)) from None
