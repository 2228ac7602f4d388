"""How scores of a policy become actions at random: one choice, a subset, or numbers.

Each distribution is over a batch of observations. Actions that the mask forbids are never drawn
and do not count.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Protocol

import torch
from gymnasium import spaces
from torch.nn.functional import logsigmoid

from netroute.core.errors import UnsupportedError

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from torch import Tensor


class Distribution(Protocol):
    """Actions of a batch of B observations."""

    def sample(self, rng: torch.Generator) -> Tensor:
        """Draw an action for each observation: shape (B, …)."""
        ...

    def mode(self) -> Tensor:
        """Return the likeliest action of each observation."""
        ...

    def log_prob(self, actions: Tensor) -> Tensor:
        """Return the logarithm of the probability, or density, of each action: shape (B,)."""
        ...

    def entropy(self) -> Tensor:
        """Return the entropy in nats: shape (B,)."""
        ...

    def divergence(self, other: Any) -> Tensor:
        """Return the Kullback-Leibler divergence of ``other``, of the same kind, from this one."""
        ...


class Choice:
    """One of several actions, with probabilities that are the softmax of the scores.

    Parameters
    ----------
    scores : Tensor, shape (B, actions)
        Minus infinity where an action is forbidden.

    Examples
    --------
    >>> choice = Choice(torch.tensor([[0.0, 0.0, -torch.inf]]))
    >>> [round(float(value), 4) for value in (choice.entropy(), choice.log_prob(choice.mode()))]
    [0.6931, -0.6931]
    """

    def __init__(self, scores: Tensor) -> None:
        self._log = scores.log_softmax(dim=-1)

    def sample(self, rng: torch.Generator) -> Tensor:
        """Draw an action for each observation: int64, shape (B,)."""
        return torch.multinomial(self._log.exp(), 1, generator=rng)[:, 0]

    def mode(self) -> Tensor:
        """Return the action with the highest score."""
        return self._log.argmax(dim=-1)

    def log_prob(self, actions: Tensor) -> Tensor:
        """Return the logarithm of the probability of each action."""
        return self._log.gather(1, actions[:, None])[:, 0]

    def entropy(self) -> Tensor:
        """Return the entropy in nats."""
        return -(self._log.exp() * _finite(self._log)).sum(dim=-1)

    def divergence(self, other: Choice) -> Tensor:
        """Return the divergence of ``other`` from this one."""
        return (self._log.exp() * (_finite(self._log) - _finite(other._log))).sum(dim=-1)


class Subset:
    """Any subset, each member by itself with a probability that is the sigmoid of its score.

    Parameters
    ----------
    scores : Tensor, shape (B, members)
        Minus infinity where a member is forbidden.

    Examples
    --------
    >>> subset = Subset(torch.tensor([[0.0, -torch.inf]]))
    >>> subset.sample(torch.Generator())[0, 1].item(), round(float(subset.entropy()), 4)
    (0, 0.6931)
    """

    def __init__(self, scores: Tensor) -> None:
        self._allowed = scores > -torch.inf
        self._scores = scores.masked_fill(~self._allowed, 0.0)

    def sample(self, rng: torch.Generator) -> Tensor:
        """Draw a subset for each observation: int64 of 0 and 1, shape (B, members)."""
        drawn = torch.rand(self._scores.shape, generator=rng) < self._scores.sigmoid()
        return (drawn & self._allowed).long()

    def mode(self) -> Tensor:
        """Return all members that are rather in than out."""
        return ((self._scores > 0.0) & self._allowed).long()

    def log_prob(self, actions: Tensor) -> Tensor:
        """Return the logarithm of the probability of each subset."""
        sign = 2 * actions - 1
        return self._sum(logsigmoid(sign * self._scores))

    def entropy(self) -> Tensor:
        """Return the entropy in nats."""
        return self._expected(logsigmoid(self._scores), logsigmoid(-self._scores), minus=True)

    def divergence(self, other: Subset) -> Tensor:
        """Return the divergence of ``other`` from this one."""
        inside = logsigmoid(self._scores) - logsigmoid(other._scores)
        outside = logsigmoid(-self._scores) - logsigmoid(-other._scores)
        return self._expected(inside, outside)

    def _expected(self, inside: Tensor, outside: Tensor, *, minus: bool = False) -> Tensor:
        chance = self._scores.sigmoid()
        found = self._sum(chance * inside + (1.0 - chance) * outside)
        return -found if minus else found

    def _sum(self, values: Tensor) -> Tensor:
        return (values * self._allowed).sum(dim=-1)


class Numbers:
    """Numbers, each normally distributed by itself around its score.

    Parameters
    ----------
    scores : Tensor, shape (B, numbers)
        Minus infinity where a number does not matter; it is 0 then.
    log_deviation : Tensor
        Logarithm of the standard deviation of all numbers.

    Examples
    --------
    >>> numbers = Numbers(torch.tensor([[2.0, -torch.inf]]), torch.tensor(0.0))
    >>> numbers.mode().tolist(), round(float(numbers.log_prob(torch.tensor([[2.0, 0.0]]))), 4)
    ([[2.0, 0.0]], -0.9189)
    """

    def __init__(self, scores: Tensor, log_deviation: Tensor) -> None:
        self._allowed = scores > -torch.inf
        self._mean = scores.masked_fill(~self._allowed, 0.0)
        self._log_deviation = log_deviation

    def sample(self, rng: torch.Generator) -> Tensor:
        """Draw numbers for each observation: float32, shape (B, numbers)."""
        noise = torch.randn(self._mean.shape, generator=rng) * self._allowed
        return self._mean + noise * self._log_deviation.exp()

    def mode(self) -> Tensor:
        """Return the means."""
        return self._mean

    def log_prob(self, actions: Tensor) -> Tensor:
        """Return the logarithm of the density at each action."""
        apart = (actions - self._mean) * torch.exp(-self._log_deviation)
        each = -0.5 * apart.square() - self._log_deviation - 0.5 * math.log(2.0 * math.pi)
        return (each * self._allowed).sum(dim=-1)

    def entropy(self) -> Tensor:
        """Return the entropy in nats."""
        each = self._log_deviation + 0.5 * math.log(2.0 * math.pi * math.e)
        return (each * self._allowed).sum(dim=-1)

    def divergence(self, other: Numbers) -> Tensor:
        """Return the divergence of ``other`` from this one."""
        ratio = 2.0 * (self._log_deviation - other._log_deviation)
        apart = (self._mean - other._mean) * torch.exp(-other._log_deviation)
        each = 0.5 * (ratio.exp() + apart.square() - 1.0 - ratio)
        return (each * self._allowed).sum(dim=-1)


def distribution_of(space: spaces.Space[Any]) -> Callable[[Tensor, Tensor], Distribution]:
    """Return what makes scores and a logarithm of deviations a distribution over ``space``.

    Raises
    ------
    UnsupportedError
        The space is no ``Discrete`` from 0, ``MultiBinary`` or ``Box`` in one dimension.

    Examples
    --------
    >>> make = distribution_of(spaces.Discrete(2))
    >>> make(torch.tensor([[1.0, 0.0]]), torch.tensor(0.0)).mode().tolist()
    [0]
    """
    if isinstance(space, spaces.Discrete) and space.start == 0:
        return lambda scores, _: Choice(scores)
    if isinstance(space, spaces.MultiBinary) and len(space.shape) == 1:
        return lambda scores, _: Subset(scores)
    if isinstance(space, spaces.Box) and len(space.shape) == 1:
        return Numbers
    raise UnsupportedError(f"actions {space} are not supported, nor others than in one dimension")


def _finite(log: Tensor) -> Tensor:
    """Return logarithms without minus infinity, whose products with a chance of 0 are no number."""
    return log.masked_fill(log == -torch.inf, 0.0)
