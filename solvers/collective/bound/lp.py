"""The bound of ideal spraying."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from netroute.core.bound import BoundMethod, Certificate
from netroute.solvers.collective.bound.degree import degree_certificate
from netroute.solvers.collective.spray_lp import certificate_of, require_within_reach, spray

if TYPE_CHECKING:
    from collections.abc import Callable

    from netroute.problems.collective import CollectiveInstance
    from netroute.solvers.collective.spray_lp import Spray

SLICE = 600.0
"""Most seconds of one programme."""


class LpBound(BoundMethod):
    """The relaxation of each phase, in which flows are divided at will.

    Where flows are whole it is rounded up to the next load that can occur.
    """

    name: ClassVar[str] = "lp"
    summary: ClassVar[str] = "ideal spraying that knows all rates"

    def run(
        self,
        instance: CollectiveInstance,
        *,
        report: Callable[[Certificate], None],
        stop: Callable[[], bool],
        incumbent: Callable[[], tuple[float, Any] | None],
    ) -> None:
        """Report the bound by degrees, then one that improves with every phase."""
        report(degree_certificate(instance))
        require_within_reach(instance, self.name)
        found: list[Spray | None] = [None] * len(instance.phases)
        for number, phase in enumerate(instance.phases):
            if stop():
                return
            if len(phase.size):
                found[number] = spray(instance, phase, seconds=SLICE)
        report(certificate_of(instance, found))
