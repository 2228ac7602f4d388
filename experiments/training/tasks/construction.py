"""Tours and routes built node by node from many starts, learned without labels.

Labels are made of the validation set only: good plans of our own solvers, to measure gaps by.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import torch
from pydantic import Field

from netroute.experiments.settings import Settings
from netroute.experiments.training.task import build_policy
from netroute.solvers.neural.attention.decode import construct, instances_of
from netroute.solvers.neural.attention.rollout import lengths, log_likelihood, roll_out
from netroute.solvers.neural.decoding.symmetries import unit_square

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor

    from netroute.experiments.training.config import PolicySpec
    from netroute.experiments.training.labels import Chunk, LabelStore
    from netroute.experiments.training.task import Report
    from netroute.solvers.neural.attention.model import AttentionPolicy
    from netroute.solvers.neural.policy import Policy

VERSION = 1
"""Of the labels."""


class ConstructionParameters(Settings):
    """Parameters of both tasks.

    Attributes
    ----------
    nodes : int
        Nodes of a tour, or clients.
    distribution : str
        Layout: one of `netroute.datasets.points.DISTRIBUTIONS`.
    starts : int or None
        Plans of each instance in training, each from another first node; all nodes without it.
    validation : int
        Instances of the validation set.
    validation_seed : int
        Seed of the validation set, which has no influence on the training.
    mirrored : bool
        Validate by ``gap``, the best of all starts under all eight symmetries, and not of all
        starts of the instance as it is.
    """

    nodes: int = Field(default=20, ge=4, le=200)
    distribution: str = "uniform"
    starts: int | None = Field(default=None, ge=2)
    validation: int = Field(default=1000, ge=1)
    validation_seed: int = Field(default=0, ge=0)
    mirrored: bool = False


class _Construction:
    """What both tasks share."""

    architectures: ClassVar[tuple[str, ...]] = ("attention",)
    problem: str
    maker: ClassVar[str]
    depot: ClassVar[bool]

    def __init__(self, parameters: ConstructionParameters) -> None:
        self._parameters = parameters
        self._made: Chunk = {}

    def draw(self, rng: np.random.Generator, count: int) -> Chunk:
        """Return new instances: ``coordinates``, and ``demand`` and ``capacity`` of routes."""
        raise NotImplementedError

    def make_policy(self, spec: PolicySpec) -> Policy:
        """Return a network with random weights."""
        return build_policy(spec, depot=self.depot)

    def prepare(self, labels: LabelStore, report: Report) -> str:
        """Make or load plans of the validation set."""
        parameters = self._parameters
        report(f"plans of {parameters.validation} instances to measure gaps by")
        plain = parameters.model_dump(mode="json")
        # Kernels are compiled here, and not in each process by itself.
        globals()[self.maker](plain, np.random.default_rng(0), 1)
        made = labels.make(
            f"{__name__}:{self.maker}",
            version=VERSION,
            parameters=plain,
            seed=parameters.validation_seed,
            count=parameters.validation,
        )
        names = made.chunks[0].keys()
        self._made = {name: made.stacked(name) for name in names}
        return made.digest

    def validate(self, policy: AttentionPolicy) -> dict[str, float]:
        """Return mean gaps in percent to the plans of our own solvers, all greedy.

        ``gap_single`` is the mean over the starts, ``gap_starts`` takes the best start, and
        ``gap_mirrored`` the best start under eight symmetries, if the task asks for it.
        """
        made = self._made
        arrays = [made[name] for name in ("coordinates", "demand", "capacity") if name in made]
        found = construct(policy, *arrays, mirrored=self._parameters.mirrored).lengths
        # The first view is the instance as it is.
        plain = found[:, : self._parameters.nodes]
        scale = 100.0 / made["length"].mean()
        base = made["length"].mean()
        figures = {
            "gap": float(scale * (found.min(axis=1).mean() - base)),
            "gap_single": float(scale * (plain.mean() - base)),
            "gap_starts": float(scale * (plain.min(axis=1).mean() - base)),
        }
        if self._parameters.mirrored:
            figures["gap_mirrored"] = figures["gap"]
        return figures

    def rollout(
        self, policy: AttentionPolicy, rng: np.random.Generator, size: int
    ) -> tuple[Tensor, Tensor]:
        """Solve new instances from many starts each, by sampling."""
        drawn = self.draw(rng, size)
        points = torch.from_numpy(np.ascontiguousarray(drawn["coordinates"], np.float32))
        instances = instances_of(
            unit_square(drawn["coordinates"]), drawn.get("demand"), drawn.get("capacity")
        )
        source = torch.Generator().manual_seed(int(rng.integers(2**63 - 1)))
        first = torch.arange(self._parameters.nodes) + int(self.depot)
        if self._parameters.starts is not None:
            # Other ones each step, so that all nodes have their turn.
            first = first[torch.randperm(len(first), generator=source)][: self._parameters.starts]
        encoded = policy.encode(instances.coordinates, instances.share)
        begin = first.expand(size, -1).contiguous()
        plans = roll_out(policy, encoded, instances, begin, rng=source)
        cost = lengths(points, plans.nodes, depot=self.depot)
        return cost, log_likelihood(policy, encoded, plans)


class TspConstruction(_Construction):
    """Tours: ``tsp-construction``."""

    Parameters: ClassVar[type[Settings]] = ConstructionParameters
    problem = "tsp"
    maker = "tour_labels"
    depot = False

    def draw(self, rng: np.random.Generator, count: int) -> Chunk:
        """Return new tours' nodes."""
        return _draw_tsp(self._parameters.model_dump(), rng, count)


