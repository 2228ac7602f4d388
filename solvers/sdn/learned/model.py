"""The network that corrects bid prices: one for arcs, one for paths."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
import torch
from torch.nn.functional import softsign

from netroute.solvers.neural.policy import Policy
from netroute.solvers.sdn._kernels.learned import (
    ARC_FEATURES,
    PATH_FEATURES,
    WIDEST_CORRECTION,
    Weights,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor

    from netroute.solvers.neural.policy import Setting

SHARPNESS = 10.0
"""Logit of a path that costs nothing, unless told; that of rejection is 0."""

DEAREST = 10.0
"""Costs in multiples of the weight are cut off here."""


class BidPriceCorrection(Policy):
    """Corrects the prices of arcs, and the costs of the paths that they add up to.

    The same two small networks see each arc and each candidate path, so that neither the number nor
    the order of arcs and paths matters. The price of an arc is ``dual * exp(gain * (used - time) +
    a) + b * typical``, at least 0, and a flow's cost of a path is ``bandwidth * level * sum(price)
    * exp(c)``; a, b and c come from the networks, whose last layers begin with 0: the untrained
    policy is the adaptive bid price. The flow takes the cheapest path if that costs no more than
    its weight.

    Parameters
    ----------
    arc_units, path_units : int
        Hidden units of the two networks.

    Examples
    --------
    >>> sum(p.numel() for p in BidPriceCorrection(arc_units=8, path_units=8).parameters())
    187
    """

    architecture: ClassVar[str] = "bid-price-correction"

    def __init__(self, *, arc_units: int = 8, path_units: int = 8) -> None:
        super().__init__()
        if not 1 <= arc_units <= 256 or not 1 <= path_units <= 256:
            raise ValueError("expected 1 to 256 arc_units and path_units")
        self.arc_in = torch.nn.Parameter(torch.randn(arc_units, ARC_FEATURES) / ARC_FEATURES**0.5)
        self.arc_shift = torch.nn.Parameter(0.3 * torch.randn(arc_units))
        self.arc_out = torch.nn.Parameter(torch.zeros(2, arc_units))
        self.arc_base = torch.nn.Parameter(torch.zeros(2))
        self.path_in = torch.nn.Parameter(
            torch.randn(path_units, PATH_FEATURES) / PATH_FEATURES**0.5
        )
        self.path_shift = torch.nn.Parameter(0.3 * torch.randn(path_units))
        self.path_out = torch.nn.Parameter(torch.zeros(1, path_units))
        self.path_base = torch.nn.Parameter(torch.zeros(1))

    def settings(self) -> dict[str, Setting]:
        """Return the keyword arguments that make this network again."""
        return {"arc_units": len(self.arc_shift), "path_units": len(self.path_shift)}

    def forward(self, seen: Mapping[str, Tensor]) -> Tensor:
        """Score the candidate paths of a batch of flows, and last their rejection.

        Parameters
        ----------
        seen : mapping
            As `netroute.solvers.sdn._kernels.learned.describe` writes it: ``arc`` (B, k, L,
            `ARC_FEATURES`); ``price`` (B, k, L), before the correction and 0 beyond the path's
            end; ``on_path`` (B, k, L), 1 or 0; ``path`` (B, k, `PATH_FEATURES`), whose first
            column is not used; ``bandwidth`` times level, ``typical`` and ``weight`` (B,);
            ``mask`` (B, k), true or 1 where the path has room; and, if choices at random are to be
            more or less so, ``sharpness`` (B,) instead of `SHARPNESS`.

        Returns
        -------
        Tensor, shape (B, k + 1)
        """
        cost = self.costs(seen)
        weight = seen["weight"].clamp_min(1e-9)[:, None]
        scores = 1.0 - (cost / weight).clamp_max(DEAREST)
        scores = scores * (seen["sharpness"][:, None] if "sharpness" in seen else SHARPNESS)
        scores = scores.masked_fill(seen["mask"] == 0, -torch.inf)
        return torch.cat([scores, torch.zeros_like(scores[:, :1])], dim=1)

    def costs(self, seen: Mapping[str, Tensor]) -> Tensor:
        """Return the cost of each path: shape (B, k)."""
        hidden = softsign(seen["arc"] @ self.arc_in.T + self.arc_shift)
        factor, extra = (hidden @ self.arc_out.T + self.arc_base).unbind(-1)
        factor = factor.clamp(-WIDEST_CORRECTION, WIDEST_CORRECTION).exp()
        price = seen["price"] * factor + extra * seen["typical"][:, None, None]
        cost = (price.clamp_min(0.0) * seen["on_path"]).sum(-1) * seen["bandwidth"][:, None]
        weight = seen["weight"][:, None]
        margin = (weight - cost) / (weight + cost).clamp_min(1e-30)
        features = torch.cat([margin[..., None], seen["path"][..., 1:]], dim=-1)
        hidden = softsign(features @ self.path_in.T + self.path_shift)
        factor = (hidden @ self.path_out.T + self.path_base)[..., 0]
        return cost * factor.clamp(-WIDEST_CORRECTION, WIDEST_CORRECTION).exp()


def kernel_weights(policy: BidPriceCorrection) -> Weights:
    """Return the weights as the kernels take them.

    Examples
    --------
    >>> kernel_weights(BidPriceCorrection(arc_units=4)).arc_out.shape
    (2, 4)
    """
    return Weights(
        *(getattr(policy, name).detach().numpy().astype(np.float64) for name in Weights._fields)
    )
