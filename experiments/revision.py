"""Which version of the code a run belongs to: results of different code must never mix."""

from __future__ import annotations

import ast
import json
from functools import cache
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from netroute.core.arrays import fingerprint
from netroute.core.result import versions
from netroute.solvers.neural.registry import ARCHITECTURES
from netroute.solvers.neural.shipped import policy_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from netroute.core.problem import Problem

_PEER_PACKAGES = ("pyvrp", "pyvroom", "ortools")


def revision(
    problem: Problem, solver: Any, *, bound: str = "none", weights: str | None = None
) -> str:
    """Hash of the code and the library versions on which the runs of ``solver`` depend.

    The code is that of all modules of netroute that the solver, the checker and the bound method
    import, directly or not, without comments and docstrings. A peer depends on its package and
    its wrapper only, so that a change of ours does not call for running the peers again.

    Parameters
    ----------
    problem : Problem
        The solver's problem.
    solver : type or str
        The solver's class, or its name where the class cannot be imported.
    bound : str
        Name of the bound method that works beside it.
    weights : str, optional
        The trained policy that it uses; the policy's content and the code of its network count.

    Returns
    -------
    str
        12 hexadecimal digits.
    """
    parts: list[Any] = [problem.name]
    if isinstance(solver, str):
        return fingerprint([*parts, solver, *_packages()])[:12]
    within = "netroute"
    roots = [solver.__module__]
    if solver.kind == "peer":
        within = solver.__module__.rpartition(".")[0]
        parts += _packages()
    else:
        roots += ["netroute.core.solve", problem.check.partition(":")[0]]
        parts += sorted(versions().items())
    if bound != "none":
        roots.append(problem.bounds[bound].partition(":")[0])
    if weights is not None:
        content, network = _policy(weights)
        parts += [content, *_packages("torch")]
        roots += network
    return fingerprint([*parts, *_codes(roots, within)])[:12]


def _policy(weights: str) -> tuple[str, list[str]]:
    """Return what tells a policy from any other, and the module of its network."""
    text = (policy_folder(weights) / "policy.json").read_text(encoding="utf-8")
    # It holds the checksum of the weights. What is wrong with it the solver will say.
    try:
        name = json.loads(text)["architecture"]
    except (ValueError, KeyError, TypeError):
        return text, []
    path = ARCHITECTURES.get(name, "")
    return text, [path.partition(":")[0]] if path else []


def _codes(roots: list[str], within: str) -> list[str]:
    """Code of ``roots`` and of all that they import in the package ``within``, by module name."""
    found: dict[str, str] = {}
    todo = list(roots)
    while todo:
        name = todo.pop()
        file = None if name in found else _file(name)
        if file is not None:
            found[name], imports = _parse(file, file.stat().st_mtime_ns)
            todo.extend(n for n in imports if n == within or n.startswith(f"{within}."))
    return [f"{name} {code}" for name, code in sorted(found.items())]


@cache
def _parse(file: Path, _changed: int) -> tuple[str, list[str]]:
    """Code of a file without comments and docstrings, and the names that it imports."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    imports = list(_imports(tree))
    return fingerprint([ast.dump(_without_docstrings(tree))]), imports


def _file(name: str) -> Path | None:
    """Source of a module; None for a name that is none, such as a class in one."""
    try:
        spec = find_spec(name)
    except ModuleNotFoundError:
        return None
    return Path(spec.origin) if spec is not None and spec.origin is not None else None


def _imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _without_docstrings(tree: ast.Module) -> ast.Module:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and node.body:
            first = node.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                node.body = node.body[1:]
    return tree


def _packages(*names: str) -> list[str]:
    found = []
    for name in names or _PEER_PACKAGES:
        try:
            found.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            continue
    return found
