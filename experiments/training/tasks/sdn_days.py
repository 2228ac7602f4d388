"""Online admission of flows, learned from what days come to."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
import torch
from pydantic import Field
from torch.nn.utils import parameters_to_vector

from netroute.experiments.training.tasks.sdn_validation import SdnParameters, SdnValidation
from netroute.solvers.sdn._kernels.learned import Weights
from netroute.solvers.sdn.learned.day import Corrected, attained_corrected

if TYPE_CHECKING:
    from torch import Tensor

    from netroute.experiments.settings import Settings
    from netroute.experiments.training.labels import LabelStore
    from netroute.experiments.training.task import Report
    from netroute.experiments.training.tasks.sdn_networks import Site
    from netroute.solvers.neural.policy import Policy


class SdnDaysParameters(SdnParameters):
    """Parameters of learning from days.

    Attributes
    ----------
    spread : float
        Standard deviation of the noise on the weights.
    layers : str
        Weights that get noise and are learned: ``last``, which are few, or ``all``.
    """

    spread: float = Field(default=0.1, gt=0, allow_inf_nan=False)
    layers: Literal["last", "all"] = "last"


class SdnDaysTask(SdnValidation):
    """Rolls out whole days under noise on the weights, for the objective ``reinforce``.

    A day's outcome depends on a thousand decisions of which each matters little; noise on single
    actions drowns in it. Every rollout therefore draws weights from a normal distribution around
    the policy's and decides the whole day by them, two rollouts of each day with opposite noise.
    The log-likelihood is that of the weights drawn, up to a constant (F. Sehnke et al.,
    Parameter-exploring policy gradients, Neural Networks 2010). Costs are what is rejected, in
    percent of the weight of all arrivals.
    """

    Parameters: ClassVar[type[Settings]] = SdnDaysParameters

    def __init__(self, parameters: SdnDaysParameters) -> None:
        super().__init__(parameters)
        self._parameters = parameters
        self._sites: list[Site] = []

    def prepare(self, labels: LabelStore, report: Report) -> str:
        """Make the networks to learn on, and those to choose weights on."""
        self._sites, digest = self.prepare_sites(labels, report)
        return digest

    def rollout(self, policy: Policy, rng: np.random.Generator, size: int) -> tuple[Tensor, Tensor]:
        """Decide ``size`` days of random networks twice each; see `MultiStartTask`."""
        centre = parameters_to_vector(policy.parameters())
        mean = centre.detach().numpy().astype(np.float64)
        noise = self._parameters.spread * rng.standard_normal((size, len(mean)))
        noise[:, ~self._noisy(policy)] = 0.0
        drawn = mean + noise[:, None] * np.array([[1.0], [-1.0]])
        cost = np.empty((size, 2))
        shapes = [tuple(p.shape) for p in policy.parameters()]
        for b in range(size):
            site = self._sites[int(rng.integers(len(self._sites)))]
            draw = site.day(rng)
            offered = float(site.menu.weight[draw.size].sum())
            for s in range(2):
                rule = Corrected(site.known, weights_of(drawn[b, s], shapes))
                value = attained_corrected(site.instance, site.menu, [draw], rule)
                cost[b, s] = 100.0 * (1.0 - value / offered)
        apart = torch.from_numpy(drawn).to(centre.dtype) - centre
        likelihood = -0.5 * (apart / self._parameters.spread).square().sum(-1)
        return torch.from_numpy(cost).to(centre.dtype), likelihood

    def _noisy(self, policy: Policy) -> np.ndarray:
        """Which of all weights get noise: bool."""
        last = ("arc_out", "arc_base", "path_out", "path_base")
        parts = [
            np.full(weights.numel(), self._parameters.layers == "all" or name in last)
            for name, weights in policy.named_parameters()
        ]
        return np.concatenate(parts)


def weights_of(vector: np.ndarray, shapes: list[tuple[int, ...]]) -> Weights:
    """Cut a vector of all weights into arrays of these shapes, in the order of `Weights`.

    Examples
    --------
    >>> shapes = [(1, 9), (1,), (2, 1), (2,), (1, 9), (1,), (1, 1), (1,)]
    >>> weights_of(np.arange(26.0), shapes).arc_base.tolist()
    [12.0, 13.0]
    """
    ends = np.cumsum([int(np.prod(shape)) for shape in shapes])
    parts = np.split(vector, ends[:-1])
    return Weights(*(part.reshape(shape) for part, shape in zip(parts, shapes, strict=True)))
