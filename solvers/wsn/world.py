"""Sensor fields, runs and logs as the kernels take them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from netroute.core.errors import InputError
from netroute.problems.wsn import WsnSolution
from netroute.problems.wsn.energy import tables, to_base
from netroute.problems.wsn.replay import SPENT
from netroute.solvers.wsn._kernels.world import HEAD, Field, Log, Run

if TYPE_CHECKING:
    from collections.abc import Sequence

    from netroute.problems.wsn import WsnInstance

SHARED = (
    "electronics",
    "free_space",
    "multipath",
    "message_bits",
    "control_bits",
    "headless",
    "base_if_nearer",
    "death_test",
    "routing",
)
"""Conventions that are one and the same for all fields of a batch."""

MOST_MEMORY = 4 * 2**30
"""Bytes that a batch, or the configurations of a schedule, may take."""

WORDS = 24
"""Numbers that fields and runs hold for each node, about."""


def field_of(instances: Sequence[WsnInstance]) -> Field:
    """Return fields of as many nodes each for the kernels.

    Raises
    ------
    InputError
        The fields differ in size or in a convention of `SHARED`, or take too much memory.

    Examples
    --------
    >>> from netroute.problems.wsn import WsnInstance
    >>> net = WsnInstance(position=[[3, 4]], base_station=[0, 0], energy=1, field=[9, 9])
    >>> field_of([net, net]).base.tolist()
    [[25.0], [25.0]]
    """
    first = instances[0]
    for number, other in enumerate(instances):
        for name in ("size", *SHARED):
            found, expected = getattr(other, name), getattr(first, name)
            if found != expected:
                raise InputError(
                    f"found {found!r}, expected {expected!r} as in the first instance of the batch",
                    code="wsn.batch",
                    where=f"instances[{number}].{name}",
                )
    require_memory(8 * WORDS * len(instances) * first.size, f"a batch of {len(instances)} fields")
    costs = [tables(instance) for instance in instances]
    bits = first.message_bits + first.control_bits
    constant = (bits + first.control_bits) * first.electronics
    positions = np.stack([instance.position for instance in instances])
    energy = np.stack([instance.energy for instance in instances])
    return Field(
        x=np.ascontiguousarray(positions[:, :, 0]),
        y=np.ascontiguousarray(positions[:, :, 1]),
        base=np.stack([np.square(to_base(instance)) for instance in instances]),
        energy=energy,
        empty=SPENT * energy,
        direct=np.stack([part.direct for part in costs]),
        head=np.stack([part.head for part in costs]),
        receive=np.stack([part.receive for part in costs]),
        constant=constant,
        free=bits * first.free_space,
        multi=bits * first.multipath,
        near=first.crossover**2,
        to_base=int(first.base_if_nearer),
        # With thresholds, who has something to report does so even in a round without heads.
        silent=int(first.headless == "silent" and first.hard_threshold is None),
        strict=int(first.death_test == "strict"),
        tree=int(first.routing == "tree"),
    )


def run_of(field: Field, random: Sequence[np.ndarray]) -> Run:
    """Return fresh runs on every field, each with the state of a generator of its own."""
    shape = field.x.shape
    batch = shape[0]
    return Run(
        left=field.energy.copy(),
        cost=np.zeros(shape),
        parent=np.zeros(shape, np.int32),
        reach=np.zeros(shape),
        last=np.full(shape, -1),
        excused=np.zeros(shape, np.uint8),
        heads=np.zeros(shape, np.uint32),
        leading=np.zeros(batch, np.int64),
        alive=np.full(batch, shape[1]),
        round=np.zeros(batch, np.int64),
        death=np.full((batch, 3), -1),
        full=np.zeros(batch, np.int64),
        packets=np.zeros(batch, np.int64),
        reports=np.zeros(batch, np.int64),
        led=np.zeros(batch, np.int64),
        mute=np.zeros(batch, np.int64),
        random=np.stack(random),
    )


def log_of(rows: int, nodes: int) -> Log:
    """Return an empty log of so many configurations."""
    return Log(
        parent=np.zeros((rows, nodes), np.int32),
        rounds=np.zeros(rows, np.int64),
        used=np.zeros(1, np.int64),
    )


def schedule_of(parts: Sequence[tuple[np.ndarray, np.ndarray]], nodes: int) -> WsnSolution:
    """Put the rows of logs together: pairs of coded parents and rounds.

    Examples
    --------
    >>> plan = schedule_of([(np.array([[-3, 0]]), np.array([7]))], 2)
    >>> plan.parent.tolist(), plan.head.tolist(), plan.rounds.tolist()
    ([[-1, 0]], [[True, False]], [7])
    """
    parent = np.concatenate([np.zeros((0, nodes), np.int32), *(part for part, _ in parts)])
    rounds = np.concatenate([np.zeros(0, np.int64), *(part for _, part in parts)])
    head = parent == HEAD
    if len(parent):
        # In a tree, heads report to others, too.
        row, node = np.nonzero(parent >= 0)
        head[row, parent[row, node]] = True
    parent[parent == HEAD] = -1
    return WsnSolution(parent=parent, head=head, rounds=rounds)


def require_memory(needed: int, what: str) -> None:
    """Raise `InputError` if more bytes than `MOST_MEMORY` are needed."""
    if needed > MOST_MEMORY:
        raise InputError(
            f"{what} would take {needed / 2**30:.1f} GiB, of which at most "
            f"{MOST_MEMORY / 2**30:.0f} are used",
            code="wsn.memory",
        )
