"""Compile the environment's kernels ahead of time, with those of the solvers."""

from __future__ import annotations

import numpy as np

from netroute.envs.tsp.data import TspData
from netroute.envs.tsp.tours import TspBatch
from netroute.solvers.tsp.warmup import warmup as compile_solvers


def warmup() -> None:
    """Compile every kernel that solvers, bounds and environments of this family use."""
    compile_solvers()
    compile_environment()


def compile_environment() -> None:
    """Compile what plays an episode, with distances of both kinds."""
    for distances in (None, np.zeros((1, 3, 3))):
        data = TspData.of_arrays(np.zeros((1, 3, 2)), distances=distances)
        TspBatch(data).step(np.ones((1, 1), np.int64))
