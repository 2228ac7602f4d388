"""Online admission at the prices of the relaxation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from netroute.solvers.sdn.online import until
from netroute.solvers.sdn.priced import LEARNING_SHARE, PricedSolver

if TYPE_CHECKING:
    from netroute.core.recorder import Recorder
    from netroute.problems.sdn import SdnInstance
    from netroute.solvers.sdn._kernels.online import Menu, Prices

LEVELS = (1.0, 1.1, 1.2, 0.9, 1.35, 0.8, 1.5, 0.7)
"""Multiples of the prices that are tried on the other days, the likeliest first."""


@dataclass(frozen=True, kw_only=True)
class BidPriceSolver(PricedSolver):
    """Charges what capacity was worth on other days: the duals of their relaxation over paths.

    Source: K. T. Talluri and G. J. van Ryzin, An analysis of bid-price controls for network revenue
    management (Management Science 1998). The prices are the mean over the days, times the factor
    that is best on them.

    Examples
    --------
    >>> from netroute.problems.sdn import SdnInstance
    >>> net = SdnInstance(
    ...     nodes=["a", "b"], tail=[0], head=[1], capacity=[20],
    ...     source=[0] * 40, target=[1] * 40, bandwidth=[1] * 40, priority=[1, 8] * 20,
    ... )
    >>> BidPriceSolver().solve(net).objective
    160.0
    """

    name: ClassVar[str] = "bid-price"
    summary: ClassVar[str] = "online: the cheapest path at dual prices of other days, if it pays"

    def learn(self, instance: SdnInstance, menu: Menu, recorder: Recorder, *, seed: int) -> Prices:
        """Solve the relaxation of the other days, then try a few factors on them."""
        from netroute.solvers.sdn._kernels.online import Prices
        from netroute.solvers.sdn.online_prices import tune

        stop = until(recorder, LEARNING_SHARE)
        draws = self.draws(instance, seed)
        base = self.duals(instance, draws, recorder)
        options = (Prices(base, level, 0.0, 0.0, 0.0) for level in LEVELS)
        return tune(instance, menu, draws, options, stop)
