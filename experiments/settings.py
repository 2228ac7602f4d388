"""Reads a YAML configuration into a pydantic model, with errors of one line."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from netroute.core.errors import InputError
from netroute.experiments.overrides import apply_overrides

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class Settings(BaseModel):
    """Base of all configurations: fields that are not known are an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Model = TypeVar("Model", bound=Settings)


class _Loader(yaml.SafeLoader):
    """Safe YAML in which a key that occurs twice is an error and not the last one's value."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the field {key!r} occurs twice", key_node.start_mark
                )
            seen.add(key)
        return super().construct_mapping(node, deep=deep)


def find_config(name: str | Path, room: str) -> Path:
    """Return the file ``name``, or the shipped configuration of that name.

    Parameters
    ----------
    name : str or Path
        A YAML file, or the bare name of a file in ``netroute/experiments/configs/ROOM``.
    room : str
        Folder of shipped configurations, such as ``bench``.

    Examples
    --------
    >>> find_config("smoke", "bench").name
    'smoke.yaml'
    """
    path = Path(name)
    if path.is_file():
        return path
    if path.is_dir():
        raise InputError("is a directory, expected a YAML file", where=str(name))
    folder = Path(str(resources.files("netroute.experiments") / "configs" / room))
    shipped = sorted(file.stem for file in folder.glob("*.yaml"))
    if str(name).removesuffix(".yaml") in shipped:
        return folder / f"{str(name).removesuffix('.yaml')}.yaml"
    raise InputError(
        f"no such file, expected a YAML file or a shipped configuration: {', '.join(shipped)}",
        code="config.missing",
        where=str(name),
    )


def load_settings(model: type[Model], path: Path, overrides: Iterable[str] = ()) -> Model:
    """Read the YAML file ``path``, apply ``overrides`` and validate it as ``model``.

    Raises
    ------
    InputError
        With the file and the line, or the path of the field, at fault.
    """
    return validate(model, read_fields(path, overrides), str(path))


def read_fields(path: Path, overrides: Iterable[str] = ()) -> dict[str, Any]:
    """Read the YAML file ``path`` and apply ``overrides``; nothing is known of its fields yet.

    Raises
    ------
    InputError
        With the file and the line at fault.
    """
    try:
        data = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", where=str(path)) from None
    except UnicodeDecodeError:
        raise InputError("is not a text file in UTF-8", where=str(path)) from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"{path}:{mark.line + 1}" if mark else str(path)
        raise InputError(f"is not YAML: {error.problem}", where=where) from None
    except yaml.YAMLError:
        raise InputError("is not YAML", where=str(path)) from None
    if not isinstance(data, dict):
        found = "nothing" if data is None else f"a {type(data).__name__}"
        raise InputError(f"found {found}, expected fields", where=str(path))
    return apply_overrides(data, overrides)


def validate(model: type[Model], data: Mapping[str, Any], where: str) -> Model:
    """Return ``data`` as ``model``; all that pydantic finds becomes one line."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        faults = error.errors(include_url=False)
        first = faults[0]
        field = ".".join(str(part) for part in first["loc"]) or "configuration"
        more = f" ({len(faults) - 1} more like it)" if len(faults) > 1 else ""
        raise InputError(
            _message(first, model) + more, code="config.field", where=f"{where}: {field}"
        ) from None


def _message(fault: Mapping[str, Any], model: type[Settings]) -> str:
    kind = fault["type"]
    if kind == "extra_forbidden":
        if len(fault["loc"]) == 1:
            return f"unknown field, expected one of: {', '.join(model.model_fields)}"
        return "unknown field"
    if kind == "missing":
        return "is missing"
    message = str(fault["msg"]).removeprefix("Value error, ").removeprefix("Input ")
    message = message.replace("should be", "expected")
    if kind == "value_error":
        return message
    return f"found {fault['input']!r}, {message}"
