"""Nodes that decide by themselves when to lead, with habits that a network has learned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from netroute.core.solver import parameter
from netroute.solvers.neural.extra import require_torch
from netroute.solvers.wsn.location import CLUSTERS
from netroute.solvers.wsn.protocol import ProtocolSolver
from netroute.solvers.wsn.world import field_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from netroute.core.recorder import Recorder
    from netroute.problems.wsn import WsnInstance, WsnSolution
    from netroute.solvers.wsn._kernels.world import Field
    from netroute.solvers.wsn.protocol import Step


@dataclass(frozen=True, kw_only=True)
class LocalPolicySolver(ProtocolSolver):
    """Each node decides by what it hears whether to lead; nothing is computed centrally.

    What a node knows. Once, when the field is laid out: where the base station is; of itself and of
    each node within the network's radius (30 m as shipped) position, first energy and the habits
    that the network gives it. Each node can run the network by itself, as it looks at neighbours
    only. In each round: its own battery; the announcements of heads, which LEACH has all nodes hear
    too, with the head's place, its price and what it believes of the others; as a head, the battery
    of each member from its join packet. No other messages are sent, so that the instance's energy
    model charges all of them (``control_bits``). That someone died is known to its neighbours.

    What it does. Its price grows with its use of energy beyond what it believes of others, as in
    ``dual-price``. It bids what its leading would save itself and its neighbours, at their prices
    as they were when these led last. Nodes wait the longer the lower their bid: who waited out
    announces itself, and who hears it bids anew. Each of the others reports where that costs least.

    Examples
    --------
    >>> from netroute.datasets.wsn.generate import generate_field
    >>> result = LocalPolicySolver().solve(generate_field(setting="far", seed=3))
    >>> result.objective > 0.95 * 1018
    True
    """

    kind: ClassVar = "learned"
    supports: ClassVar[frozenset[str]] = CLUSTERS

    weights: str = parameter("wsn-local", "shipped policy or folder of one")

    name: ClassVar[str] = "local-policy"
    summary: ClassVar[str] = "nodes that lead by what they hear, with learned habits; local"

    def stepper(self, instances: Sequence[WsnInstance], field: Field) -> Step:
        """Ask the network once about each field."""
        require_torch()
        from netroute.solvers.neural.policy_file import load_policy
        from netroute.solvers.wsn.learned.outputs import ARCHITECTURES, outputs_of
        from netroute.solvers.wsn.learned.rollout import bidding

        policy = load_policy(self.weights, problem="wsn", architectures=ARCHITECTURES)
        found = [outputs_of(policy, instance) for instance in instances]
        return bidding(field, np.stack([own for own, _ in found]), [near for _, near in found])

    def search(
        self, instance: WsnInstance, recorder: Recorder, *, seed: int, start: WsnSolution | None
    ) -> None:
        """Play all rounds, then record the schedule."""
        from netroute.solvers.wsn.learned.rollout import compile_bidding

        with recorder.clock.importing("torch"):
            require_torch()
        recorder.phase("compiling")
        with recorder.clock.compiling():
            compile_bidding()
        field = field_of([instance])
        step = self.stepper([instance], field)
        self.offer_start(instance, recorder, start)
        self.play(instance, field, step, recorder, self.stream(seed))
        recorder.stop()
