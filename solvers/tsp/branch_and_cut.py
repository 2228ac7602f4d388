"""The exact solver: cutting planes, and a search tree for what they leave open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from netroute.core.budget import Budget
from netroute.core.errors import UnsupportedError
from netroute.problems.tsp.instance import FIXED, NEGATIVE
from netroute.solvers.tsp.base import TspSolver, halted

if TYPE_CHECKING:
    import numpy as np

    from netroute.core.recorder import Recorder
    from netroute.problems.tsp import TspInstance, TspSolution

SIZE_LIMIT = 2_500
"""Largest number of nodes: all pairs of them are priced."""

SHARE, SECONDS, SECONDS_A_NODE = 0.15, 0.5, 0.006
"""Time for the first tour: at most this share of all, and this much by size."""

ITERATIONS = 30
"""Iterations of the default solver for the first tour."""


@dataclass(frozen=True, kw_only=True)
class BranchAndCutSolver(TspSolver):
    """Proves tours optimal: within seconds for 200 nodes, a gap of a tenth of a percent for 500.

    The default solver's tour is an upper bound. The linear programme over few edges gets cuts that
    it violates, subtours and combs, and edges of negative reduced cost, until neither is left.
    Edges that no shorter tour has are dropped, then the search branches on edges, the leaf of the
    least bound first; each solution of the programme is an iteration. The whole tree is the
    certificate, and ``check`` recomputes it.

    Source: D. Applegate, R. Bixby, V. Chvatal, W. Cook, The traveling salesman problem: a
    computational study (2006).

    Examples
    --------
    >>> from netroute.problems.tsp import TspInstance
    >>> points = [[0, 0], [9, 0], [0, 9], [3, 3], [5, 7], [8, 2]]
    >>> result = BranchAndCutSolver().solve(TspInstance(coordinates=points, rounding="nearest"))
    >>> str(result.status), result.objective, result.bound
    ('optimal', 33.0, 33.0)
    """

    name: ClassVar[str] = "branch-and-cut"
    summary: ClassVar[str] = "cutting planes and a search tree; proves hundreds of nodes optimal"
    kind: ClassVar = "exact"
    supports: ClassVar[frozenset[str]] = frozenset({FIXED, NEGATIVE})
    proves: ClassVar[bool] = True

    def search(
        self, instance: TspInstance, recorder: Recorder, *, seed: int, start: TspSolution | None
    ) -> None:
        """Find a tour, then prove how short tours can be."""
        from netroute.solvers.tsp.bound.warmup import compile_cuts
        from netroute.solvers.tsp.warmup import compile_search

        if instance.size > SIZE_LIMIT:
            raise UnsupportedError(
                f"solver {self.name!r} takes at most {SIZE_LIMIT} nodes, instance "
                f"{instance.name!r} has {instance.size}; use 'auto'"
            )
        with recorder.clock.compiling():
            compile_cuts()
            compile_search(instance)
        self.offer_start(instance, recorder, start)
        self._first_tour(instance, recorder, seed)
        if halted(recorder):
            return
        from netroute.solvers.tsp.cut_search import CutSearch

        def offer(tour: np.ndarray) -> float:
            return self.offer(instance, recorder, tour)

        CutSearch(instance, recorder, recorder.solution.tour.astype(int), offer).run()

    def _first_tour(self, instance: TspInstance, recorder: Recorder, seed: int) -> None:
        """Record a greedy tour, then the default solver's."""
        from netroute.solvers.tsp.auto import AutoSolver
        from netroute.solvers.tsp.greedy import GreedySolver

        self.offer(instance, recorder, GreedySolver().solve(instance).solution.tour)
        if halted(recorder):
            return
        recorder.phase("first tour")
        left = SHARE * recorder.clock.remaining()
        budget = Budget(
            seconds=min(left, SECONDS + SECONDS_A_NODE * instance.size), iterations=ITERATIONS
        )
        found = AutoSolver().solve(
            instance,
            budget=budget,
            seed=seed,
            start=recorder.solution,
            observe=lambda event: halted(recorder),
        )
        self.offer(instance, recorder, found.solution.tour)
