"""Many fields and many seeds at once: what protocols achieve, without schedules."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from netroute.core.errors import InputError
from netroute.core.rng import kernel_state
from netroute.solvers.wsn.world import WORDS, field_of, log_of, require_memory, run_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from netroute.problems.wsn import WsnInstance
    from netroute.solvers.wsn.protocol import ProtocolSolver

SLICE = 64
"""Rounds of every run that one call of a kernel plays."""


class Lifetimes(NamedTuple):
    """What runs came to; arrays of int64, shape (fields, seeds), named as the checker's metrics.

    Attributes
    ----------
    full : ndarray
        The objective: rounds before the first death in which all reported.
    fnd, hnd, lnd : ndarray
        Rounds until the first, half of and all nodes are dead; -1 where ``rounds`` ended it before.
    rounds : ndarray
        Rounds played.
    packets_to_base, node_rounds, heads, silent_rounds : ndarray
        Messages to the base station, reports of nodes, heads summed over rounds, rounds without any
        report.
    """

    full: np.ndarray
    fnd: np.ndarray
    hnd: np.ndarray
    lnd: np.ndarray
    rounds: np.ndarray
    packets_to_base: np.ndarray
    node_rounds: np.ndarray
    heads: np.ndarray
    silent_rounds: np.ndarray


def lifetimes(
    solver: ProtocolSolver,
    instances: Sequence[WsnInstance],
    *,
    seeds: Sequence[int] = (0,),
    rounds: int | None = None,
) -> Lifetimes:
    """Play a protocol on every field with every seed, all in one batch.

    The run of a field and a seed is the one that ``solver.solve(field, seed=seed)`` returns.

    Parameters
    ----------
    solver : ProtocolSolver
        With its parameters.
    instances : sequence of WsnInstance
        Fields of as many nodes each, under the same conventions; base stations, energies and
        sizes may differ.
    seeds : sequence of int
        Of the protocol's own random choices.
    rounds : int, optional
        Most rounds to play; without it until the last node dies.

    Raises
    ------
    InputError
        There are no fields or seeds, the fields do not go together, or the batch takes too much
        memory.
    UnsupportedError
        The protocol lacks a feature of a field.

    Examples
    --------
    >>> from netroute.problems.wsn import WsnInstance
    >>> from netroute.solvers.wsn.leach import LeachSolver
    >>> spots = np.random.default_rng(1).random((3, 20, 2)) * 100
    >>> fields = [
    ...     WsnInstance(position=p, base_station=[50, 175], energy=0.05, field=[100, 100])
    ...     for p in spots
    ... ]
    >>> found = lifetimes(LeachSolver(), fields, seeds=range(4))
    >>> found.fnd.shape, bool((found.fnd < found.hnd).all()), bool((found.hnd < found.lnd).all())
    ((3, 4), True, True)
    """
    if not instances or not len(seeds):
        raise InputError("found no fields or no seeds, expected at least one of each")
    for instance in instances:
        solver.require_support(instance)
    cells = len(instances) * len(seeds) * instances[0].size
    require_memory(8 * WORDS * cells, f"a batch of {len(instances) * len(seeds)} fields")
    many = [instance for instance in instances for _ in seeds]
    field = field_of(many)
    run = run_of(field, [kernel_state(*solver.stream(seed)) for _ in instances for seed in seeds])
    step, log = solver.stepper(many, field), log_of(0, instances[0].size)
    most = np.inf if rounds is None else rounds
    gone = 0
    while gone < most and run.alive.any():
        now = int(min(SLICE, most - gone))
        step(run, log, now)
        gone += now
    shape = (len(instances), len(seeds))
    columns = (
        run.full, *run.death.T, run.round, run.packets, run.reports, run.led, run.mute,
    )  # fmt: skip
    return Lifetimes(*(column.reshape(shape).copy() for column in columns))
