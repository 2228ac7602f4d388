"""Path tables (``.csv``): which piece of which flow takes which path; written only.

One header, then a line a piece, flow after flow as each phase lists them::

    phase,source,target,bytes,spine
    0,0,12,1000,3
    0,0,1,1000,

In a fat tree ``aggregation`` and ``core`` take the place of ``spine``. A flow that is cut has a
line for each of its pieces. Columns:

- ``phase``: from 0; all flows of a phase are under way together.
- ``source``, ``target``: hosts.
- ``bytes``: of the piece, rounded to whole bytes such that the pieces add up to the flow.
- ``spine``: number of the spine; nothing within a leaf, where there is no choice.
- ``aggregation``: number of the aggregation switch within its pod, on the way up and down.
- ``core``: number among all cores, ``c`` of each aggregation number after the other; nothing within
  a pod.

The pieces are the fewest that carry what the placement counts, see
`netroute.problems.collective.spelled`: a solver that states more pieces cuts some of them further.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from netroute.core.errors import InputError
from netroute.core.files import write_atomic
from netroute.problems.collective.phase import MOST_LISTED
from netroute.problems.collective.spelled import spelled_out

if TYPE_CHECKING:
    from pathlib import Path

    from netroute.problems.collective.fabric import Fabric
    from netroute.problems.collective.instance import CollectiveInstance
    from netroute.problems.collective.phase import Phase
    from netroute.problems.collective.solution import CollectiveSolution, Placement

LINE = 48
"""Bytes of a line in memory, about."""


def write_path_table(
    path: str | Path, instance: CollectiveInstance, solution: CollectiveSolution
) -> None:
    """Write every piece with its path.

    Parameters
    ----------
    path : str or Path
        The file.
    instance : CollectiveInstance
        The problem.
    solution : CollectiveSolution
        In which every flow is placed once.

    Raises
    ------
    InputError
        More flows than are listed one by one, a placement that does not fit, or a file that cannot
        be written.
    """
    where = str(path)
    if instance.size > MOST_LISTED:
        needed = LINE * instance.size / 2**30
        raise InputError(
            f"a table of {instance.size} flows would take {needed:.1f} GiB, "
            f"of which at most {MOST_LISTED} are written one by one",
            code="collective.memory",
            where=where,
        )
    found, expected = len(solution.placements), len(instance.phases)
    if found != expected:
        raise InputError(f"found placements of {found} phases, expected {expected}", where=where)
    tree = instance.fabric.tiers == 3
    chunks = ["phase,source,target,bytes," + ("aggregation,core" if tree else "spine") + "\n"]
    for number, (phase, placement) in enumerate(
        zip(instance.phases, solution.placements, strict=True)
    ):
        try:
            chunks += _lines(instance.fabric, number, phase, placement)
        except InputError as error:
            raise error.at(f"{where}: phase {number}") from None
    write_atomic(path, "".join(chunks))


def _lines(fabric: Fabric, number: int, phase: Phase, placement: Placement) -> list[str]:
    pieces = spelled_out(fabric, phase, placement)
    source, target = pieces.listing.source[pieces.flow], pieces.listing.target[pieces.flow]
    size = phase.size[pieces.listing.row[pieces.flow]]
    # Shares of one flow end where whole bytes do.
    total = np.cumsum(pieces.share) - pieces.flow * pieces.unit
    amount = total * size // pieces.unit - (total - pieces.share) * size // pieces.unit
    columns = [source, target, amount, pieces.plane]
    if fabric.tiers == 3:
        columns.append(np.where(pieces.core < 0, -1, pieces.plane * fabric.cores + pieces.core))
    local = phase.within(fabric)
    nowhere = [np.full(len(local.source), -1)] * (len(columns) - 3)
    inside = [local.source, local.target, local.size, *nowhere]
    chunks = []
    for table in (columns, inside):
        for first in range(0, len(table[0]), 2**16):
            part = [column[first : first + 2**16].tolist() for column in table]
            rows = zip(*part, strict=True)
            lines = [f"{number},{','.join('' if n < 0 else str(n) for n in row)}\n" for row in rows]
            chunks.append("".join(lines))
    return chunks
