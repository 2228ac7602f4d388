"""The optimiser: AdamW with a schedule, a limit on the gradient and a running mean of weights."""

from __future__ import annotations

import math
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import torch

from netroute.core.errors import NetrouteError

if TYPE_CHECKING:
    from torch import Tensor

    from netroute.experiments.training.config import TrainConfig


class NotFiniteError(NetrouteError):
    """A loss or a gradient is infinite or no number; the weights are those from before."""


class Descent:
    """Changes the weights of ``module``, and can be written to tensors and read from them.

    Only matrices decay, not biases, gains and embeddings of a single vector.

    Parameters
    ----------
    module : torch.nn.Module
        All that is trained.
    config : TrainConfig
        Learning rate, schedule, decay, clip and average.

    Attributes
    ----------
    average : torch.nn.Module or None
        Copy of ``module`` with the running mean of its weights, if one is asked for.
    changes : int
        Changes of the weights in this step.
    """

    def __init__(self, module: torch.nn.Module, config: TrainConfig) -> None:
        self.module = module
        self.average = None if config.average is None else deepcopy(module)
        self.changes = 0
        self._config = config
        self._named = [(n, p) for n, p in module.named_parameters() if p.requires_grad]
        groups: list[dict[str, Any]] = [
            {"params": [p for _, p in self._named if p.ndim > 1]},
            {"params": [p for _, p in self._named if p.ndim <= 1], "weight_decay": 0.0},
        ]
        self._optimiser = torch.optim.AdamW(
            [group for group in groups if group["params"]],
            lr=config.learning_rate,
            weight_decay=config.weight_decay,
            fused=True,
        )

    def begin(self, step: int) -> None:
        """Set the learning rate of a step, counted from 1."""
        self.changes = 0
        rate = self._config.learning_rate
        if self._config.schedule == "cosine":
            rate *= cosine(step, self._config.steps)
        for group in self._optimiser.param_groups:
            group["lr"] = rate

    def follow(self, loss: Tensor) -> float:
        """Take one step down the gradient of ``loss``; return the gradient's norm.

        Raises
        ------
        NotFiniteError
            The loss or the gradient is not finite; nothing is changed.
        """
        value = float(loss.detach())
        if not math.isfinite(value):
            raise NotFiniteError(f"the loss is {value}")
        self._optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        limit = math.inf if self._config.clip is None else self._config.clip
        norm = torch.nn.utils.clip_grad_norm_([p for _, p in self._named], limit)
        if not math.isfinite(norm):
            raise NotFiniteError(f"the gradient of the loss {value:g} has norm {float(norm)}")
        self._optimiser.step()
        self.changes += 1
        return float(norm)

    def end(self, step: int) -> None:
        """Take the weights of this step into their running mean."""
        if self.average is None or self._config.average is None:
            return
        # A shorter memory at first, so that the random weights of the start are soon forgotten.
        decay = min(self._config.average, (1 + step) / (10 + step))
        with torch.no_grad():
            mean, now = self.average.state_dict(), self.module.state_dict()
            for name, value in mean.items():
                if value.is_floating_point():
                    value.lerp_(now[name], 1.0 - decay)
                else:
                    value.copy_(now[name])

    def state(self) -> dict[str, Tensor]:
        """Return weights, running mean and moments of the gradient as tensors by name."""
        found = {f"weights.{name}": value for name, value in self.module.state_dict().items()}
        if self.average is not None:
            mean = self.average.state_dict()
            found |= {f"average.{name}": value for name, value in mean.items()}
        for name, parameter in self._named:
            for key, value in self._optimiser.state.get(parameter, {}).items():
                found[f"optimiser.{key}.{name}"] = value
        return found

    def load(self, state: dict[str, Tensor]) -> None:
        """Take over what `state` returned."""
        groups: dict[str, dict[str, Tensor]] = {"weights": {}, "average": {}, "optimiser": {}}
        for name, value in state.items():
            group, _, rest = name.partition(".")
            groups[group][rest] = value
        self.module.load_state_dict(groups["weights"])
        if self.average is not None:
            self.average.load_state_dict(groups["average"])
        moments: dict[str, dict[str, Any]] = {}
        for name, value in groups["optimiser"].items():
            key, _, rest = name.partition(".")
            moments.setdefault(rest, {})[key] = value
        for name, parameter in self._named:
            if name in moments:
                self._optimiser.state[parameter] = moments[name]


def cosine(step: int, steps: int) -> float:
    """Share of the learning rate in a step: from 1 in the first one towards 0 after the last.

    Examples
    --------
    >>> cosine(1, 100), round(cosine(51, 100), 3)
    (1.0, 0.5)
    """
    return 0.5 * (1.0 + math.cos(math.pi * (step - 1) / steps))
