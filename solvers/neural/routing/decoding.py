"""Ways to turn a policy into a whole solution at once, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from netroute.solvers.neural.routing.beam import beam_search
from netroute.solvers.neural.routing.construct import Walks, construct
from netroute.solvers.neural.routing.instances import make_instances, price_routes
from netroute.solvers.neural.routing.starts import closed_tours

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from netroute.solvers.neural.routing.instances import Instances
    from netroute.solvers.neural.routing.model import TailTransformer

MOST_NODES = 4_000
"""More would need tables of more than 300 MB."""

MOST_AT_ONCE = 4_000
"""Nodes times walks up to which reconstruction begins with beam search: about half a second."""


def decode(
    policy: TailTransformer,
    instances: Instances,
    *,
    how: str,
    samples: int,
    rng: np.random.Generator,
    halt: Callable[[], bool] = lambda: False,
) -> Walks | None:
    """Build solutions of a single instance.

    Parameters
    ----------
    instances : Instances
        A single one.
    how : str
        greedy; sampling, where the first walk is greedy too; multi-start, from so many nodes of a
        tour, or with so many first clients; or beam.
    samples : int
        Walks that are made, but for greedy.

    Returns
    -------
    Walks or None
        Shortest first, from their first nodes on, which tours do not visit again. None when halted.
    """
    nodes = int(instances.sizes[0])
    count = 1 if how in ("greedy", "beam") else samples
    first = np.zeros(count, np.int64)
    clients = None
    if how == "multi-start":
        count = min(samples, nodes - policy.routes)
        spread = np.linspace(0, nodes - policy.routes, count, endpoint=False).astype(np.int64)
        first = first[:count] if policy.routes else spread
        clients = spread + 1 if policy.routes else None
    states = closed_tours(instances, first, instance=np.zeros(count, np.int64))
    if how == "beam":
        return beam_search(policy, instances, states, width=samples, halt=halt)
    if how != "sampling":
        walks = construct(policy, instances, states, first=clients, halt=halt)
    else:
        walks = construct(policy, instances, states, noise=rng, greedy=1, halt=halt)
    if walks is None:
        return None
    order = np.concatenate([first[:, None], walks.order[:, : nodes - 1]], axis=1)
    via = np.concatenate([np.zeros((count, 1), np.uint8), walks.via[:, : nodes - 1]], axis=1)
    ranked = np.argsort(walks.length, kind="stable")
    return Walks(order[ranked], via[ranked], walks.length[ranked])


def decode_first(
    policy: TailTransformer,
    instances: Instances,
    *,
    samples: int,
    rng: np.random.Generator,
    halt: Callable[[], bool] = lambda: False,
) -> Iterator[Walks]:
    """Yield what reconstruction begins with: a greedy walk, then better ones of small instances."""
    ways = ["greedy"]
    if samples * int(instances.sizes[0]) <= MOST_AT_ONCE:
        ways.append("beam")
    for how in ways:
        walks = decode(policy, instances, how=how, samples=samples, rng=rng, halt=halt)
        if walks is None:
            return
        yield walks


def compile_decoding(policy: TailTransformer) -> None:
    """Compile the kernels, or load them, and let PyTorch set itself up."""
    points = np.random.default_rng(0).random((1, 12, 2))
    instances = make_instances(points, demands=np.zeros((1, 12)) if policy.routes else None)
    if policy.routes:
        price_routes(instances)
    rng = np.random.default_rng(0)
    for how in ("greedy", "beam"):
        decode(policy, instances, how=how, samples=2, rng=rng)
