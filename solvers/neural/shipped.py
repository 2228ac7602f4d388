"""The trained policies that come with netroute."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path

from netroute.core.errors import InputError

SHIPPED_BYTES = 5_000_000
"""Size that a shipped policy may have, all its files together."""

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def weights_folder() -> Path:
    """Folder of the shipped policies, a folder each."""
    return Path(str(resources.files("netroute.solvers.neural") / "weights"))


def shipped_names() -> list[str]:
    """Names of the shipped policies.

    Examples
    --------
    >>> "no-such-policy" in shipped_names()
    False
    """
    return sorted(file.parent.name for file in weights_folder().glob("*/policy.json"))


def policy_folder(name: str) -> Path:
    """Return the folder of the shipped policy ``name``, or the folder at that path.

    A shipped name comes first; ``./NAME`` means a folder in any case.

    Raises
    ------
    InputError
        There is neither.
    """
    if _NAME.fullmatch(name) and (weights_folder() / name / "policy.json").is_file():
        return weights_folder() / name
    folder = Path(name)
    if not name or not folder.is_dir():
        shipped = ", ".join(shipped_names()) or "none"
        raise InputError(
            f"no such policy, expected a folder or a shipped policy: {shipped}",
            code="policy.missing",
            where=name or "weights",
        )
    return folder
