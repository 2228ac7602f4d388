"""Habits of nodes that decide by themselves, learned from how long fields live."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

import numpy as np
import torch
from pydantic import Field
from torch.nn.utils import parameters_to_vector, vector_to_parameters

from netroute.experiments.training.tasks.wsn_fields import WsnFields, WsnParameters, outputs
from netroute.solvers.wsn.learned.rollout import compile_bidding

if TYPE_CHECKING:
    from torch import Tensor

    from netroute.experiments.settings import Settings
    from netroute.experiments.training.labels import LabelStore
    from netroute.experiments.training.task import Report
    from netroute.solvers.neural.policy import Policy
    from netroute.solvers.wsn.learned.model import NodeAttention


class WsnLocalParameters(WsnParameters):
    """Parameters of learning from lives.

    Attributes
    ----------
    spread : float
        Standard deviation of the noise on the weights.
    """

    spread: float = Field(default=0.05, gt=0, allow_inf_nan=False)


class WsnLocalTask(WsnFields):
    """Plays whole lives under noise on the weights, for the objective ``reinforce``.

    What a node does in a round has hardly any influence on a life of a thousand rounds, and a life
    has no gradient. Each rollout draws weights of the output layer around the policy's and plays a
    life by them, two lives of each field with opposite noise. All other layers stay as they are:
    with them the noise would have ten times as many directions. The log-likelihood is that of the
    weights drawn, up to a constant (F. Sehnke et al., Parameter-exploring policy gradients, Neural
    Networks 2010). The cost is how much is missing to the bound, in percent.
    """

    solver = "local-policy"
    Parameters: ClassVar[type[Settings]] = WsnLocalParameters

    def __init__(self, parameters: WsnLocalParameters) -> None:
        super().__init__(parameters)
        self._spread = parameters.spread

    def prepare(self, labels: LabelStore, report: Report) -> str:
        """Make the fields; compile before lives are played."""
        compile_bidding()
        return super().prepare(labels, report)

    def rollout(self, policy: Policy, rng: np.random.Generator, size: int) -> tuple[Tensor, Tensor]:
        """Play ``size`` random fields twice each; see `MultiStartTask`."""
        weights = list(cast("NodeAttention", policy).out.parameters())
        fixed = parameters_to_vector(weights).detach().clone()
        noise = rng.standard_normal((size, len(fixed))) * self._spread
        change = torch.as_tensor(noise, dtype=fixed.dtype)
        cost = np.empty((size, 2))
        with torch.no_grad():
            for b in range(size):
                known = self.training[int(rng.integers(len(self.training)))]
                for s, sign in enumerate((1.0, -1.0)):
                    vector_to_parameters(fixed + sign * change[b], weights)
                    cost[b, s] = known.rollout.life(outputs(policy, known))
                cost[b] = 100.0 * (1.0 - cost[b] / known.bound)
            vector_to_parameters(fixed, weights)
        drawn = torch.stack([fixed + change, fixed - change], dim=1)
        center = parameters_to_vector(weights)
        likelihood = -0.5 * ((drawn - center) / self._spread).square().sum(-1)
        return torch.as_tensor(cost, dtype=fixed.dtype), likelihood

    def validate(self, policy: Policy) -> dict[str, float]:
        """Play the validation fields to the first death; ``gap`` is to the bound, in percent."""
        lives = [known.rollout.life(outputs(policy, known)) for known in self.validation]
        share = [life / known.bound for life, known in zip(lives, self.validation, strict=True)]
        return {
            "gap": 100.0 * (1.0 - float(np.mean(share))),
            "worst": 100.0 * (1.0 - float(np.min(share))),
        }
