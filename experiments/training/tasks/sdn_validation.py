"""What all tasks of online admission have in common: the network, and how it is judged."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from pydantic import Field, model_validator

from netroute.experiments.settings import Settings
from netroute.experiments.training.task import build_policy
from netroute.experiments.training.tasks.sdn_labels import networks_of
from netroute.solvers.sdn.learned.day import Corrected, attained_corrected
from netroute.solvers.sdn.learned.model import BidPriceCorrection, kernel_weights
from netroute.solvers.sdn.warmup import compile_candidates, compile_learned, compile_lp

if TYPE_CHECKING:
    from netroute.experiments.training.config import PolicySpec
    from netroute.experiments.training.labels import LabelStore
    from netroute.experiments.training.task import Report
    from netroute.experiments.training.tasks.sdn_networks import Site
    from netroute.solvers.neural.policy import Policy
    from netroute.solvers.sdn.online_days import Draw

LABELS = "netroute.experiments.training.tasks.sdn_labels"

VERSION = 1
"""Of the makers of labels."""

TRAINING, VALIDATION = 1, 2
"""Seeds of the networks to learn on, and of those that weights are chosen on."""


class SdnParameters(Settings):
    """Parameters of every task of online admission.

    Attributes
    ----------
    nodes, validation_nodes : pair of int
        Smallest and largest network to learn on, and to choose weights on.
    validation_networks, validation_days : int
        How many networks to choose weights on, and days of each.
    """

    nodes: tuple[int, int] = (10, 30)
    validation_nodes: tuple[int, int] = (15, 50)
    validation_networks: int = Field(default=24, ge=1)
    validation_days: int = Field(default=3, ge=1)

    @model_validator(mode="after")
    def _ordered(self) -> SdnParameters:
        for low, high in (self.nodes, self.validation_nodes):
            if not 6 <= low <= high:
                raise ValueError("expected two numbers of nodes, at least 6, the smaller one first")
        return self


class SdnValidation:
    """Judges a policy by the days of networks that it has not learned on.

    The gap is to the bound of hindsight; ``adaptive_gap`` is that of the adaptive bid price on the
    same days, whose prices the policy corrects.
    """

    Parameters: ClassVar[type[Settings]] = SdnParameters
    problem: str = "sdn"
    architectures: ClassVar[tuple[str, ...]] = (BidPriceCorrection.architecture,)

    def __init__(self, parameters: SdnParameters) -> None:
        self._judged: list[tuple[Site, list[Draw], float]] = []
        self._known = parameters
        self._adaptive = float("nan")

    def make_policy(self, spec: PolicySpec) -> Policy:
        """Return a network that changes nothing yet."""
        return build_policy(spec)

    def prepare_validation(self, labels: LabelStore) -> str:
        """Make the validation networks; return the hash of their labels."""
        compile_learned()
        compile_candidates()
        compile_lp()
        known = self._known
        made = labels.make(
            f"{LABELS}:make_networks",
            version=VERSION,
            parameters={"nodes": known.validation_nodes, "days": known.validation_days},
            seed=VALIDATION,
            count=known.validation_networks,
        )
        for chunk in made.chunks:
            for site, days, bounds in networks_of(chunk):
                self._judged.append((site, days, float(bounds.sum())))
        self._adaptive = self._gap(BidPriceCorrection())
        return made.digest

    def prepare_sites(self, labels: LabelStore, report: Report) -> tuple[list[Site], str]:
        """Make the networks to learn on whole days of, and those to choose weights on.

        Returns
        -------
        sites : list of Site
            To learn on.
        digest : str
            Hash of all labels.
        """
        report("networks: prices of other days, bounds of days to validate on")
        judged = self.prepare_validation(labels)
        made = labels.make(
            f"{LABELS}:make_networks",
            version=VERSION,
            parameters={"nodes": self._known.nodes, "days": 0},
            seed=TRAINING,
        )
        sites = [site for chunk in made.chunks for site, _, _ in networks_of(chunk)]
        return sites, hashlib.sha256(f"{judged} {made.digest}".encode()).hexdigest()

    def validate(self, policy: Policy) -> dict[str, float]:
        """Return the mean gap over networks."""
        return {"gap": self._gap(policy), "adaptive_gap": self._adaptive}

    def _gap(self, policy: Policy) -> float:
        assert isinstance(policy, BidPriceCorrection)
        weights = kernel_weights(policy)
        shares = []
        for site, days, bound in self._judged:
            rule = Corrected(site.known, weights)
            shares.append(attained_corrected(site.instance, site.menu, days, rule) / bound)
        return 100.0 * (1.0 - float(np.mean(shares)))
