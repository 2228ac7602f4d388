"""Play a schedule through: what each node has left, who dies when, which rounds count.

It is written apart from all solvers. A configuration that is kept for t rounds takes one step.

The rules
---------
- A node spends what `netroute.problems.wsn.energy` says of its role, and never more than it has
  left. It is dead at the end of the round after which at most `SPENT` of its first energy is left.
- With ``death_test`` ``strict``, a node has not lived a round that it cannot pay in full; with
  ``end`` it has. A node's life is the number of rounds that it has lived.
- A round is full if nobody is dead, each node that has to reports, and everyone has lived it. A
  round in which nobody reports although all have to does not count.
- The replay ends with the first configuration that breaks a rule: what it says then is of the
  rounds before.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from netroute.core.evaluation import Violation
from netroute.problems.wsn.energy import round_costs, tables
from netroute.problems.wsn.readings import Reports
from netroute.problems.wsn.rules import broken_rules
from netroute.problems.wsn.solution import BASE, SILENT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from netroute.problems.wsn.instance import WsnInstance
    from netroute.problems.wsn.solution import WsnSolution

SPENT = 1e-9
"""Share of its first energy that a node may have left, or overdraw, by rounding."""

BLOCK = 2**20
"""Cells of configurations whose costs are worked out together."""

POINTS = 64
"""Points of a series over rounds, at most."""

_SERIES = ("round", "alive", "heads", "variance", "gini")
_LONGEST = 2**53
_ROUNDS = 256


@dataclass(frozen=True, slots=True)
class Replay:
    """What came of a schedule.

    Attributes
    ----------
    full : int
        Rounds before the first death in which every node that has to reports.
    rounds : int
        Rounds played in all, the last one of nodes that run empty included.
    life : array of int, shape (n,)
        Rounds that each node has lived; -1 where it is alive at the end.
    residual : array, shape (n,)
        Joules left at the end.
    played : array of int, shape (m',)
        Rounds of each configuration that was played, at most those of the schedule.
    series : dict
        Of some configurations, evenly chosen and at most `POINTS`: ``round``, the number of rounds
        at its end, ``alive``, ``heads``, ``variance`` and ``gini`` of the joules left; lists.
    to_base, reports, heads, silent : int
        Messages to the base station, reports of nodes, nodes that were heads and rounds in which
        nobody reported, over all rounds.
    violations : tuple of Violation
        Of the first configuration that breaks a rule.
    """

    full: int
    rounds: int
    life: np.ndarray
    residual: np.ndarray
    played: np.ndarray
    series: dict[str, list[Any]]
    to_base: int
    reports: int
    heads: int
    silent: int
    violations: tuple[Violation, ...]


def replay(instance: WsnInstance, solution: WsnSolution) -> Replay:
    """Play a schedule of the right number of nodes.

    Examples
    --------
    >>> from netroute.problems.wsn import WsnInstance, WsnSolution
    >>> net = WsnInstance(
    ...     position=[[0, 0], [0, 10]], base_station=[0, 0], energy=0.5, field=[10, 10]
    ... )
    >>> played = replay(net, WsnSolution([[-1, -1]], [[False, False]], [2451]))
    >>> played.full, played.life.tolist()
    (2450, [-1, 2450])
    """
    n = instance.size
    start, edge = instance.energy, SPENT * instance.energy
    left, life = start.copy(), np.full(n, -1)
    strict = instance.death_test == "strict"
    reports = Reports(instance)
    totals = dict.fromkeys(("full", "rounds", "to_base", "reports", "heads", "silent"), 0)
    played: list[int] = []
    series: dict[str, list[Any]] = {name: [] for name in _SERIES}
    marks = set(np.linspace(0, len(solution.rounds) - 1, POINTS).astype(np.int64).tolist())
    violations: list[Violation] = []
    for number, (spent, parent, head) in enumerate(_costs(instance, solution)):
        alive = life < 0
        acts = parent != SILENT
        asked = int(solution.rounds[number])
        violations = broken_rules(instance, number, parent, head, alive, life)
        if violations:
            break
        able, death = _deaths(left, spent, edge, acts)
        first = int(death.min(initial=_LONGEST))
        count = min(asked, first)
        quiet = not acts.any() and bool(alive.any())
        if instance.hard_threshold is not None:
            owing = _owing(reports, count, alive & ~acts)
            if owing >= 0:
                message = f"node {owing} is silent but has something to report"
                violations = [Violation("node.silent", f"configuration {number}: {message}")]
                break
            quiet = False
        left = np.where(acts, np.maximum(left - count * spent, 0.0), left)
        dies = acts & (death <= count)
        # Nobody dies before the last of these rounds.
        short = dies & (able < count) & strict
        if alive.all() and not quiet:
            totals["full"] += count - int(short.any())
        totals["rounds"] += count
        life = np.where(dies, totals["rounds"] - short, life)
        totals["to_base"] += count * int((parent == BASE).sum())
        totals["reports"] += count * int(acts.sum())
        totals["heads"] += count * int(head.sum())
        totals["silent"] += count * (not acts.any())
        played.append(count)
        if number in marks:
            point = (totals["rounds"], int((life < 0).sum()), int(head.sum()))
            for name, value in zip(_SERIES, (*point, float(left.var()), gini(left)), strict=True):
                series[name].append(value)
        if asked > count:
            node = int(np.argmax(dies))
            message = (
                f"configuration {number}: is kept for {asked} rounds, "
                f"but node {node} dies in its round {count}"
            )
            violations = [Violation("node.dead", message, float(asked - count))]
            break
    return Replay(
        **totals,
        life=life,
        residual=left,
        played=np.array(played, np.int64),
        series=series,
        violations=tuple(violations),
    )


def gini(values: np.ndarray) -> float:
    """Return the Gini coefficient of numbers >= 0: 0 where all are equal.

    Examples
    --------
    >>> gini(np.array([1.0, 1.0])), gini(np.array([0.0, 1.0]))
    (0.0, 0.5)
    """
    total = float(values.sum())
    if total <= 0.0:
        return 0.0
    n = len(values)
    rank = np.arange(1, n + 1)
    return float(2.0 * (rank * np.sort(values)).sum() / (n * total) - (n + 1) / n)


def _costs(
    instance: WsnInstance, solution: WsnSolution
) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Yield what a round of each configuration costs, with its parents and heads."""
    costs = tables(instance)
    step = max(1, BLOCK // instance.size)
    for first in range(0, len(solution.rounds), step):
        parent = solution.parent[first : first + step].astype(np.int64)
        head = solution.head[first : first + step]
        yield from zip(round_costs(instance, parent, head, costs), parent, head, strict=True)


def _owing(reports: Reports, count: int, silent: np.ndarray) -> int:
    """Return a silent node that has to report in one of the next rounds, or -1."""
    for first in range(0, count, _ROUNDS):
        owing = silent & reports.next(min(_ROUNDS, count - first)).any(axis=0)
        if owing.any():
            return int(np.argmax(owing))
    return -1


def _deaths(
    left: np.ndarray, spent: np.ndarray, edge: np.ndarray, acts: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return how many rounds each node can pay in full, and in which one it dies."""
    cost = np.where(acts, spent, 1.0)
    able = np.minimum(np.floor((left + edge) / cost), _LONGEST)
    able = np.where(acts, able, _LONGEST)
    rest = left - able * cost
    death = np.where(acts & (rest > edge), able + 1.0, able)
    return able, death
