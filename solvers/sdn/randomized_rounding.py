"""Randomized rounding of the relaxation over paths."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from netroute.core.rng import generator
from netroute.solvers.sdn.rounding import Rounder, RoundingBase

if TYPE_CHECKING:
    from collections.abc import Iterator

    from netroute.core.recorder import Recorder
    from netroute.problems.sdn import SdnInstance
    from netroute.solvers.sdn.path_solution import PathLp
    from netroute.solvers.sdn.residual import Routes

ROUNDS = 100
"""Plans where the budget limits neither seconds nor iterations."""


@dataclass(frozen=True, kw_only=True)
class RandomizedRoundingSolver(RoundingBase):
    """Rounds the relaxation at random until the budget ends, and keeps the best plan.

    A flow is drawn with its share in the relaxation as the probability, and a path for it with odds
    in proportion to the bandwidth on the paths that earlier flows have not used up yet. Where there
    is no room on it, further paths are drawn. Flows that find none, and all others, follow by
    falling weight per bandwidth on what capacity is left.

    Source of the idea: P. Raghavan, C. Thompson, Randomized rounding: a technique for provably good
    algorithms and algorithmic proofs (Combinatorica 1987).

    Examples
    --------
    >>> from netroute.core.budget import Budget
    >>> from netroute.problems.sdn import SdnInstance
    >>> net = SdnInstance(
    ...     nodes=["a", "b"], tail=[0], head=[1], capacity=[5],
    ...     source=[0, 0, 0], target=[1, 1, 1], bandwidth=[2, 3, 4], priority=[3, 3, 4],
    ... )
    >>> RandomizedRoundingSolver().solve(net, budget=Budget(iterations=5)).objective
    6.0
    """

    name: ClassVar[str] = "randomized-rounding"
    summary: ClassVar[str] = "relaxation, its fractional plan rounded at random time and again"

    def plans(
        self, instance: SdnInstance, recorder: Recorder, relaxed: PathLp, seed: int
    ) -> Iterator[Routes]:
        """Yield plans without end, or `ROUNDS` of them where nothing else would end them."""
        from netroute.solvers.sdn.greedy import halted
        from netroute.solvers.sdn.greedy_density import density_order

        rounder, random = Rounder(instance, relaxed, seed=seed), generator(seed, 3)
        order = density_order(instance)
        share = relaxed.flow_value[order]
        free = recorder.budget.seconds is None and recorder.budget.iterations is None
        count = 0
        while not (free and count == ROUNDS):
            drawn = order[random.random(len(order)) < share]
            yield rounder.round(drawn, random=True, stop=lambda: halted(recorder))
            count += 1
