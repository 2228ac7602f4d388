"""The rules that a single round's configuration keeps."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from netroute.core.evaluation import Violation
from netroute.problems.wsn.solution import SILENT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from netroute.problems.wsn.instance import WsnInstance

SHOWN = 20
"""Faults of one kind that are named one by one."""


def broken_rules(
    instance: WsnInstance,
    number: int,
    parent: np.ndarray,
    head: np.ndarray,
    alive: np.ndarray,
    life: np.ndarray,
) -> list[Violation]:
    """Return what is wrong with configuration ``number``; all arrays of shape (n,).

    The rules
    ---------
    - Dead nodes are silent and no heads.
    - A node that is alive reports, but in a round without heads that may be silent, or where
      thresholds let it be silent.
    - In clusters, heads report to the base station, others there or to a head.
    - In a tree, the heads are the nodes that others report to, and no node reports to itself, be it
      over others.
    """
    found: list[Violation] = []
    where = f"configuration {number}"
    dead = np.flatnonzero(~alive & (head | (parent != SILENT)))
    lines = (f"{where}: uses node {i}, which is dead since round {life[i]}" for i in dead)
    found += _listed("node.dead", lines, len(dead))
    acts = alive & (parent != SILENT)
    silent = alive & ~acts
    may = instance.hard_threshold is not None
    may |= instance.headless == "silent" and not head.any() and not acts.any()
    if not may:
        lines = (f"{where}: node {i} is alive but does not report" for i in np.flatnonzero(silent))
        found += _listed("node.silent", lines, int(silent.sum()))
    else:
        mute = np.flatnonzero(silent & head)
        lines = (f"{where}: head {i} does not report" for i in mute)
        found += _listed("node.silent", lines, len(mute))
    node = np.flatnonzero(acts & (parent >= 0))
    target = parent[node]
    if instance.routing == "clusters":
        wrong = ~head[target]
        lines = (
            f"{where}: node {i} reports to node {j}, which is no head"
            for i, j in zip(node[wrong], target[wrong], strict=True)
        )
        found += _listed("node.parent", lines, int(wrong.sum()))
        wrong = head[node]
        lines = (
            f"{where}: head {i} reports to node {j}, expected the base station"
            for i, j in zip(node[wrong], target[wrong], strict=True)
        )
        return found + _listed("head.parent", lines, int(wrong.sum()))
    inner = np.zeros(instance.size, bool)
    inner[target] = True
    wrong = inner != (head & alive)
    lines = (
        f"{where}: node {i} {'has children but is no head' if inner[i] else 'is a head of nobody'}"
        for i in np.flatnonzero(wrong)
    )
    found += _listed("head.children", lines, int(wrong.sum()))
    mute = target[~acts[target] & alive[target]]
    lines = (f"{where}: node {i} has children but does not report" for i in np.unique(mute))
    found += _listed("node.silent", lines, len(np.unique(mute)))
    loop = _never_ends(np.where(acts, parent, SILENT))
    lines = (f"{where}: the reports of node {i} go round in a circle" for i in loop)
    return found + _listed("node.loop", lines, len(loop))


def _never_ends(parent: np.ndarray) -> np.ndarray:
    """Return the nodes whose way over parents does not end."""
    n = len(parent)
    step = np.append(np.where(parent >= 0, parent, n), n)
    # After n steps, doubled each time, every way that ends has done so.
    for _ in range(n.bit_length()):
        step = step[step]
    return np.flatnonzero(step[:n] != n)


def _listed(code: str, lines: Iterable[str], count: int) -> list[Violation]:
    found = [Violation(code, line) for line in islice(lines, SHOWN)]
    if count > SHOWN:
        message = f"{count - SHOWN} more like the one before"
        found.append(Violation(code, message, float(count - SHOWN)))
    return found
