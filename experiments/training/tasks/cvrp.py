"""Routes, learned from good plans: what a partial plan leaves is an instance of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
import torch
from pydantic import Field

from netroute.experiments.training.tasks.routing import (
    PLAIN,
    STATES,
    MixedParameters,
    RoutingTask,
    Share,
    by_policy,
    count_labels,
)
from netroute.solvers.neural.routing.instances import make_instances, price_routes
from netroute.solvers.neural.routing.plans import cut_states, right_actions
from netroute.solvers.neural.routing.sight import look

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from torch import Tensor

    from netroute.experiments.settings import Settings
    from netroute.experiments.training.labels import Labels, LabelStore
    from netroute.experiments.training.task import Report
    from netroute.solvers.neural.policy import Policy
    from netroute.solvers.neural.routing.instances import Instances

PART = 0.3
"""Share of the states in which only some neighbouring routes are left."""

UNIFORM = {"distribution": "uniform", "depot": "random", "demand": "1-9"}
MIXED = {"distribution": "mixture", "depot": "mixture", "demand": "mixture"}


class CvrpParameters(MixedParameters):
    """What the policy of routes learns from; more in `MixedParameters`.

    Uniform instances are those of the learning literature; the others are mixtures of layouts,
    depots and demands.

    Attributes
    ----------
    clients : tuple of int
        Least and largest number of clients.
    offspring : int
        Effort for a label: offspring of the hybrid genetic search.
    validation : int
        Uniform instances of ``validation_clients`` clients that the policy is validated on.
    """

    clients: tuple[int, int] = (40, 100)
    candidates: int = Field(default=20, ge=1)
    offspring: int = Field(default=300, ge=1)
    validation: int = Field(default=200, ge=1)
    validation_clients: int = Field(default=100, ge=8)


class CvrpTask(RoutingTask[CvrpParameters]):
    """Imitates the next client of a good plan, and the returns to the depot."""

    Parameters: ClassVar[type[Settings]] = CvrpParameters
    problem = "cvrp"
    size = "clients"
    routes = True
    makers = "netroute.experiments.training.tasks.cvrp_labels"
    arrays = ("points", "demand", "order", "opens", "size", "begun")

    def _shares(self, count: int) -> Iterator[Share]:
        given, number = self._given, count_labels(self._given, count)
        effort = self._sizes() | {"offspring": given.offspring}
        kinds = UNIFORM, MIXED
        for many, seed, kind in zip(number.solved, (1, 2), kinds, strict=True):
            text = f"{many} plans, {kind['distribution']}"
            yield Share("make_plans", many, seed, effort | kind, text)
        if given.begun_by is not None:
            text = f"{number.own} plans that the policy has begun"
            begun, half = effort | by_policy(given.begun_by), number.own // 2
            yield Share("make_detours", half, 3, begun | UNIFORM)
            yield Share("make_detours", number.own - half, 5, begun | MIXED, text)
        if given.improved_by is not None:
            for many, seed, kind in zip(number.improved, (6, 7), kinds, strict=True):
                text = f"{many} plans that the policy improves, {kind['distribution']}"
                yield Share("make_improved", many, seed, self._improver() | kind, text)

    def _held_out_share(self) -> Share:
        given = self._given
        clients = [given.validation_clients, given.validation_clients]
        check = {"clients": clients, "offspring": 2000}
        return Share("make_plans", given.validation, 4, check | UNIFORM)

    def _hold_out(self, labels: Labels) -> tuple[Instances, np.ndarray]:
        instances = make_instances(labels.stacked("points"), demands=labels.stacked("demand"))
        price_routes(instances)
        return instances, labels.stacked("cost")

    def prepare(self, labels: LabelStore, report: Report) -> str:
        """Solve all instances, and price them."""
        digest = super().prepare(labels, report)
        data = self._data
        self._prices = price_routes(
            make_instances(data["points"], demands=data["demand"], sizes=data["size"] + 1)
        )
        return digest

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
