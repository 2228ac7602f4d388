"""The online rule by prices, begun at prices that a network has learned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from netroute.core.solver import parameter
from netroute.solvers.neural.base import loaded_policy
from netroute.solvers.wsn.dual_price import DualPriceSolver

if TYPE_CHECKING:
    from netroute.core.recorder import Recorder
    from netroute.problems.wsn import WsnInstance, WsnSolution

STEEPEST = 12.0
"""Logarithms of learned prices are cut off there."""


@dataclass(frozen=True, kw_only=True)
class PolicySolver(DualPriceSolver):
    """Plays as ``dual-price``, but knows at once what each node's energy will be worth.

    A network that looks at each node and its nearest neighbours gives the logarithm of the price of
    its battery; it has learned the optimal prices of the linear programme over whole lives. From
    there on prices follow the batteries. A round is an iteration.

    Examples
    --------
    >>> from netroute.datasets.wsn.generate import generate_field
    >>> result = PolicySolver().solve(generate_field(nodes=10, seed=1))
    >>> result.objective > 1000
    True
    """

    name: ClassVar[str] = "policy"
    summary: ClassVar[str] = "online: cheapest round at prices that begin with learned ones"
    kind: ClassVar = "learned"

    weights: str = parameter("wsn", "shipped policy or folder of one")

    def search(
        self, instance: WsnInstance, recorder: Recorder, *, seed: int, start: WsnSolution | None
    ) -> None:
        """Ask the network once, then play."""
        from netroute.solvers.wsn.price_play import PricePlay, compile_play

        policy = loaded_policy(
            recorder, self.weights, problem="wsn", architectures=("node-attention",)
        )
        from netroute.solvers.wsn.learned.outputs import outputs_of

        recorder.phase("compiling")
        with recorder.clock.compiling():
            compile_play()
        self.offer_start(instance, recorder, start)
        first = np.clip(outputs_of(policy, instance)[0][:, 0], -STEEPEST, STEEPEST)
        play = PricePlay(instance, eta=self.eta, gain=self.gain, hold=max(1, self.hold))
        play.start_at(np.exp(first) / instance.energy)
        self.play_on(instance, recorder, play)
