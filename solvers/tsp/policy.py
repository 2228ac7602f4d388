"""Tours by a trained policy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from netroute.core.errors import UnsupportedError
from netroute.core.solver import parameter
from netroute.problems.geometry import Metric, Rounding
from netroute.problems.tsp.instance import ASYMMETRIC
from netroute.solvers.neural.base import loaded_policy
from netroute.solvers.tsp.base import TspSolver, halted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from netroute.core.recorder import Recorder
    from netroute.problems.tsp import TspInstance, TspSolution
    from netroute.solvers.neural.routing.construct import Walks
    from netroute.solvers.neural.routing.instances import Instances

ARCHITECTURES = ("tail-transformer", "attention")
"""Networks that the solver knows how to use."""

FEWEST = 5
"""Nodes of the smallest instance whose parts can be built again."""

_DECODINGS = ("auto", "greedy", "sampling", "multi-start", "beam", "reconstruction")


@dataclass(frozen=True, kw_only=True)
class PolicySolver(TspSolver):
    """Builds tours node by node, as a network has learned it, and parts of them again and again.

    Greedy, sampling, multi-start and beam end by themselves, as one iteration; so does
    reconstruction after ``rounds``, an iteration each, unless there is a budget. It begins
    greedily, then by beam search where the instance is small. ``auto`` is reconstruction, and
    multi-start over the eight symmetries for a policy of architecture ``attention``, which cannot
    begin in the middle. For a good tour take another solver: at equal time local search is better.

    Examples
    --------
    >>> from netroute.problems.tsp import TspInstance
    >>> instance = TspInstance(coordinates=[[k % 4, k // 4] for k in range(12)])
    >>> PolicySolver(decoding="beam").solve(instance).objective
    12.0
    """

    name: ClassVar[str] = "policy"
    summary: ClassVar[str] = "a trained network: greedy, sampled, beam search or reconstruction"
    kind: ClassVar = "learned"
    supports: ClassVar[frozenset[str]] = frozenset({ASYMMETRIC})

    weights: str = parameter("tsp", "trained policy: a shipped name or a folder")
    decoding: str = parameter("auto", "how the policy is used", choices=_DECODINGS)
    samples: int = parameter(16, "tours of sampling, multi-start and beam", low=1, high=10_000)
    rounds: int = parameter(100, "of reconstruction where no budget ends it", low=0)
    local_search: bool = parameter(False, "shorten the tour by exchanges of edges at the end")

    def search(
        self, instance: TspInstance, recorder: Recorder, *, seed: int, start: TspSolution | None
    ) -> None:
        """Build tours, and rebuild parts of the best one."""
        from netroute.solvers.neural.extra import torch_threads

        policy: Any = loaded_policy(
            recorder, self.weights, problem="tsp", architectures=ARCHITECTURES
        )
        tour = self.offer_start(instance, recorder, start)
        if instance.size < 4:
            # Distances may differ with the direction.
            tour = min((np.arange(3), np.array([0, 2, 1])), key=instance.length)
            self.offer(instance, recorder, tour)
            recorder.stop(1)
            return
        with torch_threads(1):
            rng = np.random.default_rng(seed)
            if policy.architecture == "attention":
                tour = self._at_once(policy, instance, rng)
                self.offer(instance, recorder, tour)
                recorder.stop(1)
            else:
                tour = self._by_tails(policy, instance, recorder, tour, rng)
        if self.local_search and tour is not None and not halted(recorder):
            self._shorten(instance, recorder, tour, seed)

    def _at_once(self, policy: Any, instance: TspInstance, rng: np.random.Generator) -> np.ndarray:
        from netroute.solvers.neural.attention.decode import construct

        points = plane(instance)
        if points is None:
            raise UnsupportedError(
                f"policy {self.weights!r} needs Euclidean points in the plane ({instance.name!r})"
            )
        if self.decoding in ("beam", "reconstruction"):
            raise UnsupportedError(
                f"policy {self.weights!r} of architecture 'attention' cannot be decoded by "
                f"{self.decoding}; take greedy, sampling or multi-start"
            )
        many = self.decoding in ("auto", "multi-start", "sampling")
        found = construct(
            policy,
            points[None],
            starts=self.samples if many else 1,
            mirrored=self.decoding == "auto",
            rng=rng if self.decoding == "sampling" else None,
        )
        nodes: np.ndarray = found.nodes[0]
        return min(nodes, key=instance.length)

    def _by_tails(
        self,
        policy: Any,
        instance: TspInstance,
        recorder: Recorder,
        start: np.ndarray | None,
        rng: np.random.Generator,
    ) -> np.ndarray | None:
        """Build at once, and with reconstruction again in parts."""
        from netroute.solvers.neural.routing.decoding import compile_decoding
        from netroute.solvers.neural.routing.reconstruct import rebuild_tour
        from netroute.solvers.tsp.bound.warmup import compile_held_karp

        with recorder.clock.compiling():
            if instance.symmetric:
                compile_held_karp()
            compile_decoding(policy)
        instances = routing_instances(instance)
        rebuild = self.decoding in ("auto", "reconstruction")
        tour = start
        for walks in self._walks(policy, instances, recorder, rng):
            shortest = min(walks.order, key=instance.length)
            if tour is None or instance.length(shortest) < instance.length(tour):
                tour = shortest
            self.offer(instance, recorder, tour)
        if tour is None or halted(recorder):
            return tour
        budget = recorder.budget
        free = budget.seconds is None and budget.iterations is None
        rounds = 1
        while rebuild and instance.size >= FEWEST and not recorder.stop(rounds):
            if free and rounds > self.rounds:
                break
            tour, gain = rebuild_tour(policy, instances, tour, rng, halt=lambda: halted(recorder))
            if gain > 0.0:
                self.offer(instance, recorder, tour)
            rounds += 1
        recorder.stop(rounds)
        return tour

    def _walks(
        self, policy: Any, instances: Instances, recorder: Recorder, rng: np.random.Generator
    ) -> Iterator[Walks]:
        from netroute.solvers.neural.routing.decoding import decode, decode_first

        def halt() -> bool:
            return halted(recorder)

        if self.decoding in ("auto", "reconstruction"):
            yield from decode_first(policy, instances, samples=self.samples, rng=rng, halt=halt)
            return
        how, samples = self.decoding, self.samples
        walks = decode(policy, instances, how=how, samples=samples, rng=rng, halt=halt)
        if walks is not None:
            yield walks

    def _shorten(
        self, instance: TspInstance, recorder: Recorder, tour: np.ndarray, seed: int
    ) -> None:
        from netroute.solvers.tsp.local_search import LocalSearch
        from netroute.solvers.tsp.search_space import FEWEST as SMALLEST
        from netroute.solvers.tsp.search_space import search_space
        from netroute.solvers.tsp.warmup import compile_search

        if instance.size < SMALLEST:
            return
        with recorder.clock.compiling():
            compile_search(instance)
        space = search_space(instance)
        local = LocalSearch(space, seed=seed)
        local.load(space.from_tour(tour))
        local.descend(lambda: halted(recorder))
        self.offer(instance, recorder, space.to_tour(local.order))


@dataclass(frozen=True, kw_only=True)
class AsymmetricPolicySolver(PolicySolver):
    """The same with a policy that was fine-tuned on driving times.

    Examples
    --------
    >>> from netroute.problems.tsp import TspInstance
    >>> clockwise = [[(b - a) % 6 for b in range(6)] for a in range(6)]
    >>> AsymmetricPolicySolver().solve(TspInstance(matrix=clockwise)).objective
    6.0
    """

    weights: str = parameter("tsp-roads", "trained policy: a shipped name or a folder")


def plane(instance: TspInstance) -> np.ndarray | None:
    """Return points of the plane whose Euclidean distances count but for rounding, else None."""
    points = instance.coordinates
    if points is None or points.shape[1] != 2 or instance.metric is not Metric.EUCLIDEAN:
        return None
    return points


def routing_instances(instance: TspInstance) -> Instances:
    """Return an instance as the policy of tails reads it.

    Raises
    ------
    UnsupportedError
        It has too many nodes.
    """
    from netroute.solvers.neural.routing.decoding import MOST_NODES
    from netroute.solvers.neural.routing.instances import make_instances
    from netroute.solvers.tsp.bound.prices import quick_prices

    if instance.size > MOST_NODES:
        raise UnsupportedError(
            f"{instance.size} nodes, expected at most {MOST_NODES} for a policy of tails"
        )
    points = plane(instance)
    exact = points is not None and instance.rounding is Rounding.EXACT
    return make_instances(
        None if points is None else points[None],
        matrix=None if exact else instance.distance_matrix()[None],
        prices=quick_prices(instance)[None],
    )
