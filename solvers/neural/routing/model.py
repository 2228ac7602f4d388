"""The network of the routing policy: a small transformer over the candidates of the next step."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import nn

from netroute.solvers.neural.policy import Policy
from netroute.solvers.neural.routing._kernels.features import EXCESS, pair_width, token_width

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor

_NEVER = -1e9


class TailTransformer(Policy):
    """Scores the next node of a walk by what is left around it.

    What remains after a step is an instance of the same kind, with a start and an end: the
    encoder runs anew at each step and there is no decoder. It sees the nearest nodes only, so
    that the work of a step hardly grows with the instance, and pairs of nodes through biases of
    the attention, so that distances need be neither symmetric nor of points.

    Parameters
    ----------
    candidates : int
        Nearest nodes that are left, which can be the next one.
    width, hidden, layers, heads : int
        Of the transformer.
    routes : bool
        Each candidate has a second score: to go there by way of the depot.
    trust : float
        Of routes: by how much a step scores lower for each mean distance by which the rest of the
        way gets longer, as a simple rule would finish it. It counts where the policy decides, not
        while it learns which steps good plans take: single steps need not show whether what they
        leave can be packed.

    References
    ----------
    D. Drakulic, S. Michel, F. Mai, A. Sors, J.-M. Andreoli: BQ-NCO, NeurIPS 2023; F. Luo, X. Lin,
    F. Liu, Q. Zhang, Z. Wang: Neural combinatorial optimization with heavy decoder, NeurIPS 2023.
    Tree excesses as inputs follow L. Xin, W. Song, Z. Cao, J. Zhang: NeuroLKH, NeurIPS 2021.
    """

    architecture = "tail-transformer"

    def __init__(
        self,
        *,
        candidates: int = 16,
        width: int = 64,
        hidden: int = 192,
        layers: int = 3,
        heads: int = 4,
        routes: bool = False,
        trust: float = 0.0,
    ) -> None:
        super().__init__()
        if min(candidates, width, hidden, layers, heads) < 1 or width % heads:
            raise ValueError("expected sizes of 1 or more, and a width that heads divide")
        if not 0.0 <= trust <= 1e6 or (trust and not routes):
            raise ValueError("expected a trust of 0 or more, and one of routes")
        self.candidates, self.routes, self.trust = candidates, routes, trust
        self._width, self._hidden, self._layers, self._heads = width, hidden, layers, heads
        token, pair = token_width(routes), pair_width(routes)
        self.node = nn.Sequential(nn.Linear(token, width), nn.ReLU(), nn.Linear(width, width))
        self.pair = nn.Sequential(nn.Linear(pair, 16), nn.ReLU(), nn.Linear(16, layers * heads))
        self.blocks = nn.ModuleList(Block(width, hidden, heads) for _ in range(layers))
        self.norm = nn.LayerNorm(width)
        self.score = nn.Linear(width, 2 if routes else 1)

    def settings(self) -> dict[str, bool | int | float | str]:
        """Return what makes this network again."""
        return {
            "candidates": self.candidates,
            "width": self._width,
            "hidden": self._hidden,
            "layers": self._layers,
            "heads": self._heads,
            "routes": self.routes,
            "trust": self.trust,
        }

    def forward(self, seen: Mapping[str, Tensor]) -> Tensor:
        """Score the candidates.

        Parameters
        ----------
        seen : mapping of str to Tensor
            ``token`` (B, K + 2, F) and ``pair`` (B, K + 2, K + 2, P), see `observe`; ``absent``
            (B, K + 2), bool; and ``mask`` (B, actions), bool: what may be chosen.

        Returns
        -------
        Tensor, shape (B, K) or (B, 2 K)
            Direct ways first, then those by the depot.
        """
        bias = self.pair(seen["pair"]).permute(0, 3, 1, 2)
        bias = bias.masked_fill(seen["absent"][:, None, None, :], _NEVER)
        state = self.node(seen["token"])
        heads = self._heads
        for number, block in enumerate(self.blocks):
            state = block(state, bias[:, number * heads : (number + 1) * heads])
        scores = self.score(self.norm(state[:, 2:]))
        if self.trust and not self.training:
            scores = scores - self.trust * seen["token"][:, 2:, EXCESS]
        scores = scores.transpose(1, 2).flatten(1)
        found: Tensor = scores.masked_fill(~seen["mask"], -torch.inf)
        return found


class Block(nn.Module):
    """Attention with biases, then two dense layers; each on normalised input, added to it."""

    def __init__(self, width: int, hidden: int, heads: int) -> None:
        super().__init__()
        self._heads = heads
        self.before = nn.LayerNorm(width)
        self.mix = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.between = nn.LayerNorm(width)
        self.widen = nn.Linear(width, hidden)
        self.narrow = nn.Linear(hidden, width)

    def forward(self, state: Tensor, bias: Tensor) -> Tensor:
        """Return the new state, (B, T, width); ``bias`` is (B, heads, T, T)."""
        batch, tokens, width = state.shape
        # Written out: PyTorch's fused attention is slower for so few tokens on a CPU.
        mixed = self.mix(self.before(state)).view(batch, tokens, 3, self._heads, -1)
        query, key, value = mixed.permute(2, 0, 3, 1, 4)
        weight = query @ key.transpose(-1, -2) * (width // self._heads) ** -0.5 + bias
        seen = (weight.softmax(-1) @ value).transpose(1, 2).reshape(batch, tokens, width)
        state = state + self.out(seen)
        dense: Tensor = self.narrow(torch.relu(self.widen(self.between(state))))
        return state + dense
