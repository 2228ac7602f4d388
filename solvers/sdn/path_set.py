"""Candidate paths of every source-target pair, gathered from a relaxation and from plans."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from netroute.problems.sdn import SdnSolution
    from netroute.solvers.sdn.path_solution import PathLp


class PathSet(NamedTuple):
    """Paths (with protection: pairs of paths), grouped by the pair of nodes that they join.

    Attributes
    ----------
    first : ndarray of int64, shape (K + 1,)
        The columns of pair k are ``first[k]`` to ``first[k + 1] - 1``.
    start : ndarray of int64, shape (C + 1,)
        The arcs of column c are ``arc[start[c]:start[c + 1]]``.
    split : ndarray of int64, shape (C,)
        How many of them belong to the primary path.
    arc : ndarray of uint32
    amount : ndarray of float64, shape (C,)
        Bandwidth on the column in the relaxation.
    """

    first: np.ndarray
    start: np.ndarray
    split: np.ndarray
    arc: np.ndarray
    amount: np.ndarray


def path_set(relaxed: PathLp, *plans: SdnSolution) -> PathSet:
    """Gather the columns of a relaxation and those paths of ``plans`` that it lacks."""
    pairs = len(relaxed.pairs.source)
    known = _from_relaxation(relaxed)
    if not plans:
        return known
    seen = {
        (pair, known.arc[known.start[c] : known.start[c + 1]].tobytes())
        for pair in range(pairs)
        for c in range(known.first[pair], known.first[pair + 1])
    }
    rows: list[tuple[int, int, np.ndarray]] = []
    for plan in plans:
        for flow in np.flatnonzero(plan.admitted).tolist():
            primary = plan.path(flow)
            arcs = np.concatenate([primary, plan.backup(flow)])
            key = (int(relaxed.pairs.of_flow[flow]), arcs.tobytes())
            if key not in seen:
                seen.add(key)
                rows.append((key[0], len(primary), arcs))
    return _merge(known, rows)


def _from_relaxation(relaxed: PathLp) -> PathSet:
    pairs = len(relaxed.pairs.source)
    return PathSet(
        first=np.searchsorted(relaxed.pair, np.arange(pairs + 1)).astype(np.int64),
        start=np.asarray(relaxed.start, np.int64),
        split=np.asarray(relaxed.split, np.int64),
        arc=np.asarray(relaxed.arcs, np.uint32),
        amount=np.asarray(relaxed.amount, np.float64),
    )


def _merge(known: PathSet, rows: list[tuple[int, int, np.ndarray]]) -> PathSet:
    """Add columns (pair, arcs of the primary path, all arcs) behind those of their pairs."""
    if not rows:
        return known
    pairs = len(known.first) - 1
    old = np.repeat(np.arange(pairs), np.diff(known.first))
    pair = np.concatenate([old, [row[0] for row in rows]])
    order = np.argsort(pair, kind="stable")
    size = np.concatenate([np.diff(known.start), [len(row[2]) for row in rows]])
    arc = np.concatenate([known.arc, *(row[2] for row in rows)])
    begin = np.cumsum(size) - size
    start = np.concatenate([[0], np.cumsum(size[order])])
    place = np.repeat(begin[order] - start[:-1], size[order]) + np.arange(start[-1])
    split = np.concatenate([known.split, [row[1] for row in rows]])
    amount = np.concatenate([known.amount, np.zeros(len(rows))])
    return PathSet(
        first=np.searchsorted(pair[order], np.arange(pairs + 1)).astype(np.int64),
        start=start.astype(np.int64),
        split=split[order].astype(np.int64),
        arc=arc[place].astype(np.uint32),
        amount=amount[order],
    )
