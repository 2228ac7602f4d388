"""From outputs of the network to how nodes behave."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from netroute.solvers.wsn._kernels.bidding import Habits, Minds, Surroundings
    from netroute.solvers.wsn._kernels.world import Field
    from netroute.solvers.wsn.learned.surroundings import Pairs

OUTPUTS = 9
"""Numbers that the network gives each node; the first one is the logarithm of its price."""

LARGEST, DEAREST = 4.0, 12.0
"""Outputs are cut off there, the logarithm of the price at the second one."""

STEEP, GAIN, JUMP, EAGER = 10.0, 0.1, 4.5, 1.1
"""What the output 0 means; jumps are in units of what leading alone does to a price."""

LEADS = 120.0
"""Batteries that last for fewer rounds of leading have prices that rise less steeply."""


def habits_of(field: Field, outputs: np.ndarray, pairs: Sequence[Pairs]) -> Habits:
    """Return the nodes' constants for the network's outputs, shape (B, n, `OUTPUTS`)."""
    from netroute.solvers.wsn._kernels.bidding import Habits

    first, *others = np.moveaxis(outputs.astype(np.float64), 2, 0)
    worth, steep, gain, hear, ask, jump, eager, usual = np.clip(others, -LARGEST, LARGEST)
    share, lead = field.direct / field.energy, field.head / field.energy
    # One round as a head would otherwise make a node dearer than any swings of the others.
    steep = STEEP * np.exp(steep) * (1.0 - np.exp(-1.0 / (LEADS * lead)))
    around = np.stack([part.means(row) for part, row in zip(pairs, share, strict=True)])
    columns = (
        field.direct * _share(worth + 3.0),
        np.clip(first, -DEAREST, DEAREST),
        steep,
        GAIN * np.exp(gain),
        _share(hear + 1.4),
        _share(ask + 1.4),
        JUMP * np.exp(jump) * steep * lead,
        EAGER * np.exp(0.25 * eager),
        around * np.exp(0.1 * usual),
    )
    return Habits(*(np.ascontiguousarray(column) for column in columns))


def minds_of(habits: Habits) -> Minds:
    """Return nodes that have seen nothing yet."""
    from netroute.solvers.wsn._kernels.bidding import Minds

    shape = habits.first.shape
    empty = (np.zeros(shape) for _ in range(3))
    belief, drift, served = empty
    room = (np.zeros(shape[1]) for _ in range(7))
    return Minds(belief, drift, habits.first.copy(), served, *room)


def surroundings_of(pairs: Sequence[Pairs]) -> Surroundings:
    """Put the neighbours of the nodes of several fields together."""
    from netroute.solvers.wsn._kernels.bidding import Surroundings

    offset = np.cumsum([0, *(len(part.near) for part in pairs[:-1])])
    return Surroundings(
        start=np.stack([part.start + at for part, at in zip(pairs, offset, strict=True)]),
        near=np.concatenate([part.near for part in pairs]).astype(np.uint32),
        send=np.concatenate([part.send for part in pairs]),
    )


def _share(value: np.ndarray) -> np.ndarray:
    return np.asarray(1.0 / (1.0 + np.exp(-value)))
