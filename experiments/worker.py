"""One run of a benchmark, inside a process of its own that is pinned to its cores."""

from __future__ import annotations

import ctypes
import gc
import os
import resource
import signal
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from netroute.core.budget import Budget
from netroute.core.errors import NetrouteError, UnsupportedError
from netroute.core.problem import resolve
from netroute.core.registry import problem as problem_named
from netroute.core.solve import run
from netroute.core.status import StoppedBy
from netroute.experiments.config import InstanceSpec
from netroute.experiments.plan import solver_class
from netroute.experiments.revision import revision
from netroute.experiments.sources import load

if TYPE_CHECKING:
    from netroute.core.problem import Problem
    from netroute.core.result import Result
    from netroute.experiments.plan import PlannedRun

WARM_UP_SECONDS = 1.0
"""Budget of the solve that compiles a solver's kernels before the first counted run."""

TOLERANCE = 1e-6
"""Relative slack of a bound beside the one that its certificate gives."""

_WARM: set[tuple[str, str]] = set()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one run.

    Attributes
    ----------
    status : str
        ``done``, ``failed``, or what is not kept: ``interrupted``, and ``stale`` where the code
        is no longer that of the plan.
    objective : float or None
        Recomputed by the independent checker.
    seconds, compile_seconds : float
        As the solver's result states them: the search, and the compilation apart from it.
    wall_seconds, cpu_seconds : float
        Measured around the whole solve; CPU time of all threads and ended children.
    peak_megabytes : float
        Largest resident memory of the process during the run.
    cores : tuple of int or None
        What the process was pinned to; None where the system cannot pin.
    trace : list of (seconds, objective, bound)
    measures : dict
        Further figures that the configuration asks for, None where the answer has none.
    """

    status: str
    error: str = ""
    objective: float | None = None
    bound: float | None = None
    stopped_by: str = ""
    iterations: int = 0
    seconds: float = 0.0
    compile_seconds: float = 0.0
    wall_seconds: float = 0.0
    cpu_seconds: float = 0.0
    peak_megabytes: float = 0.0
    cores: tuple[int, ...] | None = None
    trace: list[tuple[float, float | None, float | None]] = field(default_factory=list)
    solution: Any = None
    versions: dict[str, str] = field(default_factory=dict)
    measures: dict[str, float | None] = field(default_factory=dict)


def prepare(parent: int) -> None:
    """Set up a worker process: deaf to Ctrl-C, which is its parent's affair, and bound to it."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    # A killed parent leaves no message; its orphan would go on to disturb the next benchmark.
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)


def enlist(planned: PlannedRun) -> Outcome:
    """Import the solver and note its code, before edits during a long benchmark can touch it."""
    with suppress(Exception):
        kind = solver_class(problem_named(planned.problem), planned.solver.solver)
        _revision(planned.problem, kind, planned.bound, planned.solver.weights)
    return Outcome(status="done")


def warm_up(planned: PlannedRun, cores: tuple[int, ...] | None) -> Outcome:
    """Solve the run's own instance for a moment, once: its size decides which kernels compile.

    A fault counts for nothing here; the run itself will meet it again and report it.
    """
    key = (planned.solver.label, planned.instance.fingerprint)
    if key not in _WARM:
        _WARM.add(key)
        pin(cores)
        with suppress(Exception):
            problem = problem_named(planned.problem)
            solver = solver_class(problem, planned.solver.solver)
            seconds = min(WARM_UP_SECONDS, planned.seconds or WARM_UP_SECONDS)
            run(
                problem,
                _load(planned.problem, planned.instance.spec.model_dump_json()),
                solver.from_settings(planned.solver.parameters),
                budget=Budget(seconds=seconds, iterations=planned.iterations),
                bound=planned.bound,
            )
    return Outcome(status="done")


def execute(planned: PlannedRun, cores: tuple[int, ...] | None) -> Outcome:
    """Solve, check and measure; whatever goes wrong becomes a failed outcome."""
    try:
        return _execute(planned, pin(cores))
    except NetrouteError as error:
        return Outcome(status="failed", error=str(error), cores=cores)
    except Exception as error:
        return Outcome(status="failed", error=f"{type(error).__name__}: {error}", cores=cores)


