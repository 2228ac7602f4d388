"""The network: nodes are encoded once, then each decision is a glance at the result."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, NamedTuple

import torch
from torch import nn

from netroute.solvers.neural.attention.layers import EncoderLayer
from netroute.solvers.neural.policy import Policy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor

    from netroute.solvers.neural.policy import Setting


class Encoded(NamedTuple):
    """All that decisions need of a batch of instances.

    The decoder's queries, keys and values are linear in the nodes, so that their products can be
    computed once: a decision then adds rows of tables. H heads, n nodes.
    """

    node: Tensor
    """Attention scores of all nodes seen from each node: (B, n, H n)."""
    context: Tensor
    """The same from the first node of a tour, (B, n, H n), or for a full vehicle, (B, 1, H n)."""
    mix: Tensor
    """What attention to each node adds to the logits of all nodes: (B, H n, n)."""
    apart: Tensor
    """Distances, in units that make those to the nearest node alike for all n: (B, n, n)."""


class AttentionPolicy(Policy):
    """Encoder and light decoder for tours and for routes from a depot.

    Parameters
    ----------
    depot : bool
        Node 0 is a depot and nodes have demands; without it tours.
    width, layers, heads, feed_forward : int
        Of the encoder.
    clip : float
        Logits lie between minus and plus this.

    Notes
    -----
    Source: W. Kool, H. van Hoof, M. Welling: Attention, learn to solve routing problems! ICLR
    2019; without the mean of all nodes in the decoder and with instance normalisation as Y.-D.
    Kwon et al., POMO, NeurIPS 2020. Attention and logits fall with the distance by factors that are
    learned, as in C. Gao et al., Towards generalizable neural solvers for vehicle routing problems
    via ensemble with transferrable local policy, IJCAI 2024: what is near need not be learned
    first. Made for up to some hundred nodes: tables have H n² entries.

    Examples
    --------
    >>> policy = AttentionPolicy(depot=False, width=16, layers=1, heads=2, feed_forward=32)
    >>> points = torch.rand(3, 5, 2)
    >>> first = torch.tensor([0, 1, 2])
    >>> seen = {"coordinates": points, "first": first, "node": first,
    ...     "action_mask": 1 - torch.eye(5)[first]}
    >>> policy(seen).shape, bool(policy(seen)[0, 0] == -torch.inf)
    (torch.Size([3, 5]), True)
    """

    architecture: ClassVar[str] = "attention"

    def __init__(
        self,
        *,
        depot: bool,
        width: int = 128,
        layers: int = 3,
        heads: int = 8,
        feed_forward: int = 512,
        clip: float = 10.0,
    ) -> None:
        super().__init__()
        if min(width, layers, heads, feed_forward) < 1 or width % heads or not clip > 0:
            raise ValueError("expected sizes of at least 1, and a width that heads divide")
        self.depot, self.width, self.heads = depot, width, heads
        self.feed_forward, self.clip = feed_forward, clip
        self.enter = nn.Linear(3 if depot else 2, width)
        if depot:
            self.enter_depot = nn.Linear(2, width)
            self.room = nn.Parameter(torch.randn(width) * width**-0.5)
        self.layers = nn.ModuleList(EncoderLayer(width, heads, feed_forward) for _ in range(layers))
        self.near = nn.Parameter(torch.tensor(0.1))
        self.decode = nn.Linear(width, (4 if depot else 5) * width, bias=False)

    def settings(self) -> dict[str, Setting]:
        """Return the keyword arguments that make this network again."""
        return {
            "depot": self.depot,
            "width": self.width,
            "layers": len(self.layers),
            "heads": self.heads,
            "feed_forward": self.feed_forward,
            "clip": self.clip,
        }

    def encode(self, coordinates: Tensor, share: Tensor | None = None) -> Encoded:
        """Encode instances.

        Parameters
        ----------
        coordinates : Tensor, shape (B, n, 2)
            In the unit square.
        share : Tensor, shape (B, n), optional
            Demands over the capacity; with a depot.
        """
        if share is None:
            nodes = self.enter(coordinates)
        else:
            clients = torch.cat([coordinates, share[..., None]], dim=-1)[:, 1:]
            nodes = torch.cat([self.enter_depot(coordinates[:, :1]), self.enter(clients)], dim=1)
        b, n, width = nodes.shape
        apart = torch.cdist(coordinates, coordinates) * n**0.5
        for layer in self.layers:
            nodes = layer(nodes, apart)
        heads = self.heads
        parts = self.decode(nodes).view(b, n, -1, heads, width // heads).permute(2, 0, 3, 1, 4)
        query, key, value, pointer = parts[0], parts[1], parts[2], parts[3]
        context = self.room.view(heads, 1, -1).expand(b, -1, -1, -1) if self.depot else parts[4]
        scale = (width // heads) ** -0.5
        return Encoded(
            _flat(query @ key.mT * scale),
            _flat(context @ key.mT * scale),
            (value @ pointer.mT).reshape(b, heads * n, n) * width**-0.5,
            apart,
        )

    def logits(self, encoded: Encoded, node: Tensor, context: Tensor, mask: Tensor) -> Tensor:
        """Score the next node of Q partial plans of each instance.

        Parameters
        ----------
        encoded : Encoded
        node : Tensor of int64, shape (B, Q)
            Where each plan is.
        context : Tensor, shape (B, Q)
            With a depot the free share of the vehicle (float), else the first node (int64).
        mask : Tensor, shape (B, Q, n)
            0 for nodes that may come next, minus infinity for others; never all of them.

        Returns
        -------
        Tensor, shape (B, Q, n)
        """
        b, q, n = mask.shape
        scores = _rows(encoded.node, node)
        if self.depot:
            scores = torch.addcmul(scores, context[..., None], encoded.context)
        else:
            scores = scores + _rows(encoded.context, context)
        weights = (scores.view(b, q, self.heads, n) + mask[:, :, None]).softmax(dim=-1)
        found = weights.view(b, q, self.heads * n) @ encoded.mix
        found = found - self.near * _rows(encoded.apart, node)
        return self.clip * torch.tanh(found) + mask

    def forward(self, seen: Mapping[str, Tensor]) -> Tensor:
        """Score the next node of one plan of each instance, from raw observations.

        ``coordinates`` (B, n, 2), ``node`` and ``action_mask``; and ``demand`` (B, n) over the
        capacity with ``room`` (B,), or ``first``.
        """
        encoded = self.encode(seen["coordinates"], seen["demand"] if self.depot else None)
        context = seen["room" if self.depot else "first"]
        mask = torch.zeros_like(seen["action_mask"], dtype=torch.float32)
        mask.masked_fill_(seen["action_mask"] == 0, -torch.inf)
        node = seen["node"].view(-1, 1)
        return self.logits(encoded, node, context.view(-1, 1), mask[:, None])[:, 0]


def _flat(scores: Tensor) -> Tensor:
    """Bring (B, H, q, n) to (B, q, H n)."""
    b, heads, q, n = scores.shape
    return scores.transpose(1, 2).reshape(b, q, heads * n)


def _rows(table: Tensor, chosen: Tensor) -> Tensor:
    """Return the rows (B, Q, k) of a table (B, n, k).

    While gradients are needed by a product, whose backward pass is a product too; adding rows up
    one by one would take most of the time.
    """
    if table.requires_grad:
        return nn.functional.one_hot(chosen, table.shape[1]).to(table.dtype) @ table
    return table.gather(1, chosen[..., None].expand(-1, -1, table.shape[2]))
