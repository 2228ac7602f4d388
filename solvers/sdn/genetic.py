"""A genetic algorithm over the flows' choices of paths."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from netroute.core.rng import generator, kernel_state
from netroute.core.solver import parameter
from netroute.problems.sdn.features import FEATURES
from netroute.solvers.sdn.base import SdnSolver, offer

if TYPE_CHECKING:
    from netroute.core.recorder import Recorder
    from netroute.problems.sdn import SdnInstance, SdnSolution
    from netroute.solvers.sdn._kernels.genetic import Genome
    from netroute.solvers.sdn.candidates import Candidates

LISTING = 0.2
"""Share of the seconds that looking for candidate paths may take."""

SLICE = 100_000
"""Genes decoded by one kernel call: about 10 to 40 ms."""

GENERATIONS = 200
"""Generations where the budget limits neither seconds nor iterations."""

MUTATIONS = 2.0
"""Genes of a child drawn anew, on average, as long as there are more than that."""


@dataclass(frozen=True, kw_only=True)
class GeneticSolver(SdnSolver):
    """Breeds plans: a gene for each flow, which is one of its short paths or rejection.

    Genes are decoded by falling weight per bandwidth: where a path has no room, the flow's first
    one with room is taken, and rejected flows are admitted last where room is left. Parents win
    tournaments, crossover is uniform, the best plans survive. The first plans are drawn at random,
    but for the greedy one by weight per bandwidth. An iteration is one child.

    The authors of the problem name a genetic algorithm as their heuristic. We had no access to its
    details: this one is our own, and its figures say nothing about theirs. Source of the idea:
    López, Labonne, Poletti, Belabed, Priority Flow Admission and Routing in SDN: Exact and
    Heuristic Approaches (arXiv:2009.10822).

    Examples
    --------
    >>> from netroute.core.budget import Budget
    >>> from netroute.problems.sdn import SdnInstance
    >>> net = SdnInstance(
    ...     nodes=["a", "b"], tail=[0], head=[1], capacity=[5],
    ...     source=[0, 0, 0], target=[1, 1, 1], bandwidth=[4, 3, 2], priority=[7, 4, 3],
    ... )
    >>> GeneticSolver().solve(net, budget=Budget(iterations=500)).objective
    7.0
    """

    name: ClassVar[str] = "genetic"
    summary: ClassVar[str] = "genetic algorithm over candidate paths, after the problem's authors"
    kind: ClassVar = "baseline"
    supports: ClassVar[frozenset[str]] = FEATURES - {
        "arc protection",
        "node protection",
        "lexicographic objective",
    }

    paths: int = parameter(5, "candidate paths of each flow, shortest first", low=1, high=64)
    population: int = parameter(60, "plans of one generation", low=2, high=10_000)
    elite: int = parameter(3, "best plans that survive, fewer than the population", low=0, high=100)
    tournament: int = parameter(3, "plans among which a parent is the best", low=1, high=100)

    def search(
        self, instance: SdnInstance, recorder: Recorder, *, seed: int, start: SdnSolution | None
    ) -> None:
        """Admit greedily, then breed until the budget ends."""
        from netroute.solvers.sdn._kernels.genetic import Room, breed, decode
        from netroute.solvers.sdn.candidates import candidate_paths
        from netroute.solvers.sdn.greedy import halted
        from netroute.solvers.sdn.warmup import compile_candidates, compile_genetic

        recorder.phase("compiling")
        with recorder.clock.compiling():
            compile_candidates()
            compile_genetic()
        self.offer_start(instance, recorder, start)
        reserve = (1.0 - LISTING) * recorder.clock.remaining()
        found = candidate_paths(
            instance,
            self.paths,
            stop=lambda: recorder.clock.remaining() < reserve,
            halt=lambda: halted(recorder),
        )
        genome = genome_of(instance, found)
        room = Room(genome.capacity.copy(), genome.entries.copy())
        best = np.full(instance.size, self.paths, np.uint8)
        top = decode(genome, room, best)
        offer(instance, recorder, _plan(instance, found, best))
        if recorder.stop() or not instance.size:
            return
        random = generator(seed, 4)
        plans = random.integers(0, self.paths + 1, (self.population, instance.size), dtype=np.uint8)
        plans[0] = best
        value = np.zeros(self.population)
        step, elite = max(1, SLICE // instance.size), min(self.elite, self.population - 1)
        for done in range(self.population):
            value[done] = decode(genome, room, plans[done])
            if done % step == 0 and halted(recorder):
                return
        children, child_value = plans.copy(), value.copy()
        rng, rate = kernel_state(seed, 5), min(0.5, MUTATIONS / instance.size)
        free = recorder.budget.seconds is None and recorder.budget.iterations is None
        generation = count = 0
        while not (free and generation == GENERATIONS):
            kept = np.argsort(-value, kind="stable")[:elite]
            children[:elite], child_value[:elite] = plans[kept], value[kept]
            first = elite
            while first < self.population:
                last = min(self.population, first + step)
                if recorder.budget.iterations is not None:
                    last = min(last, first + recorder.budget.iterations - count)
                breed(
                    genome, room, plans, value, children, child_value, first, last,
                    self.tournament, rate, rng,
                )  # fmt: skip
                count += last - first
                winner = first + int(np.argmax(child_value[first:last]))
                if child_value[winner] > top:
                    top = child_value[winner]
                    offer(instance, recorder, _plan(instance, found, children[winner]))
                if recorder.stop(count):
                    return
                first = last
            plans, children = children, plans
            value, child_value = child_value, value
            generation += 1


def genome_of(instance: SdnInstance, found: Candidates) -> Genome:
    """Return what kernels need to decode genes."""
    from netroute.solvers.sdn._kernels.genetic import Genome
    from netroute.solvers.sdn.greedy_density import density_order
    from netroute.solvers.sdn.residual import UNLIMITED

    table = instance.table_size
    entries = np.full(len(instance.nodes), UNLIMITED)
    if table is not None:
        entries = np.where(table < 0, UNLIMITED, table)
    return Genome(
        pair=np.array(found.pair, np.int64),
        start=np.array(found.start, np.int64),
        arc=np.array(found.arc, np.uint32),
        allowed=np.array(found.allowed, bool),
        bandwidth=np.array(instance.bandwidth, np.int64),
        weight=np.array(instance.weights(), np.float64),
        tail=np.array(instance.tail, np.uint32),
        capacity=np.array(instance.capacity, np.int64),
        entries=entries.astype(np.int64),
        order=density_order(instance),
    )


def _plan(instance: SdnInstance, found: Candidates, genes: np.ndarray) -> SdnSolution:
    from netroute.problems.sdn import SdnSolution

    admitted = np.flatnonzero(genes < found.k).tolist()
    routes = {flow: found.path(flow, int(genes[flow])).tolist() for flow in admitted}
    return SdnSolution.of(instance.size, routes)