def _execute(planned: PlannedRun, cores: tuple[int, ...] | None) -> Outcome:
    problem = problem_named(planned.problem)
    instance = _load(planned.problem, planned.instance.spec.model_dump_json())
    if instance.fingerprint != planned.instance.fingerprint:
        raise NetrouteError(f"{planned.instance.name} has changed since the benchmark began")
    kind = solver_class(problem, planned.solver.solver)
    solver = kind.from_settings(planned.solver.parameters)
    code = _revision(planned.problem, kind, planned.bound, planned.solver.weights)
    if code != planned.solver.revision:
        return Outcome(status="stale")

    _forget_peak()
    cpu, wall = _cpu_seconds(), time.perf_counter()
    budget = Budget(seconds=planned.seconds, iterations=planned.iterations)
    result = run(problem, instance, solver, budget=budget, seed=planned.seed, bound=planned.bound)
    wall, cpu = time.perf_counter() - wall, _cpu_seconds() - cpu
    peak = _peak_megabytes()

    evaluation = resolve(problem.check)(instance, result.solution)
    if not evaluation.feasible:
        faults = "; ".join(violation.message for violation in evaluation.violations[:3])
        raise NetrouteError(f"the answer fails the check: {faults}")
    _require_proof(problem, instance, result)
    interrupted = result.stopped_by is StoppedBy.INTERRUPT
    return Outcome(
        status="interrupted" if interrupted else "done",
        objective=evaluation.objective,
        bound=result.bound,
        stopped_by=str(result.stopped_by),
        iterations=result.iterations,
        seconds=result.seconds,
        compile_seconds=result.compile_seconds,
        wall_seconds=wall,
        cpu_seconds=cpu,
        peak_megabytes=peak,
        cores=cores,
        trace=[(point.seconds, point.objective, point.bound) for point in result.trace],
        solution=result.solution.to_dict(),
        versions=result.versions,
        measures=_measured(planned, instance, result),
    )


def _measured(planned: PlannedRun, instance: Any, result: Result) -> dict[str, float | None]:
    """Ask for the further figures; None for those that this answer does not have."""
    found: dict[str, float | None] = {}
    for name, source in planned.measures:
        if ":" in source:
            try:
                value = resolve(source)(instance, result.solution)
            except UnsupportedError:
                value = None
        else:
            value = result.metrics.get(source)
        found[name] = None if value is None else float(value)
    return found


def _require_proof(problem: Problem, instance: Any, result: Result) -> None:
    """Raise `NetrouteError` if the certificate does not give the bound that the result states."""
    if result.certificate is None or result.bound is None or problem.verify_bound is None:
        return
    value = float(resolve(problem.verify_bound)(instance, result.certificate))
    beyond = result.bound - value if problem.sense == "min" else value - result.bound
    if beyond > TOLERANCE * max(1.0, abs(value)):
        raise NetrouteError(f"the bound fails the check: {result.bound}, but proven is {value}")


def pin(cores: tuple[int, ...] | None) -> tuple[int, ...] | None:
    """Pin every thread of this process to ``cores``; return what it is pinned to."""
    if cores is None or not hasattr(os, "sched_setaffinity"):
        return None
    for task in Path("/proc/self/task").iterdir():
        os.sched_setaffinity(int(task.name), cores)
    return tuple(sorted(os.sched_getaffinity(0)))


@cache
def _revision(problem: str, kind: Any, bound: str, weights: str | None) -> str:
    # Once a process: what it has imported stays as it is, whatever happens to the files.
    return revision(problem_named(problem), kind, bound=bound, weights=weights)


@lru_cache(maxsize=1)
def _load(problem: str, spec: str) -> Any:
    return load(problem, InstanceSpec.model_validate_json(spec))


def _cpu_seconds() -> float:
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(use.ru_utime + use.ru_stime for use in map(resource.getrusage, kinds))


def _forget_peak() -> None:
    # Earlier runs of the same process must not count: give their memory back, then reset the mark.
    gc.collect()
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)
        try:
            Path("/proc/self/clear_refs").write_text("5")
        except OSError:
            return


def _peak_megabytes() -> float:
    try:
        status = Path("/proc/self/status").read_text().splitlines()
        line = next(line for line in status if line.startswith("VmHWM:"))
        return int(line.split()[1]) / 1024
    except (OSError, StopIteration):
        scale = 1 if sys.platform == "darwin" else 1024
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * scale / 1024**2
