"""A bound for every size, in well under a second."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from netroute.core.bound import BoundMethod, Certificate
from netroute.problems.vrp.radial_bound import radial_bound
from netroute.solvers.vrp.bound.rule import RESTRICTIONS, require_features

if TYPE_CHECKING:
    from collections.abc import Callable

    from netroute.problems.vrp import VrpInstance


class InstantBound(BoundMethod):
    """The radial bound, see `netroute.problems.vrp.radial_bound`."""

    name: ClassVar[str] = "instant"
    summary: ClassVar[str] = "radial bound; weak, but for every size and within a second"

    def run(
        self,
        instance: VrpInstance,
        *,
        report: Callable[[Certificate], None],
        stop: Callable[[], bool],
        incumbent: Callable[[], tuple[float, Any] | None],
    ) -> None:
        """Report one bound."""
        require_features(self.name, instance, RESTRICTIONS)
        if instance.size > instance.depots:
            report(Certificate("instant", radial_bound(instance), {}))
