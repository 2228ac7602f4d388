"""Asymmetric tours: driving times on road networks, known by their matrices alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from pydantic import Field

from netroute.core.budget import Budget
from netroute.datasets.tsp.roads import generate_roads
from netroute.experiments.training.tasks.improvement import improve_tour, load_labeller
from netroute.experiments.training.tasks.routing import STATES, RoutingParameters, Share
from netroute.experiments.training.tasks.tsp import TourTask
from netroute.solvers.neural.routing.instances import make_instances
from netroute.solvers.tsp.lin_kernighan import LinKernighanSolver

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from torch import Tensor

    from netroute.experiments.settings import Settings
    from netroute.experiments.training.labels import Labels
    from netroute.problems.tsp import TspInstance
    from netroute.solvers.neural.routing.instances import Instances


class AtspParameters(RoutingParameters):
    """What the policy of asymmetric tours learns from; more in `RoutingParameters`.

    Attributes
    ----------
    nodes : tuple of int
        Least and largest number of nodes.
    kicks : int
        Effort for a label: kicks of the chained Lin-Kernighan search.
    validation : int
        Instances of the largest size that the policy is validated on.
    """

    nodes: tuple[int, int] = (20, 100)
    kicks: int = Field(default=200, ge=1)
    validation: int = Field(default=100, ge=1)


class AtspTask(TourTask[AtspParameters]):
    """Imitates the next node of a short tour where the way back is another one."""

    Parameters: ClassVar[type[Settings]] = AtspParameters
    makers = __name__
    arrays = ("matrix", "tour", "size")

    def _shares(self, count: int) -> Iterator[Share]:
        given = self._given
        improved = round(given.improved * count)
        effort = self._sizes() | {"kicks": given.kicks}
        solved = count - improved
        yield Share("make_road_tours", solved, 1, effort, f"{solved} tours on roads")
        if given.improved_by is not None:
            text = f"{improved} tours on roads that the policy improves"
            yield Share("make_improved_road_tours", improved, 3, self._improver(), text)

    def _held_out_share(self) -> Share:
        given, most = self._given, self._given.nodes[1]
        check = {"nodes": [most, most], "kicks": 10 * given.kicks}
        return Share("make_road_tours", given.validation, 2, check)

    def _hold_out(self, labels: Labels) -> tuple[Instances, np.ndarray]:
        matrix, tour = labels.stacked("matrix"), labels.stacked("tour").astype(np.int64)
        onward = np.roll(tour, -1, axis=1)
        best = matrix[np.arange(len(tour))[:, None], tour, onward].sum(axis=1)
        return make_instances(matrix=matrix), best

    def batch(self, rng: np.random.Generator, size: int) -> dict[str, Tensor]:
        """Return states between two nodes of a short tour."""
        data = self._data
        chosen = rng.integers(len(data["size"]), size=max(1, size // STATES))
        most = int(data["size"][chosen].max())
        instances = make_instances(
            matrix=data["matrix"][chosen, :most, :most], sizes=data["size"][chosen]
        )
        return self._see(instances, chosen, np.zeros(len(chosen), np.int64), rng, turn=False)


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

    def solve(instance: TspInstance) -> np.ndarray:
        budget, seed = Budget(iterations=parameters["kicks"]), int(rng.integers(2**31))
        result = LinKernighanSolver().solve(instance, budget=budget, seed=seed)
        tour: np.ndarray = result.solution.tour
        return tour

    return _draw(parameters, rng, count, solve)


def make_improved_road_tours(
    parameters: Mapping[str, Any], rng: np.random.Generator, count: int
) -> dict[str, np.ndarray]:
    """Draw road networks of one size, and let a policy make the tours alone.

    Parameters
    ----------
    parameters : mapping
        ``nodes``, least and largest number; ``weights``, the policy; ``rounds``.

    Returns
    -------
    dict of ndarray
        As of `make_road_tours`.
    """
    policy = load_labeller(parameters, "tsp")

    def solve(instance: TspInstance) -> np.ndarray:
        alone = make_instances(matrix=instance.distance_matrix()[None])
        return improve_tour(policy, alone, rounds=parameters["rounds"], rng=rng)

    return _draw(parameters, rng, count, solve)


def _draw(
    parameters: Mapping[str, Any],
    rng: np.random.Generator,
    count: int,
    solve: Callable[[TspInstance], np.ndarray],
) -> dict[str, np.ndarray]:
    least, most = parameters["nodes"]
    n = int(rng.integers(least, most + 1))
    matrix = np.zeros((count, most, most), np.float32)
    tours = np.zeros((count, most), np.int32)
    for k in range(count):
        instance = generate_roads(nodes=n, seed=int(rng.integers(2**31)))
        matrix[k, :n, :n] = instance.distance_matrix()
        tours[k, :n] = solve(instance)
    return {"matrix": matrix, "tour": tours, "size": np.full(count, n)}
