"""Instances that the tests of tours share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from netroute.problems.tsp import TspInstance

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture(scope="session")
def make_tsp() -> Callable[..., TspInstance]:
    """Make an instance of a kind: points, matrix, asymmetric; with ``fixed`` edges."""

    def make(
        n: int, kind: str = "points", *, seed: int = 0, fixed: int = 0, rounding: str = "nearest"
    ) -> TspInstance:
        rng = np.random.default_rng(seed)
        order = rng.permutation(n)
        edges = list(zip(order[:fixed].tolist(), order[1 : fixed + 1].tolist(), strict=True))
        if kind == "points":
            points = rng.integers(0, 1000, (n, 2)) if rounding != "exact" else rng.random((n, 2))
            return TspInstance(coordinates=points, rounding=rounding, fixed_edges=edges)
        matrix = rng.integers(1, 1000, (n, n))
        if kind == "matrix":
            matrix = matrix + matrix.T
        return TspInstance(matrix=matrix, fixed_edges=edges)

    return make
