"""Several benchmarks in one configuration, each of a problem of its own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from netroute.core.errors import InputError
from netroute.experiments.config import BenchConfig
from netroute.experiments.settings import Settings, find_config, read_fields, validate

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


class StudiesConfig(Settings):
    """A list of benchmarks that make one report.

    Attributes
    ----------
    studies : list
        The fields of a `BenchConfig` each, or the name of a YAML file with them, sought from this
        configuration's folder, or of a shipped one. Their names are those of their folders.
    jobs : int, optional
        Runs at the same time, in place of what the studies say.
    """

    name: str
    studies: Annotated[tuple[dict[str, Any] | str, ...], Field(min_length=1)]
    jobs: int | None = Field(default=None, ge=1)


@dataclass(frozen=True, slots=True)
class Study:
    """One benchmark, and the file that it comes from; relative names start at the file's folder."""

    config: BenchConfig
    path: Path


@dataclass(frozen=True, slots=True)
class Studies:
    """What one configuration asks for; ``name`` is None where it is a single benchmark."""

    name: str | None
    entries: tuple[Study, ...]


def load_studies(path: Path, overrides: Iterable[str] = ()) -> Studies:
    """Read a configuration, be it of one benchmark or with a list of ``studies``.

    Raises
    ------
    InputError
        With the file and the line, or the path of the field, at fault.

    Examples
    --------
    >>> load_studies(find_config("smoke", "bench")).entries[0].config.problem
    'cvrp'
    """
    fields = read_fields(path, overrides)
    if "studies" not in fields:
        return Studies(None, (Study(validate(BenchConfig, fields, str(path)), path),))
    config = validate(StudiesConfig, fields, str(path))
    entries = []
    for number, entry in enumerate(config.studies):
        where = f"{path}: studies.{number}"
        study = _study(entry, path, where)
        if config.jobs is not None:
            changed = study.config.model_copy(update={"jobs": config.jobs})
            study = Study(changed, study.path)
        _require_folder_name(study.config.name, where)
        entries.append(study)
    names = [study.config.name for study in entries]
    for name in names:
        if names.count(name) > 1:
            raise InputError(
                f"names must differ, found twice: {name}",
                code="config.field",
                where=f"{path}: studies",
            )
    return Studies(config.name, tuple(entries))


def _study(entry: dict[str, Any] | str, path: Path, where: str) -> Study:
    if isinstance(entry, dict):
        return Study(validate(BenchConfig, entry, where), path)
    beside = path.parent / entry
    try:
        file = beside if beside.is_file() else find_config(entry, "bench")
    except InputError as error:
        raise error.at(where) from None
    return Study(validate(BenchConfig, read_fields(file), str(file)), file)


def _require_folder_name(name: str, where: str) -> None:
    if not re.fullmatch(r"\w[\w.+-]*", name):
        raise InputError(
            f"found {name!r}, expected letters, digits and . _ + -: it names a folder",
            code="config.field",
            where=f"{where}: name",
        )
