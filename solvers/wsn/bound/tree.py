"""The bound on lifetimes along trees."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, ClassVar

from netroute.core.bound import BoundMethod, Certificate
from netroute.problems.wsn.verify_bound import whole_rounds

if TYPE_CHECKING:
    from collections.abc import Callable

    from netroute.problems.wsn import WsnInstance


class TreeBound(BoundMethod):
    """No schedule in which reports are fused along any trees has more full rounds than this.

    It holds for clusters, too, which are trees of depth two.

    Source: K. Kalpakis, K. Dasgupta, P. Namjoshi, Computer Networks 42(6), 2003, for the lifetime
    of aggregation trees as a linear programme.

    Examples
    --------
    >>> from netroute.datasets.wsn.generate import generate_field
    >>> found = []
    >>> TreeBound().run(
    ...     generate_field(setting="pegasis", nodes=6, seed=1),
    ...     report=found.append, stop=lambda: False, incumbent=lambda: None,
    ... )
    >>> found[0].method, found[-1].value <= found[0].value
    ('tree', True)
    """

    name: ClassVar[str] = "tree"
    summary: ClassVar[str] = "any aggregation trees: column generation over arborescences"

    def run(
        self,
        instance: WsnInstance,
        *,
        report: Callable[[Certificate], None],
        stop: Callable[[], bool],
        incumbent: Callable[[], tuple[float, Any] | None],
    ) -> None:
        """Report a bound whenever it falls by a whole round."""
        from netroute.solvers.wsn.tree_lp import TreeLp

        lp = TreeLp(instance)
        reported = math.inf

        def told() -> bool:
            nonlocal reported
            value = whole_rounds(instance, lp.bound, 1.0)
            if value < reported:
                reported = value
                report(lp.certificate())
            return stop()

        lp.run(told)
        told()
