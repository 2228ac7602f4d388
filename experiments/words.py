"""Says in words where learned solvers stand beside simple rules."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from netroute.core.errors import NetrouteError
from netroute.core.registry import problem as problem_named
from netroute.experiments.plan import solver_class
from netroute.experiments.significance import Comparison, compare_pair, holm

if TYPE_CHECKING:
    from collections.abc import Iterable

    from netroute.experiments.statistics import Gaps
    from netroute.experiments.store import Record

CHANCE = 0.05
"""p-values from here on are called chance."""


def solver_kinds(problem: str, records: Iterable[Record]) -> dict[str, str]:
    """Kind of each label's solver: exact, heuristic, learned, baseline or peer, if it is known."""
    named = {record.label: record.solver for record in records}
    found = {}
    for label, solver in named.items():
        try:
            found[label] = str(solver_class(problem_named(problem), solver).kind)
        except (NetrouteError, ImportError, AttributeError):
            continue
    return found


def duels(gaps: Gaps, budget: str) -> list[Comparison]:
    """Compare each learned solver with each baseline at one budget, paired over instances.

    The p-values are adjusted for the number of these comparisons (Holm 1979).
    """
    pairs = [
        compare_pair(gaps, budget, first, second)
        for first in gaps.of_kind("learned")
        for second in gaps.of_kind("baseline")
    ]
    found = [entry for entry in pairs if entry is not None]
    adjusted = holm([entry.p for entry in found])
    return [replace(entry, adjusted=p) for entry, p in zip(found, adjusted, strict=True)]


def sentences(gaps: Gaps, budget: str) -> list[str]:
    """One line for each learned solver as a whole, then one for each duel; none without any."""
    entries = duels(gaps, budget)
    lines = []
    for label in gaps.of_kind("learned"):
        own = [entry for entry in entries if entry.first == label]
        lines += [*_tally(label, budget, own), *_silent(gaps, budget, label)]
        lines += [_sentence(gaps, budget, entry) for entry in own]
    return lines


def verdict(entry: Comparison) -> str:
    """Return what became of the first against the second, such as ``beats`` or ``loses to``.

    Examples
    --------
    >>> verdict(Comparison("a", "b", 9, 9, 0, -1.5, 0.004, 0.004))
    'beats'
    """
    if not (entry.better or entry.worse):
        return "equals"
    if entry.adjusted < CHANCE:
        return "beats" if entry.difference < 0 else "loses to"
    return "is ahead of" if entry.difference < 0 else "is behind"


def _tally(label: str, budget: str, entries: list[Comparison]) -> list[str]:
    if not entries:
        return []
    worse = [e.second for e in entries if verdict(e) in ("loses to", "is behind")]
    if not worse:
        return [f"At {budget} **{label}** has a smaller mean gap than each simple rule."]
    best = max(entries, key=lambda entry: entry.difference)
    return [
        f"At {budget} **{label} is worse than {len(worse)} of {len(entries)} simple rules** "
        f"({', '.join(worse)}), by {best.difference:.2f} points of mean gap against {best.second}."
    ]


def _silent(gaps: Gaps, budget: str, label: str) -> list[str]:
    """Say on how many instances there was no answer: they are missing from every comparison."""
    planned = len(gaps.instances(budget))
    answered = len(gaps.medians(budget, label))
    if answered == planned:
        return []
    return [
        f"At {budget} **{label} has no answer on {planned - answered} of {planned} instances**."
    ]


def _sentence(gaps: Gaps, budget: str, entry: Comparison) -> str:
    word = verdict(entry)
    one, other = gaps.medians(budget, entry.first), gaps.medians(budget, entry.second)
    both = [name for name in one if name in other]
    mine = sum(one[name] for name in both) / len(both)
    theirs = sum(other[name] for name in both) / len(both)
    chance = ", which may be chance" if word in ("is ahead of", "is behind") else ""
    bold = f"**{word}**" if word == "loses to" else word
    return (
        f"{entry.first} {bold} {entry.second}{chance}: mean gap {mine:.2f} % against "
        f"{theirs:.2f} %; better on {entry.better}, worse on {entry.worse} of {entry.pairs} "
        f"instances, p = {entry.adjusted:.2g}."
    )
