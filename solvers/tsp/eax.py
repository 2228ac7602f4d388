"""Edge assembly crossover as a solver of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from netroute.core.solver import parameter
from netroute.solvers.tsp.search_base import SearchSolver

if TYPE_CHECKING:
    from netroute.core.recorder import Recorder
    from netroute.solvers.tsp.local_search import LocalSearch
    from netroute.solvers.tsp.search_space import SearchSpace


@dataclass(frozen=True, kw_only=True)
class EaxSolver(SearchSolver):
    """Lets local optima from random tours evolve until they are alike; again, until time is over.

    An iteration is one generation. Source: Y. Nagata and S. Kobayashi, A powerful genetic algorithm
    using edge assembly crossover for the traveling salesman problem (INFORMS Journal on Computing
    2013), of which this is the local form with entropy-preserving selection; the tours begin at
    Lin-Kernighan optima in place of 2-opt ones.

    Examples
    --------
    >>> from netroute.core.budget import Budget
    >>> from netroute.problems.tsp import TspInstance
    >>> instance = TspInstance(coordinates=[[k % 4, k // 4] for k in range(12)])
    >>> EaxSolver(population=10).solve(instance, budget=Budget(iterations=5)).objective
    12.0
    """

    name: ClassVar[str] = "eax"
    summary: ClassVar[str] = "genetic algorithm with edge assembly crossover"

    population: int = parameter(100, "tours of a generation", low=3, high=10_000)
    tries: int = parameter(30, "children of each pair of tours", low=1, high=1_000)
    threads: int = parameter(1, "populations side by side, whose tours then meet", low=1, high=256)

    def improve(
        self, space: SearchSpace, local: LocalSearch, recorder: Recorder, *, seed: int
    ) -> None:
        """Evolve populations, one after the other."""
        from netroute.solvers.tsp.evolution import evolve

        round_seed = seed
        while not recorder.stop():
            evolve(
                self,
                space,
                recorder,
                size=self.population,
                tries=self.tries,
                seed=round_seed,
                threads=self.threads,
            )
            round_seed += 7919
