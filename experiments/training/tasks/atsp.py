"""Asymmetric tours: driving times on road networks, known by their matrices alone."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import torch
from pydantic import Field

from netroute.core.budget import Budget
from netroute.datasets.tsp.roads import generate_roads
from netroute.experiments.settings import Settings
from netroute.experiments.training.task import build_policy
from netroute.experiments.training.tasks.tsp import STATES, TspTask, cut_ways
from netroute.solvers.neural.routing.construct import greedy_walks
from netroute.solvers.neural.routing.instances import make_instances, make_states
from netroute.solvers.neural.routing.sight import look
from netroute.solvers.tsp.lin_kernighan import LinKernighanSolver

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor

    from netroute.experiments.training.config import PolicySpec
    from netroute.experiments.training.labels import LabelStore
    from netroute.experiments.training.task import Report
    from netroute.solvers.neural.policy import Policy

VERSION = 1
"""Of the maker of labels."""


class AtspParameters(Settings):
    """What the policy of asymmetric tours learns from.

    Attributes
    ----------
    nodes : tuple of int
        Least and largest number of nodes.
    kicks : int
        Effort for a label: kicks of the chained Lin-Kernighan search.
    candidates : int
        Nearest nodes among which the policy chooses.
    validation : int
        Instances of the largest size that the policy is validated on.
    """

    nodes: tuple[int, int] = (20, 100)
    kicks: int = Field(default=200, ge=1)
    candidates: int = Field(default=16, ge=1)
    validation: int = Field(default=100, ge=1)


class AtspTask:
    """Imitates the next node of a short tour where the way back is another one."""

    Parameters: ClassVar[type[Settings]] = AtspParameters
    problem = "tsp"
    architectures = TspTask.architectures
    loss = TspTask.loss

    def __init__(self, parameters: AtspParameters) -> None:
        self._given = parameters

    def make_policy(self, spec: PolicySpec) -> Policy:
        """Return a network for tours."""
        return build_policy(spec, candidates=self._given.candidates)

    def prepare(self, labels: LabelStore, report: Report) -> str:
        """Solve all instances."""
        given = self._given
        most = given.nodes[1]
        report(f"{labels.count} tours on roads")
        made_by = {"maker": f"{__name__}:make_road_tours", "version": VERSION}
        trained = labels.make(
            **made_by,  # type: ignore[arg-type]
            parameters={"nodes": list(given.nodes), "kicks": given.kicks},
            seed=1,
        )
        held_out = labels.make(
            **made_by,  # type: ignore[arg-type]
            parameters={"nodes": [most, most], "kicks": 10 * given.kicks},
            seed=2,
            count=given.validation,
        )
        self._data = {name: trained.stacked(name) for name in ("matrix", "tour", "size")}
        matrix, tour = held_out.stacked("matrix"), held_out.stacked("tour").astype(np.int64)
        self._held_out = make_instances(matrix=matrix)
        onward = np.roll(tour, -1, axis=1)
        self._best = matrix[np.arange(len(tour))[:, None], tour, onward].sum(axis=1)
        return hashlib.sha256(f"{trained.digest}{held_out.digest}".encode()).hexdigest()

    def batch(self, rng: np.random.Generator, size: int) -> dict[str, Tensor]:
        """Return states between two nodes of a short tour."""
        data = self._data
        chosen = rng.integers(len(data["size"]), size=max(1, size // STATES))
        most = int(data["size"][chosen].max())
        instances = make_instances(
            matrix=data["matrix"][chosen, :most, :most], sizes=data["size"][chosen]
        )
        index = np.repeat(np.arange(len(chosen)), STATES)
        way, number = cut_ways(
            data["tour"][chosen, :most].astype(np.int64)[index],
            instances.sizes[index],
            np.zeros(len(index), np.int64),
            rng,
            turn=False,
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

    def validate(self, policy: Policy) -> dict[str, float]:
        """Return the mean gap of greedy tours to short ones, in percent."""
        walks = greedy_walks(policy, self._held_out)  # type: ignore[arg-type]  # its only architecture
        return {"gap": 100.0 * float((walks.length / self._best).mean() - 1.0)}


def make_road_tours(
    parameters: Mapping[str, Any], rng: np.random.Generator, count: int
) -> dict[str, np.ndarray]:
    """Draw road networks of one size, and solve them.

    Parameters
    ----------
    parameters : mapping
        ``nodes``, least and largest number, and ``kicks`` of the search.

    Returns
    -------
    dict of ndarray
        ``matrix`` (count, N, N), seconds, and ``tour`` (count, N), with N the largest number of
        nodes and zeros behind the others; ``size`` (count,).
    """
    least, most = parameters["nodes"]
    n = int(rng.integers(least, most + 1))
    matrix = np.zeros((count, most, most), np.float32)
    tours = np.zeros((count, most), np.int32)
    for k in range(count):
        instance = generate_roads(nodes=n, seed=int(rng.integers(2**31)))
        result = LinKernighanSolver().solve(
            instance, budget=Budget(iterations=parameters["kicks"]), seed=int(rng.integers(2**31))
        )
        matrix[k, :n, :n] = instance.distance_matrix()
        tours[k, :n] = result.solution.tour
    return {"matrix": matrix, "tour": tours, "size": np.full(count, n)}
