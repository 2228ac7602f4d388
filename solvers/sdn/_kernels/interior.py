"""One Newton step of an interior-point method for the path formulation.

The programme: bandwidth x on the columns, y of each flow up to its own, such that in each pair
the columns carry what its flows take and each row stays within its limit; the flows' density
times y is maximised. Everything but the prices of the rows is eliminated pair by pair, so that
the linear system has one equation a row, however many columns, pairs and flows there are.
"""

from typing import NamedTuple

import numpy as np

from netroute.core.jit import kernel


class Point(NamedTuple):
    """An interior point; a positive primal and a positive dual value for each inequality.

    Attributes
    ----------
    taken, left, lower, upper : ndarray of float64, shape (F,)
        Of each flow: bandwidth that it has, what is missing, and the duals of both.
    free, price : ndarray of float64, shape (R,)
        Of each row.
    amount, slack : ndarray of float64
        Of each column: bandwidth, and its cost less the worth of its pair.
    worth : ndarray of float64, shape (K,)
        Of a unit of bandwidth between the ends of each pair; of any sign.
    """

    taken: np.ndarray
    left: np.ndarray
    free: np.ndarray
    amount: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    price: np.ndarray
    slack: np.ndarray
    worth: np.ndarray


class Work(NamedTuple):
    """Room for a step.

    Attributes
    ----------
    length, ratio, base : ndarray of float64
        Of each column: cost, ``amount / slack``, and what the step starts from.
    flow_ratio : ndarray of float64, shape (F,)
    of_flows, of_columns, missing : ndarray of float64, shape (K,)
        Sums of these ratios, and how much more the flows take than the columns carry.
    mean, difference : ndarray of float64, shape (R,)
    inside : ndarray of bool, shape (R,)
    touched : ndarray of int64, shape (R,)
    """

    length: np.ndarray
    ratio: np.ndarray
    base: np.ndarray
    flow_ratio: np.ndarray
    of_flows: np.ndarray
    of_columns: np.ndarray
    missing: np.ndarray
    mean: np.ndarray
    difference: np.ndarray
    inside: np.ndarray
    touched: np.ndarray


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _fraction(gain):
    """Solve ``1 / (1 - t) - 1 / t = gain`` for t in (0, 1); return t and 1 - t."""
    root = np.sqrt(gain * gain + 4.0)
    if gain >= 0.0:
        rest = 2.0 / (gain + 2.0 + root)
        return 1.0 - rest, rest
    part = 2.0 / (2.0 - gain + root)
    return part, 1.0 - part


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _excess(pairs, columns, density, bandwidth, length, mu, k, worth):
    """Bandwidth on the columns of pair k less that of its flows, as ``worth`` makes them."""
    total = 0.0
    p = columns.first[k]
    while p >= 0:
        total += mu / (length[p] - worth)
        p = columns.following[p]
    for f in range(pairs.start[k], pairs.start[k + 1]):
        total -= bandwidth[f] * _fraction((density[f] - worth) * bandwidth[f] / mu)[0]
    return total


@kernel(_nrt=False)
def centre(pairs, columns, density, bandwidth, point, length, mu, first, last):
    """Put the pairs ``first`` to ``last - 1`` onto the central path at the prices given."""
    for k in range(first, last):
        p = columns.first[k]
        if p < 0:
            continue
        cheapest = np.inf
        while p >= 0:
            cheapest = min(cheapest, length[p])
            p = columns.following[p]
        high = cheapest
        width = max(cheapest, 1e-9)
        low = cheapest - width
        while _excess(pairs, columns, density, bandwidth, length, mu, k, low) > 0.0:
            high = low
            width *= 2.0
            low = cheapest - width
        for _ in range(50):
            middle = 0.5 * (low + high)
            if _excess(pairs, columns, density, bandwidth, length, mu, k, middle) > 0.0:
                high = middle
            else:
                low = middle
        point.worth[k] = low
        p = columns.first[k]
        while p >= 0:
            point.slack[p] = length[p] - low
            point.amount[p] = mu / point.slack[p]
            p = columns.following[p]
        for f in range(pairs.start[k], pairs.start[k + 1]):
            part, rest = _fraction((density[f] - low) * bandwidth[f] / mu)
            point.taken[f] = part * bandwidth[f]
            point.left[f] = rest * bandwidth[f]
            point.lower[f] = mu / point.taken[f]
            point.upper[f] = mu / point.left[f]


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _add_square(matrix, work, vector, count, weight):
    """Add ``weight`` times the outer product of a vector on the touched rows; upper half."""
    for i in range(count):
        a = work.touched[i]
        value = weight * vector[a]
        if value != 0.0:
            for j in range(i + 1):
                b = work.touched[j]
                if a < b:
                    matrix[a, b] += value * vector[b]
                else:
                    matrix[b, a] += value * vector[b]


