"""A small network that scores each action by the same weights."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import torch
from torch import nn

from netroute.solvers.neural.observations.layout import MASK, layout_of_text
from netroute.solvers.neural.policy import Policy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor

    from netroute.solvers.neural.policy import Setting


class ActionNetwork(nn.Module):
    """Features of each action, aware of all actions and of what is common to them.

    Actions may come in any order. Each is seen beside the mean and the maximum over all, beside
    those that the observation points to, and beside all that belongs to no action.

    Parameters
    ----------
    actions : int
    layout : str
        What the observation consists of, see `Layout`.
    width : int
        Features of each action.

    Examples
    --------
    >>> network = ActionNetwork(3, "each x 2; common y 1", 8)
    >>> network({"x": torch.rand(5, 3, 2), "y": torch.rand(5, 1)}).shape
    torch.Size([5, 3, 8])
    """

    def __init__(self, actions: int, layout: str, width: int) -> None:
        super().__init__()
        self.actions = actions
        self.layout = layout_of_text(layout)
        # One more: whether the action has a row of its own.
        self.enter = nn.Linear(1 + sum(size for _, size in self.layout.each), width)
        parts = 2 + len(self.layout.pointers)
        common = sum(size for _, size in self.layout.common)
        self.around = nn.Linear(parts * width + common, width)
        self.beside = nn.Linear(width, width, bias=False)
        self.deeper = nn.Linear(width, width)

    def forward(self, seen: Mapping[str, Tensor]) -> Tensor:
        """Return features of each action: shape (B, actions, width)."""
        rows = [self._rows(seen[name]) for name, _ in self.layout.each]
        flag = torch.ones(len(next(iter(seen.values()))), self.actions, 1)
        first = self.enter(torch.cat([*rows, flag], dim=-1)).relu()
        none = first.new_zeros(len(first), 1, first.shape[2])
        padded = torch.cat([first, none], dim=1)
        about = [first.mean(dim=1), first.amax(dim=1)]
        for name in self.layout.pointers:
            at = seen[name].long().view(-1, 1, 1).clamp(0, self.actions)
            about.append(padded.gather(1, at.expand(-1, 1, first.shape[2]))[:, 0])
        about += [seen[name].flatten(1) for name, _ in self.layout.common]
        around = self.around(torch.cat(about, dim=1))[:, None]
        found: Tensor = self.deeper((self.beside(first) + around).relu()).relu()
        return found

    def _rows(self, values: Tensor) -> Tensor:
        """Bring an array to (B, actions, features); a missing last row is 0."""
        rows = values.reshape(*values.shape[:2], -1)
        return nn.functional.pad(rows, (0, 0, 0, self.actions - rows.shape[1]))


class ObservationScorer(Policy):
    """Scores the actions of an environment that tells of each action by the same features.

    Parameters
    ----------
    actions, layout, width
        As of `ActionNetwork`.

    Examples
    --------
    >>> policy = ObservationScorer(actions=3, layout="each x 1", width=8)
    >>> mask = torch.tensor([[1, 0, 1]])
    >>> scores = policy({"x": torch.rand(1, 3), "action_mask": mask})
    >>> torch.isinf(scores).tolist()
    [[False, True, False]]
    """

    architecture: ClassVar[str] = "observation-scorer"

    def __init__(self, *, actions: int, layout: str, width: int = 64) -> None:
        super().__init__()
        if actions < 1 or width < 1:
            raise ValueError("expected actions and width of at least 1")
        self._settings: dict[str, Setting] = {"actions": actions, "layout": layout, "width": width}
        self.network = ActionNetwork(actions, layout, width)
        self.score = nn.Linear(width, 1)
        # Almost the same chance for all actions at the start.
        with torch.no_grad():
            self.score.weight.mul_(0.1)

    def settings(self) -> dict[str, Setting]:
        """Return the keyword arguments that make this network again."""
        return dict(self._settings)

    def forward(self, seen: Mapping[str, Tensor]) -> Tensor:
        """Score each action: shape (B, actions), minus infinity where the mask is 0."""
        scores: Tensor = self.score(self.network(seen))[..., 0]
        return scores.masked_fill(seen[MASK] == 0, -torch.inf)


class ObservationCritic(nn.Module):
    """Says what is still to come, by a network like `ObservationScorer`.

    Examples
    --------
    >>> ObservationCritic(3, "each x 1", 8)({"x": torch.rand(2, 3)}).shape
    torch.Size([2])
    """

    def __init__(self, actions: int, layout: str, width: int) -> None:
        super().__init__()
        self.network = ActionNetwork(actions, layout, width)
        self.value = nn.Linear(width, 1)

    def forward(self, seen: Mapping[str, Tensor]) -> Tensor:
        """Return the value of each observation: shape (B,)."""
        found: Tensor = self.value(self.network(seen).mean(dim=1))[:, 0]
        return found
