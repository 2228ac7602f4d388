"""Compile the kernels of the bounds on tiny instances."""

from __future__ import annotations

from functools import cache

import numpy as np

from netroute.problems.tsp import TspInstance


@cache
def compile_held_karp() -> None:
    """Compile what the ascent calls for plane coordinates and for matrices of both types."""
    from netroute.solvers.tsp.bound.held_karp import improve

    matrix = np.abs(np.subtract.outer(np.arange(4), np.arange(4)))
    points = [[0, 0], [1, 0], [2, 1], [3, 0]]
    for instance in (
        TspInstance(name="tiny", coordinates=points),
        TspInstance(name="tiny", matrix=matrix),
        TspInstance(name="tiny", matrix=matrix * 0.5),
    ):
        improve(instance, report=lambda certificate: None, stop=lambda: False, phases=1)


@cache
def compile_cuts() -> None:
    """Compile what looks for small cuts and for teeth."""
    from netroute.solvers.tsp.combs import combs
    from netroute.solvers.tsp.separation import subtours

    tail, head = np.array([0, 0, 1, 1, 2, 3]), np.array([1, 2, 2, 3, 3, 0])
    subtours(4, tail, head, np.full(6, 0.5))
    halves = [(0, 1), (1, 2), (0, 2), (3, 4), (4, 5), (3, 5)]
    tail, head = np.array([*halves, (0, 3), (1, 4), (2, 5)]).T
    combs(6, tail, head, np.array([0.5] * 6 + [1.0] * 3), [])
