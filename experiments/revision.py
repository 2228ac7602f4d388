"""Which version of the code a run belongs to: results of different code must never mix."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import import_module, metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from netroute.core.arrays import fingerprint
from netroute.core.result import versions

if TYPE_CHECKING:
    from netroute.core.problem import Problem

_PEER_PACKAGES = ("pyvrp", "pyvroom", "ortools")


def revision(problem: Problem, solver: Any) -> str:
    """Hash of the code and library versions on which the runs of ``solver`` depend.

    Our own solvers depend on the contract, the family and all solvers of it; a peer on its
    package and its wrapper, so that a change of ours does not call for running the peers again.

    Parameters
    ----------
    problem : Problem
        The solver's problem.
    solver : type or str
        The solver's class, or its name where the class cannot be imported.

    Returns
    -------
    str
        12 hexadecimal digits.
    """
    parts: list[Any] = [problem.name]
    if isinstance(solver, str):
        return fingerprint([*parts, solver, *_packages(_PEER_PACKAGES)])[:12]
    module = import_module(solver.__module__)
    own = Path(str(module.__file__))
    if solver.kind == "peer":
        files = tuple(sorted(own.parent.glob("*.py")))
        parts += _packages(_PEER_PACKAGES)
    else:
        rooms = [
            _folder("netroute.core"),
            _folder(f"netroute.problems.{problem.family}"),
            *(_folder("netroute.solvers") / room for room in (problem.family, "lp", "neural")),
        ]
        files = tuple(file for room in rooms for file in _sources(room))
        files += () if own in files else (own,)
        parts += sorted(versions().items())
    return fingerprint([*parts, _digest(files)])[:12]


def _folder(package: str) -> Path:
    return Path(str(import_module(package).__file__)).parent


def _sources(room: Path) -> list[Path]:
    return sorted(file for file in room.rglob("*.py") if "peers" not in file.parts)


@cache
def _digest(files: tuple[Path, ...]) -> str:
    digest = hashlib.blake2b(digest_size=16)
    for file in files:
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def _packages(names: tuple[str, ...]) -> list[str]:
    found = []
    for name in names:
        try:
            found.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            continue
    return found
