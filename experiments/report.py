"""Writes the report of a benchmark from its store: Markdown, HTML, CSV and PNG."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from netroute.core.errors import InputError, MissingExtraError
from netroute.core.files import write_atomic
from netroute.core.registry import problem as problem_named
from netroute.experiments.boxes import plot_by_size
from netroute.experiments.config import PROOF, BenchConfig
from netroute.experiments.html import to_html
from netroute.experiments.plots import plot_by_instance, plot_over_time
from netroute.experiments.references import complete, proven
from netroute.experiments.spread import spread_table, worst_table, write_spread
from netroute.experiments.statistics import Gaps
from netroute.experiments.store import Record, Store
from netroute.experiments.tables import (
    comparison_table,
    instance_table,
    markdown,
    summary_table,
    target_table,
    write_tables,
)
from netroute.experiments.targets import Verdict, judge
from netroute.experiments.words import sentences, solver_kinds

if TYPE_CHECKING:
    from collections.abc import Sequence

STORE = "runs.sqlite"
REPORT = "report.md"
PAGE = "report.html"
OVER_TIME = "gap_over_time.png"
BY_SIZE = "gap_by_size.png"


@dataclass(frozen=True, slots=True)
class BenchReport:
    """What a benchmark came to; as text, a few lines for people.

    Attributes
    ----------
    path : Path
        The report in Markdown; tables and pictures lie beside it.
    done, failed, missing : int
        Runs that were answered, that failed, and that have not been made yet.
    targets : tuple of Verdict
        Performance targets with the measured figures.
    """

    path: Path
    done: int
    failed: int
    missing: int
    targets: tuple[Verdict, ...] = ()

    @property
    def reached(self) -> bool:
        """Whether every target is reached."""
        return all(verdict.reached for verdict in self.targets)

    def __str__(self) -> str:
        lines = [f"{v.word}: {v.text}: {v.figure()} (asked {v.at_most:g})" for v in self.targets]
        counts = [f"{self.done} runs done"]
        counts += [f"{self.failed} failed"] if self.failed else []
        counts += [f"{self.missing} missing"] if self.missing else []
        return "\n".join([*lines, f"{', '.join(counts)}; report: {self.path}"])


def report(out: str | Path) -> BenchReport:
    """Write the report of the benchmark in folder ``out`` anew from its store.

    Raises
    ------
    InputError
        No benchmark has run in this folder.
    """
    folder = Path(out)
    with Store(folder / STORE) as store:
        return write_report(store, folder)


@dataclass(frozen=True, slots=True)
class Findings:
    """What the store of one benchmark holds, weighed.

    ``records`` has the runs for proofs too; ``unproven`` are the instances that `Gaps` leaves out
    because no run has proven the bound that their gaps would refer to.
    """

    config: BenchConfig
    records: list[Record]
    gaps: Gaps
    unproven: tuple[str, ...]
    verdicts: tuple[Verdict, ...]
    machine: dict[str, Any]
    slots: int

    def report(self, path: Path) -> BenchReport:
        """Count the runs."""
        statuses = [record.status for record in self.records]
        counts = {name: statuses.count(name) for name in ("done", "failed", "missing")}
        return BenchReport(path, targets=self.verdicts, **counts)


def read_findings(store: Store, folder: Path) -> Findings:
    """Weigh the runs of an open store.

    Raises
    ------
    InputError
        No benchmark has run in this folder, or no bound was proven that gaps could refer to.
    """
    plain = store.get("config")
    if plain is None:
        raise InputError("no benchmark has run here", where=str(folder))
    config = BenchConfig.model_validate(plain)
    records = store.records()
    compared = [record for record in records if record.label != PROOF or config.prove is None]
    sense = problem_named(config.problem).sense
    if config.reference == "bound":
        references = proven(records, sense)
    else:
        references = complete(records, store.get("references"), sense)
    answered = {record.instance for record in compared if record.objective is not None}
    unproven = sorted(answered - references.keys())
    known = [record for record in compared if record.instance not in unproven]
    gaps = Gaps(known, references, sense, kinds=solver_kinds(config.problem, compared))
    machine = store.get("machine")
    for host, own in (store.get("cluster") or {}).items():
        machine |= {f"{host}: {name}": own[name] for name in ("processor", "cores", "memory")}
    return Findings(
        config=config,
        records=records,
        gaps=gaps,
        unproven=tuple(unproven),
        verdicts=tuple(judge(gaps, config.targets)),
        machine=machine,
        slots=store.get("slots") or config.jobs,
    )


def write_report(store: Store, folder: Path) -> BenchReport:
    """Write ``report.md``, ``report.html``, the tables and the pictures from an open store."""
    found = read_findings(store, folder)
    config, gaps = found.config, found.gaps
    pictures = _pictures(gaps, folder)
    write_tables(gaps, folder)
    several = len(config.seeds) > 1 or bool(config.measures)
    if several:
        write_spread(gaps, folder / "seeds.csv")
    text = [f"# Benchmark {config.name}", head(found)]
    if found.verdicts:
        text += ["## Targets", target_table(found.verdicts)]
    text += _figures(gaps, several=several)
    text += ["## Pictures", *pictures, "## Instances", _legend(gaps)]
    for budget in gaps.budgets:
        text += [f"### {budget}", instance_table(gaps, budget)]
        if several:
            text += ["Mean / largest gap over seeds in %.", worst_table(gaps, budget)]
    text += faults(found.records)
    text += ["## Machine and versions", machine_table(found.machine)]
    write_pages(text, folder)
    return found.report(folder / REPORT)


def write_pages(text: Sequence[str], folder: Path) -> None:
    """Write a report in Markdown, and as one HTML page with its pictures inside."""
    joined = "\n\n".join(text) + "\n"
    write_atomic(folder / REPORT, joined)
    write_atomic(folder / PAGE, to_html(joined, folder))


def head(found: Findings) -> str:
    """Say what was run, on how many cores, and what disturbed it."""
    config, records = found.config, found.records
    total = len(records)
    done = sum(record.status == "done" for record in records)
    seeds = ", ".join(str(seed) for seed in config.seeds)
    threads = sorted({config.threads_of(entry) for entry in config.solvers})
    cores = " or ".join(str(count) for count in threads)
    pinned = "" if all(r.cores != "null" for r in records) else " (not pinned: unsupported here)"
    timed = [record for record in records if record.status == "done" and record.budget_seconds]
    busy = [r.label for r in timed if r.wall_seconds > 0.5 and r.cpu_seconds < 0.9 * r.wall_seconds]
    lines = [
        f"Problem {config.problem}; {done} of {total} runs; seeds {seeds}; {cores} core(s) a run"
        f"{pinned}; {found.slots} run(s) at a time; bound method: {config.bound}.",
    ]
    if config.prove is not None:
        bound = "" if config.prove.bound == "none" else f" and bound method {config.prove.bound}"
        lines.append(
            f"Before them {config.prove.solver}{bound} had {config.prove.seconds:g} s on each "
            "instance to prove a bound; these runs take no part in the comparison."
        )
    if found.unproven:
        lines.append(f"**Left out, as no bound was proven: {', '.join(found.unproven)}.**")
    if busy:
        names = ", ".join(dict.fromkeys(busy))
        lines.append(
            f"In {len(busy)} runs the process had the CPU for less than 90 % of the wall-clock "
            f"time ({names}): the solver waited, or other work disturbed it."
        )
    return "\n".join(lines)


def _figures(gaps: Gaps, *, several: bool) -> list[str]:
    text = []
    for budget in gaps.budgets:
        text += [f"## Budget {budget}", summary_table(gaps, budget)]
        text += in_words(gaps, budget)
        if several:
            text += ["Over all runs, each seed by itself:", spread_table(gaps, budget)]
        comparison = comparison_table(gaps, budget)
        if comparison:
            text += [
                "Wilcoxon signed-rank test, two-sided, paired over instances (median over seeds); "
                "difference: mean gap minus the other's, in percentage points.",
                comparison,
            ]
    return text


def in_words(gaps: Gaps, budget: str) -> list[str]:
    """Say how learned solvers fare against simple rules; nothing where there are none."""
    lines = sentences(gaps, budget)
    if not lines:
        return []
    title = (
        "Learned against simple rules (Wilcoxon signed-rank test, two-sided, paired over "
        "instances; p after Holm's correction):"
    )
    return [title, "\n".join(f"- {line}" for line in lines)]


def _legend(gaps: Gaps) -> str:
    text = "Median gap over seeds in %, the best of each line in bold."
    if any(entry.origin == "best found" for entry in gaps.references.values()):
        text += " * no best-known value: the reference is the best one that this benchmark found."
    if any(entry.origin == "proven bound" for entry in gaps.references.values()):
        text += " The reference is the tightest bound that one of the runs has proven."
    beaten = [
        f"{record.instance} {record.objective:,.10g} ({record.label}, seed {record.seed})"
        for record in gaps.records
        if record.objective is not None and gaps.gap(record.instance, record.objective) < 0.0
    ]
    if beaten:
        text += " Better than the reference: " + "; ".join(beaten) + "."
    return text


def _pictures(gaps: Gaps, folder: Path) -> list[str]:
    names = {
        OVER_TIME: plot_over_time,
        BY_SIZE: plot_by_size,
        "gap_by_instance.png": plot_by_instance,
    }
    drawn = []
    try:
        for name, plot in names.items():
            if plot(gaps, folder / name):
                drawn.append(f"![{name.removesuffix('.png').replace('_', ' ')}]({name})")
    except MissingExtraError as error:
        return [f"Left out: {error}."]
    return drawn or ["Nothing to draw yet."]


def faults(records: Sequence[Record]) -> list[str]:
    """List the runs that failed, those with the same error together."""
    groups: dict[tuple[str, str], list[str]] = {}
    for record in records:
        if record.status == "failed":
            run = f"{record.instance} (seed {record.seed}, {record.budget})"
            groups.setdefault((record.label, record.error), []).append(run)
    if not groups:
        return []
    rows = [
        [label, error, ", ".join(runs[:3]) + (f" and {len(runs) - 3} more" if runs[3:] else "")]
        for (label, error), runs in groups.items()
    ]
    return ["## Failed runs", markdown(["solver", "error", "runs"], rows, left=3)]


def machine_table(machine: dict[str, Any]) -> str:
    """One line a property of what it ran on."""
    return markdown(["", ""], [[name, str(value)] for name, value in machine.items()], left=2)
