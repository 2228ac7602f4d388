"""Builds plans node by node, many of each instance at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import torch

if TYPE_CHECKING:
    from torch import Tensor

    from netroute.solvers.neural.attention.model import AttentionPolicy, Encoded


class Instances(NamedTuple):
    """A batch of instances as the network takes it.

    With a depot it is node 0; without one ``demand`` and ``limit`` are None.
    """

    coordinates: Tensor
    """In the unit square: float32, (B, n, 2)."""
    demand: Tensor | None
    """0 at the depot: float64, (B, n)."""
    capacity: Tensor | None
    """float64, (B,)."""
    limit: Tensor | None
    """Largest load that counts as kept: float64, (B,)."""

    @property
    def share(self) -> Tensor | None:
        """Demands over the capacity: float32, (B, n)."""
        if self.demand is None or self.capacity is None:
            return None
        return (self.demand / self.capacity[:, None]).float()


class Rollout(NamedTuple):
    """Plans and the decisions that made them: T nodes in each, the first one given."""

    nodes: Tensor
    """In order of visit; with a depot filled up with it at the end: int64, (B, S, T)."""
    context: Tensor
    """What each decision saw besides its node, as `AttentionPolicy.logits`: (B, S, D)."""
    mask: Tensor
    """0 or minus infinity for each node at each decision, D of them: (B, S, D, n)."""


def roll_out(
    policy: AttentionPolicy,
    encoded: Encoded,
    instances: Instances,
    first: Tensor,
    *,
    rng: torch.Generator | None,
) -> Rollout:
    """Build S plans of each instance, by sampling with ``rng`` or greedily without it.

    Parameters
    ----------
    policy : AttentionPolicy
    encoded : Encoded
        Of the instances.
    instances : Instances
    first : Tensor of int64, shape (B, S)
        Node with which each plan begins; with a depot a client, to which its vehicle goes first.
    rng : torch.Generator, optional
        Source of samples.
    """
    state: _Routes | _Tour = _Tour(instances, first)
    if instances.demand is not None:
        state = _Routes(instances, first)
    node = first
    nodes, contexts, masks = [node], [], []
    with torch.no_grad():
        while not state.done():
            context, mask = state.context(), state.mask()
            scores = policy.logits(encoded, node, context, mask)
            if rng is not None:
                # The largest of logits with Gumbel noise is a sample of their softmax.
                noise = torch.empty_like(scores).exponential_(generator=rng)
                scores = scores - noise.log()
            contexts.append(context)
            masks.append(mask)
            node = scores.argmax(dim=-1)
            nodes.append(node)
            state.visit(node)
    nodes += state.forced()
    return Rollout(torch.stack(nodes, 2), torch.stack(contexts, 2), torch.stack(masks, 2))


def log_likelihood(policy: AttentionPolicy, encoded: Encoded, rollout: Rollout) -> Tensor:
    """Return the log-probability of each plan given its first node: shape (B, S).

    All decisions at once, which is far cheaper than gradients through the steps of `roll_out`.
    """
    b, s, decisions, n = rollout.mask.shape
    flat = (b, s * decisions)
    logits = policy.logits(
        encoded,
        rollout.nodes[:, :, :decisions].reshape(flat),
        rollout.context.reshape(flat),
        rollout.mask.view(*flat, n),
    )
    chosen = rollout.nodes[:, :, 1 : decisions + 1].reshape(*flat, 1)
    found = logits.gather(2, chosen)[..., 0] - logits.logsumexp(dim=2)
    return found.view(b, s, decisions).sum(dim=2)


def lengths(coordinates: Tensor, nodes: Tensor, *, depot: bool) -> Tensor:
    """Return the length (B, S) of each closed plan, which begins at node 0 if there is a depot."""
    b, s, steps = nodes.shape
    index = nodes.reshape(b, s * steps, 1).expand(-1, -1, 2)
    places = coordinates.gather(1, index).view(b, s, steps, 2)
    if depot:
        begin = coordinates[:, None, None, 0].expand(-1, s, 1, -1)
        places = torch.cat([begin, places], dim=2)
    legs = torch.linalg.vector_norm(places - places.roll(-1, dims=2), dim=-1)
    total: Tensor = legs.sum(dim=-1)
    return total


class _Tour:
    """Partial tours: which nodes are left. The last one follows from the others."""

    def __init__(self, instances: Instances, first: Tensor) -> None:
        b, s = first.shape
        self._first = first
        self._mask = instances.coordinates.new_zeros(b, s, instances.coordinates.shape[1])
        self._left = instances.coordinates.shape[1]
        self.visit(first)

    def visit(self, node: Tensor) -> None:
        self._mask.scatter_(2, node[..., None], -torch.inf)
        self._left -= 1

    def done(self) -> bool:
        return self._left <= 1

    def context(self) -> Tensor:
        return self._first

    def mask(self) -> Tensor:
        return self._mask.clone()

    def forced(self) -> list[Tensor]:
        return [self._mask.argmax(dim=-1)]


class _Routes:
    """Partial routes: which clients are left, and how much fits into the vehicle."""

    def __init__(self, instances: Instances, first: Tensor) -> None:
        demand, capacity, limit = instances.demand, instances.capacity, instances.limit
        if demand is None or capacity is None or limit is None:
            raise TypeError("routes need demands and a capacity")
        self._demand, self._capacity = demand, capacity[:, None]
        self._limit = limit[:, None, None]
        b, s = first.shape
        self._served = torch.zeros(b, s, demand.shape[1], dtype=torch.bool)
        self._served[:, :, 0] = True
        self._load = torch.zeros(b, s, dtype=torch.float64)
        self._node = first
        self.visit(first)

    def visit(self, node: Tensor) -> None:
        at_depot = node == 0
        self._load += self._demand.gather(1, node)
        self._load.masked_fill_(at_depot, 0.0)
        self._served.scatter_(2, node[..., None], True)
        self._node = node

    def done(self) -> bool:
        return bool(self._served.all())

    def context(self) -> Tensor:
        return (1.0 - self._load / self._capacity).float()

    def mask(self) -> Tensor:
        closed = self._served | (self._load[..., None] + self._demand[:, None] > self._limit)
        # The depot, unless the vehicle is there; once all are served it stays there.
        closed[..., 0] = (self._node == 0) & ~self._served.all(dim=2)
        return torch.zeros(closed.shape).masked_fill_(closed, -torch.inf)

    def forced(self) -> list[Tensor]:
        return []
