"""A batch of sensor fields that is played with given heads, or with given configurations."""

import numpy as np

from netroute.solvers.wsn._kernels.world import HEAD, charge, follow, inner, join, lead, outer, pay


@inner
def _keep(field, run, log, b, hold, reward, done):
    """Play the configuration at hand until someone dies, at most ``hold`` times."""
    before = run.full[b]
    charge(field, run, b)
    for _ in range(hold):
        pay(field, run, log, b)
        if run.alive[b] < field.x.shape[1]:
            break
    reward[b] = run.full[b] - before
    done[b] = run.alive[b] < field.x.shape[1]


@outer
def play_heads(field, run, log, action, idle, hold, reward, done):
    """Let the nodes with 1 in ``action`` (int8, (B, n)) lead, in each copy that is not ``idle``."""
    for b in range(action.shape[0]):
        reward[b] = 0.0
        done[b] = False
        if idle[b]:
            continue
        run.leading[b] = 0
        for i in range(action.shape[1]):
            if action[b, i] != 0:
                lead(run, b, np.uint32(i))
        join(field, run, b)
        _keep(field, run, log, b, hold, reward, done)


@outer
def play_parents(field, run, log, parent, idle, hold, reward, done):
    """Let nodes report as ``parent`` (int32, (B, n)) says, in the codes of runs."""
    for b in range(parent.shape[0]):
        reward[b] = 0.0
        done[b] = False
        if idle[b]:
            continue
        run.leading[b] = 0
        for i in range(parent.shape[1]):
            run.parent[b, i] = parent[b, i]
            if parent[b, i] == HEAD:
                lead(run, b, np.uint32(i))
        follow(field, run, b)
        _keep(field, run, log, b, hold, reward, done)


@outer
def look(run, fixed, energy, longest, nodes, alive):
    """Write what is to be seen of the nodes of each copy.

    ``fixed`` (float32, (n, 4)): place, distance to the base station, density; ``nodes`` (float32,
    (B, n, 7)) and ``alive`` (int8, (B, n)) are written; ``longest``: rounds that count as never.
    """
    for b in range(nodes.shape[0]):
        for i in range(nodes.shape[1]):
            nodes[b, i, 0] = fixed[i, 0]
            nodes[b, i, 1] = fixed[i, 1]
            nodes[b, i, 2] = run.left[b, i] / energy[b, i]
            nodes[b, i, 3] = fixed[i, 2]
            nodes[b, i, 4] = fixed[i, 3]
            since = 1.0
            if run.last[b, i] >= 0:
                since = min(1.0, (run.round[b] - run.last[b, i]) / longest)
            nodes[b, i, 5] = since
            living = run.left[b, i] > 0.0
            nodes[b, i, 6] = 1.0 if living else 0.0
            alive[b, i] = 1 if living else 0
