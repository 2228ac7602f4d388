"""The bound of the lifetime's linear programme."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, ClassVar

from netroute.core.bound import BoundMethod, Certificate
from netroute.core.errors import UnsupportedError
from netroute.problems.wsn.verify_bound import whole_rounds
from netroute.solvers.wsn.location import CLUSTERS

if TYPE_CHECKING:
    from collections.abc import Callable

    from netroute.problems.wsn import WsnInstance
    from netroute.solvers.wsn.lifetime_lp import LifetimeLp
    from netroute.solvers.wsn.price_bound import PriceBound

MOST_NODES = 300
"""Larger fields do without a linear programme."""

PROGRESS = 1e-4
"""Relative fall of the bound in large fields that is reported."""


class LifetimeBound(BoundMethod):
    """No schedule of single-hop clusters has more full rounds than this, whatever made it.

    Column generation over the configurations of a round: any prices of the nodes' energy prove the
    quotient of what all batteries and what the cheapest round are worth at them.

    Source: the dual of packing rounds into batteries, see N. Garg, J. Könemann (SIAM Journal on
    Computing 2007); the cheapest round is an uncapacitated facility location.
    """

    name: ClassVar[str] = "lifetime"
    summary: ClassVar[str] = (
        "single-hop clusters: column generation over the rounds' configurations"
    )

    def run(
        self,
        instance: WsnInstance,
        *,
        report: Callable[[Certificate], None],
        stop: Callable[[], bool],
        incumbent: Callable[[], tuple[float, Any] | None],
    ) -> None:
        """Report a bound whenever it falls by a whole round."""
        missing = sorted(instance.features() - CLUSTERS)
        if missing:
            raise UnsupportedError(f"the bound 'lifetime' does not support {', '.join(missing)}")
        if instance.size <= MOST_NODES:
            from netroute.solvers.wsn.lifetime_lp import started

            lp, _ = started(instance, stop)
            improve(lp, report, stop)
        else:
            from netroute.solvers.wsn.price_bound import PriceBound

            lower(PriceBound(instance, stop=stop), report, stop)


def improve(
    lp: LifetimeLp, report: Callable[[Certificate], None], stop: Callable[[], bool]
) -> None:
    """Run the programme to its end or until ``stop()``; report what lowers the bound."""
    reported = math.inf
    while True:
        certificate = lp.certificate()
        if certificate.value < reported:
            reported = certificate.value
            report(certificate)
        # In whole rounds the bound cannot fall below what the known rounds reach.
        if lp.finished or certificate.value <= whole_rounds(lp.instance, lp.value, 1.0) or stop():
            return
        lp.turn(stop)


def lower(
    prices: PriceBound, report: Callable[[Certificate], None], stop: Callable[[], bool]
) -> None:
    """Report ever better bounds of a large field until ``stop()``."""
    reported = math.inf
    while True:
        if prices.bound < reported * (1.0 - PROGRESS):
            reported = prices.bound
            report(prices.certificate())
        if stop():
            return
        prices.turn(stop)
