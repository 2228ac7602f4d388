"""The default: evolution of as many tours as the time allows, chained search of very large ones."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from netroute.core.solver import parameter
from netroute.solvers.tsp.search_base import SearchSolver

if TYPE_CHECKING:
    from netroute.core.recorder import Recorder
    from netroute.solvers.tsp.local_search import LocalSearch
    from netroute.solvers.tsp.search_space import SearchSpace

FEWEST_TOURS = 24
"""With fewer tours than that a population is worth less than kicks."""

MOST_TOURS = 300
"""A larger population gains too little."""

USUAL_TOURS = 100
"""Tours where no time is given."""

SAMPLES = 3
"""Random tours whose descents tell how fast the machine is."""

COST = 5.5
"""Seconds of a whole evolution, in descents of its first tours."""

SHARE = 0.95
"""Share of the time left that a population may plan with."""

TRIES = 30
"""Children of each pair."""


@dataclass(frozen=True, kw_only=True)
class AutoSolver(SearchSolver):
    """Evolves a population that is as large as the time allows, then a larger one, and so on.

    Where the time does not suffice for a population, it kicks a greedy tour as
    `LinKernighanSolver` does. An iteration is a generation, or there a kick.

    Examples
    --------
    >>> from netroute.core.budget import Budget
    >>> from netroute.problems.tsp import TspInstance
    >>> instance = TspInstance(coordinates=[[k % 4, k // 4] for k in range(12)])
    >>> AutoSolver().solve(instance, budget=Budget(iterations=5)).objective
    12.0
    """

    name: ClassVar[str] = "auto"
    summary: ClassVar[str] = (
        "the default: edge assembly crossover; kicks of one tour where that takes too long"
    )

    threads: int = parameter(1, "populations side by side, whose tours then meet", low=1, high=256)

    def improve(
        self, space: SearchSpace, local: LocalSearch, recorder: Recorder, *, seed: int
    ) -> None:
        """Choose by time and size, and search until the budget ends."""
        from netroute.solvers.tsp.evolution import evolve

        best = local.order.copy()
        generator = np.random.default_rng([seed, 4])
        each = self._seconds_a_descent(space, local, recorder, generator)
        # Patched cycles are closer to the optimum than random tours ever come by descent.
        kept = [best] if space.doubled else []
        while each is not None and not recorder.stop():
            size = _affordable(recorder.clock.remaining(), each)
            if size < FEWEST_TOURS:
                break
            seed += 7919
            found = evolve(
                self,
                space,
                recorder,
                size=size,
                tries=TRIES,
                seed=seed,
                threads=self.threads,
                keep=kept[-SAMPLES:],
            )
            if found is not None:
                kept.append(found)
        if not recorder.stop():
            tours = [best, *kept]
            lengths = [space.instance.length(space.to_tour(tour)) for tour in tours]
            local.load(tours[int(np.argmin(lengths))])
            self.kick(local, recorder)

    def _seconds_a_descent(
        self,
        space: SearchSpace,
        local: LocalSearch,
        recorder: Recorder,
        generator: np.random.Generator,
    ) -> float | None:
        """Return what a descent from a random tour takes; None if too much by far."""
        if math.isinf(recorder.clock.remaining()):
            return 0.0
        began = recorder.clock.elapsed()
        most = recorder.clock.remaining() / (COST * FEWEST_TOURS)

        def over() -> bool:
            return recorder.stop() or recorder.clock.elapsed() - began > SAMPLES * most

        for _ in range(SAMPLES):
            local.load(space.random_order(generator))
            if not local.descend(over):
                return None
        return (recorder.clock.elapsed() - began) / SAMPLES


def _affordable(seconds: float, each: float) -> int:
    """Return how many tours can evolve within the time left."""
    if math.isinf(seconds):
        return USUAL_TOURS
    return min(MOST_TOURS, int(SHARE * seconds / max(COST * each, 1e-6)))
