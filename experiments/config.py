"""What a benchmark consists of: the model behind the YAML file of `netroute bench`."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from netroute.experiments.settings import Settings


def _range(value: Any) -> Any:
    """Return the numbers of a text such as ``1-30``."""
    found = re.fullmatch(r"([0-9]{1,9})-([0-9]{1,9})", value) if isinstance(value, str) else None
    if found is None:
        return value
    first, last = int(found[1]), int(found[2])
    if not first <= last < first + 100_000:
        raise ValueError(f"found {value!r}, expected a range of at most 100000 numbers")
    return tuple(range(first, last + 1))


class InstanceSpec(Settings):
    """A file, a glob, a catalogue name, or a generator with its parameters.

    In YAML either a text (``cvrplib:X-n101-k25``, ``data/*.vrp``, ``repetita:G*``), that with the
    options of its reader (``{source: "repetita:*", demand_scale: 2}``), or
    ``{generator: uchoa, n: 100, seed: 1}``. Files are sought from the configuration's folder.

    ``sweep`` of a generator stands for many instances: one for each combination of values, such as
    ``{generator: uchoa, sweep: {n: [100, 200], seed: 1-30}}``; the last one changes fastest.
    """

    source: str | None = None
    generator: str | None = None
    sweep: dict[str, Annotated[tuple[Any, ...], Field(min_length=1), BeforeValidator(_range)]] = (
        Field(default_factory=dict)
    )
    parameters: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.source is None) == (self.generator is None):
            raise ValueError("expected a file, a catalogue name or {generator: NAME, ...}")
        if self.sweep and self.generator is None:
            raise ValueError("expected a sweep with a generator only")
        twice = sorted(self.sweep.keys() & self.parameters.keys())
        if twice:
            raise ValueError(f"found {', '.join(twice)} in the sweep and beside it")
        return self


def _instance(value: Any) -> Any:
    if isinstance(value, str):
        return {"source": value}
    if isinstance(value, dict) and "parameters" not in value:
        kind = next((key for key in ("source", "generator") if key in value), None)
        if kind is not None:
            own = {key: value[key] for key in (kind, "sweep") if key in value}
            return own | {"parameters": {k: v for k, v in value.items() if k not in own}}
    return value


class SolverSpec(Settings):
    """A solver with its parameters, under the label that the report shows.

    In YAML either a solver's name or ``{label: two threads, solver: auto, threads: 2}``; a
    solver that is not registered is named by its dotted path ``package.module:Class``. ``seeds``
    narrows it to some of the benchmark's: one is enough where nothing is drawn.
    """

    solver: str
    label: str = ""
    threads: int | None = Field(default=None, ge=1)
    parameters: dict[str, Any] = Field(default_factory=dict)
    seeds: Annotated[tuple[int, ...], Field(min_length=1), BeforeValidator(_range)] | None = None

    @model_validator(mode="before")
    @classmethod
    def _label(cls, data: Any) -> Any:
        if isinstance(data, dict) and "solver" in data and not data.get("label"):
            return data | {"label": str(data["solver"]).rpartition(":")[2]}
        return data


class BudgetSpec(Settings):
    """Seconds, iterations or both; a bare number in YAML means seconds.

    ``instances`` narrows the budget to some of the instances, by name or pattern.
    """

    seconds: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    iterations: int | None = Field(default=None, ge=1)
    instances: tuple[str, ...] | None = None

    @model_validator(mode="after")
    def _some(self) -> Self:
        if self.seconds is None and self.iterations is None:
            raise ValueError("expected seconds, iterations or both")
        return self

    @property
    def label(self) -> str:
        """As the report names it: ``10 s``.

        Examples
        --------
        >>> BudgetSpec(seconds=10).label
        '10 s'
        """
        parts = [f"{self.seconds:g} s"] if self.seconds is not None else []
        if self.iterations is not None:
            parts.append(f"{self.iterations} iterations")
        return ", ".join(parts)


Metric = Literal["mean_gap", "median_gap", "max_gap", "behind", "difference", "memory", "overrun"]


class TargetSpec(Settings):
    """A figure to be reached by one solver at one budget.

    ``mean_gap``, ``median_gap``, ``max_gap``: percent over the instances, median over seeds.
    ``behind``: largest distance in percentage points to the best other solver of an instance, of
    this run or of ``peers``, gaps measured elsewhere. ``difference``: mean over instances of the
    gap minus that of ``rival``. ``memory``: largest peak in MB. ``overrun``: largest wall-clock
    excess over the budget in seconds.
    """

    solver: str
    metric: Metric = "mean_gap"
    at_most: float = Field(allow_inf_nan=False)
    stretch: float | None = Field(default=None, allow_inf_nan=False)
    seconds: float | None = None
    iterations: int | None = None
    instances: tuple[str, ...] | None = None
    rival: str | None = None
    peers: dict[str, float] = Field(default_factory=dict)

    @property
    def budget(self) -> str:
        """Label of the budget that the target speaks of."""
        return BudgetSpec(seconds=self.seconds, iterations=self.iterations).label

    @model_validator(mode="after")
    def _rival(self) -> Self:
        if self.seconds is None and self.iterations is None:
            raise ValueError("expected the seconds, iterations or both of a budget")
        if (self.metric == "difference") != (self.rival is not None):
            raise ValueError("expected a rival with metric difference, and with no other")
        return self


class ProofSpec(Settings):
    """One more run of each instance, whose bound serves as reference and which takes no part.

    A solver with its parameters, the bound method beside it, and the seconds that both get.
    """

    solver: str
    bound: str = "none"
    seconds: float = Field(gt=0, allow_inf_nan=False)
    parameters: dict[str, Any] = Field(default_factory=dict)


PROOF = "proof"
"""Label of the runs that a `ProofSpec` asks for."""


def _as(key: str, *types: type) -> BeforeValidator:
    def convert(value: Any) -> Any:
        plain = isinstance(value, types) and not isinstance(value, bool)
        return {key: value} if plain else value

    return BeforeValidator(convert)


class BenchConfig(Settings):
    """A benchmark: instances x solvers x seeds x budgets, and what is expected of it.

    Attributes
    ----------
    threads : int
        Cores that each run is pinned to, and the ``threads`` parameter of solvers that have one.
    jobs : int
        Runs at the same time.
    bound : str
        Bound method that works beside the search, on the same cores.
    kill_after : float
        A run that has not ended this many seconds after its budget is killed and counts as failed.
    reference : str
        What gaps are measured against: ``best``, the best-known value, or ``bound``, the best bound
        that any run has proven on the instance.
    prove : ProofSpec
        Runs that prove bounds for ``reference: bound`` before the others, outside the comparison.
    references : dict
        Best-known value by instance name. It goes before ``reference_file``, a CSV file with the
        columns ``name`` and ``bks``, and that before the catalogue; without any the best value
        found by the benchmark itself serves.
    measures : dict
        Further figures of an answer, which the report divides by the objective: by name, a metric
        of the result, or the dotted path of ``f(instance, solution) -> float``, which is asked
        after the run, outside its time, on the first seed.
    """

    name: str
    problem: str
    instances: Annotated[
        tuple[Annotated[InstanceSpec, BeforeValidator(_instance)], ...], Field(min_length=1)
    ]
    solvers: Annotated[tuple[Annotated[SolverSpec, _as("solver", str)], ...], Field(min_length=1)]
    seeds: Annotated[
        tuple[Annotated[int, Field(ge=0)], ...], Field(min_length=1), BeforeValidator(_range)
    ] = (1,)
    budgets: Annotated[
        tuple[Annotated[BudgetSpec, _as("seconds", int, float)], ...], Field(min_length=1)
    ]
    threads: int = Field(default=1, ge=1)
    jobs: int = Field(default=1, ge=1)
    bound: str = "none"
    kill_after: float = Field(default=120.0, gt=0)
    targets: tuple[TargetSpec, ...] = ()
    reference: Literal["best", "bound"] = "best"
    prove: ProofSpec | None = None
    references: dict[str, float] = Field(default_factory=dict)
    reference_file: str | None = None
    measures: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        _unique("seeds", [str(seed) for seed in self.seeds])
        _unique("solver labels", [entry.label for entry in self.solvers])
        _unique("budgets", [entry.label for entry in self.budgets])
        labels = {entry.label for entry in self.solvers}
        if self.prove is not None and PROOF in labels:
            raise ValueError(f"solver label {PROOF!r} is that of the runs for prove")
        if self.prove is not None and self.reference != "bound":
            raise ValueError("prove is of use with 'reference: bound' only")
        for target in self.targets:
            for label in (target.solver, target.rival):
                if label is not None and label not in labels:
                    expected = ", ".join(sorted(labels))
                    raise ValueError(f"target of unknown solver {label!r}, expected: {expected}")
        return self

    @model_validator(mode="after")
    def _seeds(self) -> Self:
        for entry in self.solvers:
            other = sorted(set(entry.seeds or ()) - set(self.seeds))
            if other:
                raise ValueError(f"solver {entry.label}: {other[0]} is none of the seeds")
        return self

    def threads_of(self, entry: SolverSpec) -> int:
        """Cores that the runs of one solver get."""
        return entry.threads or self.threads


def _unique(what: str, values: list[str]) -> None:
    twice = sorted({value for value in values if values.count(value) > 1})
    if twice:
        raise ValueError(f"{what} must differ, found twice: {', '.join(twice)}")
