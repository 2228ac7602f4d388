"""The independent checker of traffic placements: exact, and nothing shared with the solvers."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from netroute.core.evaluation import Evaluation, Violation
from netroute.problems.collective.bounds import degree_bounds
from netroute.problems.collective.loads import busiest, loads_of
from netroute.problems.collective.phase import MOST_TOTAL
from netroute.problems.collective.pieces import least_pieces, most_pieces, tally
from netroute.problems.collective.spelled import cut_fault

if TYPE_CHECKING:
    from netroute.problems.collective.instance import CollectiveInstance
    from netroute.problems.collective.loads import Loads
    from netroute.problems.collective.phase import Phase
    from netroute.problems.collective.pieces import Tally
    from netroute.problems.collective.solution import CollectiveSolution, Placement

MOST_COUNT = 2**46
"""Counts are smaller, so that sums over all paths fit into 64 bits."""

NAMED = 20
"""Faults of one kind in a phase that are named one by one."""


def check(instance: CollectiveInstance, solution: CollectiveSolution) -> Evaluation:
    """Judge a solution by exact integer sums over all links.

    Parameters
    ----------
    instance : CollectiveInstance
        The problem.
    solution : CollectiveSolution
        Any solution, also an infeasible one.

    Returns
    -------
    Evaluation
        The objective is the sum over the phases of the highest load over capacity of any link,
        hosts' links included. Metrics: ``fabric`` and ``nic``, the same for switches' and hosts'
        links alone; ``bounds``, the sums of the lower bounds of
        `netroute.problems.collective.bounds.degree_bounds`; ``flows``, ``pieces``, their quotient
        and the extra ones; ``pieces_per_host``, the mean over the hosts that send;
        ``most_pieces_per_flow`` and ``most_pieces_per_host``, null where flows are too many to be
        looked at one by one, or where a plan states more pieces than it shows; ``jain``, Jain's
        index of the uplinks' utilisation in the most loaded phase (1 where it is even);
        ``busiest``, the most loaded link of the fabric; ``thetas``, the phases' shares of the
        objective.

    Examples
    --------
    >>> from netroute.problems.collective import CollectiveInstance, Fabric, Job, Placement
    >>> from netroute.problems.collective import CollectiveSolution
    >>> instance = CollectiveInstance(
    ...     fabric=Fabric.leaf_spine(2, 2, hosts_per_leaf=2),
    ...     jobs=[Job(pattern="all-to-all", hosts=range(4))],
    ... )
    >>> verdict = check(instance, CollectiveSolution.of([Placement(counts=[[1, 2], [3, 2]])]))
    >>> verdict.objective, verdict.metrics["busiest"], verdict.metrics["bounds"]["leaf"]
    (3.0, 'phase 0: leaf 0 to plane 1', 2.0)
    """
    if len(solution.placements) != len(instance.phases):
        found, expected = len(solution.placements), len(instance.phases)
        message = f"found placements of {found} phases, expected {expected}"
        return Evaluation(0.0, False, (Violation("phase.count", message, abs(found - expected)),))
    violations: list[Violation] = []
    fabric_time, nic_time, total = Fraction(0), Fraction(0), Fraction(0)
    thetas: list[float] = []
    bounds = dict.fromkeys(("nic", "leaf", "flow", "pod"), Fraction(0))
    tallies: list[Tally] = []
    crossing = 0
    worst: tuple[Fraction, str, float] = (Fraction(-1), "none", 1.0)
    for number, (phase, placement) in enumerate(
        zip(instance.phases, solution.placements, strict=True)
    ):
        where = f"phase {number}"
        low = degree_bounds(instance.fabric, phase, whole=instance.extra_pieces == 0)
        for name, value in low.items():
            bounds[name] += value
        faults = _shape(instance, phase, placement, where)
        if faults:
            violations += faults
            continue
        wrong = _flows(phase, placement, where) + _cores(instance, phase, placement, where)
        cut = cut_fault(placement)
        if cut is not None:
            wrong.append(Violation("piece.cut", f"{where}: {cut}"))
        violations += wrong
        loads = loads_of(instance.fabric, phase, placement)
        violations += _failed(instance, loads, where)
        link = busiest(instance.fabric, loads)
        theta = max(link.time, low["nic"])
        thetas.append(float(theta))
        total += theta
        fabric_time += link.time
        nic_time += low["nic"]
        if link.time > worst[0]:
            worst = (link.time, f"{where}: {link.name}", _jain(instance, loads))
        crossing += phase.crossing
        if placement.pieces is not None and placement.pieces < least_pieces(placement):
            least = least_pieces(placement)
            message = f"{where}: states {placement.pieces} pieces, but it has at least {least}"
            violations.append(Violation("piece.count", message, least - placement.pieces))
        if not wrong:
            tallies.append(tally(instance, phase, placement))
            violations += _cuts(instance, tallies[-1], where)
    pieces = sum(t.pieces for t in tallies)
    if instance.extra_pieces is not None and pieces - crossing > instance.extra_pieces:
        message = f"flows are cut into {pieces - crossing} extra pieces, "
        message += f"allowed are {instance.extra_pieces}"
        amount = pieces - crossing - instance.extra_pieces
        violations.append(Violation("piece.limit", message, amount))
    metrics: dict[str, Any] = {
        "fabric": float(fabric_time),
        "nic": float(nic_time),
        "bounds": {name: float(value) for name, value in bounds.items()},
        "flows": instance.size,
        "crossing": crossing,
        "pieces": pieces,
        "extra_pieces": pieces - crossing,
        "pieces_per_flow": pieces / crossing if crossing else 1.0,
        "pieces_per_host": pieces / max(1, _senders(instance)),
        **most_pieces(tallies),
        "busiest": worst[1],
        "jain": worst[2],
        "thetas": thetas,
    }
    return Evaluation(float(total), not violations, tuple(violations), metrics)


def _senders(instance: CollectiveInstance) -> int:
    """Count the hosts that send in any phase."""
    sends = np.zeros(instance.fabric.hosts, bool)
    for phase in instance.phases:
        sends |= phase.sent > 0
    return int(sends.sum())


def _shape(
    instance: CollectiveInstance, phase: Phase, placement: Placement, where: str
) -> list[Violation]:
    fabric = instance.fabric
    expected = (fabric.planes, len(phase.size))
    if placement.counts.shape != expected:
        message = f"{where}: found counts of shape {placement.counts.shape}, expected {expected}"
        return [Violation("counts.shape", message)]
    wanted = None
    if fabric.tiers == 3:
        wanted = (fabric.planes, fabric.cores, len(phase.pod_rows(fabric).size))
    shape = None if placement.cores is None else placement.cores.shape
    if shape != wanted:
        message = f"{where}: found cores of shape {shape}, expected {wanted}"
        return [Violation("cores.shape", message)]
    # Sums of what is not larger stay exact.
    most = max(int(placement.counts.max(initial=0)), placement.unit)
    if placement.cores is not None:
        most = max(most, int(placement.cores.max(initial=0)))
    volume = sum((phase.size * phase.count).tolist()) if placement.unit > 1 else 0
    if most >= MOST_COUNT or volume * placement.unit >= MOST_TOTAL:
        return [Violation("counts.size", f"{where}: found counts of {most}, too large to sum up")]
    return []


def _flows(phase: Phase, placement: Placement, where: str) -> list[Violation]:
    """Every flow is placed, once."""
    placed = placement.counts.sum(axis=0, dtype=np.int64)
    wrong = np.flatnonzero(placed != phase.count * placement.unit)
    found = []
    for row in wrong[:NAMED].tolist():
        have = Fraction(int(placed[row]), placement.unit)
        message = (
            f"{where}: {have} flows of {phase.size[row]} bytes placed from leaf "
            f"{phase.source[row]} to leaf {phase.target[row]}, expected {phase.count[row]}"
        )
        found.append(Violation("flow.count", message, float(abs(have - int(phase.count[row])))))
    return found + _more(len(wrong), "flow.count", f"{where}: pairs of leaves placed wrongly")


def _cuts(instance: CollectiveInstance, found: Tally, where: str) -> list[Violation]:
    """No flow is cut into more pieces than one may be."""
    most, allowed = found.per_flow, instance.pieces_per_flow
    if allowed is None or most is None or most <= allowed:
        return []
    message = f"{where}: a flow is cut into {most} pieces, allowed are {allowed}"
    return [Violation("piece.flow", message, most - allowed)]


def _cores(
    instance: CollectiveInstance, phase: Phase, placement: Placement, where: str
) -> list[Violation]:
    """Cores carry what their plane gets from a pod for another one."""
    if placement.cores is None:
        return []
    rows = phase.pod_rows(instance.fabric)
    between = rows.row >= 0
    wrong = 0
    for a in range(instance.fabric.planes):
        counts = placement.counts[a]
        used = np.flatnonzero(between & (counts > 0))
        handed = np.zeros(len(rows.size), np.int64)
        np.add.at(handed, rows.row[used], counts[used].astype(np.int64))
        wrong += int((handed != placement.cores[a].sum(axis=0, dtype=np.int64)).sum())
    if not wrong:
        return []
    message = f"{where}: of {wrong} pairs of pods and planes the cores carry another amount"
    return [Violation("core.count", message, wrong)]


def _failed(instance: CollectiveInstance, loads: Loads, where: str) -> list[Violation]:
    """No load is on a failed link."""
    fabric = instance.fabric
    tiers = (
        ("leaf {0} to plane {1}", loads.up, fabric.up),
        ("plane {0} to leaf {1}", loads.down, fabric.down),
        ("pod {0}, plane {1} to core {2}", loads.core_up, fabric.core_up),
        ("plane {0}, core {1} to pod {2}", loads.core_down, fabric.core_down),
    )
    found = []
    for name, load, capacity in tiers:
        if load is None or capacity is None:
            continue
        dead = np.argwhere((load > 0) & (capacity == 0))
        for at in dead[:NAMED].tolist():
            link = name.format(*at)
            found.append(Violation("link.failed", f"{where}: flows on the failed link {link}"))
        found += _more(len(dead), "link.failed", f"{where}: failed links in use")
    return found


def _more(number: int, code: str, words: str) -> list[Violation]:
    return [Violation(code, f"{words}: {number - NAMED} more")] if number > NAMED else []


def _jain(instance: CollectiveInstance, loads: Loads) -> float:
    """Jain's fairness index of the utilisation of the leaves' links to the planes.

    R. Jain, D.-M. Chiu, W. Hawe: A quantitative measure of fairness and discrimination for
    resource allocation in shared computer systems. DEC Research Report TR-301, 1984.
    """
    capacity = instance.fabric.up
    used = loads.up[capacity > 0] / capacity[capacity > 0]
    squares = float((used**2).sum())
    return float(used.sum()) ** 2 / (used.size * squares) if squares else 1.0