class CvrpConstructionParameters(ConstructionParameters):
    """Parameters of routes.

    Attributes
    ----------
    depots, demands : str
        As ``depot`` and ``demand`` of `netroute.datasets.vrp.mixture.draw_batch`.
    capacity : int or None
        Without it the learning literature's for the number of clients.
    offspring : int
        Iterations of the genetic search that solves an instance of the validation set.
    """

    depots: str = "random"
    demands: str = "1-9"
    capacity: int | None = Field(default=None, ge=1)
    offspring: int = Field(default=400, ge=1)


class CvrpConstruction(_Construction):
    """Routes from a depot: ``cvrp-construction``."""

    Parameters: ClassVar[type[Settings]] = CvrpConstructionParameters
    problem = "cvrp"
    maker = "route_labels"
    depot = True

    def draw(self, rng: np.random.Generator, count: int) -> Chunk:
        """Return new instances."""
        return _draw_cvrp(self._parameters.model_dump(), rng, count)


def tour_labels(parameters: Mapping[str, Any], rng: np.random.Generator, count: int) -> Chunk:
    """Return instances and the lengths of short tours of theirs."""
    from netroute.solvers.tsp.batch import solve_many

    drawn = _draw_tsp(parameters, rng, count)
    tours = solve_many(drawn["coordinates"], tours=10, kicks=20)
    points = torch.from_numpy(drawn["coordinates"])
    length = lengths(points, torch.from_numpy(tours)[:, None], depot=False)[:, 0]
    return drawn | {"length": length.numpy()}


def route_labels(parameters: Mapping[str, Any], rng: np.random.Generator, count: int) -> Chunk:
    """Return instances and the lengths of good plans of theirs."""
    from netroute.core.budget import Budget
    from netroute.problems.geometry import Rounding
    from netroute.problems.vrp import VehicleType, VrpInstance
    from netroute.solvers.vrp.hgs import HgsSolver

    drawn = _draw_cvrp(parameters, rng, count)
    length = np.empty(count)
    budget = Budget(iterations=int(parameters["offspring"]))
    for k in range(count):
        instance = VrpInstance(
            coordinates=drawn["coordinates"][k],
            deliveries=drawn["demand"][k],
            rounding=Rounding.EXACT,
            vehicles=(VehicleType(capacity=(float(drawn["capacity"][k]),)),),
        )
        found = HgsSolver().solve(instance, budget=budget).objective
        length[k] = np.inf if found is None else found
    return drawn | {"length": length}


def _draw_tsp(parameters: Mapping[str, Any], rng: np.random.Generator, count: int) -> Chunk:
    from netroute.datasets.points import draw_points

    nodes, layout = parameters["nodes"], parameters["distribution"]
    return {"coordinates": draw_points(rng, count, nodes, distribution=layout)}


def _draw_cvrp(parameters: Mapping[str, Any], rng: np.random.Generator, count: int) -> Chunk:
    from netroute.datasets.vrp.mixture import draw_batch

    coordinates, demand, capacity = draw_batch(
        rng,
        count,
        parameters["nodes"],
        distribution=parameters["distribution"],
        depot=parameters["depots"],
        demand=parameters["demands"],
        capacity=parameters["capacity"],
    )
    return {"coordinates": coordinates, "demand": demand, "capacity": capacity}
