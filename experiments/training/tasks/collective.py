"""Online placement of collective traffic where loads are old and capacities may be hidden."""

from __future__ import annotations

import hashlib
import math
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import torch
from pydantic import Field

from netroute.core.rng import generator
from netroute.datasets.collective.generate import generate_collective
from netroute.experiments.settings import Settings
from netroute.experiments.training.task import build_policy
from netroute.solvers.collective.leaf_phase import LeafPhase, compile_rules, compile_scorer
from netroute.solvers.collective.learned.model import SpineScorer

if TYPE_CHECKING:
    from torch import Tensor

    from netroute.experiments.training.config import PolicySpec
    from netroute.experiments.training.labels import LabelStore
    from netroute.experiments.training.task import Report
    from netroute.solvers.neural.policy import Policy

TRAINING, VALIDATION = 0, 1
"""Streams of the random numbers of instances."""

NORM = 12
"""Exponent of the mean of loads that stands beside the highest one: it tells more of a plan."""


class CollectiveParameters(Settings):
    """Parameters of the task.

    Attributes
    ----------
    starts : int
        Networks that are tried on each instance: an even number, half of them mirrored.
    sigma : float
        Standard deviation of their weights.
    instances, validation : int
        Jobs from which the batches are drawn, and jobs of the validation set.
    leaves, spines, hosts, group : list of int
        Numbers of leaves, spines, hosts of a leaf, and hosts of a job.
    spread : list of float
        Skews of the sizes of flows (Zipf), 0 for equal ones.
    halved, failed : float
        Largest share of the links that run at half rate, and of those that failed.
    publications : list of float
        Fewest and most publications of loads in a phase.
    hidden : float
        Share of the jobs whose capacities are hidden.
    seed : int
        Of the jobs.
    """

    starts: int = Field(default=32, ge=2, multiple_of=2)
    sigma: float = Field(default=0.1, gt=0, allow_inf_nan=False)
    instances: int = Field(default=256, ge=1)
    validation: int = Field(default=48, ge=1)
    leaves: list[int] = Field(default=[6, 8, 10], min_length=1)
    spines: list[int] = Field(default=[4, 6, 8], min_length=1)
    hosts: list[int] = Field(default=[8, 16], min_length=1)
    group: list[int] = Field(default=[16, 32, 48], min_length=1)
    spread: list[float] = Field(default=[0.0, 0.0, 0.7, 1.2], min_length=1)
    halved: float = Field(default=0.15, ge=0, le=1)
    failed: float = Field(default=0.03, ge=0, lt=1)
    publications: tuple[float, float] = (4.0, 100.0)
    hidden: float = Field(default=0.5, ge=0, le=1)
    seed: int = Field(default=0, ge=0)


