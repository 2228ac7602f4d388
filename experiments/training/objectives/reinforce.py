"""REINFORCE whose baseline is the mean over the starts of the same instance."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netroute.experiments.settings import Settings
from netroute.experiments.training.randomness import step_rng

if TYPE_CHECKING:
    import torch

    from netroute.experiments.training.config import TrainConfig
    from netroute.experiments.training.descent import Descent
    from netroute.experiments.training.task import MultiStartTask
    from netroute.solvers.neural.policy import Policy


class ReinforceParameters(Settings):
    """Parameters of REINFORCE.

    Attributes
    ----------
    scale : bool
        Divide what a plan is better than the baseline by the standard deviation over the starts:
        every instance then counts the same, however far its plans differ.
    """

    scale: bool = False


class Reinforce:
    """Makes plans likelier that are shorter than the others of the same instance.

    The baseline is the mean cost over all starts of an instance, so that no critic is needed.
    Sources: R. Williams, Machine Learning 8 (1992); Y.-D. Kwon et al., POMO: policy optimization
    with multiple optima for reinforcement learning, NeurIPS 2020. A batch is of instances.
    """

    Parameters: ClassVar[type[Settings]] = ReinforceParameters

    def __init__(
        self,
        task: MultiStartTask,
        policy: Policy,
        *,
        parameters: ReinforceParameters,
        config: TrainConfig,
    ) -> None:
        self.module: torch.nn.Module = policy
        self._policy = policy
        self._task = task
        self._parameters = parameters
        self._config = config

    def update(self, step: int, descent: Descent) -> dict[str, float]:
        """Sample plans of new instances, and follow the gradient of their expected cost."""
        rng = step_rng(self._config.seed, step)
        cost, log_likelihood = self._task.rollout(self._policy, rng, self._config.batch)
        excess = cost - cost.mean(dim=1, keepdim=True)
        spread = cost.std(dim=1, keepdim=True, correction=0)
        if self._parameters.scale:
            excess = excess / spread.clamp_min(1e-6 * float(cost.abs().mean()) + 1e-12)
        loss = (excess.detach() * log_likelihood).mean()
        descent.follow(loss)
        return {
            "loss": float(loss.detach()),
            "cost": float(cost.mean()),
            "best_cost": float(cost.amin(dim=1).mean()),
            "spread": float(spread.mean()),
        }
