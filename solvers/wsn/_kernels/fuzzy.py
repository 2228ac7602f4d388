"""CHEF: candidates with the best chance around, by fuzzy rules on energy and distances, lead."""

from typing import NamedTuple

import numpy as np

from netroute.solvers._kernels.rng import uniform
from netroute.solvers.wsn._kernels.neighbourhood import forget
from netroute.solvers.wsn._kernels.world import goes_on, inner, lead, outer, play


class Fuzzy(NamedTuple):
    """Candidates of one round, for one run after the other.

    Attributes
    ----------
    who : ndarray of uint32, shape (n,)
    chance : ndarray of float64, shape (n,)
    widest : ndarray of int64, shape (B,)
        Largest sum of distances of any node at the start.
    share : float
        Probability to be a candidate.
    """

    who: np.ndarray
    chance: np.ndarray
    widest: np.ndarray
    share: float


@inner
def chance_of(energy, distance):
    """Return the chance, 0 to 1, of shares of energy and of local distance.

    Low, medium and high are triangles with peaks at 0, 1/2 and 1. The nine rules say: the chance is
    better the more energy there is, and for equal energy the less distance.
    """
    total, weight = 0.0, 0.0
    for e in range(3):
        high = max(0.0, 1.0 - abs(2.0 * energy - e))
        for d in range(3):
            close = max(0.0, 1.0 - abs(2.0 * (1.0 - distance) - d))
            rule = min(high, close)
            weight += rule
            total += rule * (3 * e + d) * 0.125
    return total / weight


@inner
def stand(field, run, around, fuzzy, b):
    """Let candidates lead who have the best chance within the radius."""
    random = run.random[b]
    most, count = 0.0, 0
    run.leading[b] = 0
    for i in range(field.x.shape[1]):
        most = max(most, field.energy[b, i])
    for i in range(field.x.shape[1]):
        if run.left[b, i] <= 0.0 or uniform(random) >= fuzzy.share:
            continue
        distance = 0.0
        if fuzzy.widest[b] > 0:
            distance = around.total[b, i] / fuzzy.widest[b]
        fuzzy.chance[count] = chance_of(run.left[b, i] / most, distance)
        fuzzy.who[count] = i
        count += 1
    for k in range(count):
        i = fuzzy.who[k]
        best = True
        for t in range(count):
            j = fuzzy.who[t]
            dx, dy = field.x[b, i] - field.x[b, j], field.y[b, i] - field.y[b, j]
            if dx * dx + dy * dy <= around.radius2 and (
                fuzzy.chance[t] > fuzzy.chance[k] or (fuzzy.chance[t] == fuzzy.chance[k] and t < k)
            ):
                best = False
                break
        if best:
            lead(run, b, i)


@outer
def compete(field, run, log, rounds, around, fuzzy):
    """Play ``rounds`` rounds of every run."""
    for b in range(run.alive.shape[0]):
        for _ in range(rounds):
            if not goes_on(run, log, b):
                break
            forget(field, run, around, b)
            stand(field, run, around, fuzzy, b)
            play(field, run, log, b)
