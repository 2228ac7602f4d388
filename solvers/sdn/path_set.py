"""Candidate paths of every source-target pair, gathered from a relaxation and from plans."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from netroute.core.rng import generator

if TYPE_CHECKING:
    from netroute.problems.sdn import SdnSolution
    from netroute.solvers.sdn._kernels.pricing import Paths
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


def path_set(relaxed: PathLp, *plans: SdnSolution, one_each: Paths | None = None) -> PathSet:
    """Gather the columns of a relaxation and those paths that it lacks.

    Parameters
    ----------
    relaxed : PathLp
    *plans : SdnSolution
    one_each : Paths, optional
        A path of each pair, where it has one.
    """
    found = _from_relaxation(relaxed)
    if one_each is not None:
        start = one_each.start
        pair = np.flatnonzero(np.diff(start) > 0)
        size = np.diff(start)[pair]
        found = _merge(found, _Columns(pair, one_each.split[pair], size, one_each.arc[: start[-1]]))
    of_pair = relaxed.pairs.of_flow
    for plan in plans:
        found = _merge(found, _columns_of(plan, np.asarray(of_pair, np.int64)))
    return found


class _Columns(NamedTuple):
    """Columns in any order: pair, size of the primary path and of all, arcs one after the other."""

    pair: np.ndarray
    split: np.ndarray
    size: np.ndarray
    arc: np.ndarray


def _columns_of(plan: SdnSolution, of_pair: np.ndarray) -> _Columns:
    """Return the paths of the admitted flows, with protection with their backups behind them."""
    admitted = np.flatnonzero(plan.admitted)
    split = np.diff(plan.start)[admitted]
    if plan.backup_start is None or plan.backup_arcs is None:
        return _Columns(of_pair[admitted], split, split, plan.arcs)
    backup = np.diff(plan.backup_start)[admitted]
    size = split + backup
    arc = np.empty(int(size.sum()), np.uint32)
    primary = np.arange(len(arc)) - np.repeat(np.cumsum(size) - size, size) < np.repeat(split, size)
    arc[primary], arc[~primary] = plan.arcs, plan.backup_arcs
    return _Columns(of_pair[admitted], split, size, arc)


def _from_relaxation(relaxed: PathLp) -> PathSet:
    pairs = len(relaxed.pairs.source)
    return PathSet(
        first=np.searchsorted(relaxed.pair, np.arange(pairs + 1)).astype(np.int64),
        start=np.asarray(relaxed.start, np.int64),
        split=np.asarray(relaxed.split, np.int64),
        arc=np.asarray(relaxed.arcs, np.uint32),
        amount=np.asarray(relaxed.amount, np.float64),
    )


def _merge(known: PathSet, new: _Columns) -> PathSet:
    """Add columns behind those of their pairs, each that is not there yet once."""
    if not len(new.pair):
        return known
    pairs = len(known.first) - 1
    old = np.diff(known.first)
    pair = np.concatenate([np.repeat(np.arange(pairs), old), new.pair])
    split = np.concatenate([known.split, new.split])
    size = np.concatenate([np.diff(known.start), new.size])
    arc = np.concatenate([known.arc, new.arc])
    amount = np.concatenate([known.amount, np.zeros(len(new.pair))])
    begin = np.cumsum(size) - size
    # Of the same columns the first one stays; the sort is stable.
    digest = _digest(arc, begin, split)
    order = np.lexsort((digest, pair))
    again = (np.diff(pair[order]) == 0) & (np.diff(digest[order]) == 0)
    first = np.sort(order[np.concatenate([[True], ~again])])
    order = first[np.argsort(pair[first], kind="stable")]
    start = np.concatenate([[0], np.cumsum(size[order])]).astype(np.int64)
    place = np.repeat(begin[order] - start[:-1], size[order]) + np.arange(start[-1])
    return PathSet(
        first=np.searchsorted(pair[order], np.arange(pairs + 1)).astype(np.int64),
        start=start,
        split=split[order].astype(np.int64),
        arc=arc[place].astype(np.uint32),
        amount=amount[order],
    )


def columns_used(paths: PathSet, of_pair: np.ndarray, plan: SdnSolution) -> np.ndarray:
    """Return the column of each admitted flow of a plan, -1 where there is none: int64."""
    new = _columns_of(plan, np.asarray(of_pair, np.int64))
    known = len(paths.split)
    if not len(new.pair):
        return np.zeros(0, np.int64)
    size = np.concatenate([np.diff(paths.start), new.size])
    digest = _digest(
        np.concatenate([paths.arc, new.arc]),
        np.cumsum(size) - size,
        np.concatenate([paths.split, new.split]),
    )
    pair = np.concatenate(
        [np.repeat(np.arange(len(paths.first) - 1), np.diff(paths.first)), new.pair]
    )
    order = np.lexsort((digest, pair))
    changed = (np.diff(pair[order]) != 0) | (np.diff(digest[order]) != 0)
    group = np.concatenate([[0], np.cumsum(changed)])
    # The sort is stable: a known column comes before the plan's paths that equal it.
    leader = order[np.concatenate([[True], changed])][group]
    column = np.empty(len(order), np.int64)
    column[order] = np.where(leader < known, leader, -1)
    return column[known:]


def _digest(arc: np.ndarray, begin: np.ndarray, split: np.ndarray) -> np.ndarray:
    """Random 64-bit numbers of the columns' sets of arcs: equal for different ones by luck only.

    Even that would do no harm: a candidate is missing then.
    """
    number = generator(0).integers(1 << 63, size=int(arc.max()) + 1, dtype=np.uint64)
    behind = np.arange(len(arc)) - np.repeat(begin, np.diff(begin, append=len(arc)))
    backup = behind >= np.repeat(split, np.diff(begin, append=len(arc)))
    value = number[arc] * (1 + 2 * backup.astype(np.uint64))
    found: np.ndarray = np.add.reduceat(value, begin)
    return found
