"""What an objective is: one way to turn a step into a change of the weights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Protocol

if TYPE_CHECKING:
    import torch

    from netroute.experiments.settings import Settings
    from netroute.experiments.training.config import TrainConfig
    from netroute.experiments.training.descent import Descent
    from netroute.solvers.neural.policy import Policy


class Objective(Protocol):
    """A way to learn.

    Attributes
    ----------
    Parameters : type of Settings
        Pydantic model of the objective's own parameters.
    module : torch.nn.Module
        All that is trained, the policy or a module that contains it. It is what a checkpoint
        holds beside the optimiser; an objective keeps nothing else from one step to the next.
    """

    Parameters: ClassVar[type[Settings]]
    module: torch.nn.Module

    def __init__(
        self, task: Any, policy: Policy, *, parameters: Any, config: TrainConfig
    ) -> None: ...

    def update(self, step: int, descent: Descent) -> dict[str, float]:
        """Do one training step: draw, compute the loss, and call ``descent.follow(loss)``.

        Random numbers come from `step_rng` and `torch_rng` of ``config.seed`` and ``step``; what
        is drawn from torch without a generator is seeded by the trainer. Return ``loss`` and
        other figures for the log; ``instances`` is what was worked through, the batch size
        without it.
        """
        ...
