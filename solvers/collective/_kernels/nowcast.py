"""Which loads a leaf expects by now, if all leaves fill up the lowest links first."""

import numpy as np

from netroute.core.jit import kernel

SUM = 0.1
"""Weight of the sum of both loads beside the higher one."""

ROTA = 0.1
"""Flows of mean size by which a spine is worse whose turn is last."""

LEAST = 1e-9
"""Loads that are divided by are at least this."""


@kernel(_nrt=False)
def expected_level(down, up_rate, down_rate, sight):
    """Return the load up to which the links down to the target are filled by now.

    The target gets of what all leaves sent since loads were published the share that it had of the
    published loads, and more than the leaf itself sent there. ``down``, ``up_rate``, ``down_rate``
    (float32, (1, s)) are of fabric 0.
    """
    spines = down.shape[1]
    usable, carried, own = 0, 0.0, 0.0
    for a in range(spines):
        if up_rate[0, a] > 0.0 and down_rate[0, a] > 0.0:
            usable += 1
            carried += np.float64(down[0, a]) * down_rate[0, a]
            own += sight.own_down[0, a]
    # A flow a link more, so that a few flows say little.
    prior = max(np.float64(sight.scale[0, 1]), LEAST) * usable
    popularity = (carried + prior) / (np.float64(sight.scale[0, 3]) * spines + prior)
    volume = max(np.float64(sight.scale[0, 2]) * spines * popularity, own)
    level, drained = np.inf, True
    # Water in vessels: those above the level drop out, until there are none.
    while drained:
        total, width, drained = volume, 0.0, False
        for a in range(spines):
            if up_rate[0, a] > 0.0 and down_rate[0, a] > 0.0 and down[0, a] < level:
                total += np.float64(down[0, a]) * down_rate[0, a]
                width += down_rate[0, a]
        if width > 0.0 and total / width < level:
            level, drained = total / width, True
    return level


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def revealed_rate(a, up, up_rate, sight):
    """Return the rate of the link up to spine ``a``, as the leaf's own flows reveal it."""
    if up[0, a] > 0.0:
        # Nobody else loads the link: what was sent over the time it took.
        return max(np.float64(sight.sent_up[0, a]) / np.float64(up[0, a]), LEAST)
    return np.float64(up_rate[0, a])


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def rise_with(a, up, up_rate, sight):
    """Return the load of the link up to spine ``a`` with the flow at hand."""
    sent = np.float64(sight.own_up[0, a]) + sight.scale[0, 0]
    return up[0, a] + sent / revealed_rate(a, up, up_rate, sight)


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def fall_with(a, level, down, down_rate, sight):
    """Return the expected load of the link down from spine ``a`` with the flow at hand."""
    rate = np.float64(down_rate[0, a])
    known = down[0, a] + sight.own_down[0, a] / rate
    return max(known, level) + sight.scale[0, 0] / rate


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def outlook(a, level, up, down, up_rate, down_rate, sight):
    """Return how bad spine ``a`` is: the higher of both loads, and a little of sum and rota."""
    rise = rise_with(a, up, up_rate, sight)
    fall = fall_with(a, level, down, down_rate, sight)
    turn = ROTA * sight.scale[0, 1] * sight.turn[0, a]
    return max(rise, fall) + SUM * (rise + fall) + turn
