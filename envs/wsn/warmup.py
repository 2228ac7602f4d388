"""Compile the environment's kernels ahead of time, with those of the solvers."""

from __future__ import annotations

import numpy as np

from netroute.core.rng import generator
from netroute.envs.wsn.engine import ACTIONS, HeadsEngine
from netroute.envs.wsn.sources import small_field
from netroute.solvers.wsn.warmup import warmup as compile_solvers


def warmup() -> None:
    """Compile every kernel that solvers, bounds and environments of this family use."""
    compile_solvers()
    compile_environment()


def compile_environment() -> None:
    """Compile what plays an episode."""
    for action in ACTIONS:
        engine = HeadsEngine(small_field(), count=1, action=action, hold=1, radius=25.0)
        engine.begin(0, generator(0), {})
        engine.act(np.zeros((1, engine.instance.size)), np.zeros(1, bool))
        engine.observe()
