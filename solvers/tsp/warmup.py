"""Compile search kernels on a tiny instance, so that no budget pays for it."""

from __future__ import annotations

from functools import cache

import numpy as np

from netroute.problems.tsp import TspInstance


@cache
def compile_fragments(symmetric: bool) -> None:
    """Compile what joins paths to a tour."""
    from netroute.solvers.tsp.fragments import Fragments

    instance = tiny_instance() if symmetric else tiny_matrix()
    fragments = Fragments(instance, instance.distances)
    fragments.join(np.array([[1], [2], [3], [2]], np.uint32))
    fragments.tour()


def tiny_instance() -> TspInstance:
    """Return four nodes on a line."""
    return TspInstance(name="tiny", coordinates=[[0, 0], [1, 0], [2, 0], [3, 0]])


def tiny_matrix() -> TspInstance:
    """Return four nodes with asymmetric distances."""
    return TspInstance(name="tiny", matrix=np.arange(16).reshape(4, 4))


def warmup() -> None:
    """Compile every kernel that the solvers of this family use."""
    for symmetric in (True, False):
        compile_fragments(symmetric)
