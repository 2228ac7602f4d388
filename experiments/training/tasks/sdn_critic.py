"""What a day of online admission still brings, for PPO."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import nn
from torch.nn.functional import softsign

from netroute.experiments.training.tasks.sdn_arrivals import OUTLOOK

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor
PACE = 20.0
"""By which the critic learns faster than the policy, whose weights hardly may change."""
COURSES = 1024
"""Networks that are told apart; the critic is made before their number is known."""


class OutlookCritic(nn.Module):
    """A small network on what is still to come, and on the best that can be done now.

    It begins at 0: the rest of the day comes to what mean prices say. Each network has a course
    of its own, quadratic in time: else it would pass for an effect of what is in use that networks
    differ.

    Parameters
    ----------
    units : int
        Hidden units.

    Examples
    --------
    >>> seen = {"outlook": torch.rand(5, OUTLOOK), "mask": torch.ones(5, 2)}
    >>> seen |= {name: torch.rand(5, 2, 3) for name in ("price", "on_path")}
    >>> seen |= {name: torch.rand(5) for name in ("weight", "bandwidth")}
    >>> OutlookCritic()(seen | {"site": torch.tensor([0, 0, 1, 2, 1])}).shape
    torch.Size([5])
    """

    def __init__(self, units: int = 16) -> None:
        super().__init__()
        self.enter = nn.Linear(OUTLOOK + 2, units)
        self.deeper = nn.Linear(units, units)
        self.value = nn.Linear(2 * units, 1)
        self.course = nn.Parameter(torch.zeros(COURSES, 3))
        nn.init.zeros_(self.value.weight)
        nn.init.zeros_(self.value.bias)

    def forward(self, seen: Mapping[str, Tensor]) -> Tensor:
        """Return the value of each observation: shape (B,)."""
        outlook, weight = seen["outlook"], seen["weight"].clamp_min(1e-9)
        cost = (seen["price"] * seen["on_path"]).sum(-1) * seen["bandwidth"][:, None]
        dearest = 2.0 * weight[:, None]
        cost = torch.where(seen["mask"] != 0, torch.minimum(cost, dearest), dearest)
        margin = 1.0 - cost.min(dim=-1).values / weight
        gain = margin.clamp_min(0.0) * outlook[:, -2]
        first = self.enter(torch.cat([outlook, margin[:, None], gain[:, None]], dim=1))
        second = self.deeper(softsign(first))
        left = outlook[:, :1]
        course = self.course[seen["site"] % COURSES] * torch.cat(
            [torch.ones_like(left), left, left**2], 1
        )
        value = self.value(torch.cat([first, softsign(second)], dim=1))[:, 0]
        found: Tensor = PACE * (value + course.sum(-1))
        return found
