"""Online admission of flows, learned decision by decision."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from netroute.envs.batch import OnlineVectorEnv
from netroute.experiments.training.tasks.sdn_arrivals import ArrivalsEngine, Valued, valued
from netroute.experiments.training.tasks.sdn_critic import OutlookCritic
from netroute.experiments.training.tasks.sdn_validation import SdnParameters, SdnValidation

if TYPE_CHECKING:
    import numpy as np
    import torch
    from gymnasium.vector import VectorEnv

    from netroute.experiments.settings import Settings
    from netroute.experiments.training.labels import LabelStore
    from netroute.experiments.training.task import Report
    from netroute.solvers.neural.policy import Policy


class SdnAdmissionParameters(SdnParameters):
    """Parameters of learning decision by decision.

    Attributes
    ----------
    late : float
        Days are decided from a random moment on, up to this share of them; before it, at adaptive
        bid prices.
    sharpness : float
        How surely the cheapest path is taken where decisions are by chance. What is kept takes it
        always: the blunter the choice in training, the less its outcome says of that.
    units : int
        Hidden units of the critic.
    """

    late: float = Field(default=0.9, ge=0, lt=1)
    sharpness: float = Field(default=40.0, gt=0, allow_inf_nan=False)
    units: int = Field(default=16, ge=1)


class SdnAdmissionTask(SdnValidation):
    """Decides arrivals of random networks' days by chance, for the objective ``ppo``."""

    Parameters: ClassVar[type[Settings]] = SdnAdmissionParameters

    def __init__(self, parameters: SdnAdmissionParameters) -> None:
        super().__init__(parameters)
        self._parameters = parameters
        self._sites: list[Valued] = []

    def prepare(self, labels: LabelStore, report: Report) -> str:
        """Make the networks to learn on, and those to choose weights on."""
        sites, digest = self.prepare_sites(labels, report)
        self._sites = [valued(site, number) for number, site in enumerate(sites)]
        return digest

    def environments(self, rng: np.random.Generator, count: int) -> VectorEnv[Any, Any, Any]:
        """Return days of ``count`` random networks."""
        drawn = rng.integers(len(self._sites), size=count).tolist()
        own = self._parameters
        sites = [self._sites[i] for i in drawn]
        return OnlineVectorEnv(ArrivalsEngine(sites, late=own.late, sharpness=own.sharpness))

    def make_critic(self, policy: Policy) -> torch.nn.Module:
        """Return a critic that sees the state of the day."""
        return OutlookCritic(self._parameters.units)
