"""Tours, learned from short ones: every tail of a tour is an instance of its own."""

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
from netroute.solvers.neural.routing.instances import make_instances, make_states
from netroute.solvers.neural.routing.sight import look
from netroute.solvers.neural.shipped import policy_folder

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor

    from netroute.experiments.training.config import PolicySpec
    from netroute.experiments.training.labels import Labels, LabelStore
    from netroute.experiments.training.task import Report
    from netroute.solvers.neural.policy import Policy

MAKERS = "netroute.experiments.training.tasks.tsp_labels"
VERSION = 1
"""Of the makers of labels."""

STATES = 8
"""States of a batch that share an instance, whose tables cost time."""

PLAIN = 0.1
"""Share of the states that are shown without directions: instances may be given by distances."""


class TspParameters(Settings):
    """What the policy of tours learns from.

    Attributes
    ----------
    nodes : tuple of int
        Least and largest number of nodes.
    distribution : str
        Of the nodes; see `netroute.datasets.points.draw_points`.
    uniform : float
        Share of the labels whose nodes are uniform instead.
    own : float
        Share of the labels on ways that the policy ``begun_by`` has begun.
    begun_by : str or None
        That policy: the name of a shipped one, or a folder.
    candidates : int
        Nearest nodes among which the policy chooses.
    tours, kicks : int
        Effort for a label; see `netroute.solvers.tsp.batch.solve_many`.
    validation : int
        Uniform instances of ``validation_nodes`` nodes that the policy is validated on.
    """

    nodes: tuple[int, int] = (20, 100)
    distribution: str = "mixture"
    uniform: float = Field(default=0.5, ge=0, le=1)
    own: float = Field(default=0.0, ge=0, le=1)
    begun_by: str | None = None
    candidates: int = Field(default=16, ge=1)
    tours: int = Field(default=10, ge=3)
    kicks: int = Field(default=30, ge=0)
    validation: int = Field(default=500, ge=1)
    validation_nodes: int = Field(default=100, ge=8)


