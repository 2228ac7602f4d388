"""Simple rules of online placement, which know what a learned policy knows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from netroute.core.rng import kernel_state
from netroute.core.solver import parameter
from netroute.solvers.collective.leaf_phase import compile_rules
from netroute.solvers.collective.online import OnlineSolver

if TYPE_CHECKING:
    from collections.abc import Callable

    from netroute.core.recorder import Recorder
    from netroute.problems.collective import Placement
    from netroute.solvers.collective.leaf_phase import LeafPhase
    from netroute.solvers.collective.online import Placer

MEMORY = ("none", "own", "rates", "expected")
"""What the greedy rule adds to published loads: nothing; what the leaf sent since; that at the
capacities of its own links which its flows so far reveal; and besides, what others are expected to
have sent to the target, if they fill up the lowest links first."""


@dataclass(frozen=True, kw_only=True)
class OnlineRuleSolver(OnlineSolver):
    """Places by one of the rules of the kernels."""

    kind: ClassVar = "baseline"

    @property
    def rule(self) -> int:
        """Number of the rule."""
        raise NotImplementedError

    def prepare(self, recorder: Recorder, *, seed: int) -> Placer:
        """Compile the kernel; each phase has random numbers of its own."""
        recorder.phase("compiling")
        with recorder.clock.compiling():
            compile_rules()

        def place(arriving: LeafPhase, number: int, stop: Callable[[], bool]) -> Placement | None:
            return arriving.by_rule(self.rule, kernel_state(seed, number, 1), stop)

        return place


@dataclass(frozen=True, kw_only=True)
class OnlineGreedySolver(OnlineRuleSolver):
    """Puts each flow where its more loaded link is least loaded, as far as its leaf knows.

    Of equal spines the one is taken whose turn it is (see `OnlineTurnsSolver`).

    Examples
    --------
    >>> from netroute.problems.collective import CollectiveInstance, Fabric, Job
    >>> instance = CollectiveInstance(
    ...     fabric=Fabric.leaf_spine(4, 4, hosts_per_leaf=4),
    ...     jobs=[Job(pattern="all-to-all", hosts=range(16))],
    ... )
    >>> blind, own = (OnlineGreedySolver(refresh=64, memory=m) for m in ("none", "own"))
    >>> blind.solve(instance).objective > own.solve(instance).objective
    True
    """

    name: ClassVar[str] = "online-greedy"
    summary: ClassVar[str] = "as flows arrive, each on the path least loaded by what is known"

    memory: str = parameter("own", "what is added to published loads", choices=MEMORY)

    @property
    def rule(self) -> int:
        """Number of the rule."""
        from netroute.solvers.collective._kernels import online

        return {
            "none": online.GREEDY,
            "own": online.GREEDY_OWN,
            "rates": online.GREEDY_RATES,
            "expected": online.EXPECTED,
        }[self.memory]


@dataclass(frozen=True, kw_only=True)
class OnlineTwoChoicesSolver(OnlineRuleSolver):
    """Puts each flow on the less loaded of two random spines, own flows since included.

    Random choices keep leaves from running to the same spine.

    Notes
    -----
    M. Mitzenmacher: The power of two choices in randomized load balancing. IEEE Transactions on
    Parallel and Distributed Systems 12(10), 2001.
    """

    name: ClassVar[str] = "online-two-choices"
    summary: ClassVar[str] = "as flows arrive, each on the less loaded of two random paths"

    @property
    def rule(self) -> int:
        """Number of the rule."""
        from netroute.solvers.collective._kernels.online import TWO_CHOICES

        return TWO_CHOICES


@dataclass(frozen=True, kw_only=True)
class OnlineTurnsSolver(OnlineRuleSolver):
    """Deals the flows of each pair of leaves out to the spines in turns, without looking at loads.

    The n-th flow from leaf i to leaf j goes over spine i + j + n (modulo s), or the next one that
    is up: a Latin square, by which leaves stay out of each other's way without talking.
    """

    name: ClassVar[str] = "online-turns"
    summary: ClassVar[str] = "as flows arrive, in turns by pair of leaves, blind to loads"

    @property
    def rule(self) -> int:
        """Number of the rule."""
        from netroute.solvers.collective._kernels.online import TURNS

        return TURNS


@dataclass(frozen=True, kw_only=True)
class OnlineWeightedSolver(OnlineRuleSolver):
    """Draws the spine of each flow in proportion to the slower of its two links, as known."""

    name: ClassVar[str] = "online-weighted"
    summary: ClassVar[str] = "as flows arrive, at random in proportion to the known capacity"

    @property
    def rule(self) -> int:
        """Number of the rule."""
        from netroute.solvers.collective._kernels.online import WEIGHTED

        return WEIGHTED
