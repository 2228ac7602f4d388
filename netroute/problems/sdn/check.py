"""The independent checker of flow admission: plain numpy on the instance's own fields.

It shares no code with any solver. Every rule is stated once, here; figures of the whole network
are in `netroute.problems.sdn.metrics`.

The rules
---------
- The path of an admitted flow starts at its source, ends at its target, each arc begins where the
  one before it has ended, and no node is visited twice.
- On no arc do the bandwidths of the flows that run over it exceed the capacity.
- The delays of a path's arcs add up to at most the flow's maximum delay, their number is at most
  its maximum of hops.
- A path takes a flow-table entry at each of its nodes but its target; no node holds more entries
  than its table.
- With protection, each admitted flow has a backup path, too, that shares no arc with the primary
  one (and no inner node either, where nodes are protected). It is bound by the same limits, takes
  the same bandwidth and its own table entries.
- The objective is the sum of the weights of the admitted flows; where it is lexicographic, the
  number of admitted flows of the highest class, the other classes' being in the metrics.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from netroute.core.evaluation import Evaluation, Violation
from netroute.problems.sdn.metrics import metrics

if TYPE_CHECKING:
    from netroute.problems.sdn.instance import SdnInstance
    from netroute.problems.sdn.solution import SdnSolution

TOLERANCE = 1e-9
"""Relative excess of a delay over its limit that rounding explains."""

SHOWN = 50
"""Faults of one kind that are listed one by one; the others are counted."""


class Paths(NamedTuple):
    """All paths of one kind, arc by arc: flow ``flow[i]`` uses arc ``arc[i]``, in order."""

    kind: str
    flow: np.ndarray
    arc: np.ndarray
    hops: np.ndarray
    """Arcs of each flow's path, shape (F,)."""


def check(instance: SdnInstance, solution: SdnSolution) -> Evaluation:
    """Recompute objective, feasibility and figures of a solution.

    Parameters
    ----------
    instance : SdnInstance
        The problem.
    solution : SdnSolution
        Any paths; also broken ones, which are reported flow by flow. Arcs that the instance does
        not have are left out of all sums.

    Returns
    -------
    Evaluation
        Violation codes are ``flows.number``, ``path.arc``, ``path.broken``, ``path.loop``,
        ``path.delay``, ``path.hops``, ``arc.capacity``, ``node.table``, ``backup.missing``,
        ``backup.unexpected`` and ``backup.shared``.

    Examples
    --------
    >>> from netroute.problems.sdn import SdnInstance, SdnSolution
    >>> net = SdnInstance(
    ...     nodes=["a", "b", "c"], tail=[0, 1], head=[1, 2], capacity=[5, 3],
    ...     source=[0, 0], target=[2, 1], bandwidth=[3, 4], priority=[2, 1],
    ... )
    >>> check(net, SdnSolution.of(2, {0: [0, 1]})).objective
    2.0
    >>> [v.message for v in check(net, SdnSolution.of(2, {0: [0, 1], 1: [0]})).violations]
    ['arc 0 (a to b): load 7 exceeds the capacity 5']
    >>> [v.message for v in check(net, SdnSolution.of(2, {0: [1]})).violations]
    ['flow 0 (a to c): the path starts at b']
    """
    violations: list[Violation] = []
    found = len(solution.start) - 1
    if found != instance.size:
        message = f"found paths for {found} flows, expected {instance.size}"
        violations.append(Violation("flows.number", message, float(abs(found - instance.size))))
    primary, faults = _paths(instance, "path", solution.start, solution.arcs)
    violations += faults
    backup = None
    if solution.backup_start is not None and solution.backup_arcs is not None:
        backup, faults = _paths(
            instance, "backup path", solution.backup_start, solution.backup_arcs
        )
        violations += faults
    kinds = [primary] if backup is None else [primary, backup]
    for paths in kinds:
        violations += _continuous(instance, paths)
        violations += _simple(instance, paths)
        violations += _limits(instance, paths)
    violations += _protection(instance, primary, backup)
    load = np.sum([_load(instance, paths) for paths in kinds], axis=0)
    rules = np.sum([_rules(instance, paths) for paths in kinds], axis=0)
    violations += _capacities(instance, load) + _tables(instance, rules)
    admitted = primary.hops > 0
    return Evaluation(
        objective=float(instance.weights()[admitted].sum()),
        feasible=not violations,
        violations=tuple(violations),
        metrics=metrics(instance, admitted, primary.flow, primary.arc, load, rules),
    )


