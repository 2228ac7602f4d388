"""The linear programme's rounds, in whole numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from netroute.core.errors import UnsupportedError
from netroute.core.solver import parameter
from netroute.solvers.wsn.base import WsnSolver
from netroute.solvers.wsn.location import CLUSTERS

if TYPE_CHECKING:
    from netroute.core.bound import Certificate
    from netroute.core.recorder import Recorder
    from netroute.problems.wsn import WsnInstance, WsnSolution
    from netroute.solvers.wsn.lifetime_lp import LifetimeLp

PROGRAMME = 0.6
"""Part of the time left that the programme may take before the schedule is made."""


@dataclass(frozen=True, kw_only=True)
class LpScheduleSolver(WsnSolver):
    """Solves the lifetime's linear programme, then fixes whole rounds and solves again, to the end.

    The last rounds are chosen together once more, and what comes after the first death is played
    at growing prices. Reports the programme's bound. An iteration is a turn of the column
    generation. The programme is that of the maximum lifetime data aggregation of K. Kalpakis,
    K. Dasgupta, P. Namjoshi (Computer Networks 2003), for clusters.

    Examples
    --------
    >>> from netroute.datasets.wsn.generate import generate_field
    >>> result = LpScheduleSolver().solve(generate_field(nodes=10, seed=1))
    >>> result.gap < 0.01
    True
    """

    name: ClassVar[str] = "lp-schedule"
    summary: ClassVar[str] = "offline: column generation with a bound, then diving to whole rounds"
    kind: ClassVar = "exact"
    supports: ClassVar[frozenset[str]] = CLUSTERS
    proves: ClassVar[bool] = True

    ahead: int = parameter(120, "last rounds that are chosen together", low=0, high=10**4)
    effort: int = parameter(50, "choices made for them, over their number", low=0, high=10**6)
    gap: float = parameter(
        1e-6, "relative gap of the programme's own at which it ends", low=0.0, high=1.0
    )

    def search(
        self, instance: WsnInstance, recorder: Recorder, *, seed: int, start: WsnSolution | None
    ) -> None:
        """Answer quickly, bound, and round."""
        from netroute.solvers.wsn.bound.lifetime import MOST_NODES, improve
        from netroute.solvers.wsn.lifetime_lp import started
        from netroute.solvers.wsn.location import compile_location
        from netroute.solvers.wsn.price_play import compile_play

        recorder.phase("compiling")
        with recorder.clock.compiling():
            compile_location()
            compile_play()
        if instance.size > MOST_NODES:
            raise UnsupportedError(
                f"solver {self.name!r} is for at most {MOST_NODES} nodes, the instance has "
                f"{instance.size}; 'dual-price' takes any number"
            )
        self.offer_start(instance, recorder, start)
        recorder.phase("rounds")
        lp, play = started(instance, recorder.stop)
        self.offer(instance, recorder, play.solution(times=play.times_more()))
        if recorder.stop():
            return
        recorder.phase("programme")
        reserve = (1.0 - PROGRAMME) * recorder.clock.remaining()

        def report(certificate: Certificate) -> None:
            recorder.bound(certificate.value, certificate.to_dict())

        def halted() -> bool:
            return recorder.stop(lp.turns)

        improve(
            lp,
            report,
            lambda: (
                halted()
                or recorder.clock.remaining() < reserve
                or lp.bound - lp.value <= self.gap * lp.bound
            ),
        )
        recorder.phase("schedule")
        self.round_off(instance, recorder, lp)

    def round_off(self, instance: WsnInstance, recorder: Recorder, lp: LifetimeLp) -> None:
        """Make a schedule of the programme's solution and record it."""
        from netroute.solvers.wsn.diving import dive
        from netroute.solvers.wsn.price_play import PricePlay

        prices = lp.prices
        columns, rounds = dive(lp, lambda: recorder.stop(lp.turns))
        play = PricePlay(instance, field=lp.location.field)
        if len(columns):
            # The last rounds are chosen anew: let them be of many kinds.
            order = np.argsort(-rounds, kind="stable")
            play.add(lp.choices(columns[order]), rounds[order])
        play.start_at(prices)
        play.run(recorder.stop, whole=True)
        if play.alive < instance.size:
            play.finish(recorder.stop, rounds=self.ahead, effort=self.effort * self.ahead)
            play.run(recorder.stop)
        if play.rounds:
            self.offer(instance, recorder, play.solution())
