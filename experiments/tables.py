"""Tables of a benchmark's report, in Markdown and CSV."""

from __future__ import annotations

import csv
import io
import math
from typing import TYPE_CHECKING

from netroute.core.files import write_atomic
from netroute.experiments.significance import compare
from netroute.experiments.statistics import TIE
from netroute.experiments.store import Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from netroute.experiments.statistics import Gaps
    from netroute.experiments.targets import Verdict

_RUN_COLUMNS = [name for name in Record.__dataclass_fields__ if name not in ("trace", "measures")]


def markdown(header: Sequence[str], rows: Iterable[Sequence[str]], *, left: int = 1) -> str:
    """Format a table whose first ``left`` columns are text and the others figures.

    Examples
    --------
    >>> print(markdown(["solver", "gap"], [["auto", "0.1"]]))
    | solver | gap |
    | :-- | --: |
    | auto | 0.1 |
    """
    marks = [":--"] * left + ["--:"] * (len(header) - left)
    lines = [header, marks, *rows]
    return "\n".join("| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def number(value: float | None, digits: int = 2) -> str:
    """Format a figure; a dash stands for none.

    Examples
    --------
    >>> number(0.125, 3), number(float("nan"))
    ('0.125', '–')
    """
    if value is None or math.isnan(value):
        return "–"
    return f"{value:.{digits}f}"


def summary_table(gaps: Gaps, budget: str) -> str:
    """One line a solver: its kind, gaps, runs that passed the check, wins, seconds and memory."""
    summaries = [gaps.summary(budget, label) for label in gaps.labels]
    partly = any(s.answered < s.instances for s in summaries)
    header = ["solver", *(["kind"] if gaps.kinds else [])]
    header += ["instances", "feasible", "mean gap %", "median %", "worst %"]
    header += ["mean % (common)"] if partly else []
    header += ["wins", "wall s", "CPU s", "largest overrun s", "peak MB"]
    rows = []
    for entry in summaries:
        row = [entry.label, *([gaps.kinds.get(entry.label, "–")] if gaps.kinds else [])]
        row += [f"{entry.answered}/{entry.instances}", f"{entry.done}/{entry.done + entry.failed}"]
        row += [number(entry.mean, 3), number(entry.median, 3), number(entry.worst, 3)]
        row += [number(entry.common, 3)] if partly else []
        row += [str(entry.wins), number(entry.wall_seconds), number(entry.cpu_seconds)]
        row += [number(entry.overrun_seconds), number(entry.peak_megabytes, 0)]
        rows.append(row)
    return markdown(header, rows, left=2 if gaps.kinds else 1)


def instance_table(gaps: Gaps, budget: str) -> str:
    """One line an instance: reference, and the median gap of each solver, the best in bold."""
    best = gaps.best(budget)
    tables = {label: gaps.medians(budget, label) for label in gaps.labels}
    sizes = {record.instance: record.size for record in gaps.records}
    rows = []
    for name in gaps.instances(budget):
        reference = gaps.references.get(name)
        star = "*" if reference is not None and reference.origin == "best found" else ""
        row = [name, str(sizes[name])]
        row.append("–" if reference is None else f"{reference.value:,.10g}{star}")
        for label in gaps.labels:
            gap = tables[label].get(name)
            text = number(gap, 3)
            row.append(f"**{text}**" if gap is not None and gap <= best[name] + TIE else text)
        rows.append(row)
    return markdown(["instance", "n", "reference", *gaps.labels], rows)


def comparison_table(gaps: Gaps, budget: str) -> str:
    """One line a pair of solvers: the Wilcoxon signed-rank test; empty with one solver."""
    rows = [
        [
            entry.first,
            entry.second,
            str(entry.pairs),
            f"{entry.better} / {entry.worse}",
            f"{entry.difference:+.3f}",
            f"{entry.p:.2g}",
            f"{entry.adjusted:.2g}",
        ]
        for entry in compare(gaps, budget)
    ]
    header = ["solver", "against", "instances", "better / worse", "difference", "p", "p (Holm)"]
    return markdown(header, rows, left=2) if rows else ""


def target_table(verdicts: Sequence[Verdict]) -> str:
    """One line a target: what was asked for, what was measured."""
    rows = [
        [
            verdict.text,
            f"≤ {verdict.at_most:g} {verdict.unit}",
            "–" if verdict.stretch is None else f"≤ {verdict.stretch:g} {verdict.unit}",
            verdict.figure(),
            verdict.word if verdict.reached else f"**{verdict.word}**",
        ]
        for verdict in verdicts
    ]
    return markdown(["target", "asked", "stretch", "measured", "verdict"], rows)


def write_tables(gaps: Gaps, folder: Path) -> None:
    """Write ``runs.csv``, ``instances.csv`` and ``summary.csv``."""
    runs = [
        [getattr(record, name) for name in _RUN_COLUMNS]
        + [None if record.objective is None else gaps.gap(record.instance, record.objective)]
        for record in gaps.records
    ]
    write_csv(folder / "runs.csv", [*_RUN_COLUMNS, "gap_percent"], runs)
    cells = [
        [budget, name, label, gaps.references[name].value, gaps.references[name].origin, gap]
        for budget in gaps.budgets
        for label in gaps.labels
        for name, gap in gaps.medians(budget, label).items()
    ]
    header = ["budget", "instance", "label", "reference", "origin", "median_gap_percent"]
    write_csv(folder / "instances.csv", header, cells)
    fields: list[str] = []
    lines: list[list[object]] = []
    for budget in gaps.budgets:
        for label in gaps.labels:
            summary = gaps.summary(budget, label)
            fields = list(summary.__slots__)
            lines.append([budget, *(getattr(summary, name) for name in fields)])
    write_csv(folder / "summary.csv", ["budget", *fields], lines)


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a table of figures, whole or not at all."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    write_atomic(path, text.getvalue())
