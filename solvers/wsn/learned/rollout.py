"""Fields on which nodes bid for leading, and their lives for given outputs of the network."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from netroute.core.rng import kernel_state
from netroute.problems.wsn import WsnInstance
from netroute.solvers.wsn.learned.habits import OUTPUTS, habits_of, minds_of, surroundings_of
from netroute.solvers.wsn.learned.surroundings import observe, pairs_of
from netroute.solvers.wsn.world import field_of, log_of, run_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from netroute.solvers.wsn._kernels.world import Field, Log, Run
    from netroute.solvers.wsn.learned.surroundings import Pairs
    from netroute.solvers.wsn.protocol import Step

SLICE = 8
"""Rounds that are played before it is looked who is dead."""


def bidding(field: Field, outputs: np.ndarray, pairs: Sequence[Pairs]) -> Step:
    """Return what plays rounds of nodes that behave as ``outputs``, shape (B, n, 9), say."""
    from netroute.solvers.wsn._kernels.bidding import bid_rounds

    around, habits = surroundings_of(pairs), habits_of(field, outputs, pairs)
    minds = minds_of(habits)

    def step(run: Run, log: Log, rounds: int) -> None:
        bid_rounds(field, run, log, rounds, around, habits, minds)

    return step


class Rollout:
    """A field that is played to the first death again and again.

    Parameters
    ----------
    instance : WsnInstance
        With clusters.
    radius : float
        Within which nodes are neighbours, in metres.
    nearest : int
        Neighbours that the network sees.

    Attributes
    ----------
    radius, nearest
        As above.
    seen : dict of str to array
        See `netroute.solvers.wsn.learned.surroundings.observe`.

    Examples
    --------
    >>> from netroute.datasets.wsn.generate import generate_field
    >>> field = Rollout(generate_field(setting="far", seed=1), radius=30.0, nearest=16)
    >>> field.life(np.zeros((100, OUTPUTS))) > 950
    True
    """

    def __init__(self, instance: WsnInstance, *, radius: float, nearest: int) -> None:
        self.radius, self.nearest = float(radius), nearest
        self._pairs = pairs_of(instance, radius)
        self._field = field_of([instance])
        self.seen = observe(instance, self._pairs, nearest)

    def life(self, outputs: np.ndarray) -> int:
        """Return the full rounds of a life for outputs of shape (n, `OUTPUTS`)."""
        run, n = run_of(self._field, [kernel_state(0)]), self._field.x.shape[1]
        step, log = bidding(self._field, outputs[None], [self._pairs]), log_of(0, n)
        while run.alive[0] == n:
            step(run, log, SLICE)
        return int(run.full[0])


@cache
def compile_bidding() -> None:
    """Compile the kernel on three nodes."""
    net = WsnInstance(
        position=[[0, 0], [0, 60], [0, 90]], base_station=[0, 175], energy=0.01, field=[99, 99]
    )
    Rollout(net, radius=50.0, nearest=2).life(np.zeros((3, OUTPUTS)))
