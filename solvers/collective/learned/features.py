"""What describes a spine to the network, from observations of the environment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from netroute.solvers.collective._kernels.nowcast import LEAST, SUM

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor

KEYS = (
    "up",
    "down",
    "up_rate",
    "down_rate",
    "own_up",
    "own_down",
    "sent_up",
    "sent_down",
    "turn",
    "scale",
    "flow",
    "action_mask",
)
"""Observations of `CollectivePlacementEnv` that are used; none is of other leaves or of later."""


def describe(seen: Mapping[str, Tensor]) -> tuple[Tensor, Tensor]:
    """Return the features of all spines and those of the moment.

    Loads are counted in flows of mean size at the highest capacity, and bounded by x / (2 + |x|),
    so that the network meets the same numbers on any fabric.

    Parameters
    ----------
    seen : mapping of str to Tensor
        Those called `KEYS`, of a batch of B fabrics with s spines.

    Returns
    -------
    tuple of Tensor
        Shape (B, s, 12): by how much each spine is above the best one in the load of its link up,
        in that expected of its link down, and in the higher of both with a little of their sum,
        with this flow; what the leaf has sent since loads were published, up in all and down to the
        target, what was published of down and up, and what the leaf had sent down until then, each
        above the mean; capacity of the link up as the leaf's flows reveal it, and of the link down
        as known; how much more of the published load than of the sent bytes is on the link down;
        turn. Shape (B, 5): flows since loads were published, size, share of the phase, mean load,
        and by how much the expected level is above it. Features of spines with a failed link are 0.

    Examples
    --------
    >>> seen = {key: torch.ones(1, 4 if key == "scale" else 3) for key in KEYS}
    >>> [tuple(part.shape) for part in describe(seen)]
    [(1, 3, 12), (1, 5)]
    """
    usable = seen["action_mask"] > 0
    size, unit, since, until = seen["scale"].unbind(-1)
    unit = unit.clamp_min(LEAST)
    up, down, rate = seen["up"], seen["down"], seen["down_rate"].clamp_min(LEAST)
    revealed = (seen["sent_up"] / up.clamp_min(LEAST)).clamp_min(LEAST)
    up_rate = torch.where(up > 0, revealed, seen["up_rate"])
    # Of failed links the rate is 0, and what follows from it is never used.
    rise = up + (seen["own_up"] + size[:, None]) / up_rate.clamp_min(LEAST)
    level = expected_level(seen, usable, unit=unit, since=since, until=until)[:, None]
    known = down + seen["own_down"] / rate
    fall = torch.maximum(known, level) + size[:, None] / rate

    def mean(values: Tensor) -> Tensor:
        total = torch.where(usable, values, 0.0).sum(-1, keepdim=True)
        return total / usable.sum(-1, keepdim=True).clamp_min(1)

    def above_least(values: Tensor) -> Tensor:
        least = torch.where(usable, values, torch.inf).amin(-1, keepdim=True)
        return bounded((values - least) / unit[:, None])

    def above_mean(values: Tensor) -> Tensor:
        return bounded((values - mean(values)) / unit[:, None])

    def portion(values: Tensor) -> Tensor:
        return ((values + unit[:, None]) / (mean(values) + unit[:, None])).log()

    spines = [
        above_least(rise),
        above_least(fall),
        above_least(torch.maximum(rise, fall) + SUM * (rise + fall)),
        above_mean(seen["own_up"]),
        above_mean(seen["own_down"]),
        above_mean(down),
        above_mean(up),
        above_mean(seen["sent_down"]),
        up_rate,
        seen["down_rate"],
        portion(down) - portion(seen["sent_down"]),
        seen["turn"] - 0.5,
    ]
    moment = [
        bounded(since / unit),
        (size.clamp_min(LEAST) / unit).log(),
        seen["flow"][:, 1],
        bounded(mean(down)[:, 0] / unit),
        bounded((level - mean(down))[:, 0] / unit),
    ]
    features = torch.stack(spines, -1)
    return torch.where(usable[..., None], features, 0.0), torch.stack(moment, -1)


def bounded(flows: Tensor) -> Tensor:
    """Map a number of flows to -1 to 1, finest near 0."""
    return flows / (2.0 + flows.abs())


def expected_level(
    seen: Mapping[str, Tensor], usable: Tensor, *, unit: Tensor, since: Tensor, until: Tensor
) -> Tensor:
    """Return the load up to which links down to the target are filled by now: shape (B,).

    What all leaves sent since loads were published goes to the target in the share that it had of
    the published loads, into its lowest links first, as water into vessels.
    """
    rate = torch.where(usable, seen["down_rate"], 0.0)
    load = torch.where(usable, seen["down"], torch.inf)
    spines = load.shape[-1]
    own = torch.where(usable, seen["own_down"], 0.0).sum(-1)
    carried = (torch.where(usable, seen["down"], 0.0) * rate).sum(-1)
    prior = unit * usable.sum(-1)
    popularity = (carried + prior) / (until * spines + prior)
    volume = torch.maximum(since * spines * popularity, own)
    # With the lowest k vessels open the level is that of their volume; it is lowest for the true k.
    load, order = load.sort(-1)
    rate = rate.gather(-1, order)
    full = torch.where(load.isfinite(), load * rate, 0.0).cumsum(-1)
    level = (volume[:, None] + full) / rate.cumsum(-1).clamp_min(LEAST)
    return torch.where(load.isfinite(), level, torch.inf).amin(-1)
