"""The bound by what hosts, leaves and pods must send and receive."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from netroute.core.bound import BoundMethod, Certificate
from netroute.problems.collective.verify_bound import verify_bound

if TYPE_CHECKING:
    from collections.abc import Callable

    from netroute.problems.collective import CollectiveInstance


class DegreeBound(BoundMethod):
    """The busiest host, leaf or pod of each phase, in whole flows where none may be split.

    Examples
    --------
    >>> from netroute.problems.collective import CollectiveInstance, Fabric, Job
    >>> instance = CollectiveInstance(
    ...     fabric=Fabric.leaf_spine(4, 2, hosts_per_leaf=2),
    ...     jobs=[Job(pattern="all-to-all", hosts=range(8))],
    ... )
    >>> degree_certificate(instance).value
    7.0
    """

    name: ClassVar[str] = "degree"
    summary: ClassVar[str] = "the busiest host, leaf or pod of each phase; at once, for every size"

    def run(
        self,
        instance: CollectiveInstance,
        *,
        report: Callable[[Certificate], None],
        stop: Callable[[], bool],
        incumbent: Callable[[], tuple[float, Any] | None],
    ) -> None:
        """Report the bound; there is nothing to improve."""
        report(degree_certificate(instance))


def degree_certificate(instance: CollectiveInstance) -> Certificate:
    """Return the bound with what recomputes it: nothing but the instance."""
    return Certificate("degree", verify_bound(instance, {"method": "degree"}), {})
