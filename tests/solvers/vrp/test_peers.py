"""PyVRP, OR-Tools and VROOM behind the contract; skipped where they are not installed."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

import numpy as np
import pytest

from netroute.core.budget import Budget
from netroute.core.errors import InfeasibleError, InputError, MissingExtraError, NoAnswerError
from netroute.core.status import StoppedBy
from netroute.problems.vrp import Rounding, VehicleType, VrpInstance, VrpSolution
from netroute.problems.vrp.check import check
from netroute.solvers.peers.integers import LARGEST
from netroute.solvers.vrp.nearest import NearestSolver
from netroute.solvers.vrp.peers import base, vroom
from netroute.solvers.vrp.peers.integers import integer_instance
from netroute.solvers.vrp.peers.ortools import OrtoolsSolver
from netroute.solvers.vrp.peers.progress import complete_routes, plan_cost
from netroute.solvers.vrp.peers.pyvrp import PyvrpSolver
from netroute.solvers.vrp.peers.vroom import VroomSolver

if TYPE_CHECKING:
    from collections.abc import Callable

    from netroute.solvers.vrp.peers.base import PeerSolver


def peers(*solvers: PeerSolver) -> pytest.MarkDecorator:
    """Run the test once a peer, skipping the ones that are missing."""
    return pytest.mark.parametrize(
        "solver",
        [
            pytest.param(
                solver,
                id=solver.name,
                marks=pytest.mark.skipif(
                    find_spec(solver.package) is None, reason=f"{solver.package} is not installed"
                ),
            )
            for solver in solvers
        ],
    )


ALL = (PyvrpSolver(idle_iterations=300), OrtoolsSolver(), VroomSolver(exploration=1))
every_peer = peers(*ALL)


@every_peer
def test_beats_nearest_neighbour(solver: PeerSolver, make_cvrp: Callable[..., VrpInstance]) -> None:
    instance = make_cvrp(40, seed=3)
    result = solver.solve(instance, seed=1)
    assert result.objective == check(instance, result.solution).objective
    assert result.objective < NearestSolver().solve(instance).objective
    assert result.solver == solver.name
    assert solver.kind == "peer"


@every_peer
def test_fractional_asymmetric_and_limited(solver: PeerSolver) -> None:
    rng = np.random.default_rng(2)
    matrix = rng.random((16, 16)) * 3.0 * (1 - np.eye(16))
    instance = VrpInstance(
        distances=matrix,
        deliveries=np.concatenate([[0.0], rng.integers(1, 5, 15) / 10]),
        vehicles=(VehicleType(capacity=(1.0,), number=6),),
    )
    result = solver.solve(instance)
    assert check(instance, result.solution).feasible
    assert len(result.solution.routes) <= 6
    assert result.objective < NearestSolver().solve(instance).objective


@every_peer
def test_no_clients_and_too_few_vehicles(solver: PeerSolver) -> None:
    assert solver.solve(VrpInstance(coordinates=[[0, 0]])).objective == 0.0
    instance = VrpInstance(
        coordinates=np.arange(8).reshape(4, 2),
        deliveries=[0, 6, 6, 6],
        vehicles=(VehicleType(capacity=(10,), number=2),),
    )
    with pytest.raises(InfeasibleError):
        solver.solve(instance)


@every_peer
def test_missing_package_is_named(
    solver: PeerSolver, monkeypatch: pytest.MonkeyPatch, make_cvrp: Callable[..., VrpInstance]
) -> None:
    monkeypatch.setattr(base, "find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match="netroute\\[peers\\]"):
        solver.solve(make_cvrp(5))


@peers(PyvrpSolver(), OrtoolsSolver())
def test_iteration_budget(solver: PeerSolver, make_cvrp: Callable[..., VrpInstance]) -> None:
    instance = make_cvrp(40, seed=3)
    result = solver.solve(instance, budget=Budget(iterations=15, seconds=600), seed=1)
    assert result.stopped_by is StoppedBy.ITERATIONS
    assert result.iterations == 15


@peers(PyvrpSolver(), OrtoolsSolver())
def test_seconds_and_trace(solver: PeerSolver, make_cvrp: Callable[..., VrpInstance]) -> None:
    incumbents: list[float] = []
    result = solver.solve(
        make_cvrp(60, seed=1),
        budget=Budget(seconds=1.0),
        observe=lambda event: (
            incumbents.append(event.objective) if event.kind == "incumbent" else None
        ),
    )
    assert result.stopped_by is StoppedBy.TIME
    assert incumbents == sorted(incumbents, reverse=True)
    assert incumbents[-1] == result.objective


@peers(PyvrpSolver(), OrtoolsSolver())
def test_start_is_used(solver: PeerSolver, make_cvrp: Callable[..., VrpInstance]) -> None:
    instance = make_cvrp(40, seed=3)
    start = PyvrpSolver(idle_iterations=500).solve(instance, seed=1)
    result = solver.solve(instance, budget=Budget(iterations=1, seconds=600), start=start.solution)
    assert result.objective <= start.objective


@peers(VroomSolver(exploration=5))
def test_vroom_is_killed_at_the_deadline(
    solver: PeerSolver, make_cvrp: Callable[..., VrpInstance]
) -> None:
    with pytest.raises(NoAnswerError, match="killed"):
        solver.solve(make_cvrp(300), budget=Budget(seconds=0.3))


@peers(VroomSolver())
def test_vroom_program_is_importable(solver: PeerSolver) -> None:
    module = vroom.PROGRAM.split()[1]
    assert callable(import_module(module).main)


def test_parameters_are_checked() -> None:
    with pytest.raises(InputError, match="0 to 5"):
        VroomSolver(exploration=9)
    with pytest.raises(InputError, match="expected one of"):
        OrtoolsSolver(first="RANDOM")


def test_integer_distances_stay_as_they_are(make_cvrp: Callable[..., VrpInstance]) -> None:
    instance = make_cvrp(30)
    data = integer_instance(instance)
    assert data.scale == 1.0
    assert np.array_equal(data.distances, instance.distance_matrix())
    assert data.demand == instance.demand()[:, 0].tolist()


def test_fractional_distances_are_scaled() -> None:
    rng = np.random.default_rng(0)
    points = rng.random((40, 2)) * 100
    exact = VrpInstance(coordinates=points)
    data = integer_instance(exact)
    assert data.distances.max() <= LARGEST < 10 * data.distances.max()
    assert np.abs(data.distances / data.scale - exact.distance_matrix()).max() <= 0.5 / data.scale
    tenths = VrpInstance(coordinates=points, rounding=Rounding.DIMACS)
    assert integer_instance(tenths).scale == 10.0


def test_vehicles_of_an_unlimited_fleet(make_cvrp: Callable[..., VrpInstance]) -> None:
    instance = make_cvrp(50, per_route=5.0)
    assert 10 <= integer_instance(instance).vehicles <= 25
    assert integer_instance(make_cvrp(3)).vehicles == 3


def test_plan_cost_is_that_of_the_checker(make_cvrp: Callable[..., VrpInstance]) -> None:
    instance = make_cvrp(50)
    plan = NearestSolver().solve(instance).solution
    assert plan_cost(instance, plan) == check(instance, plan).objective


def test_only_complete_starts_are_used(make_cvrp: Callable[..., VrpInstance]) -> None:
    instance = make_cvrp(3)
    assert complete_routes(instance, VrpSolution.of([[1, 2], [3]]), 3) == [[1, 2], [3]]
    assert complete_routes(instance, VrpSolution.of([[1, 2]]), 3) is None
    assert complete_routes(instance, VrpSolution.of([[1, 2], [2, 3]]), 3) is None
    assert complete_routes(instance, VrpSolution.of([[1], [2], [3]]), 2) is None
    assert complete_routes(instance, None, 3) is None
