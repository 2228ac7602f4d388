"""Connection matrices of the simulator htsim, written: phases are joined by barriers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netroute.core.errors import InputError
from netroute.core.files import write_atomic
from netroute.problems.collective.phase import MOST_LISTED, unrolled

if TYPE_CHECKING:
    from pathlib import Path

    from netroute.problems.collective.instance import CollectiveInstance

LINE = 110
"""Bytes of a line in memory, about."""


def write_cm(path: str | Path, instance: CollectiveInstance) -> None:
    """Write the flows of an instance; its fabric is not written.

    The first phase starts at 0. Each other one waits for a trigger, a barrier that the last byte of
    the last flow of the phase before it lets go.

    Parameters
    ----------
    path : str or Path
        The file.
    instance : CollectiveInstance
        Of at most `netroute.problems.collective.phase.MOST_LISTED` flows.

    Raises
    ------
    InputError
        More flows than are listed one by one, or a file that cannot be written.
    """
    if instance.size > MOST_LISTED:
        needed = LINE * instance.size / 2**30
        raise InputError(
            f"a list of {instance.size} flows would take {needed:.1f} GiB, "
            f"of which at most {MOST_LISTED} are written one by one",
            code="collective.memory",
            where=str(path),
        )
    phases = [phase for phase in instance.phases if phase.crossing + phase.local]
    lines = [f"Nodes {instance.fabric.hosts}", f"Connections {instance.size}"]
    barriers = []
    if len(phases) > 1:
        lines.append(f"Triggers {len(phases) - 1}")
    number = 0
    for index, phase in enumerate(phases):
        begin = f"trigger {index}" if index else "start 0"
        end = ""
        if index + 1 < len(phases):
            end = f" recv_done_trigger {index + 1}"
            flows = phase.crossing + phase.local
            barriers.append(f"trigger id {index + 1} barrier count {flows}")
        for part in phase.parts:
            pairs = unrolled(part)
            columns = (pairs.source.tolist(), pairs.target.tolist(), pairs.size.tolist())
            for source, target, size in zip(*columns, strict=True):
                number += 1
                lines.append(f"{source}->{target} id {number} {begin} size {size}{end}")
    write_atomic(path, "\n".join([*lines, *barriers]) + "\n")
