"""Nodes that learn when to lead, each by a table of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from netroute.core.solver import parameter
from netroute.solvers.wsn.protocol import ProtocolSolver, compile_protocol
from netroute.solvers.wsn.world import field_of, require_memory

if TYPE_CHECKING:
    from collections.abc import Sequence

    from netroute.core.recorder import Recorder
    from netroute.problems.wsn import WsnInstance, WsnSolution
    from netroute.solvers.wsn._kernels.learning import Tables
    from netroute.solvers.wsn._kernels.world import Field, Log, Run
    from netroute.solvers.wsn.protocol import Step


@dataclass(frozen=True, kw_only=True)
class QLearningSolver(ProtocolSolver):
    """Independent tabular Q-learning: an agent a node, two actions, lead or follow.

    What an agent sees: its residual energy over the mean one (4 levels), rounds since it led (4),
    whether few, some or many led last (3). A head's reward is its marginal contribution: what all
    nodes would pay more in the round if it had not led, where joules count by the square of mean
    over residual energy; who follows gets nothing. It leads with probability ``share`` times
    exp((value of leading - value of following) / ``temperature``). It learns over ``episodes``
    lives of the network; the best schedule of all is the answer. In a batch only the first life is
    played.

    The source's abstract names multi-agent learning on game-theoretic utilities and no more: states
    and rewards are decided here.

    References
    ----------
    C. J. C. H. Watkins, P. Dayan: Q-learning. Machine Learning 8, 1992. M. Tan: Multi-agent
    reinforcement learning: independent vs. cooperative agents. ICML 1993. D. H. Wolpert,
    K. Tumer: Optimal payoff functions for members of collectives. Advances in Complex Systems 4,
    2001. Game-theoretic and
    reinforcement learning-based cluster head selection for energy-efficient wireless sensor
    network. arXiv:2508.12707, 2025 (the idea).

    Examples
    --------
    >>> from netroute.problems.wsn import WsnInstance
    >>> spots = np.random.default_rng(0).random((20, 2)) * 50
    >>> net = WsnInstance(position=spots, base_station=[25, 150], energy=0.05, field=[50, 50])
    >>> result = QLearningSolver(episodes=3).solve(net)
    >>> result.iterations > 2 * result.metrics["lnd"]
    True
    """

    episodes: int = parameter(5, "lives of the network to learn in", low=1, high=10**6)
    share: float = parameter(0.05, "share of heads before learning", low=1e-6, high=1.0)
    rate: float = parameter(0.1, "learning rate", low=0.0, high=1.0)
    discount: float = parameter(0.5, "discount of the rewards to come", low=0.0, high=0.999)
    temperature: float = parameter(
        0.5, "difference in value that makes leading e times as likely", low=1e-3
    )

    name: ClassVar[str] = "q-learning"
    summary: ClassVar[str] = "each node learns by a table when to lead (tabular Q-learning)"

    def stepper(self, instances: Sequence[WsnInstance], field: Field) -> Step:
        """Learn during one life."""
        return self._step(field, self._tables(field))

    def search(
        self, instance: WsnInstance, recorder: Recorder, *, seed: int, start: WsnSolution | None
    ) -> None:
        """Play life after life and record each schedule."""
        field = field_of([instance])
        tables = self._tables(field)
        recorder.phase("compiling")
        with recorder.clock.compiling():
            compile_protocol(type(self)())
        self.offer_start(instance, recorder, start)
        step = self._step(field, tables)
        for episode in range(self.episodes):
            self.play(instance, field, step, recorder, (seed, episode))
            if recorder.stop():
                return
            tables.state[:] = -1

    def stream(self, seed: int) -> tuple[int, ...]:
        """Return seed and key of the first life."""
        return (seed, 0)

    def _tables(self, field: Field) -> Tables:
        from netroute.solvers.wsn._kernels.learning import STATES, Tables

        shape = field.x.shape
        require_memory(16 * STATES * field.x.size, f"tables of {field.x.size} nodes")
        return Tables(
            value=np.zeros((*shape, STATES, 2)),
            state=np.full(shape, -1),
            action=np.zeros(shape, np.int64),
            reward=np.zeros(shape),
            worth=np.zeros(shape),
            share=self.share,
            rate=self.rate,
            discount=self.discount,
            temperature=self.temperature,
        )

    @staticmethod
    def _step(field: Field, tables: Tables) -> Step:
        from netroute.solvers.wsn._kernels.learning import learn_rounds

        def step(run: Run, log: Log, rounds: int) -> None:
            learn_rounds(field, run, log, rounds, tables)

        return step