@kernel(_nrt=False)
def assemble(arcs, pairs, columns, point, work, matrix, first, last):
    """Add the pairs ``first`` to ``last - 1`` to the upper half of the system's matrix.

    A pair adds ``sum r a a' - (sum r a)(sum r a)' / (s + sum r)`` over its columns a with ratios
    r, where s is the sum over its flows. It is put together column by column like a weighted
    covariance, which loses no digits where ratios are huge.
    """
    for k in range(first, last):
        p = columns.first[k]
        if p < 0:
            continue
        of_flows = 0.0
        for f in range(pairs.start[k], pairs.start[k + 1]):
            ratio = 1.0 / (point.upper[f] / point.left[f] + point.lower[f] / point.taken[f])
            work.flow_ratio[f] = ratio
            of_flows += ratio
        work.of_flows[k] = of_flows
        of_columns = 0.0
        count = np.int64(0)
        while p >= 0:
            ratio = point.amount[p] / point.slack[p]
            work.ratio[p] = ratio
            for at in range(columns.start[p], columns.start[p + 1]):
                row = columns.row[at]
                if not work.inside[row]:
                    work.inside[row] = True
                    work.touched[count] = row
                    work.mean[row] = 0.0
                    count += 1
            for i in range(count):
                row = work.touched[i]
                work.difference[row] = -work.mean[row]
            for at in range(columns.start[p], columns.start[p + 1]):
                row = columns.row[at]
                work.difference[row] += 1.0 if row < arcs else pairs.unit[k]
            together = of_columns + ratio
            if of_columns > 0.0:
                _add_square(matrix, work, work.difference, count, of_columns * ratio / together)
            for i in range(count):
                row = work.touched[i]
                work.mean[row] += ratio / together * work.difference[row]
            of_columns = together
            p = columns.following[p]
        work.of_columns[k] = of_columns
        _add_square(matrix, work, work.mean, count, of_flows * of_columns / (of_flows + of_columns))
        for i in range(count):
            work.inside[work.touched[i]] = False


@kernel(_nrt=False)
def right_side(arcs, pairs, columns, density, point, work, target, right, first, last):
    """Add the pairs ``first`` to ``last - 1`` to the right-hand side of the system.

    ``target`` holds the products of primal and dual values that the step aims at, under the names
    of the primal ones.
    """
    for k in range(first, last):
        if columns.first[k] < 0:
            continue
        worth = point.worth[k]
        missing = 0.0
        for f in range(pairs.start[k], pairs.start[k + 1]):
            gain = target.taken[f] / point.taken[f] - target.left[f] / point.left[f]
            missing += work.flow_ratio[f] * (density[f] - worth + gain) + point.taken[f]
        p = columns.first[k]
        while p >= 0:
            aim = target.amount[p] / point.slack[p]
            work.base[p] = aim - work.ratio[p] * (work.length[p] - worth)
            missing -= work.base[p] + point.amount[p]
            p = columns.following[p]
        work.missing[k] = missing
        share = missing / (work.of_flows[k] + work.of_columns[k])
        p = columns.first[k]
        while p >= 0:
            value = work.base[p] + point.amount[p] + work.ratio[p] * share
            for at in range(columns.start[p], columns.start[p + 1]):
                row = columns.row[at]
                right[row] += value * (1.0 if row < arcs else pairs.unit[k])
            p = columns.following[p]


@kernel(_nrt=False)
def complete(arcs, pairs, columns, density, point, work, target, rise, step, first, last):
    """Complete the step of pairs ``first`` to ``last - 1`` from that of the prices, ``rise``."""
    for k in range(first, last):
        if columns.first[k] < 0:
            continue
        worth = point.worth[k]
        total = work.missing[k]
        p = columns.first[k]
        while p >= 0:
            longer = 0.0
            for at in range(columns.start[p], columns.start[p + 1]):
                row = columns.row[at]
                longer += rise[row] * (1.0 if row < arcs else pairs.unit[k])
            step.slack[p] = longer
            total += work.ratio[p] * longer
            p = columns.following[p]
        total /= work.of_flows[k] + work.of_columns[k]
        step.worth[k] = total
        p = columns.first[k]
        while p >= 0:
            change = step.slack[p] - total
            step.amount[p] = work.base[p] - work.ratio[p] * change
            step.slack[p] = change + work.length[p] - worth - point.slack[p]
            p = columns.following[p]
        for f in range(pairs.start[k], pairs.start[k + 1]):
            low, high = target.taken[f], target.left[f]
            gain = density[f] - worth - total + low / point.taken[f] - high / point.left[f]
            more = work.flow_ratio[f] * gain
            step.taken[f] = more
            step.left[f] = -more
            step.lower[f] = (low - point.lower[f] * more) / point.taken[f] - point.lower[f]
            step.upper[f] = (high + point.upper[f] * more) / point.left[f] - point.upper[f]
