"""Whole flows near the relaxation, mended until no link is above the bound; and local search."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from netroute.core.solver import parameter
from netroute.core.status import StoppedBy
from netroute.problems.collective import CollectiveSolution, Placement
from netroute.problems.collective.bounds import degree_bounds, lifted
from netroute.problems.collective.check import MOST_COUNT
from netroute.problems.collective.phase import MOST_TOTAL
from netroute.problems.collective.verify_bound import price_bound
from netroute.solvers.collective.base import CollectiveSolver
from netroute.solvers.collective.greedy import GreedyLongestSolver
from netroute.solvers.collective.paths import of_table

if TYPE_CHECKING:
    from fractions import Fraction

    from netroute.core.recorder import Recorder
    from netroute.problems.collective import CollectiveInstance, Fabric
    from netroute.problems.collective.phase import Phase
    from netroute.solvers.collective.spray_lp import Spray

FINEST = 2**40
"""Units of a flow at most."""

ROUNDS = 12
"""Goals between the bound and what is reached that are tried at most."""


@dataclass(frozen=True, kw_only=True)
class LocalSearchSolver(CollectiveSolver):
    """Moves single flows between planes, from the greedy plan with the largest flows first.

    All links are to come within a goal: first the bound, then halfway to what has been reached.
    For any capacities and sizes; fat trees with too many paths keep the greedy plan. Each phase is
    one iteration.

    Examples
    --------
    >>> from netroute.problems.collective import CollectiveInstance, Fabric
    >>> fabric = Fabric.leaf_spine(2, 2, hosts_per_leaf=5)
    >>> flows = [(0, t, 5 + t, size) for t, size in enumerate((3, 3, 2, 2, 2))]
    >>> instance = CollectiveInstance(fabric=fabric, flows=flows)
    >>> LocalSearchSolver().solve(instance).objective
    6.0
    """

    name: ClassVar[str] = "local-search"
    summary: ClassVar[str] = "greedy, then moves of single flows; fabrics of any kind"
    kind: ClassVar = "heuristic"
    supports: ClassVar[frozenset[str]] = frozenset(
        {"unequal sizes", "unequal capacities", "split flows", "fat tree"}
    )
    proves: ClassVar[bool] = True

    steps: int = parameter(100_000, "moves towards one goal", low=1, high=10**9)

    def search(
        self,
        instance: CollectiveInstance,
        recorder: Recorder,
        *,
        seed: int,
        start: CollectiveSolution | None,
    ) -> None:
        """Place greedily, bound, and mend phase by phase."""
        from netroute.solvers.collective.bound.degree import degree_certificate
        from netroute.solvers.collective.greedy import compile_greedy
        from netroute.solvers.collective.mending import compile_mending
        from netroute.solvers.collective.mending_tree import (
            compile_tree_mending,
            mending_of,
            table_mending,
        )

        recorder.phase("compiling")
        with recorder.clock.compiling():
            compile_greedy()
            if instance.fabric.tiers == 2:
                compile_mending()
            else:
                compile_tree_mending()
        self.offer_start(instance, recorder, start)
        rng = np.random.default_rng(seed)
        plan = [GreedyLongestSolver().place(instance, phase, rng) for phase in instance.phases]
        self.offer(instance, recorder, CollectiveSolution.of(plan))
        certificate = degree_certificate(instance)
        recorder.bound(certificate.value, certificate.to_dict())
        relaxed = self.relax(instance, recorder)

        def halted() -> bool:
            return recorder.stop() and recorder.stopped_by is not StoppedBy.ITERATIONS

        for number, phase in enumerate(instance.phases):
            if halted():
                break
            found = relaxed[number]
            low, nic = goal_of(instance, phase, found)
            best = mending_of(instance.fabric, phase, plan[number], seed=seed)
            if best is None:
                recorder.stop(number + 1)
                continue
            # A phase that its hosts keep busy for longer gains nothing.
            low = max(low, nic)
            if found is not None:
                counts = rounded(instance, phase, found)
                other = table_mending(instance.fabric, phase, counts, seed=seed)
                other.reach(low, steps=self.steps, stop=halted)
                best = other if other.theta < best.theta else best
            best.descend(low, steps=self.steps, rounds=ROUNDS, stop=halted)
            plan[number] = best.placement()
            self.offer(instance, recorder, CollectiveSolution.of(plan))
            recorder.stop(number + 1)

    def relax(self, instance: CollectiveInstance, recorder: Recorder) -> list[Spray | None]:
        """Return no relaxation: the search relies on degrees alone."""
        return [None] * len(instance.phases)


@dataclass(frozen=True, kw_only=True)
class RoundingSolver(LocalSearchSolver):
    """Rounds the relaxation to whole flows and mends what is above its bound.

    On failed links and unequal capacities the bound of the relaxation is nearly always met.

    Examples
    --------
    >>> from netroute.problems.collective import CollectiveInstance, Fabric
    >>> fabric = Fabric.leaf_spine(2, 2, hosts_per_leaf=4, capacity=2)
    >>> fabric = fabric.replace(up=[[1, 2], [2, 2]])
    >>> flows = [(0, t, 4 + t, 1) for t in range(4)]
    >>> result = RoundingSolver().solve(CollectiveInstance(fabric=fabric, flows=flows))
    >>> result.objective, result.bound
    (1.5, 1.5)
    """

    name: ClassVar[str] = "rounding"
    summary: ClassVar[str] = "relaxation, rounding and moves of single flows, with its bound"

    def relax(self, instance: CollectiveInstance, recorder: Recorder) -> list[Spray | None]:
        """Solve the relaxation and report its bound."""
        from netroute.solvers.collective.spray_lp import (
            certificate_of,
            require_within_reach,
            spray_all,
        )

        require_within_reach(instance, self.name)
        recorder.phase("relaxation")
        found = spray_all(instance, recorder.clock.remaining, recorder.stop)
        certificate = certificate_of(instance, found)
        recorder.bound(certificate.value, certificate.to_dict())
        note_lp(instance, recorder, found)
        return found


def note_lp(instance: CollectiveInstance, recorder: Recorder, found: list[Spray | None]) -> None:
    """Report what the relaxation takes, if all phases have been solved: metric ``lp``."""
    total = 0.0
    for phase, spray in zip(instance.phases, found, strict=True):
        if spray is None and len(phase.size):
            return
        nic = float(degree_bounds(instance.fabric, phase, whole=False)["nic"])
        total += max(nic, 0.0 if spray is None else spray.theta)
    recorder.metrics["lp"] = total


def goal_of(
    instance: CollectiveInstance, phase: Phase, found: Spray | None
) -> tuple[Fraction, Fraction]:
    """Return the bound on switches' links for whole flows, and that of hosts' links."""
    low = degree_bounds(instance.fabric, phase, whole=True)
    goal = max(low["leaf"], low["flow"], low["pod"])
    if found is not None:
        whole = instance if instance.extra_pieces == 0 else None
        value = price_bound(instance, phase, found.prices)
        goal = max(goal, value if whole is None else lifted(whole, phase, value))
    return goal, low["nic"]


def rounded(instance: CollectiveInstance, phase: Phase, found: Spray) -> np.ndarray:
    """Return whole flows: each row's shares rounded down, what is left to the largest fractions."""
    exact = found.share * phase.count
    counts = np.floor(exact + 1e-9).astype(np.int64)
    left = phase.count - counts.sum(axis=0)
    order = np.argsort(counts - exact, axis=0, kind="stable")
    turn = np.arange(len(order))[:, None] < left
    np.put_along_axis(counts, order, np.take_along_axis(counts, order, axis=0) + turn, axis=0)
    return np.asarray(counts)


def finest_shares(fabric: Fabric, phase: Phase, found: Spray | None) -> Placement:
    """Return the relaxation's shares in the smallest units whose sums are exact.

    Without a relaxation the phase has no flows between leaves.
    """
    if found is None:
        return Placement(counts=np.zeros((fabric.planes, 0), np.int64))
    flows, volume = int(phase.count.max(initial=1)), int((phase.size * phase.count).sum())
    unit = min((MOST_COUNT - 1) // flows, (MOST_TOTAL - 1) // max(1, volume), FINEST)
    return shares(fabric, phase, found, max(1, unit))


def shares(fabric: Fabric, phase: Phase, found: Spray, unit: int) -> Placement:
    """Return the relaxation's shares in whole units of 1 / ``unit`` flow."""
    exact = found.share * (phase.count * unit)
    counts = np.floor(exact).astype(np.int64)
    left = phase.count * unit - counts.sum(axis=0)
    # A unit or two go where the share is largest.
    np.add.at(counts, (np.argmax(exact, axis=0), np.arange(counts.shape[1])), left)
    return of_table(fabric, phase, counts, unit=unit)
