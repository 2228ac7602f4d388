"""The learned score of spines: features of each, and a small network that all spines share."""

from typing import NamedTuple

import numpy as np

from netroute.core.jit import kernel
from netroute.solvers.collective._kernels.nowcast import (
    LEAST,
    SUM,
    expected_level,
    fall_with,
    revealed_rate,
    rise_with,
)

FEATURES = 12
"""Numbers that describe a spine."""

GLOBALS = 5
"""Numbers that describe the flow and the moment."""


class Scorer(NamedTuple):
    """Weights of the network, float64; K features, G globals, H hidden units.

    Attributes
    ----------
    first : ndarray, shape (H, K)
        From features to the hidden units of a spine.
    first_bias : ndarray, shape (H,)
    own, mean, most : ndarray, shape (H, H)
        From the hidden units of the spine itself, their mean and their maximum over spines.
    moment : ndarray, shape (H, G)
        From the globals.
    second_bias, last : ndarray, shape (H,)
        Bias, and the step to the score.
    direct : ndarray, shape (K,)
        From features to the score.
    """

    first: np.ndarray
    first_bias: np.ndarray
    own: np.ndarray
    mean: np.ndarray
    most: np.ndarray
    moment: np.ndarray
    second_bias: np.ndarray
    last: np.ndarray
    direct: np.ndarray


class Desk(NamedTuple):
    """Room for intermediate results, float64: of s spines and H hidden units."""

    features: np.ndarray
    globals: np.ndarray
    hidden: np.ndarray
    mean: np.ndarray
    most: np.ndarray
    common: np.ndarray
    up: np.ndarray
    down: np.ndarray
    both: np.ndarray


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _bounded(x):
    """Map a number of flows to -1 to 1, finest near 0."""
    return x / (2.0 + abs(x))


@kernel(_nrt=False)
def describe(up, down, up_rate, down_rate, sight, share, desk):
    """Write the features of the flow at hand of fabric 0; return how many spines are usable.

    Loads are float32, (1, s), and go into the features in flows of mean size. Those of spines with
    a failed link are not written.
    """
    spines = up.shape[1]
    unit = max(np.float64(sight.scale[0, 1]), LEAST)
    size = np.float64(sight.scale[0, 0])
    level = expected_level(down, up_rate, down_rate, sight)
    usable = 0
    least_up, least_down, least_both = np.inf, np.inf, np.inf
    own_up, own_down, seen_up, seen_down, sent_down = 0.0, 0.0, 0.0, 0.0, 0.0
    for a in range(spines):
        if up_rate[0, a] == 0.0 or down_rate[0, a] == 0.0:
            continue
        usable += 1
        desk.features[a, 8] = revealed_rate(a, up, up_rate, sight)
        desk.features[a, 9] = down_rate[0, a]
        rise = rise_with(a, up, up_rate, sight)
        fall = fall_with(a, level, down, down_rate, sight)
        desk.up[a], desk.down[a] = rise, fall
        desk.both[a] = max(rise, fall) + SUM * (rise + fall)
        least_up, least_down = min(least_up, rise), min(least_down, fall)
        least_both = min(least_both, desk.both[a])
        own_up += sight.own_up[0, a]
        own_down += sight.own_down[0, a]
        seen_up += up[0, a]
        seen_down += down[0, a]
        sent_down += sight.sent_down[0, a]
    own_up, own_down = own_up / usable, own_down / usable
    seen_up, seen_down, sent_down = seen_up / usable, seen_down / usable, sent_down / usable
    for a in range(spines):
        if up_rate[0, a] == 0.0 or down_rate[0, a] == 0.0:
            continue
        here = desk.features[a]
        here[0] = _bounded((desk.up[a] - least_up) / unit)
        here[1] = _bounded((desk.down[a] - least_down) / unit)
        here[2] = _bounded((desk.both[a] - least_both) / unit)
        here[3] = _bounded((sight.own_up[0, a] - own_up) / unit)
        here[4] = _bounded((sight.own_down[0, a] - own_down) / unit)
        here[5] = _bounded((down[0, a] - seen_down) / unit)
        here[6] = _bounded((up[0, a] - seen_up) / unit)
        here[7] = _bounded((sight.sent_down[0, a] - sent_down) / unit)
        # A slow link has more of the load that is seen than of what was sent.
        here[10] = np.log((down[0, a] + unit) / (seen_down + unit)) - np.log(
            (sight.sent_down[0, a] + unit) / (sent_down + unit)
        )
        here[11] = sight.turn[0, a] - 0.5
    desk.globals[0] = _bounded(np.float64(sight.scale[0, 2]) / unit)
    desk.globals[1] = np.log(max(size, LEAST) / unit)
    desk.globals[2] = share
    desk.globals[3] = _bounded(seen_down / unit)
    desk.globals[4] = _bounded((level - seen_down) / unit)
    return usable


@kernel(_nrt=False)
def best_spine(up, down, up_rate, down_rate, sight, share, scorer, desk):
    """Return the spine with the highest score for the flow at hand of fabric 0."""
    spines, width = up.shape[1], scorer.last.shape[0]
    usable = describe(up, down, up_rate, down_rate, sight, share, desk)
    for k in range(width):
        desk.mean[k] = 0.0
        desk.most[k] = 0.0
    for a in range(spines):
        if up_rate[0, a] == 0.0 or down_rate[0, a] == 0.0:
            continue
        for k in range(width):
            value = scorer.first_bias[k]
            for m in range(FEATURES):
                value += scorer.first[k, m] * desk.features[a, m]
            value = max(value, 0.0)
            desk.hidden[a, k] = value
            desk.mean[k] += value / usable
            desk.most[k] = max(desk.most[k], value)
    for k in range(width):
        value = scorer.second_bias[k]
        for m in range(width):
            value += scorer.mean[k, m] * desk.mean[m] + scorer.most[k, m] * desk.most[m]
        for m in range(GLOBALS):
            value += scorer.moment[k, m] * desk.globals[m]
        desk.common[k] = value
    best, chosen = -np.inf, 0
    for a in range(spines):
        if up_rate[0, a] == 0.0 or down_rate[0, a] == 0.0:
            continue
        score = 0.0
        for m in range(FEATURES):
            score += scorer.direct[m] * desk.features[a, m]
        for k in range(width):
            value = desk.common[k]
            for m in range(width):
                value += scorer.own[k, m] * desk.hidden[a, m]
            score += scorer.last[k] * max(value, 0.0)
        if score > best:
            best, chosen = score, a
    return chosen
