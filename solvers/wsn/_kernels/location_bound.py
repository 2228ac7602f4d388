"""Lower bounds on the cheapest round at given prices: duals of the facility location.

For any v with ``v_i <= price_i * direct_i`` a round costs at least
``sum_i v_i + sum_j min(0, s_j)``, where head j has
``s_j = price_j * head_j - v_j - sum_(i near j) max(0, v_i - c_ij)`` left after its members have
paid. Subgradient steps raise that; `repair` and `fill` then make all s_j at least 0 and v as large
as that allows, so that the sum of v is the bound.

Sources: D. Erlenkotter, A dual-based procedure for uncapacitated facility location (Operations
Research 1978); F. Barahona, R. Anbil, The volume algorithm (Mathematical Programming 2000).
"""

from typing import NamedTuple

import numpy as np

from netroute.core.jit import kernel


class Duals(NamedTuple):
    """What each node pays for its report, and room to improve it; all float64 of shape (n,).

    Attributes
    ----------
    value, best : ndarray
        The current duals and those of the best bound.
    slack : ndarray
        What each head has left.
    step : ndarray
        Direction of the last step.
    state : ndarray, shape (3,)
        Best bound, length factor of steps and steps since the last success.
    """

    value: np.ndarray
    best: np.ndarray
    slack: np.ndarray
    step: np.ndarray
    state: np.ndarray


@kernel(_nrt=False)
def left_over(field, price, usable, duals):
    """Compute what each head has left; return the bound."""
    bound = 0.0
    for j in range(price.shape[0]):
        duals.slack[j] = np.inf
        if usable[j] == 0:
            continue
        bound += duals.value[j]
        if usable[j] == 1:
            continue
        slack = price[j] * field.head[j] - duals.value[j]
        share = price[j] * field.receive[j]
        for e in range(field.start[j], field.start[j + 1]):
            i = field.near[e]
            paid = duals.value[i] - price[i] * field.send[e] - share
            if paid > 0.0:
                slack -= paid
        duals.slack[j] = slack
        if slack < 0.0:
            bound += slack
    return bound


@kernel(_nrt=False)
def ascend(field, price, usable, duals, upper, steps):
    """Make subgradient steps towards ``upper``, the cost of a known round; return the best bound.

    ``duals.value`` of dead nodes must be 0.
    """
    n = price.shape[0]
    for _ in range(steps):
        bound = left_over(field, price, usable, duals)
        if bound > duals.state[0]:
            if bound > duals.state[0] + 1e-5 * (upper - duals.state[0]):
                duals.state[2] = 0.0
            duals.state[0] = bound
            for i in range(n):
                duals.best[i] = duals.value[i]
        duals.state[2] += 1.0
        if duals.state[2] > 15.0:
            duals.state[1] *= 0.7
            duals.state[2] = 0.0
        if upper - duals.state[0] <= 1e-9 * upper or duals.state[1] < 1e-4:
            break
        for i in range(n):
            duals.step[i] *= 0.7
            duals.step[i] += 0.3
        for j in range(n):
            if duals.slack[j] >= 0.0:
                continue
            duals.step[j] -= 0.3
            share = price[j] * field.receive[j]
            for e in range(field.start[j], field.start[j + 1]):
                i = field.near[e]
                if duals.value[i] > price[i] * field.send[e] + share:
                    duals.step[i] -= 0.3
        norm = 0.0
        for i in range(n):
            if usable[i]:
                most = price[i] * field.direct[i]
                stuck = duals.step[i] > 0.0 and duals.value[i] >= most
                if not stuck:
                    norm += duals.step[i] * duals.step[i]
        if norm <= 0.0:
            break
        length = duals.state[1] * (1.005 * upper - bound) / norm
        for i in range(n):
            if usable[i]:
                most = price[i] * field.direct[i]
                duals.value[i] = min(most, max(0.0, duals.value[i] + length * duals.step[i]))
    return duals.state[0]


@kernel(_nrt=False)
def repair(field, price, usable, duals):
    """Lower the best duals until no head is paid more than it costs; return their sum."""
    n = price.shape[0]
    for i in range(n):
        duals.value[i] = duals.best[i]
    left_over(field, price, usable, duals)
    for j in range(n):
        if not duals.slack[j] < 0.0:
            continue
        # Others may have lowered the duals of its members meanwhile.
        share = price[j] * field.receive[j]
        rent = price[j] * field.head[j]
        paid = duals.value[j]
        for e in range(field.start[j], field.start[j + 1]):
            i = field.near[e]
            paid += max(0.0, duals.value[i] - price[i] * field.send[e] - share)
        if paid <= rent:
            continue
        keep = rent / paid
        duals.value[j] *= keep
        for e in range(field.start[j], field.start[j + 1]):
            i = field.near[e]
            cost = price[i] * field.send[e] + share
            if duals.value[i] > cost:
                duals.value[i] = cost + keep * (duals.value[i] - cost)
    return fill(field, price, usable, duals)


@kernel(_nrt=False)
def fill(field, price, usable, duals):
    """Raise each dual as far as the heads' costs allow; return the sum of all."""
    left_over(field, price, usable, duals)
    bound = 0.0
    for i in range(price.shape[0]):
        if usable[i] == 0:
            continue
        known = duals.value[i]
        most = price[i] * field.direct[i]
        if usable[i] == 2:
            most = min(most, known + max(0.0, duals.slack[i]))
        for e in range(field.start[i], field.start[i + 1]):
            j = field.near[e]
            if usable[j] == 2:
                cost = price[i] * field.send[e] + price[j] * field.receive[j]
                most = min(most, max(known, cost) + max(0.0, duals.slack[j]))
        if most > known:
            duals.value[i] = most
            duals.slack[i] -= most - known
            for e in range(field.start[i], field.start[i + 1]):
                j = field.near[e]
                cost = price[i] * field.send[e] + price[j] * field.receive[j]
                if most > cost:
                    duals.slack[j] -= most - max(known, cost)
        bound += duals.value[i]
    return bound
