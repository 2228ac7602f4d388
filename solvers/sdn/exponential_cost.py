"""Online admission at prices that grow exponentially with the load."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from netroute.core.solver import parameter
from netroute.solvers.sdn.online import until
from netroute.solvers.sdn.priced import LEARNING_SHARE, PricedSolver

if TYPE_CHECKING:
    from netroute.core.recorder import Recorder
    from netroute.problems.sdn import SdnInstance
    from netroute.solvers.sdn._kernels.online import Menu, Prices

SCALES = 2.0 ** np.arange(-10.0, 2.5, 0.5)
"""Prices of half-full arcs that are tried, in weights per bandwidth of a typical flow."""


@dataclass(frozen=True, kw_only=True)
class ExponentialCostSolver(PricedSolver):
    """Charges ``scale * (base ** used - 1)`` on an arc of which the share ``used`` is taken.

    Source: B. Awerbuch, Y. Azar and S. Plotkin, Throughput-competitive on-line routing (FOCS 1993).
    Their guarantee needs a base of the order of the number of nodes times the spread of the
    weights, which is far too careful in practice; the scale is the best of some on other days.

    Examples
    --------
    >>> from netroute.problems.sdn import SdnInstance
    >>> net = SdnInstance(
    ...     nodes=["a", "b"], tail=[0], head=[1], capacity=[20],
    ...     source=[0] * 40, target=[1] * 40, bandwidth=[1] * 40, priority=[1, 8] * 20,
    ... )
    >>> ExponentialCostSolver().solve(net).objective > 120.0
    True
    """

    name: ClassVar[str] = "exponential-cost"
    summary: ClassVar[str] = "online: prices that grow exponentially with the load"

    base: float = parameter(50.0, "growth of a price from empty to full", low=1.001, high=1e9)

    def learn(self, instance: SdnInstance, menu: Menu, recorder: Recorder, *, seed: int) -> Prices:
        """Try scales on the other days, from the one that rejects least to the dearest."""
        from netroute.solvers.sdn._kernels.online import Prices
        from netroute.solvers.sdn.online_prices import tune

        rate = math.log(self.base)
        density = menu.weight / menu.bandwidth
        typical = float(np.median(density)) if len(density) else 1.0
        half = math.expm1(rate / 2.0)
        none = np.zeros(len(instance.tail))
        options = (Prices(none, 1.0, 0.0, s * typical / half, rate) for s in SCALES.tolist())
        draws = self.draws(instance, seed)
        return tune(instance, menu, draws, options, until(recorder, LEARNING_SHARE))
