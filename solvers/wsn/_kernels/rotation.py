"""Heads that elect themselves at random, each node about once in an epoch."""

import numpy as np

from netroute.solvers._kernels.rng import uniform
from netroute.solvers.wsn._kernels.world import goes_on, inner, lead, outer, play


@outer
def report(field, run, log, rounds):
    """Play ``rounds`` rounds of every run without heads."""
    for b in range(run.alive.shape[0]):
        for _ in range(rounds):
            if not goes_on(run, log, b):
                break
            run.leading[b] = 0
            play(field, run, log, b)


@inner
def elect(run, b, share, epoch):
    """Let each node that has not led in this epoch of its own lead at random."""
    run.leading[b] = 0
    random, r = run.random[b], run.round[b]
    for i in range(run.left.shape[1]):
        if run.left[b, i] <= 0.0:
            continue
        since = r % epoch[b, i]
        if run.last[b, i] >= r - since:
            continue
        p = share[b, i]
        if uniform(random) * (1.0 - p * since) < p:
            lead(run, b, np.uint32(i))


@outer
def rotate(field, run, log, rounds, share, epoch):
    """Play ``rounds`` rounds of every run in which node i leads with probability ``share[b, i]``.

    ``epoch`` (int64, (B, n)) is the inverse of ``share``, rounded.
    """
    for b in range(run.alive.shape[0]):
        for _ in range(rounds):
            if not goes_on(run, log, b):
                break
            elect(run, b, share, epoch)
            play(field, run, log, b)


@inner
def elect_by_residual(field, run, b, share, life):
    """Let each node that has not led for an epoch of its own, as it is now, lead at random."""
    n, random, r = field.x.shape[1], run.random[b], run.round[b]
    run.leading[b] = 0
    first, mean = 0.0, 0.0
    for i in range(n):
        first += field.energy[b, i]
        mean += run.left[b, i]
    average = first / n * (1.0 - r / life[b])
    if average <= 0.0:
        average = mean / run.alive[b]
    for i in range(n):
        left = run.left[b, i]
        if left <= 0.0:
            continue
        p = min(1.0, share[b, i] * left / average)
        epoch = np.int64(np.rint(1.0 / p))
        last = run.last[b, i]
        if last >= 0 and r - last < epoch:
            continue
        # Late in an epoch that has grown long, the threshold is past 1: it leads surely.
        if uniform(random) * (1.0 - p * (r % epoch)) < p:
            lead(run, b, np.uint32(i))


@outer
def rotate_by_residual(field, run, log, rounds, share, life):
    """As `rotate`, but the probability is ``share[b, i]`` times residual over average energy.

    The average is what each node would have left if all energy were spent evenly over ``life[b]``
    rounds; after these it is the mean of the nodes alive.
    """
    for b in range(run.alive.shape[0]):
        for _ in range(rounds):
            if not goes_on(run, log, b):
                break
            elect_by_residual(field, run, b, share, life)
            play(field, run, log, b)
