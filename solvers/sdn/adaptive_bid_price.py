"""Online admission at prices that follow how fast capacity is used up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from netroute.solvers.sdn.bid_price import LEVELS
from netroute.solvers.sdn.online import until
from netroute.solvers.sdn.priced import LEARNING_SHARE, PricedSolver

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

    from netroute.core.recorder import Recorder
    from netroute.problems.sdn import SdnInstance
    from netroute.solvers.sdn._kernels.online import Menu, Prices
    from netroute.solvers.sdn.online_days import Draw

GAIN = 2.0
GAINS = (1.0, 3.0, 4.0, 6.0)
"""Gains that are tried on the other days: first the one, then the others."""


@dataclass(frozen=True, kw_only=True)
class AdaptiveBidPriceSolver(PricedSolver):
    """Charges the duals of other days, more on arcs that fill up faster than the day passes.

    The price of an arc is its dual times ``level * exp(gain * (used - time))``, where ``used`` is
    the share of its capacity and ``time`` the share of the arrivals that are gone. Level and gain
    are the best of a few on the other days.

    Examples
    --------
    >>> from netroute.problems.sdn import SdnInstance
    >>> net = SdnInstance(
    ...     nodes=["a", "b"], tail=[0], head=[1], capacity=[20],
    ...     source=[0] * 40, target=[1] * 40, bandwidth=[1] * 40, priority=[1, 8] * 20,
    ... )
    >>> AdaptiveBidPriceSolver().solve(net).objective > 150.0
    True
    """

    name: ClassVar[str] = "adaptive-bid-price"
    summary: ClassVar[str] = "online: dual prices of other days, scaled by use against time"

    def learn(self, instance: SdnInstance, menu: Menu, recorder: Recorder, *, seed: int) -> Prices:
        """Solve the relaxation of the other days; tune on them what follows use."""
        stop = until(recorder, LEARNING_SHARE)
        draws = self.draws(instance, seed)
        base = self.duals(instance, draws, recorder)
        return adapted(instance, menu, draws, base, stop)


def adapted(
    instance: SdnInstance,
    menu: Menu,
    draws: list[Draw],
    base: np.ndarray,
    stop: Callable[[], bool],
) -> Prices:
    """Tune first the level, then the gain at which the prices ``base`` do best on drawn days."""
    from netroute.solvers.sdn._kernels.online import Prices
    from netroute.solvers.sdn.online_prices import tune

    options = [Prices(base, level, GAIN, 0.0, 0.0) for level in (1.2, *LEVELS)]
    best = tune(instance, menu, draws, options, stop)
    others = [best, *(best._replace(gain=gain) for gain in GAINS)]
    return tune(instance, menu, draws, others, stop)