class CollectiveTask:
    """A `MultiStartTask` whose starts are networks with other weights.

    A plan has thousands of decisions and one figure in the end, so that no single decision can be
    praised or blamed. The weights themselves are therefore the action: each start draws them from
    a normal distribution around the policy's and then decides without chance, and the
    log-likelihood is that of the drawn weights. On this REINFORCE is an evolution strategy.

    Notes
    -----
    F. Sehnke et al.: Parameter-exploring policy gradients. Neural Networks 23(4), 2010.
    T. Salimans et al.: Evolution strategies as a scalable alternative to reinforcement learning.
    arXiv:1703.03864, 2017.
    """

    Parameters: ClassVar[type[Settings]] = CollectiveParameters
    architectures: ClassVar[tuple[str, ...]] = ("spine-scorer",)

    def __init__(self, parameters: CollectiveParameters) -> None:
        self.problem = "collective"
        self._parameters = parameters
        self._jobs: list[LeafPhase] = []
        self._held_out: list[LeafPhase] = []

    def make_policy(self, spec: PolicySpec) -> Policy:
        """Return a network that does what the greedy rule with expected loads does."""
        return build_policy(spec)

    def prepare(self, labels: LabelStore, report: Report) -> str:
        """Draw the jobs; there are no labels."""
        compile_rules()
        compile_scorer()
        own, digest = self._parameters, hashlib.sha256()
        report(f"drawing {own.instances} jobs, and {own.validation} for the validation")
        self._jobs = [self._draw(TRAINING, number, digest) for number in range(own.instances)]
        self._held_out = [
            self._draw(VALIDATION, number, digest) for number in range(own.validation)
        ]
        return digest.hexdigest()

    def rollout(self, policy: Policy, rng: np.random.Generator, size: int) -> tuple[Tensor, Tensor]:
        """Place ``size`` jobs by networks with other weights: costs and log-likelihoods, (B, S).

        The cost is the mean of the logarithms of the highest load and of a mean of all loads that
        is close to it.
        """
        starts, sigma = self._parameters.starts, self._parameters.sigma
        weights = torch.nn.utils.parameters_to_vector(policy.parameters())
        noise = rng.standard_normal((starts // 2, len(weights)))
        noise = np.concatenate([noise, -noise])
        drawn = weights.detach() + sigma * torch.from_numpy(noise).float()
        jobs = [self._jobs[k] for k in rng.integers(0, len(self._jobs), size)]
        copy = SpineScorer(**policy.settings())  # type: ignore[arg-type]
        cost = np.empty((size, starts))
        for s, vector in enumerate(drawn):
            torch.nn.utils.vector_to_parameters(vector, copy.parameters())
            scorer = copy.scorer()
            for b, job in enumerate(jobs):
                job.clear()
                job.by_scorer(scorer)
                cost[b, s] = _cost(job)
        likelihood = -0.5 * ((drawn - weights) / sigma).square().sum(1)
        return torch.from_numpy(cost).float(), likelihood.expand(size, starts)

    def validate(self, policy: Policy) -> dict[str, float]:
        """Return by how much theta is above the lower bound, and how often below a greedy rule's.

        The rule is `online-greedy` with the leaf's own flows, on the same jobs and knowledge.
        """
        from netroute.core.rng import kernel_state
        from netroute.solvers.collective._kernels.online import EXPECTED, GREEDY_OWN

        scorer = as_scorer(policy).scorer()
        found: dict[str, list[float]] = {"policy": [], "own": [], "expected": []}
        for job in self._held_out:
            for name, rule in (("policy", None), ("own", GREEDY_OWN), ("expected", EXPECTED)):
                job.clear()
                if rule is None:
                    job.by_scorer(scorer)
                else:
                    job.by_rule(rule, kernel_state(0))
                found[name].append(job.theta)
        theta = {name: np.array(values) for name, values in found.items()}
        return {
            "gap": 100.0 * float(theta["policy"].mean() - 1.0),
            "gap_own": 100.0 * float(theta["own"].mean() - 1.0),
            "gap_expected": 100.0 * float(theta["expected"].mean() - 1.0),
            "below_own": float((theta["policy"] < theta["own"] - 1e-9).mean()),
            "below_expected": float((theta["policy"] < theta["expected"] - 1e-9).mean()),
        }

    def _draw(self, stream: int, number: int, digest: Any) -> LeafPhase:
        """Draw a job, what its leaves know, and the order of arrival."""
        own = self._parameters
        rng = generator(own.seed, stream, number)
        leaves, spines, hosts, group = (
            int(rng.choice(values)) for values in (own.leaves, own.spines, own.hosts, own.group)
        )
        links = leaves * spines
        instance = generate_collective(
            leaves=leaves,
            spines=spines,
            hosts_per_leaf=hosts,
            group=min(group, leaves * hosts),
            spread=float(rng.choice(own.spread)),
            half_rate=int(rng.integers(0, math.floor(own.halved * links) + 1)),
            failed_links=int(rng.integers(0, math.floor(own.failed * links) + 1)),
            nic=1000,
            seed=int(rng.integers(2**31)),
        )
        phase = instance.phases[0]
        low, high = np.log(own.publications)
        refresh = max(2, round(phase.crossing / math.exp(rng.uniform(low, high))))
        information = "hidden" if rng.random() < own.hidden else "stale"
        order = rng.permutation(phase.crossing)
        digest.update(f"{instance.fingerprint} {refresh} {information}".encode())
        return LeafPhase(instance, phase, order=order, information=information, refresh=refresh)


def as_scorer(policy: Policy) -> SpineScorer:
    """Return the policy as what it must be, a `SpineScorer`."""
    if not isinstance(policy, SpineScorer):
        raise TypeError(f"found a {type(policy).__name__}, expected a SpineScorer")
    return policy


def _cost(job: LeafPhase) -> float:
    loads = job.loads
    return 0.5 * (math.log(job.theta) + math.log(float((loads**NORM).mean())) / NORM)
