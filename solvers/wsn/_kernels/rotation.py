"""Heads that elect themselves at random, each node about once in an epoch."""

import numpy as np

from netroute.core.jit import kernel
from netroute.solvers._kernels.rng import uniform
from netroute.solvers.wsn._kernels.world import goes_on, inner, lead, play


@kernel(_nrt=False)
def report(field, run, log, rounds):
    """Play ``rounds`` rounds of every run without heads."""
    for b in range(run.alive.shape[0]):
        for _ in range(rounds):
            if not goes_on(run, log, b):
                break
            run.count[b] = 0
            play(field, run, log, b)


@inner
def elect(run, b, share, epoch):
    """Let each node that has not led in this epoch of its own lead at random."""
    run.count[b] = 0
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


@kernel(_nrt=False)
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
