"""Lists the runs of a benchmark, each with the key under which its result is kept."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from netroute.core.arrays import fingerprint
from netroute.core.errors import InputError, MissingExtraError
from netroute.core.problem import Problem, resolve
from netroute.core.registry import problem as problem_named
from netroute.experiments.config import PROOF, BudgetSpec, SolverSpec
from netroute.experiments.revision import revision
from netroute.experiments.sources import expand, load

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from netroute.experiments.config import BenchConfig, InstanceSpec


@dataclass(frozen=True, slots=True)
class BenchInstance:
    """One instance of a benchmark under a name of its own."""

    name: str
    size: int
    fingerprint: str
    spec: InstanceSpec


@dataclass(frozen=True, slots=True)
class BenchSolver:
    """One solver of a benchmark with all that identifies its results."""

    label: str
    solver: str
    parameters: dict[str, Any]
    threads: int
    revision: str

    @property
    def weights(self) -> str | None:
        """The trained policy that it uses, if any."""
        name = self.parameters.get("weights")
        return name if isinstance(name, str) else None


@dataclass(frozen=True, slots=True)
class PlannedRun:
    """One run: an instance, a solver, a seed and a budget."""

    problem: str
    instance: BenchInstance
    solver: BenchSolver
    seed: int
    budget: str
    seconds: float | None
    iterations: int | None
    bound: str
    measures: tuple[tuple[str, str], ...] = ()

    @property
    def key(self) -> str:
        """Identity of the run: the same instance, code, parameters, seed and budget."""
        settings = asdict(self.solver)
        parts = [
            self.problem,
            self.instance.fingerprint,
            json.dumps(settings, sort_keys=True, default=str),
            self.seed,
            self.seconds,
            self.iterations,
            self.bound,
        ]
        return fingerprint([*parts, json.dumps(self.measures)] if self.measures else parts)


def solver_class(problem: Problem, name: str) -> Any:
    """Return the solver registered as ``name``, or the class at the dotted path ``name``."""
    if ":" not in name:
        return problem.solver(name)
    try:
        return resolve(name)
    except (ImportError, AttributeError) as error:
        raise InputError(f"cannot be imported: {error}", code="config.solver", where=name) from None


def require_measures(config: BenchConfig) -> None:
    """Raise `InputError` unless every further figure is a function that can be imported."""
    for name, path in config.measures.items():
        if ":" not in path:
            continue
        try:
            found = callable(resolve(path))
        except (ImportError, AttributeError, ValueError):
            found = False
        if not found:
            raise InputError(
                f"found {path!r}, expected a function as package.module:function",
                code="config.measures",
                where=f"measures.{name}",
            )


def list_instances(config: BenchConfig, folder: Path) -> list[BenchInstance]:
    """Read every instance once; the same content twice counts once."""
    found: dict[str, BenchInstance] = {}
    names: set[str] = set()
    for spec in expand(config.instances, folder):
        instance = load(config.problem, spec)
        if instance.fingerprint in found:
            continue
        name = instance.name
        copies = 1
        while name in names:
            copies += 1
            name = f"{instance.name} ({copies})"
        names.add(name)
        found[instance.fingerprint] = BenchInstance(name, instance.size, instance.fingerprint, spec)
    return list(found.values())


def list_solvers(config: BenchConfig) -> list[BenchSolver]:
    """Check every solver's parameters; what is not installed fails later, run by run."""
    problem = problem_named(config.problem)
    return [
        _solver(problem, entry, config.threads_of(entry), config.bound, f"solvers.{number}")
        for number, entry in enumerate(config.solvers)
    ]


def _solver(
    problem: Problem, entry: SolverSpec, threads: int, bound: str, where: str
) -> BenchSolver:
    parameters = dict(entry.parameters)
    try:
        kind = solver_class(problem, entry.solver)
        known = kind.__dataclass_fields__
        if int(parameters.get("threads", threads)) != threads:
            raise InputError(
                f"found {parameters['threads']} threads on {threads} cores",
                where="parameters.threads",
                hint="set the solver's field 'threads', not the parameter",
            )
        if "threads" in known:
            parameters["threads"] = threads
        parameters = kind.from_settings(parameters).parameters()
    except (MissingExtraError, ImportError):
        kind = entry.solver
    except InputError as error:
        raise error.at(where) from None
    found = BenchSolver(entry.label, entry.solver, parameters, threads, "")
    try:
        code = revision(problem, kind, bound=bound, weights=found.weights)
    except InputError as error:
        raise error.at(where) from None
    return replace(found, revision=code)


def list_runs(
    config: BenchConfig, instances: Sequence[BenchInstance], solvers: Sequence[BenchSolver]
) -> list[PlannedRun]:
    """All runs in the order of work: what proves bounds, then what is compared.

    The solvers take turns on the same instance and seed, so that a spell in which the machine is
    slow hits all of them alike.
    """
    return _proofs(config, instances) + [
        PlannedRun(
            problem=config.problem,
            instance=instance,
            solver=solver,
            seed=seed,
            budget=budget.label,
            seconds=budget.seconds,
            iterations=budget.iterations,
            bound=config.bound,
            measures=tuple(
                item
                for item in config.measures.items()
                if ":" not in item[1] or seed == config.seeds[0]
            ),
        )
        for number, budget in enumerate(config.budgets)
        for instance in pick(instances, budget.instances, f"budgets.{number}.instances")
        for seed in config.seeds
        for entry, solver in zip(config.solvers, solvers, strict=True)
        if entry.seeds is None or seed in entry.seeds
    ]


def _proofs(config: BenchConfig, instances: Sequence[BenchInstance]) -> list[PlannedRun]:
    proof = config.prove
    if proof is None:
        return []
    entry = SolverSpec(solver=proof.solver, label=PROOF, parameters=proof.parameters)
    problem = problem_named(config.problem)
    solver = _solver(problem, entry, config.threads, proof.bound, "prove")
    return [
        PlannedRun(
            problem=config.problem,
            instance=instance,
            solver=solver,
            seed=config.seeds[0],
            budget=BudgetSpec(seconds=proof.seconds).label,
            seconds=proof.seconds,
            iterations=None,
            bound=proof.bound,
        )
        for instance in instances
    ]


def pick(
    instances: Iterable[BenchInstance], patterns: Sequence[str] | None, where: str
) -> list[BenchInstance]:
    """Return the instances whose names fit one of ``patterns``; all of them without patterns."""
    everything = list(instances)
    if patterns is None:
        return everything
    for pattern in patterns:
        if not any(fnmatchcase(entry.name, pattern) for entry in everything):
            names = ", ".join(entry.name for entry in everything[:5])
            raise InputError(f"{pattern!r} fits none of the instances: {names} ...", where=where)
    return [e for e in everything if any(fnmatchcase(e.name, pattern) for pattern in patterns)]
