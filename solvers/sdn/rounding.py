"""Deterministic rounding of the relaxation over paths, and what rounding solvers share."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from netroute.core.recorder import closes_gap
from netroute.core.rng import kernel_state
from netroute.problems.sdn.features import FEATURES
from netroute.solvers.sdn.base import SdnSolver, offer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from netroute.core.bound import Certificate
    from netroute.core.recorder import Recorder
    from netroute.problems.sdn import SdnInstance, SdnSolution
    from netroute.solvers.sdn.path_solution import PathLp
    from netroute.solvers.sdn.residual import Routes

RELAXING = 0.5
"""Share of the seconds that the relaxation may take."""

HALF = 0.5 - 1e-6
"""Share of a flow in the relaxation from which on it is put onto the relaxation's paths."""


class Rounder:
    """Turns one fractional plan into plans, each from an order of flows.

    Parameters
    ----------
    instance : SdnInstance
    relaxed : PathLp
        The fractional plan.
    seed : int
        Of the paths drawn at random.

    Examples
    --------
    >>> from netroute.problems.sdn import SdnInstance
    >>> from netroute.solvers.sdn.path_lp import PathLpSolver
    >>> net = SdnInstance(
    ...     nodes=["a", "b"], tail=[0], head=[1], capacity=[5],
    ...     source=[0, 0], target=[1, 1], bandwidth=[3, 4], priority=[2, 1],
    ... )
    >>> solver = PathLpSolver(net)
    >>> solver.run(lambda: False)
    >>> Rounder(net, solver.solution()).round(np.array([0], np.uint32)).flow.tolist()
    [0, 1]
    """

    def __init__(self, instance: SdnInstance, relaxed: PathLp, *, seed: int = 0) -> None:
        from netroute.solvers.sdn._kernels.rounding import Fraction
        from netroute.solvers.sdn.greedy_density import density_order

        pairs = relaxed.pairs
        self._instance = instance
        self._relaxed = relaxed
        self._fraction = Fraction(
            pair=np.array(pairs.of_flow, np.int64),
            first=np.searchsorted(relaxed.pair, np.arange(len(pairs.source) + 1)).astype(np.int64),
            start=np.array(relaxed.start, np.int64),
            arc=np.array(relaxed.arcs, np.uint32),
            tail=np.array(instance.tail, np.uint32),
        )
        self._bandwidth = np.array(instance.bandwidth, np.int64)
        self._rng = kernel_state(seed, 2)
        self._key = np.zeros(len(relaxed.amount))
        self._fill_order = density_order(instance)

    def round(
        self, flows: np.ndarray, *, random: bool = False, stop: Callable[[], bool] | None = None
    ) -> Routes:
        """Put ``flows`` (uint32) onto the relaxation's paths, then all others where there is room.

        Parameters
        ----------
        random : bool
            Draw paths with odds in proportion to what is left of their bandwidth, in place of
            taking the one with the most left.
        stop : callable, optional
            Ends the second part early.
        """
        from netroute.solvers.sdn._kernels.rounding import place
        from netroute.solvers.sdn.residual import Residual, Routes

        relaxed, residual = self._relaxed, Residual(self._instance)
        chosen = np.full(self._instance.size, -1, np.int64)
        left = np.array(relaxed.amount, np.float64)
        place(
            self._fraction, residual.room, self._bandwidth, flows, left, random, self._rng,
            self._key, chosen,
        )  # fmt: skip
        placed = np.flatnonzero(chosen >= 0)
        rest = residual.admit(self._fill_order[chosen[self._fill_order] < 0], stop=stop)
        column = chosen[placed]
        begin, size = relaxed.start[column], np.diff(relaxed.start)[column]
        start = np.concatenate([[0], np.cumsum(size)]).astype(np.int64)
        arc = relaxed.arcs[np.repeat(begin - start[:-1], size) + np.arange(start[-1])]
        return Routes(
            flow=np.concatenate([placed.astype(np.uint32), rest.flow]),
            start=np.concatenate([start, rest.start[1:] + start[-1]]),
            split=np.concatenate([start[:-1] + relaxed.split[column], rest.split + start[-1]]),
            arc=np.concatenate([arc, rest.arc]).astype(np.uint32),
        )


