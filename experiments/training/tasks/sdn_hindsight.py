"""Online admission of flows, learned from prices in hindsight."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, ClassVar

import torch
from pydantic import Field

from netroute.experiments.training.tasks.sdn_labels import new_entry
from netroute.experiments.training.tasks.sdn_validation import (
    LABELS,
    TRAINING,
    VERSION,
    SdnParameters,
    SdnValidation,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from torch import Tensor

    from netroute.experiments.settings import Settings
    from netroute.experiments.training.labels import LabelStore
    from netroute.experiments.training.task import Report
    from netroute.solvers.neural.policy import Policy


class SdnHindsightParameters(SdnParameters):
    """Parameters of imitating duals in hindsight.

    Attributes
    ----------
    days, stops, window : int
        Days of each network, moments of a day at which hindsight is asked, and decisions that are
        looked at from each on.
    """

    days: int = Field(default=3, ge=1)
    stops: int = Field(default=4, ge=1)
    window: int = Field(default=16, ge=1)


class SdnHindsightTask(SdnValidation):
    """Imitates the duals of what is still to come, for the objective ``imitation``.

    At these duals each path is worth the flow's weight minus its cost. The loss is what the
    policy's choice at random, by its logits, is expected to lose against the best action, in
    multiples of the weight: an error matters as much as it costs.
    """

    Parameters: ClassVar[type[Settings]] = SdnHindsightParameters

    def __init__(self, parameters: SdnHindsightParameters) -> None:
        super().__init__(parameters)
        self._parameters = parameters
        self._data: dict[str, Tensor] = {}

    def prepare(self, labels: LabelStore, report: Report) -> str:
        """Make the decisions to imitate, and the networks to choose weights on."""
        report("networks: bounds of days to validate on, duals in hindsight")
        judged = self.prepare_validation(labels)
        own = self._parameters
        shape = {"days": own.days, "stops": own.stops, "window": own.window}
        made = labels.make(
            f"{LABELS}:make_advantages",
            version=VERSION,
            parameters={"nodes": own.nodes, **shape},
            seed=TRAINING,
        )
        self._data = {name: torch.from_numpy(made.stacked(name)) for name in new_entry()}
        return hashlib.sha256(f"{judged} {made.digest}".encode()).hexdigest()

    def batch(self, rng: np.random.Generator, size: int) -> dict[str, Tensor]:
        """Draw decisions; ``target`` is what each path is worth in hindsight, (B, k)."""
        total = len(self._data["weight"])
        rows = torch.from_numpy(rng.integers(0, total, size))
        drawn = {name: values[rows] for name, values in self._data.items()}
        drawn["target"] = drawn.pop("advantage")
        return drawn

    def loss(self, policy: Policy, batch: Mapping[str, Tensor]) -> tuple[Tensor, dict[str, float]]:
        """Return the expected regret of the policy's choice."""
        chosen = policy(batch).softmax(-1)[:, :-1]
        worth = batch["target"] / batch["weight"].clamp_min(1e-9)[:, None]
        # Far beyond the weight it no longer matters how bad a path is.
        worth = worth.clamp_min(-2.0).masked_fill(~batch["mask"], 0.0)
        best = worth.max(dim=-1).values.clamp_min(0.0)
        regret = (best - (chosen * worth).sum(-1)).mean()
        return regret, {}
