"""Compile the environment's kernels ahead of time, with those of the solvers that it builds on."""

from __future__ import annotations

import numpy as np

from netroute.core.rng import generator
from netroute.envs.sdn.engine import AdmissionEngine
from netroute.solvers.sdn.warmup import tiny_instance
from netroute.solvers.sdn.warmup import warmup as compile_solvers


def warmup() -> None:
    """Compile every kernel that solvers, bounds and environments of this family use."""
    compile_solvers()
    compile_environment()


def compile_environment() -> None:
    """Compile what plays an episode, with flows that stay and flows that leave."""
    for holding in (None, 1.0):
        engine = AdmissionEngine(
            tiny_instance(), count=1, k=2, order="file", holding=holding, prices=None
        )
        engine.begin(0, generator(0), {})
        engine.act(np.zeros(1, np.int64), np.zeros(1, bool))
        engine.observe()