def _paths(
    instance: SdnInstance, kind: str, start: np.ndarray, arcs: np.ndarray
) -> tuple[Paths, list[Violation]]:
    """Spread the paths out; flows and arcs that the instance does not have are left out."""
    lengths = np.diff(start)
    flow = np.repeat(np.arange(len(lengths)), lengths)
    meant = flow < instance.size
    flow, arc = flow[meant], arcs[meant].astype(np.int64)
    known = arc < len(instance.tail)
    faults = _listed(
        "path.arc",
        [
            f"{instance.flow_label(f)}: the {kind} uses arc {a}, which does not exist"
            for f, a in zip(flow[~known], arc[~known], strict=True)
        ],
    )
    hops = np.bincount(flow[known], minlength=instance.size)
    return Paths(kind, flow[known], arc[known], hops), faults


def _listed(code: str, messages: list[str], amounts: np.ndarray | None = None) -> list[Violation]:
    """One violation a message, and one for all that are beyond `SHOWN`."""
    values = np.ones(len(messages)) if amounts is None else amounts.astype(np.float64)
    found = [
        Violation(code, message, float(value))
        for message, value in zip(messages[:SHOWN], values[:SHOWN], strict=True)
    ]
    if len(messages) > SHOWN:
        message = f"and {len(messages) - SHOWN} more of this kind, the first: {messages[SHOWN]}"
        found.append(Violation(code, message, float(values[SHOWN:].sum())))
    return found


def _continuous(instance: SdnInstance, paths: Paths) -> list[Violation]:
    """Paths that start or end at the wrong node, or jump."""
    flow, tail, head = paths.flow, instance.tail[paths.arc], instance.head[paths.arc]
    first = np.diff(flow, prepend=-1) != 0
    last = np.diff(flow, append=-1) != 0
    messages = []
    for place in np.flatnonzero(first & (tail != instance.source[flow])):
        label, node = instance.flow_label(flow[place]), instance.nodes[tail[place]]
        messages.append(f"{label}: the {paths.kind} starts at {node}")
    for place in np.flatnonzero(last & (head != instance.target[flow])):
        label, node = instance.flow_label(flow[place]), instance.nodes[head[place]]
        messages.append(f"{label}: the {paths.kind} ends at {node}")
    inner = np.flatnonzero(~last)
    for place in inner[head[inner] != tail[inner + 1]]:
        label = instance.flow_label(flow[place])
        here, there = (instance.arc_label(paths.arc[i]) for i in (place, place + 1))
        messages.append(f"{label}: the {paths.kind} jumps from {here} to {there}")
    return _listed("path.broken", messages)


def _simple(instance: SdnInstance, paths: Paths) -> list[Violation]:
    """Paths that come to a node twice, the source included."""
    used = np.flatnonzero(paths.hops)
    flow = np.concatenate([paths.flow, used])
    node = np.concatenate([instance.head[paths.arc], instance.source[used]]).astype(np.int64)
    visits = np.sort(flow * len(instance.nodes) + node)
    twice = np.unique(visits[1:][visits[1:] == visits[:-1]])
    return _listed(
        "path.loop",
        [
            f"{instance.flow_label(f)}: the {paths.kind} visits {instance.nodes[v]} again"
            for f, v in zip(*np.divmod(twice, len(instance.nodes)), strict=True)
        ],
    )


