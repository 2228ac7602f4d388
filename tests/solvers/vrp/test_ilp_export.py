"""The exported model is complete: solved alone, it has the optimum of the instance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from netroute.core.errors import InputError, UnsupportedError
from netroute.problems.vrp import VehicleType, VrpInstance
from netroute.solvers.lp.engines import engine_named
from netroute.solvers.vrp.ilp import IlpSolver
from netroute.solvers.vrp.ilp_export import compact_problem, write_lp, write_mps

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pulp = pytest.importorskip("pulp")


@pytest.mark.parametrize("case", ["plain", "asymmetric", "no demand", "no capacity", "one vehicle"])
def test_compact_model_has_the_optimum(case: str) -> None:
    rng = np.random.default_rng(7)
    demand = np.array([0, 3, 4, 2, 5, 1])
    # Two clusters: without demand nothing but the flow of stops keeps tours at the depot.
    points = np.concatenate([[[0, 0]], rng.integers(50, 60, (3, 2)), -rng.integers(50, 60, (2, 2))])
    matrix = rng.integers(1, 40, (6, 6)) * (1 - np.eye(6))
    capacity: tuple[float, ...] = () if case == "no capacity" else (8.0,)
    if case == "one vehicle":
        capacity = (15.0,)
    instance = VrpInstance(
        coordinates=points,
        distances=matrix if case == "asymmetric" else None,
        deliveries=np.zeros(6) if case == "no demand" else demand,
        vehicles=(VehicleType(capacity=capacity, number=1 if case == "one vehicle" else None),),
    )
    problem = compact_problem(instance)
    problem.solve(engine_named("PULP_CBC_CMD", relaxed=False, seconds=60))
    assert problem.sol_status == pulp.LpSolutionOptimal
    expected = IlpSolver(model="routes").solve(instance).objective
    assert pulp.value(problem.objective) == pytest.approx(expected)


def test_files_hold_the_model(make_cvrp: Callable[..., VrpInstance], tmp_path: Path) -> None:
    instance = make_cvrp(4)
    write_lp(instance, tmp_path / "model.lp")
    write_mps(instance, tmp_path / "model.mps")
    text = (tmp_path / "model.lp").read_text()
    assert "Minimize" in text
    assert "x_4_0" in text
    _, problem = pulp.LpProblem.fromMPS(str(tmp_path / "model.mps"))
    assert problem.numVariables() == compact_problem(instance).numVariables()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["model.lp", "model.mps"]


def test_unwritable_place_is_named(make_cvrp: Callable[..., VrpInstance], tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        write_lp(make_cvrp(4), tmp_path / "missing" / "model.lp")


def test_features_beyond_the_model_are_named() -> None:
    instance = VrpInstance(coordinates=[[0, 0], [1, 0]], service=[0, 5])
    with pytest.raises(UnsupportedError, match="service times"):
        compact_problem(instance)
