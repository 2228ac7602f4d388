"""The network of online placement, and its weights as the kernels take them."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import torch

from netroute.solvers.collective._kernels.scorer import FEATURES, GLOBALS, Scorer
from netroute.solvers.collective.learned.features import describe
from netroute.solvers.neural.policy import Policy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor

    from netroute.solvers.neural.policy import Setting

GREEDY, TURN = 2, 11
"""Features by which an untrained network chooses as the greedy rule does."""


class SpineScorer(Policy):
    """Scores each spine by its own features and by the mean and maximum over all of them.

    All spines share the weights, so that a permutation of the spines permutes the scores, and any
    number of them will do. Untrained it does what `OnlineGreedySolver` does at
    ``memory="expected"``: training is a correction of a sound rule.

    Parameters
    ----------
    width : int
        Hidden units, 1 to 64.

    Notes
    -----
    Sums over elements for functions of sets: M. Zaheer et al.: Deep sets. NeurIPS 2017.

    Examples
    --------
    >>> scorer = SpineScorer(width=8)
    >>> sum(p.numel() for p in scorer.parameters())
    364
    """

    architecture: ClassVar[str] = "spine-scorer"

    def __init__(self, *, width: int = 8) -> None:
        super().__init__()
        if not 1 <= width <= 64:
            raise ValueError(f"width is {width}, expected 1 to 64")
        self.width = width

        def weights(rows: int, columns: int, inputs: int) -> torch.nn.Parameter:
            return torch.nn.Parameter(torch.randn(rows, columns) / inputs**0.5)

        self.first = weights(width, FEATURES, FEATURES)
        self.first_bias = torch.nn.Parameter(torch.zeros(width))
        inputs = 3 * width + GLOBALS
        self.own = weights(width, width, inputs)
        self.mean = weights(width, width, inputs)
        self.most = weights(width, width, inputs)
        self.moment = weights(width, GLOBALS, inputs)
        self.second_bias = torch.nn.Parameter(torch.zeros(width))
        self.last = torch.nn.Parameter(torch.zeros(width))
        direct = torch.zeros(FEATURES)
        direct[GREEDY], direct[TURN] = -4.0, -0.2
        self.direct = torch.nn.Parameter(direct)

    def settings(self) -> dict[str, Setting]:
        """Return the width."""
        return {"width": self.width}

    def forward(self, seen: Mapping[str, Tensor]) -> Tensor:
        """Score the spines: float32, shape (B, s); minus infinity where a link failed."""
        features, moment = describe(seen)
        usable = seen["action_mask"] > 0
        hidden = torch.relu(features @ self.first.T + self.first_bias)
        hidden = torch.where(usable[..., None], hidden, 0.0)
        mean = hidden.sum(1) / usable.sum(-1, keepdim=True).clamp_min(1)
        most = hidden.amax(1)
        common = mean @ self.mean.T + most @ self.most.T + moment @ self.moment.T
        second = torch.relu(hidden @ self.own.T + (common + self.second_bias)[:, None])
        score = features @ self.direct + second @ self.last
        return score.masked_fill(~usable, -torch.inf)

    def scorer(self) -> Scorer:
        """Return the weights for the kernels."""
        return Scorer(
            *(getattr(self, name).detach().double().numpy().copy() for name in Scorer._fields)
        )
