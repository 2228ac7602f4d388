"""The network of sensor fields: attention of each node to the nearest nodes around it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, ClassVar

import torch
from torch import nn

from netroute.solvers.neural.policy import Policy
from netroute.solvers.wsn.learned.habits import OUTPUTS
from netroute.solvers.wsn.learned.surroundings import NODE_FEATURES, PAIR_FEATURES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor

    from netroute.solvers.neural.policy import Setting


class NodeAttention(Policy):
    """Each node weighs its nearest neighbours by attention; all nodes have the same weights.

    A node's output follows from what it knows of itself and of its neighbours, so that each node
    can compute its own. With new weights all outputs are 0.

    Parameters
    ----------
    width : int
        Of the hidden layers.
    nearest : int
        Neighbours that a node looks at, at most.
    radius : float
        Within which nodes are neighbours, in metres.

    Examples
    --------
    >>> from netroute.datasets.wsn.generate import generate_field
    >>> from netroute.solvers.wsn.learned.surroundings import observe, pairs_of
    >>> net, policy = generate_field(nodes=20, seed=1), NodeAttention(width=8)
    >>> seen = observe(net, pairs_of(net, policy.radius), policy.nearest)
    >>> policy({name: torch.as_tensor(part)[None] for name, part in seen.items()}).shape
    torch.Size([1, 20, 9])
    """

    architecture: ClassVar[str] = "node-attention"

    def __init__(self, *, width: int = 16, nearest: int = 16, radius: float = 30.0) -> None:
        super().__init__()
        if not (width >= 1 and nearest >= 1 and 0.0 < radius < math.inf):
            raise ValueError("width and nearest need to be at least 1, radius above 0")
        self.width, self.nearest, self.radius = width, nearest, float(radius)
        self.embed = nn.Linear(NODE_FEATURES, width)
        self.query = nn.Linear(width, width, bias=False)
        self.key = nn.Linear(width + PAIR_FEATURES, width, bias=False)
        self.value = nn.Linear(width + PAIR_FEATURES, width, bias=False)
        self.hidden = nn.Linear(2 * width, width)
        self.out = nn.Linear(width, OUTPUTS)
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias)

    def settings(self) -> dict[str, Setting]:
        """Return the keyword arguments that make this network again."""
        return {"width": self.width, "nearest": self.nearest, "radius": self.radius}

    def forward(self, seen: Mapping[str, Tensor]) -> Tensor:
        """Return the outputs of all nodes of a batch of fields: shape (B, n, `OUTPUTS`)."""
        own = torch.tanh(self.embed(seen["nodes"]))
        batch, n, nearest = seen["near"].shape
        index = seen["near"].reshape(batch, -1, 1).expand(-1, -1, self.width)
        around = torch.gather(own, 1, index).view(batch, n, nearest, self.width)
        around = torch.cat([around, seen["pairs"]], dim=3)
        score = (self.key(around) * self.query(own)[:, :, None]).sum(dim=3)
        score = score / math.sqrt(self.width)
        # A node on its own listens to itself.
        heard = seen["present"] | ~seen["present"].any(dim=2, keepdim=True)
        weight = torch.softmax(score.masked_fill(~heard, -torch.inf), dim=2)
        message = (weight[..., None] * self.value(around)).sum(dim=2)
        both = torch.tanh(self.hidden(torch.cat([own, message], dim=2)))
        found: Tensor = self.out(both)
        return found
