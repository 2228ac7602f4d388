"""Routes, learned from good plans: what a partial plan leaves is an instance of its own."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import torch
from pydantic import Field

from netroute.core.errors import InputError
from netroute.experiments.settings import Settings
from netroute.experiments.training.task import build_policy
from netroute.solvers.neural.policy_card import read_card
from netroute.solvers.neural.routing.construct import greedy_walks
from netroute.solvers.neural.routing.instances import make_instances, price_routes
from netroute.solvers.neural.routing.plans import cut_states, right_actions
from netroute.solvers.neural.routing.sight import look
from netroute.solvers.neural.shipped import policy_folder

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor

    from netroute.experiments.training.config import PolicySpec
    from netroute.experiments.training.labels import Labels, LabelStore
    from netroute.experiments.training.task import Report
    from netroute.solvers.neural.policy import Policy

MAKERS = "netroute.experiments.training.tasks.cvrp_labels"
VERSION = 1
"""Of the makers of labels."""

STATES = 8
"""States of a batch that share an instance, whose tables cost time."""

PLAIN = 0.1
"""Share of the states that are shown without directions: instances may be given by distances."""

PART = 0.3
"""Share of the states in which only some neighbouring routes are left."""

UNIFORM = {"distribution": "uniform", "depot": "random", "demand": "1-9"}
MIXED = {"distribution": "mixture", "depot": "mixture", "demand": "mixture"}


class CvrpParameters(Settings):
    """What the policy of routes learns from.

    Attributes
    ----------
    clients : tuple of int
        Least and largest number of clients.
    uniform : float
        Share of the labels on uniform instances of the learning literature; the others are
        mixtures of layouts, depots and demands.
    own : float
        Share of the labels on plans that the policy ``begun_by`` has begun.
    begun_by : str or None
        That policy: the name of a shipped one, or a folder.
    candidates : int
        Nearest clients among which the policy chooses.
    offspring : int
        Effort for a label: offspring of the hybrid genetic search.
    validation : int
        Uniform instances of ``validation_clients`` clients that the policy is validated on.
    """

    clients: tuple[int, int] = (40, 100)
    uniform: float = Field(default=0.5, ge=0, le=1)
    own: float = Field(default=0.0, ge=0, le=1)
    begun_by: str | None = None
    candidates: int = Field(default=20, ge=1)
    offspring: int = Field(default=300, ge=1)
    validation: int = Field(default=200, ge=1)
    validation_clients: int = Field(default=100, ge=8)


class CvrpTask:
    """Imitates the next client of a good plan, and the returns to the depot."""

    Parameters: ClassVar[type[Settings]] = CvrpParameters
    problem = "cvrp"
    architectures = ("tail-transformer",)

    def __init__(self, parameters: CvrpParameters) -> None:
        least, most = parameters.clients
        if not 8 <= least <= most:
            raise InputError(
                f"found {parameters.clients}, expected 8 or more", where="task.clients"
            )
        if (parameters.own > 0) != (parameters.begun_by is not None):
            raise InputError("expected with own labels, and only then", where="task.begun_by")
        self._given = parameters

    def make_policy(self, spec: PolicySpec) -> Policy:
        """Return a network for routes."""
        return build_policy(spec, candidates=self._given.candidates, routes=True)

    def prepare(self, labels: LabelStore, report: Report) -> str:
        """Solve all instances."""
        given = self._given
        common: dict[str, Any] = {"clients": list(given.clients), "offspring": given.offspring}
        own = round(given.own * labels.count)
        uniform = round(given.uniform * (labels.count - own))
        parts = []
        for count, seed, kind in (
            (uniform, 1, UNIFORM),
            (labels.count - own - uniform, 2, MIXED),
        ):
            report(f"{count} plans, {kind['distribution']}")
            parts.append(self._make(labels, "make_plans", common | kind, count, seed))
        if given.begun_by is not None:
            report(f"{own} plans that the policy has begun")
            begun = {
                "weights": given.begun_by,
                # The name of the policy would not tell when its weights change.
                "digest": read_card(policy_folder(given.begun_by)).sha256,
            }
            for count, seed, kind in ((own // 2, 3, UNIFORM), (own - own // 2, 5, MIXED)):
                maker = "make_detours"
                parts.append(self._make(labels, maker, common | kind | begun, count, seed))
        self._data = {
            name: np.concatenate([part.stacked(name) for part in parts if part.chunks])
            for name in ("points", "demand", "order", "opens", "size", "begun")
        }
        self._prices = price_routes(
            make_instances(
                self._data["points"], demands=self._data["demand"], sizes=self._data["size"] + 1
            )
        )
        clients = given.validation_clients
        check = {"clients": [clients, clients], "offspring": 2000}
        held_out = self._make(labels, "make_plans", check | UNIFORM, given.validation, 4)
        self._held_out = make_instances(
            held_out.stacked("points"), demands=held_out.stacked("demand")
        )
        price_routes(self._held_out)
        self._best = held_out.stacked("cost")
        digests = [part.digest for part in parts] + [held_out.digest]
        return hashlib.sha256("".join(digests).encode()).hexdigest()

    def _make(
        self, labels: LabelStore, maker: str, parameters: dict[str, Any], count: int, seed: int
    ) -> Labels:
        return labels.make(
            f"{MAKERS}:{maker}", version=VERSION, parameters=parameters, seed=seed, count=count
        )

    def batch(self, rng: np.random.Generator, size: int) -> dict[str, Tensor]:
        """Return states in the middle of good plans."""
        data = self._data
        chosen = rng.integers(len(data["size"]), size=max(1, size // STATES))
        most = int(data["size"][chosen].max())
        instances = make_instances(
            data["points"][chosen, : most + 1],
            prices=self._prices[chosen, : most + 1],
            demands=data["demand"][chosen, : most + 1],
            sizes=data["size"][chosen] + 1,
        )
        planar = instances.planar
        planar[:] = rng.random(len(planar)) >= PLAIN
        index = np.repeat(np.arange(len(chosen)), STATES)
        states, target = cut_states(
            instances,
            index,
            np.ascontiguousarray(data["order"][chosen, :most]),
            np.ascontiguousarray(data["opens"][chosen, :most]),
            draw=rng.random((len(index), 6)),
            part=PART,
            begun=data["begun"][chosen],
        )
        rows = np.arange(len(index))
        sight = look(instances, states, rows, candidates=self._given.candidates, routes=True)
        right = right_actions(target, sight.nodes) & sight.seen["mask"].numpy()
        return sight.seen | {"target": torch.from_numpy(right)}

    def loss(self, policy: Policy, batch: Mapping[str, Tensor]) -> tuple[Tensor, dict[str, float]]:
        """Return the mean negative logarithm of the probability of all right steps together."""
        target = batch["target"]
        some = target.any(1)
        scores, target = policy(batch)[some], target[some]
        right = scores.masked_fill(~target, -torch.inf)
        loss = (scores.logsumexp(1) - right.logsumexp(1)).mean()
        hit = target.gather(1, scores.argmax(1, keepdim=True)).double().mean()
        return loss, {"right": float(hit), "reachable": float(some.double().mean())}

    def validate(self, policy: Policy) -> dict[str, float]:
        """Return the mean gap of greedy plans to good ones, in percent."""
        walks = greedy_walks(policy, self._held_out)  # type: ignore[arg-type]  # its only architecture
        return {"gap": 100.0 * float((walks.length / self._best).mean() - 1.0)}
