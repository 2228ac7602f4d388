"""Writes the one report of several benchmarks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from netroute.core.errors import InputError
from netroute.experiments.report import (
    BY_SIZE,
    OVER_TIME,
    PAGE,
    REPORT,
    STORE,
    BenchReport,
    Findings,
    faults,
    head,
    in_words,
    machine_table,
    read_findings,
    write_pages,
)
from netroute.experiments.store import Store
from netroute.experiments.tables import markdown, number, summary_table
from netroute.experiments.words import duels, verdict

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from netroute.experiments.statistics import Gaps

_KINDS = ("exact", "heuristic", "learned", "baseline", "peer")


def write_collection(name: str, folders: Sequence[Path], out: Path) -> BenchReport:
    """Write ``report.md`` and ``report.html`` from the folders of the studies.

    Parameters
    ----------
    name : str
        Of the whole.
    folders : sequence of Path
        One for each study, within ``out``.
    out : Path
        Where the report goes.

    Returns
    -------
    BenchReport
        The sums over the studies.
    """
    found, silent = {}, []
    for folder in folders:
        try:
            with Store(folder / STORE) as store:
                found[folder] = read_findings(store, folder)
        except InputError as error:
            silent.append(f"- {folder.name}: {error.message}")
    text = [f"# {name}", *_glance(list(found.values()))]
    if silent:
        text += ["## Studies without figures", "\n".join(silent)]
    for folder, entry in found.items():
        text += _section(folder, entry, out)
    for entry in list(found.values())[:1]:
        text += ["## Machine and versions", machine_table(entry.machine)]
    write_pages(text, out)
    reports = [entry.report(out / REPORT) for entry in found.values()]
    return BenchReport(
        out / REPORT,
        done=sum(report.done for report in reports),
        failed=sum(report.failed for report in reports),
        missing=sum(report.missing for report in reports),
        targets=tuple(verdict for report in reports for verdict in report.targets),
    )


def _glance(entries: Sequence[Findings]) -> list[str]:
    """One line a study and budget: the best solver of each kind, and how often rules win."""
    rows, losses = [], []
    for entry in entries:
        for budget in entry.gaps.budgets:
            cells = [_best(entry.gaps, budget, kind) for kind in _KINDS]
            rows.append([entry.config.name, budget, *cells])
            losses += _losses(entry, budget)
    if not rows:
        return []
    return [
        "## At a glance",
        "The best solver of each kind by mean gap, in %, to the reference of its study: the "
        "tightest proven bound, or the best value known. Where fewer instances were answered "
        "than asked, their share stands behind.",
        markdown(["study", "budget", *_KINDS], rows, left=2 + len(_KINDS)),
        "### Where a learned policy loses to a simple rule",
        "\n".join(f"- {line}" for line in losses)
        if losses
        else "In no study and at no budget of this run.",
    ]


def _best(gaps: Gaps, budget: str, kind: str) -> str:
    planned = len(gaps.instances(budget))
    tables = {label: gaps.medians(budget, label) for label in gaps.of_kind(kind)}
    answered = {label: table for label, table in tables.items() if table}
    if not answered:
        return "–"

    def rank(label: str) -> tuple[int, float]:
        return -len(answered[label]), float(np.mean(list(answered[label].values())))

    best = min(answered, key=rank)
    count, mean = -rank(best)[0], rank(best)[1]
    share = "" if count == planned else f" ({count}/{planned})"
    return f"{best} {number(mean)}{share}"


def _losses(entry: Findings, budget: str) -> list[str]:
    lines = []
    for duel in duels(entry.gaps, budget):
        word = verdict(duel)
        if word in ("loses to", "is behind"):
            chance = "" if word == "loses to" else ", which may be chance"
            lines.append(
                f"{entry.config.name}, {budget}: {duel.first} {word} {duel.second} by "
                f"{duel.difference:.2f} points of mean gap over {duel.pairs} instances"
                f"{chance} (p = {duel.adjusted:.2g})."
            )
    return lines


def _section(folder: Path, entry: Findings, out: Path) -> list[str]:
    """Head, tables, words and pictures of one study; the rest is in its own report."""
    text = [f"## {entry.config.name}", head(entry)]
    for budget in entry.gaps.budgets:
        text += [f"### {entry.config.name}: budget {budget}", summary_table(entry.gaps, budget)]
        text += in_words(entry.gaps, budget)
    for name, title in ((OVER_TIME, "gap over time"), (BY_SIZE, "gap by size")):
        if (folder / name).is_file():
            text.append(f"![{entry.config.name}: {title}]({folder.relative_to(out)}/{name})")
    text += [part for part in faults(entry.records) if not part.startswith("#")]
    text.append(
        f"Each instance, all tests and all runs: [{folder.name}/{REPORT}]({folder.name}/{PAGE}), "
        f"[{folder.name}/runs.csv]({folder.name}/runs.csv)."
    )
    return text
