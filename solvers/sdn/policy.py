"""Online admission at adaptive bid prices that a trained network corrects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from netroute.core.solver import parameter
from netroute.solvers.neural.base import loaded_policy
from netroute.solvers.sdn.online import until
from netroute.solvers.sdn.priced import LEARNING_SHARE, PricedSolver

if TYPE_CHECKING:
    import numpy as np

    from netroute.core.recorder import Recorder
    from netroute.problems.sdn import SdnInstance, SdnSolution
    from netroute.solvers.sdn._kernels.learned import Knowledge
    from netroute.solvers.sdn._kernels.online import Menu

ARCHITECTURE = "bid-price-correction"


@dataclass(frozen=True, kw_only=True)
class PolicySolver(PricedSolver):
    """Corrects the prices of `AdaptiveBidPriceSolver` by a network trained on other networks.

    It is told what that rule is told: other days of the traffic, then each flow as it arrives, what
    is free and how much of the day has passed. Level and gain are tuned as there.

    Examples
    --------
    >>> from netroute.problems.sdn import SdnInstance
    >>> net = SdnInstance(
    ...     nodes=["a", "b"], tail=[0], head=[1], capacity=[20],
    ...     source=[0] * 40, target=[1] * 40, bandwidth=[1] * 40, priority=[1, 8] * 20,
    ... )
    >>> PolicySolver().solve(net).objective > 140.0
    True
    """

    name: ClassVar[str] = "policy"
    summary: ClassVar[str] = "online: adaptive bid prices corrected by a trained network"
    kind: ClassVar = "learned"

    weights: str = parameter("sdn", "shipped policy, or folder of one")

    def search(
        self, instance: SdnInstance, recorder: Recorder, *, seed: int, start: SdnSolution | None
    ) -> None:
        """Load the network, learn from other days, decide this one, then prove a bound on it."""
        # The network can be no other class: the registry holds one of this name.
        policy: Any = loaded_policy(
            recorder, self.weights, problem="sdn", architectures=(ARCHITECTURE,)
        )
        from netroute.solvers.sdn.learned.day import Corrected, run_corrected
        from netroute.solvers.sdn.learned.model import kernel_weights
        from netroute.solvers.sdn.warmup import compile_learned

        def admit(menu: Menu, flows: np.ndarray) -> np.ndarray:
            known = self.knowledge(instance, menu, recorder, seed=seed)
            rule = Corrected(known, kernel_weights(policy))
            return run_corrected(instance, menu, flows, rule, stop=recorder.clock.expired)

        recorder.phase("compiling")
        with recorder.clock.compiling():
            compile_learned()
        self.play(instance, recorder, admit, start)

    def knowledge(
        self, instance: SdnInstance, menu: Menu, recorder: Recorder, *, seed: int
    ) -> Knowledge:
        """Solve the relaxations of the other days, and tune prices on them."""
        from netroute.solvers.sdn.adaptive_bid_price import adapted
        from netroute.solvers.sdn.learned.knowledge import knowledge, relax_days

        stop = until(recorder, LEARNING_SHARE)
        draws = self.draws(instance, seed)
        relaxed = relax_days(instance, draws, self.stops(draws, recorder))
        base = relaxed.prices.sum(axis=0) / len(draws)
        return knowledge(instance, menu, relaxed, adapted(instance, menu, draws, base, stop))
