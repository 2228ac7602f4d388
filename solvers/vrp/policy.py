"""Routes by a trained policy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from netroute.core.errors import UnsupportedError
from netroute.core.solver import parameter
from netroute.problems.geometry import Metric, Rounding
from netroute.problems.vrp import VrpSolution
from netroute.solvers.neural.base import loaded_policy
from netroute.solvers.vrp.base import VrpSolver
from netroute.solvers.vrp.baseline import halted
from netroute.solvers.vrp.costs import plan_cost
from netroute.solvers.vrp.search_data import search_data

if TYPE_CHECKING:
    from collections.abc import Iterator

    from netroute.core.recorder import Recorder
    from netroute.problems.vrp import VrpInstance
    from netroute.solvers.neural.routing.construct import Walks
    from netroute.solvers.neural.routing.instances import Instances
    from netroute.solvers.vrp.search_data import SearchData

ARCHITECTURES = ("tail-transformer", "attention")
"""Networks that the solver knows how to use."""

NEIGHBOURS = 20
"""Nearest clients that the local search at the end looks at."""

_DECODINGS = ("auto", "greedy", "sampling", "multi-start", "beam", "reconstruction")


@dataclass(frozen=True, kw_only=True)
class PolicySolver(VrpSolver):
    """Builds routes client by client, as a network has learned it, and some of them again.

    Greedy, sampling, multi-start and beam end by themselves, as one iteration; so does
    reconstruction after ``rounds``, an iteration each, unless there is a budget. It begins
    greedily, then by beam search where the instance is small. ``auto`` is reconstruction, and
    multi-start over the eight symmetries for a policy of architecture ``attention``, which cannot
    begin in the middle. For a good plan take another solver: at equal time the genetic search is
    better.

    Examples
    --------
    >>> from netroute.problems.vrp import VehicleType, VrpInstance
    >>> instance = VrpInstance(
    ...     coordinates=[[0, 0], [0, 3], [4, 3], [4, 0]],
    ...     deliveries=[0, 1, 1, 1],
    ...     vehicles=(VehicleType(capacity=(2,)),),
    ... )
    >>> PolicySolver(decoding="multi-start").solve(instance).objective
    18.0
    """

    name: ClassVar[str] = "policy"
    summary: ClassVar[str] = "a trained network: greedy, sampled, beam search or reconstruction"
    kind: ClassVar = "learned"
    supports: ClassVar[frozenset[str]] = frozenset({"asymmetric distances"})

    weights: str = parameter("cvrp", "trained policy: a shipped name or a folder")
    decoding: str = parameter("auto", "how the policy is used", choices=_DECODINGS)
    samples: int = parameter(16, "plans of sampling, multi-start and beam", low=1, high=10_000)
    rounds: int = parameter(100, "of reconstruction where no budget ends it", low=0)
    local_search: bool = parameter(False, "improve the plan by local search at the end")

    def search(
        self, instance: VrpInstance, recorder: Recorder, *, seed: int, start: VrpSolution | None
    ) -> None:
        """Build plans, and rebuild some of the routes of the best one."""
        from netroute.solvers.neural.extra import torch_threads

        policy: Any = loaded_policy(
            recorder, self.weights, problem="cvrp", architectures=ARCHITECTURES
        )
        if not instance.clients:
            recorder.incumbent(0.0, VrpSolution(()))
            return
        data = search_data(instance, neighbours=NEIGHBOURS)
        if self.local_search and not data.symmetric:
            raise UnsupportedError("local_search of a policy needs symmetric distances")
        if start is not None:
            evaluation = self.evaluate(instance, start)
            if evaluation.feasible:
                recorder.incumbent(evaluation.objective, start, vehicles=len(start.routes))
        with torch_threads(1):
            rng = np.random.default_rng(seed)
            routes: list[np.ndarray] | None
            if policy.architecture == "attention":
                routes = plan = self._at_once(policy, instance, data, rng)
                self._offer(instance, data, recorder, plan)
                recorder.stop(1)
            else:
                routes = self._by_tails(policy, instance, data, recorder, rng)
        if self.local_search and routes is not None and not halted(recorder):
            self._improve(instance, data, recorder, routes, seed)

    def _at_once(
        self, policy: Any, instance: VrpInstance, data: SearchData, rng: np.random.Generator
    ) -> list[np.ndarray]:
        from netroute.solvers.neural.attention.decode import construct
        from netroute.solvers.neural.routing.reconstruct import split

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
            points[data.location][None],
            data.demand[None].astype(np.float64),
            np.array([max(1, data.capacity)], np.float64),
            starts=self.samples if many else 1,
            mirrored=self.decoding == "auto",
            rng=rng if self.decoding == "sampling" else None,
        )
        plans = []
        for nodes in found.nodes[0]:
            parts = split(nodes, nodes == 0)
            plans.append([part[part > 0] for part in parts if (part > 0).any()])
        return min(plans, key=lambda routes: plan_cost(instance, data, routes))

    def _by_tails(
        self,
        policy: Any,
        instance: VrpInstance,
        data: SearchData,
        recorder: Recorder,
        rng: np.random.Generator,
    ) -> list[np.ndarray] | None:
        """Build at once, and with reconstruction again in parts."""
        from netroute.solvers.neural.routing.decoding import compile_decoding
        from netroute.solvers.neural.routing.reconstruct import rebuild_routes, split

        with recorder.clock.compiling():
            compile_decoding(policy)
        instances = routing_instances(instance, data)
        rebuild = self.decoding in ("auto", "reconstruction")
        routes: list[np.ndarray] | None = None
        for walks in self._walks(policy, instances, recorder, rng):
            for order, via in zip(walks.order, walks.via, strict=True):
                plan = split(order[1:], via[1:])
                if routes is None or plan_cost(instance, data, plan) < plan_cost(
                    instance, data, routes
                ):
                    routes = plan
            if routes is not None:
                self._offer(instance, data, recorder, routes)
        if routes is None or halted(recorder):
            return routes
        budget = recorder.budget
        free = budget.seconds is None and budget.iterations is None
        rounds = 1
        while rebuild and not recorder.stop(rounds):
            if free and rounds > self.rounds:
                break
            routes, gain = rebuild_routes(
                policy, instances, routes, rng, halt=lambda: halted(recorder)
            )
            if gain > 0.0:
                self._offer(instance, data, recorder, routes)
            rounds += 1
        recorder.stop(rounds)
        return routes

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

    def _improve(
        self,
        instance: VrpInstance,
        data: SearchData,
        recorder: Recorder,
        routes: list[np.ndarray],
        seed: int,
    ) -> None:
        from netroute.solvers.vrp.hgs_engine import compile_hgs
        from netroute.solvers.vrp.polishing import Polisher

        with recorder.clock.compiling():
            compile_hgs(data)
        polisher = Polisher(instance, data, seed=seed)
        cost, better = polisher.improve(
            routes, seconds=recorder.clock.remaining(), halt=lambda: halted(recorder)
        )
        if np.isfinite(cost):
            self._offer(instance, data, recorder, better)

    def _offer(
        self,
        instance: VrpInstance,
        data: SearchData,
        recorder: Recorder,
        routes: list[np.ndarray],
    ) -> None:
        """Record a plan if it keeps the capacity, which the policy sees in rounded shares."""
        if any(data.demand[route].sum() > data.capacity for route in routes):
            return
        cost = plan_cost(instance, data, routes)
        if recorder.better(cost):
            recorder.incumbent(cost, data.to_solution(routes), vehicles=len(routes))


def plane(instance: VrpInstance) -> np.ndarray | None:
    """Return points of the plane whose Euclidean distances count but for rounding, else None."""
    points = instance.coordinates
    if points is None or instance.distances is not None or points.shape[1] != 2:
        return None
    return points if instance.metric is Metric.EUCLIDEAN else None


def routing_instances(instance: VrpInstance, data: SearchData) -> Instances:
    """Return an instance as the policy of tails reads it, in the order of ``data``.

    Raises
    ------
    UnsupportedError
        It has too many locations.
    """
    from netroute.solvers.neural.routing.decoding import MOST_NODES
    from netroute.solvers.neural.routing.instances import make_instances, price_routes

    if instance.size > MOST_NODES:
        raise UnsupportedError(
            f"{instance.size} locations, expected at most {MOST_NODES} for a policy of tails"
        )
    points = plane(instance)
    exact = points is not None and instance.rounding is Rounding.EXACT
    location = data.location.astype(np.int64)
    matrix = None
    if not exact:
        matrix = instance.distance_matrix()[np.ix_(location, location)][None]
    instances = make_instances(
        None if points is None else points[location][None],
        matrix=matrix,
        demands=(data.demand / max(1, data.capacity))[None],
    )
    price_routes(instances)
    return instances
