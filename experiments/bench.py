"""Runs a benchmark: `netroute bench CONFIG.yaml --out DIR`."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from netroute.core.errors import InputError, NetrouteError
from netroute.core.files import write_atomic
from netroute.core.registry import problem as problem_named
from netroute.experiments.config import BenchConfig
from netroute.experiments.machine import describe_machine
from netroute.experiments.plan import list_instances, list_runs, list_solvers, require_measures
from netroute.experiments.pool import core_slots, work
from netroute.experiments.progress import Progress
from netroute.experiments.references import known_references
from netroute.experiments.report import STORE, BenchReport, write_report
from netroute.experiments.settings import find_config, load_settings
from netroute.experiments.sources import expand, find_file
from netroute.experiments.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from netroute.experiments.plan import PlannedRun
    from netroute.experiments.worker import Outcome


def run_bench(
    config: str | Path,
    out: str | Path,
    *,
    overrides: Iterable[str] = (),
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
        A YAML file (see `BenchConfig`), or the name of a shipped one, such as ``smoke``.
    out : str or Path
        Folder for store, resolved configuration, report, tables and pictures; made if need be.
    overrides : iterable of str
        ``field.path=value`` each, as given by ``--set``.
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
        The configuration is wrong, with file and field, or the folder cannot be used.
    NetrouteError
        The code of a solver was edited while the benchmark ran.
    KeyboardInterrupt
        After Ctrl-C or SIGTERM; what was finished is stored, and the report is written.
    """
    path = find_config(config, "bench")
    settings = load_settings(BenchConfig, path, overrides)
    folder = _make_folder(Path(out))
    try:
        settings = _resolved(settings, path.parent)
        widest = max(settings.threads_of(entry) for entry in settings.solvers)
        slots = core_slots(settings.jobs, widest)
        require_measures(settings)
        instances = list_instances(settings, path.parent)
        runs = list_runs(settings, instances, list_solvers(settings))
        table = None if settings.reference_file is None else Path(settings.reference_file)
        references = known_references(instances, settings.references, table)
    except InputError as error:
        raise error.at(str(path)) from None
    with Store(folder / STORE, writing=True) as store:
        plain = settings.model_dump(mode="json", exclude_defaults=True)
        write_atomic(folder / "config.yaml", yaml.safe_dump(plain, sort_keys=False))
        store.put("config", plain)
        store.put("references", references)
        store.put("machine", describe_machine())
        store.plan(runs)
        finished = store.finished()
        todo = [run for run in runs if run.key not in finished]
        try:
            with _terminable(), Progress(len(runs), shown=progress) as bar:
                bar.skip(len(runs) - len(todo))
                for run, outcome in work(todo, slots, kill_after=settings.kill_after):
                    if outcome.status == "stale":
                        raise NetrouteError(
                            "the code has changed since the benchmark began; start it again, "
                            "runs of unchanged solvers are kept"
                        )
                    if outcome.status == "interrupted":
                        continue
                    store.add(run.key, outcome)
                    bar.advance(run, outcome)
                    if observe is not None:
                        observe(run, outcome)
        finally:
            summary = write_report(store, folder)
    return summary


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
