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
    for legs in ({"coordinates": np.zeros((1, 3, 2))}, {"distances": np.zeros((1, 3, 3))}):
        given = {"coordinates": None, **legs}
        TspBatch(TspData.of_arrays(**given)).step(np.ones((1, 1), np.int64))
