"""Imitation: the policy is to choose what the labels chose."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netroute.experiments.settings import Settings
from netroute.experiments.training.randomness import step_rng

if TYPE_CHECKING:
    import torch

    from netroute.experiments.training.config import TrainConfig
    from netroute.experiments.training.descent import Descent
    from netroute.experiments.training.task import ImitationTask
    from netroute.solvers.neural.policy import Policy


class ImitationParameters(Settings):
    """Imitation has no parameters of its own."""


class Imitation:
    """Supervised learning on the batches and the loss of an `ImitationTask`."""

    Parameters: ClassVar[type[Settings]] = ImitationParameters

    def __init__(
        self,
        task: ImitationTask,
        policy: Policy,
        *,
        parameters: ImitationParameters,
        config: TrainConfig,
    ) -> None:
        self.module: torch.nn.Module = policy
        self._policy = policy
        self._task = task
        self._config = config

    def update(self, step: int, descent: Descent) -> dict[str, float]:
        """Follow the gradient of the loss on one batch."""
        batch = self._task.batch(step_rng(self._config.seed, step), self._config.batch)
        loss, figures = self._task.loss(self._policy, batch)
        descent.follow(loss)
        return {"loss": float(loss.detach()), **figures}
