"""Online admission at prices: what all rules that reject what does not pay have in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from netroute.core.solver import parameter
from netroute.solvers.sdn.online import OnlineSolver, until

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

    from netroute.core.recorder import Recorder
    from netroute.problems.sdn import SdnInstance
    from netroute.solvers.sdn.online_days import Draw

LEARNING_SHARE = 0.6
"""Part of the time left after the paths that learning may take."""


@dataclass(frozen=True, kw_only=True)
class PricedSolver(OnlineSolver):
    """Admits an arrival on the candidate path that costs least, if it is worth that.

    The cost is the bandwidth times the sum of the arcs' prices. Prices come from other days alone:
    each is drawn from the traffic's frequencies, pairs and sizes apart, see
    `netroute.solvers.sdn.online_days.resampled_day`.
    """

    days: int = parameter(4, "other days to learn from", low=1, high=100)

    @property
    def rule(self) -> int:
        """The cheapest path, if it pays."""
        from netroute.solvers.sdn._kernels.online import CHEAPEST

        return CHEAPEST

    def draws(self, instance: SdnInstance, seed: int) -> list[Draw]:
        """Draw the days to learn from."""
        from netroute.solvers.sdn.online_prices import other_days

        return other_days(instance, self.days, seed)

    def duals(self, instance: SdnInstance, draws: list[Draw], recorder: Recorder) -> np.ndarray:
        """Solve the relaxations of the days; each gets an equal part of half the learning time."""
        from netroute.solvers.sdn.online_prices import dual_prices

        return dual_prices(instance, draws, self.stops(draws, recorder))

    def stops(self, draws: list[Draw], recorder: Recorder) -> list[Callable[[], bool]]:
        """When to end the work on each of the days."""
        share = LEARNING_SHARE / 2.0
        parts = (share * (day + 1) / len(draws) for day in range(len(draws)))
        return [until(recorder, part) for part in parts]
