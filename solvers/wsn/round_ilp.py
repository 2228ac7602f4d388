"""Each round by an integer programme."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from netroute.core.errors import InputError
from netroute.core.solver import parameter
from netroute.core.status import StoppedBy
from netroute.solvers.wsn.base import WsnSolver
from netroute.solvers.wsn.location import CLUSTERS

if TYPE_CHECKING:
    from netroute.core.recorder import Recorder
    from netroute.problems.wsn import WsnInstance, WsnSolution

RESERVE = 0.1, 1.0
"""Time kept to check the schedule: part of what there is, and at most seconds."""


@dataclass(frozen=True, kw_only=True)
class RoundIlpSolver(WsnSolver):
    """Hands one round at a time as an integer programme over to an engine in its own process.

    With the aim ``prices`` it is the uncapacitated facility location at prices
    ``(E_i / left_i) ** power / E_i``, with ``energy`` all prices are alike, and with ``max-min``
    the worst battery shall be as full as can be after the round. Nodes may report to the base
    station directly in any case. A programme is an iteration.

    Source: the model is that of M. L. Balinski, Integer programming: methods, uses, computation
    (Management Science 1965); per-round programmes at the base station are those of LEACH-C's
    successors.

    Examples
    --------
    >>> from netroute.datasets.wsn.generate import generate_field
    >>> net = generate_field(nodes=6, seed=1, energy=0.01)
    >>> RoundIlpSolver(engine="HiGHS", heads=2).solve(net).metrics["mean_heads"] > 1.5
    True
    """

    name: ClassVar[str] = "round-ilp"
    summary: ClassVar[str] = "each round by an engine of PuLP; number, capacity, radius of heads"
    kind: ClassVar = "exact"
    supports: ClassVar[frozenset[str]] = CLUSTERS

    engine: str = parameter(
        "PULP_CBC_CMD", "HiGHS (SciPy's), or a MIP engine by PuLP's name, such as GUROBI_CMD"
    )
    aim: str = parameter(
        "prices", "what a round shall cost least", choices=("prices", "energy", "max-min")
    )
    power: float = parameter(8.0, "steepness of the prices", low=0.0, high=1e3)
    hold: int = parameter(20, "rounds that a configuration is kept", low=1, high=10**9)
    heads: int = parameter(0, "exact number of heads; 0: any", low=0, high=10**9)
    capacity: int = parameter(0, "most members of a head; 0: any", low=0, high=10**9)
    radius: float = parameter(0.0, "most metres from member to head; 0: any", low=0.0, high=1e9)

    def search(
        self, instance: WsnInstance, recorder: Recorder, *, seed: int, start: WsnSolution | None
    ) -> None:
        """Solve programme after programme to the last node."""
        from netroute.solvers.lp.process import Worker
        from netroute.solvers.lp.worker import Job
        from netroute.solvers.wsn.price_play import PricePlay
        from netroute.solvers.wsn.round_model import RoundModel, Rules

        if self.heads > instance.size:
            raise InputError(
                f"found {self.heads} heads, expected at most the {instance.size} nodes",
                where=f"{self.name}.heads",
            )
        self.offer_start(instance, recorder, start)
        rules = Rules(self.heads, self.capacity, self.radius)
        play = PricePlay(instance)
        part, most = RESERVE
        keep = min(part * recorder.clock.remaining(), most)
        solved = 0

        def halted() -> bool:
            if not recorder.stop(solved) and recorder.clock.remaining() <= keep < math.inf:
                recorder.stopped_by = StoppedBy.TIME
            return recorder.stopped_by is not None

        target = recorder.budget.target
        with Worker() as worker:
            while play.alive and not halted():
                if target is not None and play.full >= target:
                    break
                left = np.where(play.clusters.usable > 0, play.batteries.left, 0.0)
                model = RoundModel(instance, self._prices(instance, left), left, rules)
                seconds = recorder.clock.remaining() - keep
                job = Job(
                    model.mip, self.engine, False, seconds if math.isfinite(seconds) else None
                )
                answer = worker.solve(job, halted, grace=0.0)
                if answer is None or answer.values is None:
                    break
                play.impose(model.read(answer.values), self.hold)
                solved += 1
        if play.rounds:
            self.offer(instance, recorder, play.solution())
        recorder.stop(solved)

    def _prices(self, instance: WsnInstance, left: np.ndarray) -> np.ndarray | None:
        if self.aim == "max-min":
            return None
        if self.aim == "energy":
            return np.ones(instance.size)
        share = np.maximum(left / instance.energy, 1e-12)
        # The dearest node has a price of 1 per battery.
        scaled = (share[left > 0.0].min() / share) ** self.power
        return np.asarray(np.maximum(scaled, 1e-6) / instance.energy)