def _limits(instance: SdnInstance, paths: Paths) -> list[Violation]:
    """Paths that are too long in time or in arcs."""
    found: list[Violation] = []
    if instance.max_delay is not None:
        delay = np.bincount(paths.flow, instance.delay[paths.arc], minlength=instance.size)
        over = (paths.hops > 0) & (delay > instance.max_delay * (1.0 + TOLERANCE))
        messages = [
            f"{instance.flow_label(f)}: the {paths.kind} takes {delay[f]:.12g}, "
            f"above the maximum delay {instance.max_delay[f]:.12g}"
            for f in np.flatnonzero(over)
        ]
        found += _listed("path.delay", messages, (delay[over] - instance.max_delay[over]))
    if instance.max_hops is not None:
        over = (instance.max_hops > 0) & (paths.hops > instance.max_hops)
        messages = [
            f"{instance.flow_label(f)}: the {paths.kind} has {paths.hops[f]} arcs, "
            f"above the maximum {instance.max_hops[f]}"
            for f in np.flatnonzero(over)
        ]
        found += _listed("path.hops", messages, (paths.hops - instance.max_hops)[over])
    return found


def _load(instance: SdnInstance, paths: Paths) -> np.ndarray:
    """Bandwidth on each arc."""
    load = np.zeros(len(instance.tail), np.int64)
    np.add.at(load, paths.arc, instance.bandwidth[paths.flow])
    return load


def _rules(instance: SdnInstance, paths: Paths) -> np.ndarray:
    """Flow-table entries at each node: one for each arc that a path leaves it by."""
    return np.bincount(instance.tail[paths.arc], minlength=len(instance.nodes))


def _capacities(instance: SdnInstance, load: np.ndarray) -> list[Violation]:
    over = load > instance.capacity
    messages = [
        f"{instance.arc_label(a)}: load {load[a]} exceeds the capacity {instance.capacity[a]}"
        for a in np.flatnonzero(over)
    ]
    return _listed("arc.capacity", messages, (load - instance.capacity)[over])


def _tables(instance: SdnInstance, rules: np.ndarray) -> list[Violation]:
    if instance.table_size is None:
        return []
    over = (instance.table_size >= 0) & (rules > instance.table_size)
    messages = [
        f"node {instance.nodes[v]}: {rules[v]} flow-table entries exceed "
        f"the table size {instance.table_size[v]}"
        for v in np.flatnonzero(over)
    ]
    return _listed("node.table", messages, (rules - instance.table_size)[over])


def _protection(instance: SdnInstance, primary: Paths, backup: Paths | None) -> list[Violation]:
    """Backup paths that are missing, not asked for, or not disjoint from the primary ones."""
    spare = np.zeros(instance.size, np.int64) if backup is None else backup.hops
    admitted = primary.hops > 0
    protected = instance.protection != "none"
    missing = np.flatnonzero(admitted & (spare == 0) & protected)
    unexpected = np.flatnonzero((spare > 0) & ~(admitted & protected))
    found = _listed(
        "backup.missing", [f"{instance.flow_label(f)} has no backup path" for f in missing]
    )
    why = "is rejected" if protected else "asks for no protection"
    found += _listed(
        "backup.unexpected",
        [f"{instance.flow_label(f)} has a backup path but {why}" for f in unexpected],
    )
    if backup is None:
        return found
    m, n = len(instance.tail), len(instance.nodes)
    shared = np.intersect1d(primary.flow * m + primary.arc, backup.flow * m + backup.arc)
    messages = [
        f"{instance.flow_label(f)}: both paths use {instance.arc_label(a)}"
        for f, a in zip(*np.divmod(shared, m), strict=True)
    ]
    if instance.protection == "node":
        inner = [_inner_nodes(instance, paths) for paths in (primary, backup)]
        messages += [
            f"{instance.flow_label(f)}: both paths visit {instance.nodes[v]}"
            for f, v in zip(*np.divmod(np.intersect1d(*inner), n), strict=True)
        ]
    return found + _listed("backup.shared", messages)


def _inner_nodes(instance: SdnInstance, paths: Paths) -> np.ndarray:
    """Nodes between source and target as ``flow * n + node``."""
    node = instance.head[paths.arc]
    inner = node != instance.target[paths.flow]
    return paths.flow[inner] * len(instance.nodes) + node[inner]
