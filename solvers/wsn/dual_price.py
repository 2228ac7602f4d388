"""Rounds at prices that follow the batteries: the online policy."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from netroute.core.solver import parameter
from netroute.core.status import StoppedBy
from netroute.solvers.wsn.base import WsnSolver
from netroute.solvers.wsn.location import CLUSTERS

if TYPE_CHECKING:
    from netroute.core.recorder import Recorder
    from netroute.problems.wsn import WsnInstance, WsnSolution
    from netroute.solvers.wsn.price_play import PricePlay

SHARE = 0.5
"""Part of the time left within which rounds are to be played up to the first death."""

CHECKING = 0.1
"""Part of the time that is kept for the checker."""

EFFORT = 4
"""Choices made for the last rounds, over all rounds played."""

MOST_CELLS = 2**28
"""Nodes times configurations of a schedule."""

PROBE = 4
"""Configurations that are timed before it is decided how long one is kept."""


@dataclass(frozen=True, kw_only=True)
class DualPriceSolver(WsnSolver):
    """Prices each node's energy by what it has used, and looks for the cheapest round at them.

    The price of node i is ``exp(eta * a_i + drift_i) / E_i``, where ``a_i`` is by how much the
    share of its battery that it has used exceeds the average, and ``drift_i`` the sum of
    ``gain * a_i`` over the rounds before. Heads are found by a local search from those of the last
    round. The last rounds before the first death are then chosen together. Whatever comes after
    the first death is played by the same rule. A round is an iteration.

    Sources: N. Garg, J. Könemann, Faster and simpler algorithms for multicommodity flow and other
    fractional packing problems (SIAM Journal on Computing 2007), for the prices; the integral part
    is that of a PI controller.

    Examples
    --------
    >>> from netroute.datasets.wsn.generate import generate_field
    >>> result = DualPriceSolver().solve(generate_field(nodes=10, seed=1))
    >>> result.objective > 1000, result.metrics["lnd"] > result.metrics["fnd"]
    (True, True)
    """

    name: ClassVar[str] = "dual-price"
    summary: ClassVar[str] = "online: cheapest round at prices of the energy left, local search"
    kind: ClassVar[Literal["heuristic", "learned"]] = "heuristic"
    supports: ClassVar[frozenset[str]] = CLUSTERS

    eta: float = parameter(15.0, "steepness of the prices", low=0.0, high=1e4)
    gain: float = parameter(0.1, "integral part of the prices", low=0.0, high=100.0)
    hold: int = parameter(0, "rounds that a configuration is kept; 0: by time", low=0, high=10**6)
    ahead: int = parameter(60, "last rounds that are chosen together", low=0, high=10**4)

    def search(
        self, instance: WsnInstance, recorder: Recorder, *, seed: int, start: WsnSolution | None
    ) -> None:
        """Play to the first death, mend the last rounds, and play on."""
        from netroute.solvers.wsn.price_play import PricePlay, compile_play

        recorder.phase("compiling")
        with recorder.clock.compiling():
            compile_play()
        self.offer_start(instance, recorder, start)
        play = PricePlay(instance, eta=self.eta, gain=self.gain, hold=max(1, self.hold))
        self.play_on(instance, recorder, play)

    def play_on(self, instance: WsnInstance, recorder: Recorder, play: PricePlay) -> None:
        """Play what is left of the batteries; record the schedule."""
        keep = CHECKING * recorder.clock.remaining()
        last = recorder.budget.iterations

        def halted() -> bool:
            if not recorder.stop(play.rounds) and recorder.clock.remaining() <= keep < math.inf:
                recorder.stopped_by = StoppedBy.TIME
            return recorder.stopped_by is not None

        recorder.phase("rounds")
        if self.hold == 0:
            self.set_hold(instance, recorder, play)
        play.run(halted, last=last, whole=True)
        target = recorder.budget.target
        reached = target is not None and play.full >= target
        recorder.stop(play.rounds)
        if play.alive == instance.size:
            # Out of time or rounds: the same configurations last longer than they were kept.
            times = 1 if last is not None or reached else play.times_more()
            if play.rounds:
                self.offer(instance, recorder, play.solution(times=times))
            return
        self.offer(instance, recorder, play.solution())
        if self.ahead and play.rule.hold == 1 and not halted():
            play.finish(halted, rounds=self.ahead, effort=EFFORT * play.rounds)
        play.run(halted, last=last)
        self.offer(instance, recorder, play.solution())

    def set_hold(self, instance: WsnInstance, recorder: Recorder, play: PricePlay) -> None:
        """Keep configurations for so long that time and memory suffice."""
        life = float((instance.energy / play.field.direct).mean())
        hold = math.ceil(life * instance.size / MOST_CELLS)
        if math.isfinite(recorder.clock.remaining()):
            # The very first one has no heads to begin from and takes longest.
            play.run(recorder.stop, last=1, whole=True)
            began = time.perf_counter()
            before = play.rounds
            play.run(recorder.stop, last=before + PROBE, whole=True)
            each = (time.perf_counter() - began) / max(1, play.rounds - before)
            hold = max(hold, math.ceil(life * each / (SHARE * recorder.clock.remaining() + 1e-3)))
        play.rule = play.rule._replace(hold=max(1, min(hold, int(life / 10) or 1)))
