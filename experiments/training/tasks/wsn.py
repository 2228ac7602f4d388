"""Prices of the nodes' energy, learned from those that prove bounds on lifetimes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from netroute.experiments.training.tasks.wsn_fields import WsnFields, outputs
from netroute.solvers.wsn.price_play import PricePlay

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor

    from netroute.solvers.neural.policy import Policy


class WsnTask(WsnFields):
    """Imitation of optimal prices; prices are the same up to a common factor.

    A batch is one large graph: the nodes of its fields, one behind the other.
    """

    def batch(self, rng: np.random.Generator, size: int) -> dict[str, Tensor]:
        """Return what is seen on random fields, logarithms of prices, and whose field is whose."""
        chosen = [self.training[i] for i in rng.integers(len(self.training), size=size)]
        sizes = [known.instance.size for known in chosen]
        begin = np.cumsum([0, *sizes[:-1]])
        found = {
            name: torch.cat([known.seen[name] for known in chosen], dim=1)
            for name in ("nodes", "pairs", "present")
        }
        found["near"] = torch.cat(
            [known.seen["near"] + int(at) for known, at in zip(chosen, begin, strict=True)], dim=1
        )
        field = np.repeat(np.arange(size), sizes)
        # A price that is 0, of energy that is not scarce, counts as a small one.
        target = [np.log(np.maximum(known.price * known.instance.size, 0.02)) for known in chosen]
        found["field"] = torch.as_tensor(field)
        found["target"] = torch.as_tensor(np.concatenate(target), dtype=torch.float32)
        return found

    def loss(self, policy: Policy, batch: Mapping[str, Tensor]) -> tuple[Tensor, dict[str, float]]:
        """Return the squared error of the logarithms about their mean in each field."""
        apart = policy(batch)[0, :, 0] - batch["target"]
        field = batch["field"]
        number = torch.bincount(field)
        mean = torch.zeros(len(number)).index_add(0, field, apart) / number
        loss = (apart - mean[field]).square().mean()
        return loss, {}

    def validate(self, policy: Policy) -> dict[str, float]:
        """Play the validation fields to the first death; ``gap`` is to the bound, in percent."""
        gaps, errors = [], []
        for known in self.validation:
            first = outputs(policy, known)[:, 0]
            apart = first - np.log(np.maximum(known.price * known.instance.size, 0.02))
            errors.append(float(apart.std()))
            play = PricePlay(known.instance)
            play.start_at(np.exp(first) / known.instance.energy)
            play.run(lambda: False, whole=True)
            gaps.append(100.0 * (1.0 - play.full / known.bound))
        return {"gap": float(np.mean(gaps)), "error": float(np.mean(errors))}
