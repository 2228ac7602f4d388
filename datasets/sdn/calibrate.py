"""How large capacities must be for a stated share of the flows to be admitted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from netroute.datasets.sdn.trees import Trees

ROUNDS = (25, 200)
"""Fewest and most price updates."""

WORK = 20_000
"""Nodes times updates, between these limits: large networks have more flows to average over."""

STEP = 0.5
"""First relative change of a price per relative excess of its load."""


def capacity_scale(
    trees: Trees,
    tier: np.ndarray,
    *,
    source: np.ndarray,
    target: np.ndarray,
    bandwidth: np.ndarray,
    weight: np.ndarray,
    load: float,
) -> float:
    """Return by which number to multiply capacities, so that the LP admits a share of the flows.

    The linear relaxation, in which flows may be split, is solved for the scale and the arcs' prices
    at once. Under given prices the flows with the least ``bandwidth * distance / weight`` are
    admitted, as many as asked for, on their cheapest paths. The scale is then what they pay over
    what ``tier`` is worth (complementary slackness), and prices grow or shrink by multiplicative
    weights with how far the loads exceed the scaled capacities. The scale is taken at the average
    of the prices, around which it is flat: the exact LP admits the stated share within one point
    from about 50 flows an arc on, and within a few on small networks with few and large flows.

    Parameters
    ----------
    trees : Trees
        Of the network.
    tier : array, shape (m,)
        Capacities before scaling.
    source, target, bandwidth, weight : array, shape (F,)
        Flows.
    load : float
        Share to be admitted, in (0, 1].
    """
    n = len(trees.measure(np.ones(len(tier))))
    pair = source * n + target
    count = max(1, round(load * len(source)))
    price = 1.0 / (tier * len(tier))
    rounds = min(max(WORK // n, ROUNDS[0]), ROUNDS[1])
    prices, loads = np.zeros(len(tier)), np.zeros(len(tier))
    for turn in range(rounds + 1):
        if turn == rounds:
            price = prices
        price = np.maximum(price, price.max() * 1e-9)
        price = price / (price @ tier)
        paid = bandwidth * trees.measure(price)[source, target]
        admitted = np.argsort(paid / weight, kind="stable")[:count]
        scale = float(paid[admitted].sum())
        if turn == rounds:
            break
        demand = np.bincount(pair[admitted], bandwidth[admitted], minlength=n * n)
        load_now = trees.loads(demand.reshape(n, n))
        # Later rounds count for more, as prices get better.
        prices += price * (turn + 1.0)
        loads += load_now * (2.0 * (turn + 1.0) / (rounds * (rounds + 1.0)))
        step = STEP / np.sqrt(1.0 + turn / 4.0)
        price = price * np.exp(np.clip(step * (load_now / (scale * tier) - 1.0), -1.0, 1.0))
    # All flows fit only if their average loads do on every arc.
    return scale if count < len(source) else float((loads / tier).max())
