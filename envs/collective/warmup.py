"""Compile the environment's kernels ahead of time, with those of the solvers."""

from __future__ import annotations

import numpy as np

from netroute.core.rng import generator
from netroute.envs.collective.engine import PlacementEngine
from netroute.envs.collective.sources import small_job
from netroute.solvers.collective.warmup import warmup as compile_solvers


def warmup() -> None:
    """Compile every kernel that solvers, bounds and environments of this family use."""
    compile_solvers()
    compile_environment()


def compile_environment() -> None:
    """Compile what plays an episode, without and with what leaves remember."""
    for hidden in (False, True):
        engine = PlacementEngine(
            small_job(),
            count=1,
            order="file",
            information="none",
            noise=0.0,
            delay=0,
            hidden=hidden,
        )
        engine.begin(0, generator(0), {})
        engine.act(np.zeros(1, np.int64), np.zeros(1, bool))
        engine.observe()
