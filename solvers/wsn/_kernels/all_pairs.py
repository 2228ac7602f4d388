"""Duals of the facility location over all pairs of nodes, which are computed, not stored.

What arcs to near nodes leave out are offers to heads farther away that cost next to nothing. Here
node i offers ``v_i - c_ij`` to every head j, in work that grows with the square of the nodes and
memory that does not. The inner loops run over heads side by side, so that they become vector code.

Source: M. Held, P. Wolfe, H. P. Crowder, Validation of subgradient optimization (Mathematical
Programming 1974).
"""

from typing import NamedTuple

import numpy as np

from netroute.core.jit import kernel


class Plane(NamedTuple):
    """Where nodes are and what reports cost; arrays float64 of shape (n,).

    Attributes
    ----------
    x, y : ndarray
        Metres.
    direct, head, receive : ndarray
        Joules a round of each role.
    radio : ndarray, shape (4,)
        Joules of a report over no distance; what each square metre adds, and each m⁴; the square
        of the distance from which on the latter counts.
    """

    x: np.ndarray
    y: np.ndarray
    direct: np.ndarray
    head: np.ndarray
    receive: np.ndarray
    radio: np.ndarray


class Offers(NamedTuple):
    """Prices, duals and what they lead to; all float64 of shape (n,).

    Attributes
    ----------
    price : ndarray
        Of a joule of each node.
    share : ndarray
        What a head asks of each member for receiving.
    value : ndarray
        Duals: what each node offers in all.
    slack : ndarray
        What each head's costs are above what it is offered.
    served : ndarray
        Of each node: how many heads with too much it offers something to, itself among them.
    spent : ndarray
        Joules of each node in that relaxed round: as head, member, or reporting directly.
    """

    price: np.ndarray
    share: np.ndarray
    value: np.ndarray
    slack: np.ndarray
    served: np.ndarray
    spent: np.ndarray


@kernel(_nrt=False)
def begin(plane, offers):
    """Cut the duals to what reporting directly costs; let each head offer itself its own."""
    for j in range(plane.x.shape[0]):
        offers.value[j] = max(0.0, min(offers.value[j], offers.price[j] * plane.direct[j]))
        offers.share[j] = offers.price[j] * plane.receive[j]
        offers.slack[j] = offers.price[j] * plane.head[j] - offers.value[j]


@kernel(_nrt=False)
def offer(plane, offers, first, last):
    """Subtract what nodes ``first`` to ``last`` offer from the slack of all heads."""
    x, y, share, slack = plane.x, plane.y, offers.share, offers.slack
    base, square, fourth, cross = plane.radio[0], plane.radio[1], plane.radio[2], plane.radio[3]
    n = x.shape[0]
    for i in range(first, last):
        price = offers.price[i]
        most = offers.value[i] - price * base
        if most <= 0.0:
            continue
        kept = slack[i]
        xi, yi = x[i], y[i]
        near, far = price * square, price * fourth
        for j in range(n):
            dx, dy = x[j] - xi, y[j] - yi
            d = dx * dx + dy * dy
            paid = most - share[j] - (near * d if d < cross else far * d * d)
            slack[j] -= paid if paid > 0.0 else 0.0
        slack[i] = kept


@kernel(_nrt=False)
def count(plane, offers, heads, first, last):
    """Count whom nodes ``first`` to ``last`` offer something among ``heads`` with too much."""
    x, y = plane.x, plane.y
    base, square, fourth, cross = plane.radio[0], plane.radio[1], plane.radio[2], plane.radio[3]
    for i in range(first, last):
        served = 0.0
        cost = 0.0
        price = offers.price[i]
        for e in range(heads.shape[0]):
            j = heads[e]
            if j == i:
                served += 1.0
                cost += plane.head[i]
                continue
            dx, dy = x[j] - x[i], y[j] - y[i]
            d = dx * dx + dy * dy
            send = base + (square * d if d < cross else fourth * d * d)
            if offers.value[i] > price * send + offers.share[j]:
                served += 1.0
                cost += send
                offers.spent[j] += plane.receive[j]
        offers.served[i] = served
        if offers.value[i] >= price * plane.direct[i] and served == 0.0:
            cost += plane.direct[i]
            offers.served[i] = 1.0
        offers.spent[i] += cost


@kernel(_nrt=False)
def least(offers):
    """Return the bound: what all offer less what heads get above their costs."""
    bound = 0.0
    for j in range(offers.value.shape[0]):
        bound += offers.value[j] + min(0.0, offers.slack[j])
    return bound
