"""What every network is: observations in, a score for each action out."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, ClassVar

import torch

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor

    Setting = bool | int | float | str


class Policy(torch.nn.Module):
    """Base of every network that can be trained, saved and used as a solver.

    The constructor takes what `settings` returns, by keyword. Parameters and persistent buffers
    are what a policy file keeps.

    Attributes
    ----------
    architecture : str
        Name in policy files, and key of the registry of architectures.

    Examples
    --------
    >>> class Linear(Policy):
    ...     architecture = "linear"
    ...     def __init__(self, *, features: int) -> None:
    ...         super().__init__()
    ...         self.weight = torch.nn.Parameter(torch.ones(features))
    ...     def settings(self):
    ...         return {"features": len(self.weight)}
    ...     def forward(self, seen):
    ...         return seen["features"] @ self.weight
    >>> Linear(features=2)({"features": torch.tensor([[[1.0, 2.0], [3.0, 4.0]]])}).tolist()
    [[3.0, 7.0]]
    """

    architecture: ClassVar[str]

    @abstractmethod
    def settings(self) -> dict[str, Setting]:
        """Return the keyword arguments that make this network again, without its weights."""
        raise NotImplementedError

    @abstractmethod
    def forward(self, seen: Mapping[str, Tensor]) -> Tensor:
        """Score the actions of a batch.

        Parameters
        ----------
        seen : mapping of str to Tensor
            Observations by name; the first axis of each is the batch.

        Returns
        -------
        Tensor, shape (batch, actions)
            Logits or scores; minus infinity for actions that a mask forbids.
        """
        raise NotImplementedError
