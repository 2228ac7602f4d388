"""Runs a benchmark: `netroute bench CONFIG.yaml --out DIR`."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from netroute.core.errors import InputError, NetrouteError
from netroute.core.files import write_atomic
from netroute.core.registry import problem as problem_named
from netroute.experiments.cluster import joined
from netroute.experiments.collection import write_collection
from netroute.experiments.machine import describe_machine
from netroute.experiments.plan import list_instances, list_runs, list_solvers, require_measures
from netroute.experiments.pool import core_slots, work
from netroute.experiments.progress import Progress
from netroute.experiments.references import known_references
from netroute.experiments.report import STORE, BenchReport, write_report
from netroute.experiments.settings import find_config
from netroute.experiments.slot import LocalSlot
from netroute.experiments.sources import expand, find_file
from netroute.experiments.store import Store
from netroute.experiments.studies import load_studies

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from netroute.experiments.cluster import Cluster
    from netroute.experiments.config import BenchConfig
    from netroute.experiments.plan import PlannedRun
    from netroute.experiments.pool import Slot
    from netroute.experiments.studies import Studies, Study
    from netroute.experiments.worker import Outcome


def run_bench(
    config: str | Path,
    out: str | Path,
    *,
    overrides: Iterable[str] = (),
    cluster: str | None = None,
    progress: bool | None = None,
    observe: Callable[[PlannedRun, Outcome], None] | None = None,
) -> BenchReport:
    """Run a benchmark, or go on with the one that was stopped in ``out``, and write its report.

    Each run is pinned to its cores in a process of its own, warmed up before its clock starts,
    and committed to ``out/runs.sqlite`` when it ends. Killed at any moment, the benchmark goes on
    where it was: finished runs are kept as long as instance, solver, parameters, seed, budget and
    code are the same; failed runs are tried again.

    Parameters
    ----------
    config : str or Path
        A YAML file (see `BenchConfig`), or the name of a shipped one, such as ``smoke``. One with
        a list of ``studies`` (see `StudiesConfig`) makes a folder in ``out`` for each of them,
        and one report of all.
    out : str or Path
        Folder for store, resolved configuration, report, tables and pictures; made if need be.
    overrides : iterable of str
        ``field.path=value`` each, as given by ``--set``.
    cluster : str, optional
        ``host:port`` of a Ray cluster whose cores all take part; the store stays here.
    progress : bool, optional
        Show a bar on stderr; without it, where stderr is a terminal.
    observe : callable, optional
        Gets every run as it ends, after it has been committed.

    Returns
    -------
    BenchReport
        Counts, target verdicts and the path of the report; ``str()`` of it is for people. A
        target that is missed or a run that fails raises nothing.

    Raises
    ------
    InputError
        The configuration is wrong, with file and field, the folder cannot be used, or no cluster
        answers.
    MissingExtraError
        A cluster is asked for, and Ray is not installed.
    NetrouteError
        The code of a solver was edited while the benchmark ran, or every worker was lost.
    KeyboardInterrupt
        After Ctrl-C or SIGTERM; what was finished is stored, and the report is written.
    """
    path = find_config(config, "bench")
    studies = load_studies(path, overrides)
    folder = _make_folder(Path(out))
    with nullcontext() if cluster is None else joined(cluster) as far:
        plans = [_plan(study, folder, studies, far) for study in studies.entries]
        if studies.name is not None:
            plain = [plan.plain for plan in plans]
            _save({"name": studies.name, "studies": plain}, folder)
        total = sum(len(plan.runs) for plan in plans)
        reports, faults = [], []
        try:
            with _terminable(), Progress(total, shown=progress) as bar:
                for plan in plans:
                    try:
                        _make_folder(plan.folder)
                        reports.append(_make(plan, far, bar, observe))
                    except InputError as error:
                        # The other studies are none the worse for it.
                        faults.append(
                            error if studies.name is None else error.at(plan.settings.name)
                        )
        finally:
            if studies.name is not None:
                everything = write_collection(studies.name, [plan.folder for plan in plans], folder)
    if faults:
        raise faults[0]
    return reports[0] if studies.name is None else everything


@dataclass(frozen=True, slots=True)
class _Plan:
    """One benchmark, ready to be run: nothing about it is wrong any more.

    ``jobs`` runs are made at the same time; ``cores`` are theirs, None on a cluster.
    """

    settings: BenchConfig
    folder: Path
    runs: list[PlannedRun]
    references: dict[str, float]
    jobs: int
    cores: list[tuple[int, ...] | None] | None
    threads: int

    @property
    def plain(self) -> dict[str, Any]:
        """The resolved configuration as plain data."""
        return self.settings.model_dump(mode="json", exclude_defaults=True)


def _save(plain: dict[str, Any], folder: Path) -> None:
    write_atomic(folder / "config.yaml", yaml.safe_dump(plain, sort_keys=False))


def _plan(study: Study, out: Path, studies: Studies, far: Cluster | None) -> _Plan:
    try:
        settings = _resolved(study.config, study.path.parent)
        widest = max(settings.threads_of(entry) for entry in settings.solvers)
        jobs = settings.jobs if far is None else far.size(widest)
        cores = core_slots(jobs, widest) if far is None else None
        require_measures(settings)
        instances = list_instances(settings, study.path.parent)
        runs = list_runs(settings, instances, list_solvers(settings))
        table = None if settings.reference_file is None else Path(settings.reference_file)
        references = known_references(instances, settings.references, table)
    except InputError as error:
        named = study.path if studies.name is None else f"{study.path}: study {study.config.name}"
        raise error.at(str(named)) from None
    folder = out if studies.name is None else out / settings.name
    return _Plan(settings, folder, runs, references, jobs, cores, widest)


def _make(
    plan: _Plan,
    far: Cluster | None,
    bar: Progress,
    observe: Callable[[PlannedRun, Outcome], None] | None,
) -> BenchReport:
    """Make the runs of one benchmark that are not done yet, and write its report."""
    with Store(plan.folder / STORE, writing=True) as store:
        _save(plan.plain, plan.folder)
        store.put("config", plan.plain)
        store.put("references", plan.references)
        store.put("machine", describe_machine())
        store.put("slots", plan.jobs)
        store.plan(plan.runs)
        finished = store.finished()
        todo = [run for run in plan.runs if run.key not in finished]
        bar.skip(len(plan.runs) - len(todo))
        try:
            if todo:
                for run, outcome in work(todo, _slots(plan, len(todo), far)):
                    _note(store, run, outcome, bar, observe)
            if far is not None:
                store.put("cluster", far.machines)
        finally:
            summary = write_report(store, plan.folder)
    return summary


def _slots(plan: _Plan, runs: int, far: Cluster | None) -> Sequence[Slot]:
    kill_after = plan.settings.kill_after
    if far is None:
        return [LocalSlot(cores, kill_after=kill_after) for cores in plan.cores or ()]
    return far.slots(min(runs, plan.jobs), plan.threads, kill_after=kill_after)


def _note(
    store: Store,
    run: PlannedRun,
    outcome: Outcome,
    bar: Progress,
    observe: Callable[[PlannedRun, Outcome], None] | None,
) -> None:
    if outcome.status == "stale":
        raise NetrouteError(
            "the code has changed since the benchmark began; start it again, "
            "runs of unchanged solvers are kept"
        )
    if outcome.status == "interrupted":
        return
    store.add(run.key, outcome)
    bar.advance(run, outcome)
    if observe is not None:
        observe(run, outcome)


def _make_folder(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"cannot be made: {error.strerror}", where=str(folder)) from None
    return folder


def _resolved(settings: BenchConfig, folder: Path) -> BenchConfig:
    """Make every file name absolute, so that the saved configuration works from anywhere."""
    problem = problem_named(settings.problem)
    if settings.bound != "none":
        problem.bound(settings.bound)
    changes: dict[str, Any] = {"instances": tuple(expand(settings.instances, folder))}
    if settings.reference_file is not None:
        changes["reference_file"] = find_file(settings.reference_file, folder)
    return settings.model_copy(update=changes)


@contextmanager
def _terminable() -> Iterator[None]:
    """Let SIGTERM end the benchmark as Ctrl-C does."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(_number: int, _frame: Any) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
