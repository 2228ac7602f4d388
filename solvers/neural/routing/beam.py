"""Beam search: the most likely walks of a policy, kept side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from netroute.solvers.neural.routing._kernels.tables import States
from netroute.solvers.neural.routing._kernels.walk import advance, walk_lengths
from netroute.solvers.neural.routing.construct import Walks
from netroute.solvers.neural.routing.sight import look

if TYPE_CHECKING:
    from collections.abc import Callable

    from netroute.solvers.neural.routing.instances import Instances
    from netroute.solvers.neural.routing.model import TailTransformer


def beam_search(
    policy: TailTransformer,
    instances: Instances,
    state: States,
    *,
    width: int,
    halt: Callable[[], bool] = lambda: False,
) -> Walks | None:
    """Walk from one state to its end, ``width`` walks at once.

    After each step those are kept whose choices are most likely together; walks that have come to
    the same node with the same ones left count as one, the shortest.

    Parameters
    ----------
    state : States
        A single one.
    width : int
        Walks that are kept.
    halt : callable
        Asked before each step.

    Returns
    -------
    Walks or None
        The walks that are left at the end, shortest first, each from its first node on; None when
        halted.
    """
    begin, total = state.here.copy(), int(state.number[0])
    beam = state
    order = np.zeros((1, state.left.shape[1]), np.int64)
    via = np.zeros(order.shape, np.uint8)
    likely = np.zeros(1)
    for step in range(total):
        if halt():
            return None
        rows = np.arange(len(likely))
        sight = look(instances, beam, rows, candidates=policy.candidates, routes=policy.routes)
        with torch.inference_mode():
            scores = policy(sight.seen).double().log_softmax(1).numpy()
        together = (likely[:, None] + scores).ravel()
        # As many again in case some of them turn out to be the same.
        best = np.argsort(-together, kind="stable")[: 2 * width]
        best = best[np.isfinite(together[best])]
        parent, action = np.divmod(best, scores.shape[1])
        beam = States(*(values[parent].copy() for values in beam))
        order, via, likely = order[parent], via[parent], together[best]
        chosen = sight.nodes[parent, action % policy.candidates]
        by_depot = (action >= policy.candidates).astype(np.uint8)
        steps = np.full(len(best), step)
        advance(instances.tables, beam, np.arange(len(best)), chosen, by_depot, steps, order, via)
        length = _lengths(instances, beam, begin, order, via, step + 1, home=False)
        kept = _distinct(order[:, : step + 1], beam, length)[:width]
        beam = States(*(values[kept] for values in beam))
        order, via, likely = order[kept], via[kept], likely[kept]
    length = _lengths(instances, beam, begin, order, via, total, home=True)
    ranked = np.argsort(length, kind="stable")
    order = np.concatenate([np.repeat(begin, len(order))[:, None], order[:, :total]], axis=1)
    via = np.concatenate([np.zeros((len(order), 1), np.uint8), via[:, :total]], axis=1)
    return Walks(order[ranked], via[ranked], length[ranked])


def _lengths(
    instances: Instances,
    beam: States,
    begin: np.ndarray,
    order: np.ndarray,
    via: np.ndarray,
    steps: int,
    *,
    home: bool,
) -> np.ndarray:
    """Return the lengths of walks so far, and with ``home`` of the way to the goal too."""
    count = len(order)
    length = np.empty(count)
    here, number = np.repeat(begin, count), np.full(count, steps)
    walk_lengths(instances.tables, beam.instance, here, beam.goal, number, order, via, length)
    if not home:
        back, none = np.empty(count), np.zeros(count, np.int64)
        walk_lengths(instances.tables, beam.instance, beam.here, beam.goal, none, order, via, back)
        length -= back
    return length


def _distinct(visited: np.ndarray, beam: States, length: np.ndarray) -> list[int]:
    """Return rows in order, without those that another one with the same rest ahead beats."""
    keys = [
        (frozenset(nodes), here, round(room, 9))
        for nodes, here, room in zip(
            visited.tolist(), beam.here.tolist(), beam.room.tolist(), strict=True
        )
    ]
    shortest: dict[object, int] = {}
    for row, key in enumerate(keys):
        known = shortest.get(key)
        if known is None or length[row] < length[known]:
            shortest[key] = row
    return sorted(shortest.values())
