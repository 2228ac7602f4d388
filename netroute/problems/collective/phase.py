"""The flows of one phase, summed up by pairs of leaves and by size."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from netroute.core.errors import InputError
from netroute.problems.collective.fabric import MOST_MEMORY
from netroute.problems.collective.patterns import Block, Pairs

if TYPE_CHECKING:
    from collections.abc import Iterable

    from netroute.problems.collective.fabric import Fabric
    from netroute.problems.collective.patterns import Part

ROW = 170
"""Bytes that a row of leaves takes while rows are sorted and summed up."""

MOST_LISTED = 2 * 10**7
"""Flows that are listed one by one at most."""

MOST_TOTAL = 2**62
"""Bytes of a phase in all stay below it."""


class PodRows(NamedTuple):
    """Rows of a phase between pods, summed up by pairs of pods and by size."""

    source: np.ndarray
    target: np.ndarray
    size: np.ndarray
    row: np.ndarray
    """For each row of the phase its pod row, -1 within a pod: int64, shape (R,)."""


class Listing(NamedTuple):
    """Flows between leaves, one by one in the order of arrival: hosts, and row of the phase."""

    source: np.ndarray
    target: np.ndarray
    row: np.ndarray


class Groups(NamedTuple):
    """Flows from one host to one leaf: row of the phase, flows of a group, number of groups."""

    row: np.ndarray
    flows: np.ndarray
    number: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class Phase:
    """Flows that are under way together.

    Attributes
    ----------
    source, target : array of int32, shape (R,)
        Leaves, different ones; rows are sorted by source, target and size.
    size, count : array of int64, shape (R,)
        Bytes of each flow, and number of flows of this size.
    sent, received : array of int64, shape (N,)
        Bytes of each host, flows within a leaf included.
    local : int
        Flows within a leaf.
    parts : tuple
        The flows between hosts that all this sums up.
    """

    source: np.ndarray
    target: np.ndarray
    size: np.ndarray
    count: np.ndarray
    sent: np.ndarray
    received: np.ndarray
    local: int
    parts: tuple[Part, ...]
    _pods: list[PodRows] = field(default_factory=list, repr=False)

    @property
    def crossing(self) -> int:
        """Number of flows between leaves."""
        return int(self.count.sum())

    def pod_rows(self, fabric: Fabric) -> PodRows:
        """Sum up by pods; all fabrics that share the phase have the same ones."""
        if not self._pods:
            self._pods.append(self._pod_rows(fabric))
        return self._pods[0]

    def _pod_rows(self, fabric: Fabric) -> PodRows:
        per = fabric.leaves_per_pod
        source, target = self.source // per, self.target // per
        between = np.flatnonzero(source != target)
        sizes = _kinds(self.size)
        kind = np.searchsorted(sizes, self.size[between])
        key = (source[between].astype(np.int64) * fabric.pods + target[between]) * max(
            1, len(sizes)
        ) + kind
        found, inverse = np.unique(key, return_inverse=True)
        row = np.full(len(self.size), -1, np.int64)
        row[between] = inverse
        pair, kind = np.divmod(found, max(1, len(sizes)))
        return PodRows(pair // fabric.pods, pair % fabric.pods, sizes[kind], row)

    def listing(self, fabric: Fabric) -> Listing:
        """List the flows between leaves.

        Raises
        ------
        InputError
            More than `MOST_LISTED` of them.
        """
        if self.crossing > MOST_LISTED:
            raise InputError(
                f"found {self.crossing} flows in a phase, of which at most {MOST_LISTED} are "
                "listed one by one",
                code="collective.memory",
                hint="use a solver that works on counts, such as koenig",
            )
        sizes = _kinds(self.size)
        keys = _keys(fabric, sizes, self.source, self.target, self.size)
        found: list[Listing] = []
        for part in self.parts:
            pairs = unrolled(part)
            leaf, other = (
                pairs.source // fabric.hosts_per_leaf,
                pairs.target // fabric.hosts_per_leaf,
            )
            out = leaf != other
            key = _keys(fabric, sizes, leaf[out], other[out], pairs.size[out])
            row = np.searchsorted(keys, key)
            found.append(Listing(pairs.source[out], pairs.target[out], row))
        if not found:
            return Listing(*(np.zeros(0, np.int64),) * 3)
        return Listing(*(np.concatenate(column) for column in zip(*found, strict=True)))

    def within(self, fabric: Fabric) -> Pairs:
        """List the flows within leaves, which stay off the fabric."""
        found = [Pairs(*(np.zeros(0, np.int64),) * 3)]
        for part in self.parts:
            pairs = unrolled(part)
            inside = pairs.source // fabric.hosts_per_leaf == pairs.target // fabric.hosts_per_leaf
            found.append(Pairs(pairs.source[inside], pairs.target[inside], pairs.size[inside]))
        columns = ([getattr(p, name) for p in found] for name in ("source", "target", "size"))
        return Pairs(*(np.concatenate(column) for column in columns))

    def groups(self, fabric: Fabric) -> Groups:
        """Sum up by source host, destination leaf and size; alike groups are counted."""
        sizes = _kinds(self.size)
        keys = _keys(fabric, sizes, self.source, self.target, self.size)
        found: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
        pairs = [part for part in self.parts if isinstance(part, Pairs)]
        for part in self.parts:
            if isinstance(part, Block):
                leaf, count = np.unique(part.hosts // fabric.hosts_per_leaf, return_counts=True)
                i, j = (leaf[x.ravel()] for x in np.indices((len(leaf), len(leaf))))
                n_i, n_j = (count[x.ravel()] for x in np.indices((len(leaf), len(leaf))))
                out = i != j
                key = _keys(fabric, sizes, i[out], j[out], np.full(int(out.sum()), part.size))
                found.append((np.searchsorted(keys, key), n_j[out], n_i[out]))
        if pairs:
            source, target, size = (
                np.concatenate([getattr(part, name) for part in pairs])
                for name in ("source", "target", "size")
            )
            leaf, other = source // fabric.hosts_per_leaf, target // fabric.hosts_per_leaf
            out = leaf != other
            kind = np.searchsorted(sizes, size[out])
            key = (source[out] * fabric.leaves + other[out]) * max(1, len(sizes)) + kind
            key, first, flows = np.unique(key, return_index=True, return_counts=True)
            where = _keys(fabric, sizes, leaf[out], other[out], size[out])[first]
            found.append((np.searchsorted(keys, where), flows, np.ones(len(flows), np.int64)))
        if not found:
            return Groups(*(np.zeros(0, np.int64),) * 3)
        return Groups(*(np.concatenate(column) for column in zip(*found, strict=True)))


def phase_of(fabric: Fabric, parts: Iterable[Part]) -> Phase:
    """Sum up the flows of a phase."""
    parts = tuple(parts)
    sent, received = np.zeros(fabric.hosts, np.int64), np.zeros(fabric.hosts, np.int64)
    rows: list[tuple[np.ndarray, ...]] = []
    blocks: dict[int, list[tuple[np.ndarray, np.ndarray]]] = {}
    local = total = 0
    for part in parts:
        if isinstance(part, Block):
            n = len(part.hosts)
            total += n * (n - 1) * part.size
            sent[part.hosts] += (n - 1) * part.size
            received[part.hosts] += (n - 1) * part.size
            leaf, count = np.unique(part.hosts // fabric.hosts_per_leaf, return_counts=True)
            local += int((count * (count - 1)).sum())
            blocks.setdefault(part.size, []).append((leaf, count))
        else:
            # In Python's integers, unless int64 surely holds the sum.
            fits = len(part.size) * int(part.size.max(initial=0)) < MOST_TOTAL
            total += int(part.size.sum()) if fits else sum(part.size.tolist())
            np.add.at(sent, part.source, part.size)
            np.add.at(received, part.target, part.size)
            leaf, other = part.source // fabric.hosts_per_leaf, part.target // fabric.hosts_per_leaf
            local += int((leaf == other).sum())
            out = leaf != other
            rows.append((leaf[out], other[out], part.size[out], np.ones(int(out.sum()), np.int64)))
    if total >= MOST_TOTAL:
        raise InputError(
            f"found {total} bytes in a phase, expected less than 2^62", code="collective.bytes"
        )
    rows += [_block_rows(fabric, size, entries) for size, entries in blocks.items()]
    source, target, size, count = _merged(fabric, rows)
    for array in (source, target, size, count, sent, received):
        array.flags.writeable = False
    return Phase(source, target, size, count, sent, received, local, parts)


def _block_rows(
    fabric: Fabric, size: int, entries: list[tuple[np.ndarray, np.ndarray]]
) -> tuple[np.ndarray, ...]:
    """Sum up all-to-all exchanges of one size, without their flows."""
    leaves = fabric.leaves
    cells = sum(len(leaf) ** 2 for leaf, _ in entries)
    _require_memory(40 * min(cells, leaves * leaves) + 8 * leaves * leaves)
    matrix = np.zeros((leaves, leaves), np.int64)
    for leaf, count in entries:
        matrix[np.ix_(leaf, leaf)] += np.outer(count, count)
    np.fill_diagonal(matrix, 0)
    source, target = np.nonzero(matrix)
    return source, target, np.full(len(source), size, np.int64), matrix[source, target]


def _merged(fabric: Fabric, rows: list[tuple[np.ndarray, ...]]) -> tuple[np.ndarray, ...]:
    """Sort rows and add up those of the same leaves and size."""
    if not rows:
        return (*(np.zeros(0, np.int32),) * 2, np.zeros(0, np.int64), np.zeros(0, np.int64))
    _require_memory(ROW * sum(len(row[0]) for row in rows))
    source, target, size, count = (np.concatenate(column) for column in zip(*rows, strict=True))
    if len(rows) > 1 or np.all(count == 1):
        sizes = _kinds(size)
        key = _keys(fabric, sizes, source, target, size)
        key, inverse = np.unique(key, return_inverse=True)
        total = np.zeros(len(key), np.int64)
        np.add.at(total, inverse, count)
        pair, kind = np.divmod(key, max(1, len(sizes)))
        source, target, size, count = (
            pair // fabric.leaves,
            pair % fabric.leaves,
            sizes[kind],
            total,
        )
    return source.astype(np.int32), target.astype(np.int32), size, count


def _keys(
    fabric: Fabric, sizes: np.ndarray, source: np.ndarray, target: np.ndarray, size: np.ndarray
) -> np.ndarray:
    """One number a row, in the order of source, target and size."""
    kind = np.searchsorted(sizes, size)
    pair = np.asarray(source, np.int64) * fabric.leaves + target
    return np.asarray(pair * max(1, len(sizes)) + kind)


def _kinds(size: np.ndarray) -> np.ndarray:
    """Return the different sizes in order, without sorting where there is only one."""
    alike = len(size) and size.min() == size.max()
    return size[:1] if alike else np.unique(size)


def unrolled(block: Part) -> Pairs:
    """Return the flows of a part one by one."""
    if isinstance(block, Pairs):
        return block
    n = len(block.hosts)
    a, b = np.indices((n, n))
    out = ~np.eye(n, dtype=bool)
    source, target = block.hosts[a[out]], block.hosts[b[out]]
    return Pairs(source, target, np.full(len(source), block.size, np.int64))


def _require_memory(needed: int) -> None:
    if needed > MOST_MEMORY:
        raise InputError(
            f"the demand between leaves would take {needed / 2**30:.1f} GiB, "
            f"of which at most {MOST_MEMORY / 2**30:.0f} are used",
            code="collective.memory",
        )
