"""Tours, learned from short ones: every tail of a tour is an instance of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
import torch
from pydantic import Field

from netroute.experiments.training.tasks.routing import (
    PLAIN,
    STATES,
    Given,
    MixedParameters,
    RoutingTask,
    Share,
    by_policy,
    count_labels,
)
from netroute.solvers.neural.routing.instances import make_instances, make_states
from netroute.solvers.neural.routing.sight import look

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from torch import Tensor

    from netroute.experiments.settings import Settings
    from netroute.experiments.training.labels import Labels
    from netroute.solvers.neural.policy import Policy
    from netroute.solvers.neural.routing.instances import Instances


class TspParameters(MixedParameters):
    """What the policy of tours learns from; more in `MixedParameters`.

    Attributes
    ----------
    nodes : tuple of int
        Least and largest number of nodes.
    distribution : str
        Of the nodes that are not uniform; see `netroute.datasets.points.draw_points`.
    tours, kicks : int
        Effort for a label; see `netroute.solvers.tsp.batch.solve_many`.
    validation : int
        Uniform instances of ``validation_nodes`` nodes that the policy is validated on.
    """

    nodes: tuple[int, int] = (20, 100)
    distribution: str = "mixture"
    tours: int = Field(default=10, ge=3)
    kicks: int = Field(default=30, ge=0)
    validation: int = Field(default=500, ge=1)
    validation_nodes: int = Field(default=100, ge=8)


class TourTask(RoutingTask[Given]):
    """Imitates the next node of a short tour, from any of its nodes to any other."""

    problem = "tsp"

    def _see(
        self,
        instances: Instances,
        chosen: np.ndarray,
        begin: np.ndarray,
        rng: np.random.Generator,
        *,
        turn: bool = True,
    ) -> dict[str, Tensor]:
        """Return states on ways cut out of the tours ``chosen``; see `cut_ways`."""
        index = np.repeat(np.arange(len(chosen)), STATES)
        most = int(instances.sizes.max())
        way, number = cut_ways(
            self._data["tour"][chosen, :most].astype(np.int64)[index],
            instances.sizes[index],
            begin[index],
            rng,
            turn=turn,
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


class TspTask(TourTask[TspParameters]):
    """Learns tours of the plane."""

    Parameters: ClassVar[type[Settings]] = TspParameters
    makers = "netroute.experiments.training.tasks.tsp_labels"
    arrays = ("points", "price", "tour", "size", "begin")

    def _shares(self, count: int) -> Iterator[Share]:
        given, number = self._given, count_labels(self._given, count)
        effort = self._sizes() | {"tours": given.tours, "kicks": given.kicks}
        kinds = {"distribution": "uniform"}, {"distribution": given.distribution}
        for many, seed, kind in zip(number.solved, (1, 2), kinds, strict=True):
            text = f"{many} tours, {kind['distribution']}"
            yield Share("make_tours", many, seed, effort | kind, text)
        if given.begun_by is not None:
            begun = effort | kinds[1] | by_policy(given.begun_by)
            text = f"{number.own} tours that the policy has begun"
            yield Share("make_detours", number.own, 3, begun, text)
        if given.improved_by is not None:
            for many, seed, kind in zip(number.improved, (5, 6), kinds, strict=True):
                text = f"{many} tours that the policy improves, {kind['distribution']}"
                yield Share("make_improved", many, seed, self._improver() | kind, text)

    def _held_out_share(self) -> Share:
        given = self._given
        nodes = [given.validation_nodes, given.validation_nodes]
        check = {"nodes": nodes, "tours": 20, "kicks": 50, "distribution": "uniform"}
        return Share("make_tours", given.validation, 4, check)

    def _hold_out(self, labels: Labels) -> tuple[Instances, np.ndarray]:
        points = labels.stacked("points")
        instances = make_instances(points, prices=labels.stacked("price"))
        return instances, tour_lengths(points, labels.stacked("tour"))

    def batch(self, rng: np.random.Generator, size: int) -> dict[str, Tensor]:
        """Return states between two nodes of a short tour."""
        data = self._data
        chosen = rng.integers(len(data["size"]), size=max(1, size // STATES))
        most = int(data["size"][chosen].max())
        instances = make_instances(
            data["points"][chosen, :most],
            prices=data["price"][chosen, :most],
            sizes=data["size"][chosen],
        )
        planar = instances.planar
        planar[:] = rng.random(len(planar)) >= PLAIN
        return self._see(instances, chosen, data["begin"][chosen], rng)


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
