"""Changes to a configuration from the command line: ``--set solvers.0.parameters.threads=2``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from netroute.core.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable


def apply_overrides(data: dict[str, Any], overrides: Iterable[str]) -> dict[str, Any]:
    """Return a copy of ``data`` with each ``path.to.field=value`` put in.

    Parameters
    ----------
    data : dict
        A configuration as read from YAML.
    overrides : iterable of str
        Dotted paths; a number picks an entry of a list, the value is read as YAML. A folder of
        fields that does not exist yet is made.

    Raises
    ------
    InputError
        The text has no ``=``, or the path leads nowhere.

    Examples
    --------
    >>> apply_overrides({"seeds": [1], "budgets": [{"seconds": 60}]}, ["budgets.0.seconds=1"])
    {'seeds': [1], 'budgets': [{'seconds': 1}]}
    """
    changed: dict[str, Any] = _copy(data)
    for text in overrides:
        path, equals, value = text.partition("=")
        if not equals or not path.strip():
            raise InputError(f"found {text!r}, expected field=value", where="--set")
        try:
            parsed = yaml.safe_load(value)
        except yaml.YAMLError:
            raise InputError(f"found {value!r}, which is not YAML", where=f"--set {path}") from None
        _put(changed, path.strip().split("."), parsed, f"--set {path.strip()}")
    return changed


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copy(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [_copy(entry) for entry in value]
    return value


def _put(node: Any, keys: list[str], value: Any, where: str) -> None:
    for depth, key in enumerate(keys):
        last = depth == len(keys) - 1
        if isinstance(node, list):
            index = _index(key, len(node), where)
            if last:
                node[index] = value
            node = node[index]
        elif isinstance(node, dict):
            if last:
                node[key] = value
            elif node.get(key) is None:
                node[key] = {}
            node = node[key]
        else:
            parent = ".".join(keys[:depth])
            raise InputError(f"{parent} is {node!r} and has no field {key!r}", where=where)


def _index(key: str, length: int, where: str) -> int:
    if not key.isdigit() or int(key) >= length:
        expected = f"0 to {length - 1}" if length else "no entry: the list is empty"
        raise InputError(f"found {key!r}, expected an entry number, {expected}", where=where)
    return int(key)