@dataclass(frozen=True, kw_only=True)
class RoundingBase(SdnSolver):
    """Solves the relaxation and rounds it again and again; the greedy plan comes first.

    An iteration is one plan.
    """

    kind: ClassVar = "heuristic"
    supports: ClassVar[frozenset[str]] = FEATURES
    proves: ClassVar[bool] = True

    def search(
        self, instance: SdnInstance, recorder: Recorder, *, seed: int, start: SdnSolution | None
    ) -> None:
        """Admit greedily, report bounds, then plans."""
        from netroute.solvers.sdn.bound.lp import improve
        from netroute.solvers.sdn.greedy import halted
        from netroute.solvers.sdn.greedy_density import density_order
        from netroute.solvers.sdn.path_lp import PathLpSolver
        from netroute.solvers.sdn.residual import Residual, to_solution
        from netroute.solvers.sdn.warmup import compile_lp, compile_residual, compile_rounding

        recorder.phase("compiling")
        with recorder.clock.compiling():
            compile_residual()
            compile_lp(instance)
            compile_rounding()
        self.offer_start(instance, recorder, start)
        routes = Residual(instance).admit(density_order(instance), stop=lambda: halted(recorder))
        offer(instance, recorder, to_solution(instance, routes))
        if recorder.stop():
            return
        recorder.phase("relaxation")
        solver = PathLpSolver(instance)
        reserve = (1.0 - RELAXING) * recorder.clock.remaining()

        def report(certificate: Certificate) -> None:
            recorder.bound(certificate.value, certificate.to_dict())

        improve(solver, report, lambda: halted(recorder) or recorder.clock.remaining() < reserve)
        recorder.phase("rounding")
        weights = instance.weights()
        for count, found in enumerate(self.plans(instance, recorder, solver.solution(), seed), 1):
            # Only plans that may be the best are worth building.
            if weights[found.flow[np.diff(found.start) > 0]].sum() >= recorder.objective:
                offer(instance, recorder, to_solution(instance, found))
            proven = closes_gap(recorder.objective, recorder.best_bound, -1.0)
            if recorder.stop(count) or (proven and instance.objective == "weighted"):
                break

    @abstractmethod
    def plans(
        self, instance: SdnInstance, recorder: Recorder, relaxed: PathLp, seed: int
    ) -> Iterator[Routes]:
        """Yield plans as long as there are more."""


@dataclass(frozen=True, kw_only=True)
class RoundingSolver(RoundingBase):
    """Rounds the relaxation three times, by different orders of flows, and keeps the best plan.

    Flows that the relaxation admits go onto the paths that it uses: first those of the largest
    share, first those of the most weight per bandwidth, or first the fattest. Flows that find no
    room there, and all others, follow by falling weight per bandwidth on what capacity is left.

    Examples
    --------
    >>> from netroute.problems.sdn import SdnInstance
    >>> net = SdnInstance(
    ...     nodes=["a", "b"], tail=[0], head=[1], capacity=[5],
    ...     source=[0, 0, 0], target=[1, 1, 1], bandwidth=[2, 3, 4], priority=[3, 3, 4],
    ... )
    >>> RoundingSolver().solve(net).objective
    6.0
    """

    name: ClassVar[str] = "rounding"
    summary: ClassVar[str] = "relaxation, its fractional plan rounded by three orders of flows"

    def plans(
        self, instance: SdnInstance, recorder: Recorder, relaxed: PathLp, seed: int
    ) -> Iterator[Routes]:
        """Yield one plan for each order."""
        from netroute.solvers.sdn.greedy import halted
        from netroute.solvers.sdn.greedy_density import density_order

        rounder = Rounder(instance, relaxed)
        dense = density_order(instance)
        share = relaxed.flow_value[dense]
        fat = dense[np.argsort(-instance.bandwidth[dense], kind="stable")]
        for order in (dense[np.argsort(-share, kind="stable")], dense, fat):
            chosen = order[relaxed.flow_value[order] >= HALF]
            yield rounder.round(chosen, stop=lambda: halted(recorder))