class TspTask:
    """Imitates the next node of a short tour, from any of its nodes to any other."""

    Parameters: ClassVar[type[Settings]] = TspParameters
    problem = "tsp"
    architectures = ("tail-transformer",)

    def __init__(self, parameters: TspParameters) -> None:
        least, most = parameters.nodes
        if not 8 <= least <= most:
            raise InputError(f"found {parameters.nodes}, expected 8 or more", where="task.nodes")
        if (parameters.own > 0) != (parameters.begun_by is not None):
            raise InputError("expected with own labels, and only then", where="task.begun_by")
        self._given = parameters
        self._most = most

    def make_policy(self, spec: PolicySpec) -> Policy:
        """Return a network for tours."""
        return build_policy(spec, candidates=self._given.candidates)

    def prepare(self, labels: LabelStore, report: Report) -> str:
        """Solve all instances."""
        given = self._given
        common = {"nodes": list(given.nodes), "tours": given.tours, "kicks": given.kicks}
        own = round(given.own * labels.count)
        uniform = round(given.uniform * (labels.count - own))
        parts = []
        for count, seed, changes in (
            (uniform, 1, {"distribution": "uniform"}),
            (labels.count - own - uniform, 2, {"distribution": given.distribution}),
        ):
            report(f"{count} tours, {changes['distribution']}")
            parts.append(self._make(labels, "make_tours", common | changes, count, seed))
        if given.begun_by is not None:
            report(f"{own} tours that the policy has begun")
            changes = {"weights": given.begun_by, "distribution": given.distribution}
            # The name of the policy would not tell when its weights change.
            changes["digest"] = read_card(policy_folder(given.begun_by)).sha256
            parts.append(self._make(labels, "make_detours", common | changes, own, 3))
        self._data = {
            name: np.concatenate([part.stacked(name) for part in parts if part.chunks])
            for name in ("points", "price", "tour", "size", "begin")
        }
        nodes = given.validation_nodes
        check = {"nodes": [nodes, nodes], "tours": 20, "kicks": 50, "distribution": "uniform"}
        held_out = self._make(labels, "make_tours", check, given.validation, 4)
        points, tour = held_out.stacked("points"), held_out.stacked("tour")
        self._held_out = make_instances(points, prices=held_out.stacked("price"))
        self._best = tour_lengths(points, tour)
        digests = [part.digest for part in parts] + [held_out.digest]
        return hashlib.sha256("".join(digests).encode()).hexdigest()

    def _make(
        self, labels: LabelStore, maker: str, parameters: dict[str, Any], count: int, seed: int
    ) -> Labels:
        return labels.make(
            f"{MAKERS}:{maker}", version=VERSION, parameters=parameters, seed=seed, count=count
        )

    def batch(self, rng: np.random.Generator, size: int) -> dict[str, Tensor]:
        """Return states between two nodes of a short tour."""
        data = self._data
        instance = rng.integers(len(data["size"]), size=max(1, size // STATES))
        most = int(data["size"][instance].max())
        instances = make_instances(
            data["points"][instance, :most],
            prices=data["price"][instance, :most],
            sizes=data["size"][instance],
        )
        planar = instances.planar
        planar[:] = rng.random(len(planar)) >= PLAIN
        index = np.repeat(np.arange(len(instance)), STATES)
        way, number = cut_ways(
            data["tour"][instance, :most].astype(np.int64)[index],
            instances.sizes[index],
            data["begin"][instance][index],
            rng,
        )
        states = make_states(
            instances,
            index,
            here=way[:, 0],
            goal=way[np.arange(len(way)), number + 1],
            left=way[:, 1:],
            number=number,
        )
        rows = np.arange(len(way))
        sight = look(instances, states, rows, candidates=self._given.candidates, routes=False)
        hit = sight.nodes == way[:, 1:2]
        target = np.where(hit.any(axis=1), hit.argmax(axis=1), -1)
        return sight.seen | {"target": torch.from_numpy(target)}

    def loss(self, policy: Policy, batch: Mapping[str, Tensor]) -> tuple[Tensor, dict[str, float]]:
        """Return the cross-entropy of the next node, where it is among the candidates."""
        target = batch["target"]
        scores = policy(batch)
        loss = torch.nn.functional.cross_entropy(scores, target, ignore_index=-1)
        right = scores.argmax(1).eq(target)[target >= 0].double().mean()
        return loss, {"right": float(right)}

    def validate(self, policy: Policy) -> dict[str, float]:
        """Return the mean gap of greedy tours to near-optimal ones, in percent."""
        walks = greedy_walks(policy, self._held_out)  # type: ignore[arg-type]  # its only architecture
        return {"gap": 100.0 * float((walks.length / self._best).mean() - 1.0)}


def cut_ways(
    tours: np.ndarray,
    sizes: np.ndarray,
    begin: np.ndarray,
    rng: np.random.Generator,
    *,
    turn: bool = True,
) -> tuple[np.ndarray, np.ndarray]:
    """Cut a way out of each tour that is a shortest one between its ends.

    A tour that is a shortest one as a whole is cut at any two places, or goes all around. Of one
    that is so from place ``begin`` on, half of the ways lead from there, or from a later place, to
    its first node, the others between any two places behind ``begin``. Half of all are turned
    round.

    Parameters
    ----------
    tours : ndarray of int64, shape (S, N)
    sizes, begin : ndarray of int64, shape (S,)
    turn : bool
        Whether distances are the same both ways; without it no way is turned round.

    Returns
    -------
    way : ndarray of int64, shape (S, N + 1)
        From its first to its last node; what follows is not to be used.
    number : ndarray of int64, shape (S,)
        Nodes between the two, one or more.
    """
    count, most = tours.shape
    whole = begin == 0
    span = np.where(whole, sizes, sizes - begin)
    # Steps of the way: a place further than the number of nodes between its ends.
    steps = 2 + (rng.random(count) * (span - 1)).astype(np.int64)
    first = np.where(
        whole,
        (rng.random(count) * sizes).astype(np.int64),
        begin + (rng.random(count) * (span - steps + 1)).astype(np.int64),
    )
    home = ~whole & (rng.random(count) < 0.5)
    first = np.where(home, sizes - steps, first)
    turned = np.logical_and(rng.random(count) < 0.5, turn)
    at = np.arange(most + 1)
    forward = first[:, None] + at
    backward = (first + steps)[:, None] - at
    place = np.where(turned[:, None], backward, forward) % sizes[:, None]
    return np.take_along_axis(tours, place, 1), steps - 1


def tour_lengths(points: np.ndarray, tours: np.ndarray) -> np.ndarray:
    """Lengths of closed tours, (B,), of points (B, n, 2) in the order (B, n)."""
    place = np.take_along_axis(points, tours[..., None].astype(np.int64), 1)
    found: np.ndarray = np.sqrt(np.square(place - np.roll(place, -1, 1)).sum(2)).sum(1)
    return found
