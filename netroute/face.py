"""The five functions that most users need: read, solve, check, write."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from netroute.core.budget import Budget
from netroute.core.errors import InputError
from netroute.core.problem import Problem, resolve
from netroute.core.registry import problem as problem_named
from netroute.core.registry import problem_of, problems_of
from netroute.core.solve import run
from netroute.core.solver import Solver

if TYPE_CHECKING:
    from netroute.core.evaluation import Evaluation
    from netroute.core.event import Observer
    from netroute.core.result import Result


def read(source: str | Path, **options: Any) -> Any:
    r"""Read an instance from a file, or by name from the catalogue of public suites.

    Parameters
    ----------
    source : str or Path
        A file in any known format, or ``suite:name`` such as ``"cvrplib:X-n101-k25"``.
    **options
        What the format leaves open: ``rounding`` for VRPLIB; ``capacity``, ``demand_scale``,
        ``priorities`` and others for networks, see `netroute.formats.sdn_options.SdnOptions`.

    Raises
    ------
    InputError
        With file, line, what was found and what was expected.

    Examples
    --------
    >>> import netroute, tempfile
    >>> lines = ["TYPE : CVRP", "DIMENSION : 3", "EDGE_WEIGHT_TYPE : EUC_2D", "CAPACITY : 5"]
    >>> lines += ["NODE_COORD_SECTION", "1 0 0", "2 3 4", "3 6 8"]
    >>> lines += ["DEMAND_SECTION", "1 0", "2 2", "3 3", "DEPOT_SECTION", "1", "-1", "EOF"]
    >>> with tempfile.NamedTemporaryFile("w", suffix=".vrp") as file:
    ...     _ = file.write("\n".join(lines))
    ...     file.flush()
    ...     instance = netroute.read(file.name)
    >>> instance.size, instance.distance(1, 2)
    (3, 5.0)
    """
    text = str(source)
    suite, colon, name = text.partition(":")
    if colon and not Path(text).exists():
        from netroute.datasets.catalogue import SUITES, read_named

        if suite in SUITES:
            return read_named(suite, name, **options)
    from netroute.formats import read_instance

    return read_instance(text, **options)


def read_solution(path: str | Path, instance: Any) -> Any:
    """Read a solution file that belongs to ``instance``."""
    from netroute.formats import read_solution as read_file

    return read_file(path, instance)


def write(path: str | Path, instance: Any, solution: Any = None) -> None:
    """Write an instance, or with ``solution`` a solution of it, in the format of the suffix.

    Examples
    --------
    >>> import netroute, tempfile
    >>> from pathlib import Path
    >>> instance = netroute.VrpBuilder("one").add_depot(0, 0).add_client(3, 4, delivery=1)
    >>> instance = instance.add_vehicle_type(capacity=1).build()
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "one.json"
    ...     netroute.write(file, instance)
    ...     netroute.read(file).fingerprint == instance.fingerprint
    True
    """
    from netroute.formats import write_instance, write_solution

    if solution is None:
        write_instance(path, instance)
    else:
        write_solution(path, instance, solution)


def check(instance: Any, solution: Any) -> Evaluation:
    """Evaluate a solution with the independent checker of the instance's family.

    Examples
    --------
    >>> import netroute
    >>> builder = netroute.VrpBuilder().add_depot(0, 0).add_client(3, 4).add_client(6, 8)
    >>> verdict = netroute.check(builder.build(), netroute.VrpSolution.of([[1]]))
    >>> verdict.feasible, verdict.violations[0].message
    (False, 'client 2 is not served')
    """
    evaluation: Evaluation = resolve(problems_of(instance)[0].check)(instance, solution)
    return evaluation


def solve(
    instance: Any,
    *,
    seconds: float | None = None,
    iterations: int | None = None,
    target: float | None = None,
    budget: Budget | None = None,
    solver: str | Solver | None = None,
    problem: str | Problem | None = None,
    seed: int = 0,
    start: Any = None,
    bound: str | None = None,
    bound_seconds: float | None = None,
    observe: Observer | None = None,
    **parameters: Any,
) -> Result:
    """Solve an instance, check the answer and prove a bound.

    Parameters
    ----------
    instance : Instance
        From `read`, a builder or a generator.
    seconds, iterations, target : optional
        The budget, whichever comes first; or give ``budget``. 10 seconds without any of them.
    solver : str or Solver, optional
        A solver's name, or a solver; the problem's default one without it.
    problem : str or Problem, optional
        Guessed from the instance without it.
    start : Solution, optional
        Any solution to start from, partial or infeasible ones too.
    bound : str, optional
        Bound method, or ``"none"``; without it the problem's rule decides, unless the solver
        proves bounds itself.
    bound_seconds : float, optional
        Limit of the bound method within the budget.
    observe : callable, optional
        Gets each `Event`; returns True to stop.
    **parameters
        Of the solver, such as ``threads=2``.

    Returns
    -------
    Result
        With the checked answer, its proven bound and the gap between them.

    Raises
    ------
    InputError
        A limit, name or parameter cannot be used.
    UnsupportedError
        The solver lacks a feature of the instance.
    InfeasibleError
        The instance is proven to have no solution.
    NoAnswerError
        The budget ended before a first answer.

    Examples
    --------
    >>> import netroute
    >>> builder = netroute.VrpBuilder().add_depot(0, 0).add_client(3, 4, delivery=1)
    >>> builder = builder.add_client(6, 8, delivery=1).add_vehicle_type(capacity=2)
    >>> result = netroute.solve(builder.build(), solver="savings", bound="instant")
    >>> result.objective, result.bound <= 20.0
    (20.0, True)
    """
    began = time.perf_counter()
    if isinstance(problem, Problem):
        entry = problem
    else:
        entry = problem_named(problem) if problem else problem_of(instance)
    limits = {"seconds": seconds, "iterations": iterations, "target": target}
    given = [name for name, value in limits.items() if value is not None]
    if budget is None:
        budget = Budget(seconds=seconds if given else 10.0, iterations=iterations, target=target)
    elif given:
        raise InputError(f"found budget and {given[0]}, expected one of them", where="budget")
    if not isinstance(solver, Solver):
        chosen: Solver = entry.solver(solver).from_settings(parameters)
    elif parameters:
        name = next(iter(parameters))
        raise InputError(
            f"found a ready solver {solver.name!r} and a parameter, expected one of them",
            where=name,
        )
    else:
        chosen = solver
    if bound is None:
        wanted = entry.default_bound is not None and not chosen.proves
        bound = resolve(entry.default_bound or "")(instance) if wanted else "none"
    return run(
        entry,
        instance,
        chosen,
        budget=budget.less(time.perf_counter() - began),
        seed=seed,
        start=start,
        bound=bound or "none",
        bound_seconds=bound_seconds,
        observe=observe,
    )
