"""Compile the environment's kernels ahead of time, with those of the solvers."""

from __future__ import annotations

import numpy as np

from netroute.envs.vrp.data import CvrpData
from netroute.envs.vrp.plans import CvrpBatch
from netroute.solvers.vrp.warmup import warmup as compile_solvers


def warmup() -> None:
    """Compile every kernel that solvers, bounds and environments of this family use."""
    compile_solvers()
    compile_environment()


def compile_environment() -> None:
    """Compile what plays an episode, with distances of both kinds."""
    points, demand, table = np.zeros((1, 3, 2)), np.zeros((1, 3)), np.zeros((1, 3, 3))
    for distances in (None, table):
        data = CvrpData.of_arrays(points, demand, [1.0], distances=distances)
        CvrpBatch(data).step(np.ones((1, 1), np.int64))
