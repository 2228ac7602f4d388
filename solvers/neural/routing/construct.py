"""Walks that a policy makes, many at once: greedily or by sampling."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch

from netroute.solvers.neural.routing._kernels.walk import advance, walk_lengths
from netroute.solvers.neural.routing.sight import look
from netroute.solvers.neural.routing.starts import closed_tours

if TYPE_CHECKING:
    from collections.abc import Callable

    from netroute.solvers.neural.routing._kernels.tables import States
    from netroute.solvers.neural.routing.instances import Instances
    from netroute.solvers.neural.routing.model import TailTransformer

BATCH = 1024
"""Most states that the network sees at once; more take memory and save no time."""


class Walks(NamedTuple):
    """Walks through all nodes that were left in each state.

    Attributes
    ----------
    order : ndarray of int64, shape (S, R)
        Nodes in order of visit; what is behind their number is not set.
    via : ndarray of uint8, shape (S, R)
        Whether the step to the node leads over the goal, the depot.
    length : ndarray of float64, shape (S,)
        From where the walk was to the goal.
    """

    order: np.ndarray
    via: np.ndarray
    length: np.ndarray


def construct(
    policy: TailTransformer,
    instances: Instances,
    states: States,
    *,
    first: np.ndarray | None = None,
    noise: np.random.Generator | None = None,
    temperature: float = 1.0,
    greedy: int = 0,
    halt: Callable[[], bool] = lambda: False,
) -> Walks | None:
    """Let the policy walk from each state to its end; the states are used up.

    Parameters
    ----------
    first : ndarray of int64, shape (S,), optional
        Nodes to go to first, with an empty vehicle; -1 leaves the choice to the policy.
    noise : numpy.random.Generator, optional
        Choices are sampled; without it each one is the most likely.
    temperature : float
        Of the sampling: below 1 the likely ones become likelier.
    greedy : int
        States, the first ones, that are exempt from it.
    halt : callable
        Asked before each step.

    Returns
    -------
    Walks or None
        None when halted.
    """
    begin = states.here.copy(), states.number.copy()
    order = np.zeros(states.left.shape, np.int64)
    via = np.zeros(states.left.shape, np.uint8)
    tables = instances.tables
    step = np.zeros(len(order), np.int64)
    if first is not None:
        rows = np.flatnonzero(first >= 0)
        by_depot = np.full(len(rows), policy.routes, np.uint8)
        advance(tables, states, rows, first[rows], by_depot, step, order, via)
    rows = np.flatnonzero(states.number > 0)
    while len(rows):
        if halt():
            return None
        for part in np.array_split(rows, -(-len(rows) // BATCH)):
            chosen, by_depot = _choose(policy, instances, states, part, noise, temperature, greedy)
            advance(tables, states, part, chosen, by_depot, step, order, via)
        rows = rows[states.number[rows] > 0]
    length = np.empty(len(order))
    walk_lengths(tables, states.instance, begin[0], states.goal, begin[1], order, via, length)
    return Walks(order, via, length)


def greedy_walks(policy: TailTransformer, instances: Instances) -> Walks:
    """Walk greedily through each instance, from its first node on."""
    states = closed_tours(instances, np.zeros(len(instances.sizes), np.int64))
    walks = construct(policy, instances, states)
    if walks is None:
        raise RuntimeError("a walk that nothing halts has ended")
    return walks


def _choose(
    policy: TailTransformer,
    instances: Instances,
    states: States,
    rows: np.ndarray,
    noise: np.random.Generator | None,
    temperature: float,
    greedy: int,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the next node of each state, and whether the way there leads over the depot."""
    sight = look(instances, states, rows, candidates=policy.candidates, routes=policy.routes)
    with torch.inference_mode():
        scores = policy(sight.seen).numpy()
    if noise is not None:
        drawn = scores / temperature + noise.gumbel(size=scores.shape)
        scores = np.where(rows[:, None] < greedy, scores, drawn)
    action = scores.argmax(axis=1)
    place = action % policy.candidates
    chosen = sight.nodes[np.arange(len(rows)), place]
    return chosen, (action >= policy.candidates).astype(np.uint8)
