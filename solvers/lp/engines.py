"""MIP engines by their PuLP names, and what models for all of them are made with."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from netroute.core.errors import InputError
from netroute.core.files import require_writable, write_atomic

if TYPE_CHECKING:
    from collections.abc import Callable


def add_variable(problem: Any, name: str, upper: float | None, kind: str) -> Any:
    """Create a variable with lower bound 0 under old and new versions of PuLP."""
    import pulp

    if hasattr(problem, "add_variable"):
        return problem.add_variable(name, 0, upper, cat=kind)
    return pulp.LpVariable(name, 0, upper, cat=kind)


def engine_named(name: str, *, relaxed: bool, seconds: float | None) -> Any:
    """Return a silent PuLP engine, exact to its tolerances.

    Raises
    ------
    InputError
        PuLP does not know the engine or cannot reach it here.
    """
    import warnings

    import pulp

    with warnings.catch_warnings():
        # PuLP 3.3 announces that its bundled CBC will move to another package in 4.0.
        warnings.simplefilter("ignore", DeprecationWarning)
        try:
            engine = pulp.getSolver(name, mip=not relaxed, msg=False, timeLimit=seconds)
        except pulp.PulpSolverError:
            known = ", ".join(pulp.listSolvers())
            raise InputError(
                f"found {name!r}, expected one of PuLP's engines: {known}", where="engine"
            ) from None
    if not engine.available():
        raise InputError(f"PuLP's engine {name!r} is not installed", where="engine")
    if isinstance(engine, pulp.COIN_CMD):
        engine.optionsDict.update(gapRel=0.0, gapAbs=0.0)
        engine.options = ["increment 1e-9"]
    return engine


def write_problem(path: str | Path, build: Callable[[], Any], *, form: str) -> None:
    """Write the problem that ``build`` returns as ``form``: CPLEX "lp" or free "mps"."""
    require_writable(path)
    problem = build()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "model"
        write = problem.writeLP if form == "lp" else problem.writeMPS
        write(str(file))
        write_atomic(path, file.read_bytes())
