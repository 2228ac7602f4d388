"""Small networks with random weights, instances for them, and plain ways to measure walks."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from netroute.solvers.neural.routing.instances import make_instances, price_routes  # noqa: E402
from netroute.solvers.neural.routing.model import TailTransformer  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable

    from netroute.solvers.neural.routing.instances import Instances


@pytest.fixture(scope="session")
def tiny() -> Callable[..., TailTransformer]:
    """Make a network with random weights."""

    def make(
        *, routes: bool = False, candidates: int = 6, sure: float = 30.0, trust: float = 0.0
    ) -> TailTransformer:
        torch.manual_seed(0)
        sizes = {"width": 16, "hidden": 16, "layers": 1, "heads": 2}
        policy = TailTransformer(candidates=candidates, routes=routes, trust=trust, **sizes)
        policy.eval()
        with torch.no_grad():
            # Scores that differ clearly, and with the pairs too.
            policy.score.weight *= sure
            policy.pair[2].weight *= 10.0
        return policy

    return make


@pytest.fixture(scope="session")
def make_routing() -> Callable[..., Instances]:
    """Make a number of instances of a kind: points, matrix (asymmetric), routes."""

    def make(nodes: int, *, kind: str = "points", count: int = 1, seed: int = 0) -> Instances:
        rng = np.random.default_rng(seed)
        points = rng.random((count, nodes, 2))
        if kind == "matrix":
            return make_instances(matrix=rng.random((count, nodes, nodes)) * (1 - np.eye(nodes)))
        if kind == "points":
            return make_instances(points, prices=0.05 * rng.normal(size=(count, nodes)))
        demands = rng.integers(1, 10, (count, nodes)) / 20
        demands[:, 0] = 0.0
        found = make_instances(points, demands=demands)
        price_routes(found)
        return found

    return make


@pytest.fixture(scope="session")
def table_of() -> Callable[[Instances, int], np.ndarray]:
    """Return the distances of an instance by NumPy."""

    def table(instances: Instances, b: int = 0) -> np.ndarray:
        tables = instances.tables
        if tables.matrix.shape[1]:
            return tables.matrix[b].astype(np.float64)
        points = np.column_stack([tables.x[b], tables.y[b]])
        return np.linalg.norm(points[:, None] - points[None], axis=2)

    return table


@pytest.fixture(scope="session")
def length_of() -> Callable[..., float]:
    """Return the length of a walk from ``here`` to ``goal``, with stops there where ``via``."""

    def length(table, here, goal, order, via) -> float:
        way = [int(here)]
        for node, by_depot in zip(order, via, strict=True):
            way += [int(goal), int(node)] if by_depot else [int(node)]
        return sum(table[i, j] for i, j in pairwise([*way, int(goal)]))

    return length
