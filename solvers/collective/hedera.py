"""Hedera: a central scheduler that estimates demands and finds room for them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from netroute.core.rng import generator, kernel_state
from netroute.core.solver import parameter
from netroute.core.status import StoppedBy
from netroute.problems.collective import CollectiveInstance, CollectiveSolution, Fabric
from netroute.problems.collective.instance import FEATURES
from netroute.solvers.collective.base import CollectiveSolver
from netroute.solvers.collective.greedy import links_of
from netroute.solvers.collective.hashing import compile_hashing, hash_paths
from netroute.solvers.collective.paths import of_paths, path_table
from netroute.solvers.collective.placing import PlacingSolver

if TYPE_CHECKING:
    from collections.abc import Callable

    from netroute.core.recorder import Recorder
    from netroute.problems.collective import Placement
    from netroute.problems.collective.phase import Listing, Phase
    from netroute.solvers.collective._kernels.hedera import Tree

STEPS = 500
"""Trials between two looks at the clock."""

SHRINK = 1e-12
"""Changes of a demand below it are rounding errors."""


@dataclass(frozen=True, kw_only=True)
class HederaFirstFitSolver(PlacingSolver):
    """Global first fit: each flow on the first path that has room for its demand.

    Demands are the rates that hosts' links alone would allow, max-min fair. Paths are looked at in
    one order by all flows; a flow for which there is no room stays where the hashes send it.

    References
    ----------
    M. Al-Fares, S. Radhakrishnan, B. Raghavan, N. Huang, A. Vahdat: Hedera: dynamic flow scheduling
    for data center networks. NSDI 2010.

    Examples
    --------
    >>> from netroute.problems.collective import CollectiveInstance, Fabric, Job
    >>> instance = CollectiveInstance(
    ...     fabric=Fabric.leaf_spine(4, 4, hosts_per_leaf=4),
    ...     jobs=[Job(pattern="ring", hosts=[0, 4, 8, 12, 1, 5, 9, 13])],
    ... )
    >>> HederaFirstFitSolver().solve(instance).metrics["fabric"]
    1.0
    """

    name: ClassVar[str] = "hedera-first-fit"
    summary: ClassVar[str] = "each flow on the first path with room for its demand"
    same_law: ClassVar[bool] = True

    def compile(self) -> None:
        """Compile the kernels on a few flows."""
        compile_hedera()

    def place(
        self, instance: CollectiveInstance, phase: Phase, rng: np.random.Generator
    ) -> Placement:
        """Reserve room flow by flow."""
        from netroute.solvers.collective._kernels.hedera import first_fit

        fabric = instance.fabric
        flows = phase.listing(fabric)
        path = np.ascontiguousarray(hash_paths(fabric, phase, flows, rng)[:, 0])
        demand = demands(fabric, phase, flows)
        rows = flows.row.astype(np.uint32)
        first_fit(rows, demand, _tree(fabric, phase), links_of(fabric), path)
        return of_paths(fabric, phase, flows.row, path)


@dataclass(frozen=True, kw_only=True)
class HederaAnnealingSolver(CollectiveSolver):
    """Simulated annealing: all flows to one host take one path, so that no link has excess demand.

    Flows whose host's path has failed for them take the next one that is up. A run of all phases is
    one iteration.

    References
    ----------
    As for `HederaFirstFitSolver`.
    """

    name: ClassVar[str] = "hedera-annealing"
    summary: ClassVar[str] = "a path for each receiving host, by simulated annealing"
    kind: ClassVar = "baseline"
    supports: ClassVar[frozenset[str]] = FEATURES

    steps: int = parameter(20_000, "trials in a phase", low=1, high=10**9)

    def search(
        self,
        instance: CollectiveInstance,
        recorder: Recorder,
        *,
        seed: int,
        start: CollectiveSolution | None,
    ) -> None:
        """Anneal phase by phase."""
        recorder.phase("compiling")
        with recorder.clock.compiling():
            compile_hedera()
        self.offer_start(instance, recorder, start)
        recorder.phase("annealing")

        def halted() -> bool:
            return recorder.stop() and recorder.stopped_by is not StoppedBy.ITERATIONS

        found = [
            self.place(instance, phase, seed, number, halted)
            for number, phase in enumerate(instance.phases)
        ]
        self.offer(instance, recorder, CollectiveSolution.of(found))
        recorder.stop(1)

    def place(
        self,
        instance: CollectiveInstance,
        phase: Phase,
        seed: int,
        number: int,
        stop: Callable[[], bool],
    ) -> Placement:
        """Return the best placement of a phase until told to stop."""
        from netroute.solvers.collective._kernels.hedera import Receivers, anneal, settle

        fabric = instance.fabric
        flows = phase.listing(fabric)
        order = np.argsort(flows.target, kind="stable")
        hosts, first = np.unique(flows.target[order], return_index=True)
        rate = demands(fabric, phase, flows)
        receivers = Receivers(
            np.append(first, len(order)).astype(np.int64),
            flows.row[order].astype(np.uint32),
            rate[order],
        )
        tree, links = _tree(fabric, phase), links_of(fabric)
        path = generator(seed, number).integers(0, fabric.paths, len(hosts))
        best = path.copy()
        energies = np.zeros(2)
        energies[:] = settle(receivers, tree, links, path)
        random = kernel_state(seed, number)
        # Hot enough at first to take on a whole host's link in excess.
        hot, done = float(fabric.nic), 0
        while done < self.steps and len(hosts) and energies[1] > SHRINK and not stop():
            size = min(STEPS, self.steps - done)
            heat = hot * (1.0 - done / self.steps), hot * (1.0 - (done + size) / self.steps)
            anneal(receivers, tree, links, path, best, energies, *heat, np.int64(size), random)
            done += size
        chosen = best[np.searchsorted(hosts, flows.target)]
        within = (
            phase.source[flows.row] // fabric.leaves_per_pod
            == phase.target[flows.row] // fabric.leaves_per_pod
        )
        chosen = np.where(within, chosen - chosen % fabric.cores, chosen)
        return of_paths(fabric, phase, flows.row, _next_up(tree.up, flows.row, chosen))


def demands(fabric: Fabric, phase: Phase, flows: Listing) -> np.ndarray:
    """Return the rates of flows if hosts' links alone limit them; float64, shape (F,).

    Senders divide their rate evenly among flows whose receivers do not limit them; receivers with
    more than they can take do so among the flows that they limit; both take turns until nothing
    changes.

    Examples
    --------
    >>> from netroute.problems.collective import CollectiveInstance, Fabric
    >>> fabric = Fabric.leaf_spine(2, 2, hosts_per_leaf=2, nic=6)
    >>> flows = [(0, 0, 2, 1), (0, 0, 3, 1), (0, 1, 3, 1)]
    >>> phase = CollectiveInstance(fabric=fabric, flows=flows).phases[0]
    >>> demands(fabric, phase, phase.listing(fabric)).tolist()
    [3.0, 3.0, 3.0]
    """
    local = phase.within(fabric)
    source = np.concatenate([flows.source, local.source])
    target = np.concatenate([flows.target, local.target])
    hosts = fabric.hosts
    rate, fixed = np.zeros(len(source)), np.zeros(len(source), bool)
    while True:
        before = rate.copy()
        free = ~fixed
        taken = np.bincount(source[fixed], rate[fixed], hosts)
        number = np.maximum(1, np.bincount(source[free], minlength=hosts))
        rate[free] = np.maximum(0.0, (1.0 - taken) / number)[source[free]]
        over = np.bincount(target, rate, hosts) > 1.0 + SHRINK
        limited = over[target]
        while limited.any():
            given = np.bincount(target[~limited], rate[~limited], hosts)
            number = np.maximum(1, np.bincount(target[limited], minlength=hosts))
            share = ((1.0 - given) / number)[target]
            small = limited & (rate < share - SHRINK)
            if not small.any():
                rate[limited], fixed = share[limited], fixed | limited
                break
            limited &= ~small
        if np.abs(rate - before).max(initial=0.0) <= SHRINK:
            return rate[: len(flows.row)] * fabric.nic


def _tree(fabric: Fabric, phase: Phase) -> Tree:
    from netroute.solvers.collective._kernels.hedera import Tree

    per = fabric.leaves_per_pod
    table = path_table(fabric, phase)
    return Tree(
        source=phase.source.astype(np.uint32),
        target=phase.target.astype(np.uint32),
        source_pod=(phase.source // per).astype(np.uint32),
        target_pod=(phase.target // per).astype(np.uint32),
        up=np.ascontiguousarray(table.reshape(len(table), fabric.paths)),
    )


def _next_up(up: np.ndarray, row: np.ndarray, path: np.ndarray) -> np.ndarray:
    """Return the first path from each one on that is up."""
    path = path.copy()
    down = np.flatnonzero(~up[row, path])
    while len(down):
        path[down] = (path[down] + 1) % up.shape[1]
        down = down[~up[row[down], path[down]]]
    return path


@cache
def compile_hedera() -> None:
    """Compile the kernels on a few flows."""
    compile_hashing()
    fabric = Fabric.leaf_spine(2, 2, hosts_per_leaf=2)
    instance = CollectiveInstance(fabric=fabric, flows=[(0, 0, 2, 1), (0, 1, 3, 1), (0, 0, 3, 1)])
    phase = instance.phases[0]
    HederaFirstFitSolver().place(instance, phase, np.random.default_rng(0))
    HederaAnnealingSolver(steps=9).place(instance, phase, 0, 0, lambda: False)
