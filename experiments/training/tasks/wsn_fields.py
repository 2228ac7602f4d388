"""What both tasks on sensor fields have in common: their fields, and the network that sees them."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, ClassVar, NamedTuple, cast

import torch
from pydantic import Field

from netroute.core.errors import InputError
from netroute.experiments.settings import Settings
from netroute.experiments.training.task import build_policy
from netroute.experiments.training.tasks.wsn_labels import MAKER, VERSION, fields_of
from netroute.solvers.wsn.learned.model import NodeAttention
from netroute.solvers.wsn.learned.rollout import Rollout

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor

    from netroute.experiments.training.config import PolicySpec
    from netroute.experiments.training.labels import LabelStore
    from netroute.experiments.training.task import Report
    from netroute.problems.wsn import WsnInstance
    from netroute.solvers.neural.policy import Policy

TRAINING, VALIDATION = 0, 1
"""Seeds of the fields to learn from and of those to choose weights on."""


class WsnParameters(Settings):
    """Parameters of learning on sensor fields.

    Attributes
    ----------
    nodes : tuple of int
        Least and largest number of nodes.
    energy : tuple of float
        Least and largest energy of normal nodes, in joules.
    turns : int
        How often the prices of a field are improved.
    validation : int
        Fields to choose weights on.
    radius : float
        Within which nodes are neighbours, in metres.
    nearest : int
        Neighbours that the network sees, at most.
    """

    nodes: tuple[int, int] = (40, 120)
    energy: tuple[float, float] = (0.05, 0.5)
    turns: int = Field(default=12, ge=1)
    validation: int = Field(default=32, ge=1)
    radius: float = Field(default=30.0, gt=0, allow_inf_nan=False)
    nearest: int = Field(default=16, ge=1)


class Known(NamedTuple):
    """A field, what the network sees of it, its prices and its bound."""

    instance: WsnInstance
    rollout: Rollout
    seen: dict[str, Tensor]
    price: np.ndarray
    bound: float


class WsnFields:
    """A task without its objective: fields, labels and the network."""

    Parameters: ClassVar[type[Settings]] = WsnParameters
    problem = "wsn"
    architectures: ClassVar[tuple[str, ...]] = (NodeAttention.architecture,)

    def __init__(self, parameters: WsnParameters) -> None:
        self.parameters = parameters
        self.training: list[Known] = []
        self.validation: list[Known] = []

    def make_policy(self, spec: PolicySpec) -> Policy:
        """Return a network all outputs of which are 0."""
        return build_policy(spec, radius=self.parameters.radius, nearest=self.parameters.nearest)

    def prepare(self, labels: LabelStore, report: Report) -> str:
        """Make the fields and their prices."""
        report("fields: prices that prove the bounds on their lifetimes")
        own = self.parameters
        keys = {"nodes": own.nodes, "energy": own.energy, "turns": own.turns}
        digests = []
        for seed, count in ((TRAINING, None), (VALIDATION, own.validation)):
            made = labels.make(MAKER, version=VERSION, parameters=keys, seed=seed, count=count)
            known = [self._known(*row) for chunk in made.chunks for row in fields_of(chunk)]
            if seed == TRAINING:
                self.training = known
            else:
                self.validation = known
            digests.append(made.digest)
        return hashlib.sha256(" ".join(digests).encode()).hexdigest()

    def _known(self, instance: WsnInstance, price: np.ndarray, bound: float) -> Known:
        own = self.parameters
        rollout = Rollout(instance, radius=own.radius, nearest=own.nearest)
        seen = {name: torch.as_tensor(part)[None] for name, part in rollout.seen.items()}
        return Known(instance, rollout, seen, price, bound)


def outputs(policy: Policy, known: Known) -> np.ndarray:
    """Return a network's outputs for a field: float64, (n, 9).

    Raises
    ------
    InputError
        The network, of weights to start from, looks at other neighbours.
    """
    network, rollout = cast("NodeAttention", policy), known.rollout
    for name in ("radius", "nearest"):
        wanted, found = getattr(network, name), getattr(rollout, name)
        if wanted != found:
            raise InputError(
                f"found {found:g}, but the weights to start from are for {wanted:g}",
                where=f"task.{name}",
            )
    seen = policy(known.seen)[0].detach().numpy()
    return cast("np.ndarray", seen.astype("float64"))
