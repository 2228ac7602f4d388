"""What the searches have in common: compile, enumerate tiny instances, a first tour, descend."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from netroute.core.errors import InfeasibleError
from netroute.problems.tsp.instance import FEATURES
from netroute.solvers.tsp.base import TspSolver, halted

if TYPE_CHECKING:
    from netroute.core.recorder import Recorder
    from netroute.problems.tsp import TspInstance, TspSolution
    from netroute.solvers.tsp.local_search import LocalSearch
    from netroute.solvers.tsp.search_space import SearchSpace

STAGE = 20_000
"""Kicks after which a better tour is reported at the latest."""


@dataclass(frozen=True, kw_only=True)
class SearchSolver(TspSolver):
    """A search that begins with a greedy tour, or with the given one, at a local optimum."""

    kind: ClassVar = "heuristic"
    supports: ClassVar[frozenset[str]] = FEATURES

    def search(
        self, instance: TspInstance, recorder: Recorder, *, seed: int, start: TspSolution | None
    ) -> None:
        """Build a tour, descend, then go on as the solver does."""
        from netroute.solvers.tsp.search_space import (
            FEWEST,
            require_within_reach,
            search_space,
        )
        from netroute.solvers.tsp.warmup import compile_fragments

        require_within_reach(instance)
        given = self.offer_start(instance, recorder, start)
        if instance.size < FEWEST:
            self._enumerate(instance, recorder)
            return
        # Some tour comes before kernels are loaded or compiled, which takes longer than all else.
        if given is None:
            self.offer(instance, recorder, any_tour(instance))
        recorder.phase("compiling")
        with recorder.clock.compiling():
            compile_fragments(instance.symmetric)
        first = given if given is not None else first_tour(instance, recorder)
        if first is None:
            return
        with recorder.clock.compiling():
            self.compile(instance)
        recorder.phase("searching")
        space = search_space(instance)
        local = self.descend(space, recorder, first, seed=seed)
        if local is not None and not halted(recorder):
            self.improve(space, local, recorder, seed=seed)

    def offer(self, instance: TspInstance, recorder: Recorder, tour: np.ndarray) -> float:
        """Record a tour, where distances are symmetric towards the smaller neighbour of node 0.

        Threads may find the same tour both ways, with lengths that differ by rounding.
        """
        if instance.symmetric:
            tour = np.roll(tour, -int(np.argmax(tour == 0)))
            if tour[-1] < tour[1]:
                tour = np.roll(tour[::-1], 1)
        return super().offer(instance, recorder, tour)

    def compile(self, instance: TspInstance) -> None:
        """Compile what the search of such an instance uses."""
        from netroute.solvers.tsp.warmup import compile_search

        compile_search(instance)

    def descend(
        self, space: SearchSpace, recorder: Recorder, first: np.ndarray, *, seed: int
    ) -> LocalSearch | None:
        """Bring the first tour to a local optimum; None if told to stop before."""
        from netroute.solvers.tsp.local_search import LocalSearch

        local = LocalSearch(space, seed=seed)
        local.load(space.from_tour(first))
        done = local.descend(lambda: halted(recorder))
        self.offer(space.instance, recorder, space.to_tour(local.order))
        return local if done else None

    @abstractmethod
    def improve(
        self, space: SearchSpace, local: LocalSearch, recorder: Recorder, *, seed: int
    ) -> None:
        """Go on from a local optimum until the budget ends."""

    def _enumerate(self, instance: TspInstance, recorder: Recorder) -> None:
        from netroute.solvers.tsp.enumeration import shortest_by_enumeration

        tour = shortest_by_enumeration(instance)
        if tour is None:
            raise InfeasibleError(f"no tour of {instance.name!r} has all its fixed edges")
        self.offer(instance, recorder, tour)
        recorder.stop(1)

    def kick(self, local: LocalSearch, recorder: Recorder, *, seconds: float = np.inf) -> None:
        """Kick and mend until the budget ends, or for some seconds; a kick is an iteration."""
        space, clock = local.space, recorder.clock
        until = clock.elapsed() + seconds
        gained, since = 0.0, 0
        iterations = recorder.iterations
        while True:
            most = recorder.budget.iterations
            kicks, gain = local.kick(STAGE if most is None else max(most - iterations, 1))
            iterations += kicks
            since += kicks
            gained += gain
            over = recorder.stop(iterations) or clock.elapsed() > until
            if gained > 0.0 and (over or since >= STAGE):
                self.offer(space.instance, recorder, space.to_tour(local.order))
                gained, since = 0.0, 0
            if over:
                return


def any_tour(instance: TspInstance) -> np.ndarray:
    """Return the nodes along a curve, or as they come, with all fixed edges; at once.

    Examples
    --------
    >>> from netroute.problems.tsp import TspInstance
    >>> any_tour(TspInstance(coordinates=[[0, 0], [9, 9], [9, 0], [0, 9]])).tolist()
    [0, 3, 1, 2]
    """
    from netroute.solvers.tsp.space_filling import hilbert_index, with_fixed_edges

    points = instance.coordinates
    order = np.arange(instance.size)
    if points is not None:
        order = np.argsort(hilbert_index(points), kind="stable")
    return with_fixed_edges(instance, order)


def first_tour(instance: TspInstance, recorder: Recorder) -> np.ndarray | None:
    """Record and return a constructed tour; None if the time is over before it is complete.

    It is the greedy one; where distances are asymmetric, cycles of the assignment problem patched
    together, which is far better if these distances are far from symmetric.
    """
    from netroute.problems.tsp import TspSolution
    from netroute.solvers.tsp.greedy import greedy_tour
    from netroute.solvers.tsp.neighbours import nearest_neighbours
    from netroute.solvers.tsp.patching import patched_tour

    near = nearest_neighbours(instance, 10)
    tour = greedy_tour(instance, near, halted=lambda: halted(recorder))
    if tour is not None and not instance.symmetric:
        patched = patched_tour(instance, halted=lambda: halted(recorder))
        if patched is not None and instance.length(patched) < instance.length(tour):
            tour = patched
    if tour is not None:
        recorder.incumbent(instance.length(tour), TspSolution.of(tour))
    return tour
