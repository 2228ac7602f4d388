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

from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from netroute.core.evaluation import Evaluation, Violation
from netroute.problems.sdn.metrics import metrics

if TYPE_CHECKING:
    from collections.abc import Iterable

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
    messages = (
        f"{instance.flow_label(f)}: the {kind} uses arc {a}, which does not exist"
        for f, a in zip(flow[~known], arc[~known], strict=True)
    )
    faults = _listed("path.arc", messages, np.ones(int((~known).sum())))
    hops = np.bincount(flow[known], minlength=instance.size)
    return Paths(kind, flow[known], arc[known], hops), faults


def _listed(code: str, messages: Iterable[str], amounts: np.ndarray) -> list[Violation]:
    """One violation a message and amount, and one for all that are beyond `SHOWN`."""
    found = [
        Violation(code, message, float(amount))
        for message, amount in zip(islice(messages, SHOWN), amounts, strict=False)
    ]
    if len(amounts) > SHOWN:
        message = f"{len(amounts) - SHOWN} more like the one before"
        found.append(Violation(code, message, float(amounts[SHOWN:].sum())))
    return found


def _continuous(instance: SdnInstance, paths: Paths) -> list[Violation]:
    """Paths that start or end at the wrong node, or jump."""
    flow, tail, head = paths.flow, instance.tail[paths.arc], instance.head[paths.arc]
    first = np.diff(flow, prepend=-1) != 0
    last = np.diff(flow, append=-1) != 0
    inner = np.flatnonzero(~last)
    found: list[Violation] = []
    for word, node, wrong in (
        ("starts", tail, np.flatnonzero(first & (tail != instance.source[flow]))),
        ("ends", head, np.flatnonzero(last & (head != instance.target[flow]))),
    ):
        messages = (
            f"{instance.flow_label(flow[i])}: the {paths.kind} {word} at {instance.nodes[node[i]]}"
            for i in wrong
        )
        found += _listed("path.broken", messages, np.ones(len(wrong)))
    jumps = inner[head[inner] != tail[inner + 1]]
    messages = (
        f"{instance.flow_label(flow[i])}: the {paths.kind} jumps from "
        f"{instance.arc_label(paths.arc[i])} to {instance.arc_label(paths.arc[i + 1])}"
        for i in jumps
    )
    return found + _listed("path.broken", messages, np.ones(len(jumps)))


def _simple(instance: SdnInstance, paths: Paths) -> list[Violation]:
    """Paths that come to a node twice, the source included."""
    used = np.flatnonzero(paths.hops)
    flow = np.concatenate([paths.flow, used])
    node = np.concatenate([instance.head[paths.arc], instance.source[used]]).astype(np.int64)
    visits = np.sort(flow * len(instance.nodes) + node)
    again = visits[1:][visits[1:] == visits[:-1]]
    messages = (
        f"{instance.flow_label(f)}: the {paths.kind} visits {instance.nodes[v]} again"
        for f, v in zip(*np.divmod(again, len(instance.nodes)), strict=True)
    )
    return _listed("path.loop", messages, np.ones(len(again)))


def _limits(instance: SdnInstance, paths: Paths) -> list[Violation]:
    """Paths that are too long in time or in arcs."""
    found: list[Violation] = []
    if instance.max_delay is not None:
        delay = np.bincount(paths.flow, instance.delay[paths.arc], minlength=instance.size)
        most = instance.max_delay
        over = np.flatnonzero((paths.hops > 0) & (delay > most * (1.0 + TOLERANCE)))
        messages = (
            f"{instance.flow_label(f)}: the {paths.kind} takes {delay[f]:.12g}, "
            f"above the maximum delay {most[f]:.12g}"
            for f in over
        )
        found += _listed("path.delay", messages, (delay - most)[over])
    if instance.max_hops is not None:
        limit = instance.max_hops
        over = np.flatnonzero((limit > 0) & (paths.hops > limit))
        messages = (
            f"{instance.flow_label(f)}: the {paths.kind} has {paths.hops[f]} arcs, "
            f"above the maximum {limit[f]}"
            for f in over
        )
        found += _listed("path.hops", messages, (paths.hops - limit)[over])
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
    over = np.flatnonzero(load > instance.capacity)
    messages = (
        f"{instance.arc_label(a)}: load {load[a]} exceeds the capacity {instance.capacity[a]}"
        for a in over
    )
    return _listed("arc.capacity", messages, (load - instance.capacity)[over])


def _tables(instance: SdnInstance, rules: np.ndarray) -> list[Violation]:
    if instance.table_size is None:
        return []
    size = instance.table_size
    over = np.flatnonzero((size >= 0) & (rules > size))
    messages = (
        f"node {instance.nodes[v]}: {rules[v]} flow-table entries exceed the table size {size[v]}"
        for v in over
    )
    return _listed("node.table", messages, (rules - size)[over])


def _protection(instance: SdnInstance, primary: Paths, backup: Paths | None) -> list[Violation]:
    """Backup paths that are missing, not asked for, or not disjoint from the primary ones."""
    spare = np.zeros(instance.size, np.int64) if backup is None else backup.hops
    admitted = primary.hops > 0
    protected = instance.protection != "none"
    missing = np.flatnonzero(admitted & (spare == 0) & protected)
    unexpected = np.flatnonzero((spare > 0) & ~(admitted & protected))
    why = "is rejected" if protected else "asks for no protection"
    found: list[Violation] = []
    for code, flows, words in (
        ("backup.missing", missing, "has no backup path"),
        ("backup.unexpected", unexpected, f"has a backup path but {why}"),
    ):
        messages = (f"{instance.flow_label(f)} {words}" for f in flows)
        found += _listed(code, messages, np.ones(len(flows)))
    if backup is None:
        return found
    m, n = len(instance.tail), len(instance.nodes)
    arcs = np.intersect1d(primary.flow * m + primary.arc, backup.flow * m + backup.arc)
    messages = (
        f"{instance.flow_label(f)}: both paths use {instance.arc_label(a)}"
        for f, a in zip(*np.divmod(arcs, m), strict=True)
    )
    found += _listed("backup.shared", messages, np.ones(len(arcs)))
    if instance.protection != "node":
        return found
    nodes = np.intersect1d(_inner_nodes(instance, primary), _inner_nodes(instance, backup))
    messages = (
        f"{instance.flow_label(f)}: both paths visit {instance.nodes[v]}"
        for f, v in zip(*np.divmod(nodes, n), strict=True)
    )
    return found + _listed("backup.shared", messages, np.ones(len(nodes)))


def _inner_nodes(instance: SdnInstance, paths: Paths) -> np.ndarray:
    """Nodes between source and target as ``flow * n + node``."""
    node = instance.head[paths.arc]
    inner = node != instance.target[paths.flow]
    codes: np.ndarray = paths.flow[inner] * len(instance.nodes) + node[inner]
    return codes
