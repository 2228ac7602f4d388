"""Online admission: flows are decided one by one as they arrive, once and for all."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from netroute.core.rng import generator
from netroute.core.solver import parameter
from netroute.solvers.sdn.base import SdnSolver, offer
from netroute.solvers.sdn.greedy import halted

if TYPE_CHECKING:
    from collections.abc import Callable

    from netroute.core.bound import Certificate
    from netroute.core.recorder import Recorder
    from netroute.problems.sdn import SdnInstance, SdnSolution
    from netroute.solvers.sdn._kernels.online import Menu, Prices
    from netroute.solvers.sdn.candidates import Candidates

LIMITS = frozenset({"delay limits", "hop limits", "flow tables", "fractional weights"})
"""Features that every rule of online admission keeps."""

PATHS_SHARE = 0.4
"""Part of the time that candidate paths may take."""

SLICE = 5000
"""Flows decided by one kernel call: less than 50 ms."""


@dataclass(frozen=True, kw_only=True)
class OnlineSolver(SdnSolver):
    """Decides flow by flow, in the order of arrival, among the k shortest paths of its ends.

    A decision looks at the flow itself, at what is free, and at how much of the day has passed;
    never at later arrivals. Afterwards the relaxation over the same arrivals is solved for the
    bound: ``metrics["percent_of_bound"]`` is what a rule attains of what hindsight allows at most.
    The day is one iteration. Where the time ends, the remaining flows are rejected.
    """

    kind: ClassVar[Literal["baseline", "learned"]] = "baseline"
    supports: ClassVar[frozenset[str]] = LIMITS
    proves: ClassVar[bool] = True

    k: int = parameter(8, "candidate paths of each source-target pair", low=1, high=64)
    order: int | None = parameter(None, "seed of the order of arrival; none: as in the file", low=0)

    def search(
        self, instance: SdnInstance, recorder: Recorder, *, seed: int, start: SdnSolution | None
    ) -> None:
        """Learn from other days, decide this one, then prove a bound on it."""
        from netroute.solvers.sdn.warmup import compile_online

        def admit(menu: Menu, flows: np.ndarray) -> np.ndarray:
            prices = self.learn(instance, menu, recorder, seed=seed)
            return Day(instance, menu).run(flows, self.rule, prices, stop=recorder.clock.expired)

        recorder.phase("compiling")
        with recorder.clock.compiling():
            compile_online()
        self.play(instance, recorder, admit, start)

    def play(
        self,
        instance: SdnInstance,
        recorder: Recorder,
        admit: Callable[[Menu, np.ndarray], np.ndarray],
        start: SdnSolution | None,
    ) -> None:
        """Let ``admit`` choose the path of each arrival, -1 to reject it; then prove a bound."""
        from netroute.solvers.sdn.bound.lp import improve
        from netroute.solvers.sdn.candidates import candidate_paths
        from netroute.solvers.sdn.path_lp import PathLpSolver
        from netroute.solvers.sdn.warmup import compile_lp

        with recorder.clock.compiling():
            compile_lp(instance)
        self.offer_start(instance, recorder, start)
        candidates = candidate_paths(
            instance,
            self.k,
            stop=until(recorder, PATHS_SHARE),
            halt=recorder.clock.expired,
        )
        flows = arrivals(instance.size, self.order)
        choice = admit(menu_of(instance, candidates), flows)
        offer(instance, recorder, to_plan(instance, candidates, flows, choice))
        if not halted(recorder):
            recorder.phase("relaxation")

            def report(certificate: Certificate) -> None:
                recorder.bound(certificate.value, certificate.to_dict())

            improve(PathLpSolver(instance), report, lambda: halted(recorder))
        if recorder.best_bound and recorder.objective is not None:
            share = 100.0 * recorder.objective / recorder.best_bound
            recorder.metrics["percent_of_bound"] = share
        recorder.stop(1)

    @property
    @abstractmethod
    def rule(self) -> int:
        """How a path is chosen, as `netroute.solvers.sdn._kernels.online` names it."""

    def learn(self, instance: SdnInstance, menu: Menu, recorder: Recorder, *, seed: int) -> Prices:
        """Return the prices of arcs, learned from other days than this one."""
        return flat_prices(instance)


class Day:
    """A network on which arrivals are decided, empty at first.

    Parameters
    ----------
    instance : SdnInstance
        The network.
    menu : Menu
        The flows and their candidate paths.
    """

    def __init__(self, instance: SdnInstance, menu: Menu) -> None:
        table = instance.table_size
        unlimited = np.int64(1) << np.int64(40)
        self.menu = menu
        self.capacity = np.array(instance.capacity, np.int64)
        self.entries = np.full(len(instance.nodes), unlimited)
        if table is not None:
            self.entries = np.where(table < 0, unlimited, table).astype(np.int64)

    def run(
        self,
        flows: np.ndarray,
        rule: int,
        prices: Prices,
        *,
        stop: Callable[[], bool] | None = None,
    ) -> np.ndarray:
        """Decide ``flows`` (uint32) in this order; return the path of each, -1 if rejected."""
        from netroute.solvers.sdn._kernels.online import decide

        choice = np.full(len(flows), -1, np.int64)
        for first in range(0, len(flows), SLICE):
            if first and stop is not None and stop():
                break
            last = min(len(flows), first + SLICE)
            decide(self.menu, rule, prices, flows, first, last, self.capacity, self.entries, choice)
        return choice


def arrivals(flows: int, order: int | None) -> np.ndarray:
    """Flows in the order of arrival: uint32, shape (F,).

    Parameters
    ----------
    order : int or None
        Seed of a permutation; without it flows arrive in the order of their numbers.

    Examples
    --------
    >>> arrivals(3, None).tolist(), sorted(arrivals(3, 1).tolist())
    ([0, 1, 2], [0, 1, 2])
    """
    found = np.arange(flows, dtype=np.uint32)
    if order is not None:
        generator(order).shuffle(found)
    return found


def menu_of(instance: SdnInstance, candidates: Candidates) -> Menu:
    """Put flows and candidate paths together as kernels take them."""
    from netroute.solvers.sdn._kernels.online import Menu

    return Menu(
        pair=candidates.pair,
        start=candidates.start,
        arc=candidates.arc,
        allowed=candidates.allowed,
        bandwidth=np.array(instance.bandwidth, np.int64),
        weight=instance.weights(),
        tail=np.array(instance.tail, np.uint32),
        capacity=np.array(instance.capacity, np.int64),
    )


def flat_prices(instance: SdnInstance) -> Prices:
    """Return prices of 0."""
    from netroute.solvers.sdn._kernels.online import Prices

    return Prices(np.zeros(len(instance.tail)), 1.0, 0.0, 0.0, 0.0)


def to_plan(
    instance: SdnInstance, candidates: Candidates, flows: np.ndarray, choice: np.ndarray
) -> SdnSolution:
    """Turn the choices for ``flows`` into a plan of the instance."""
    from netroute.problems.sdn import SdnSolution

    taken = np.flatnonzero(choice >= 0)
    paths = {int(flows[i]): candidates.path(int(flows[i]), int(choice[i])).tolist() for i in taken}
    return SdnSolution.of(instance.size, paths)


def until(recorder: Recorder, share: float) -> Callable[[], bool]:
    """Return a stop that comes true after a share of the time that is left now."""
    clock = recorder.clock
    reserve = (1.0 - share) * clock.remaining()
    return lambda: halted(recorder) or clock.remaining() < reserve
