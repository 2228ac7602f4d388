"""Exported programmes are complete: solved alone, they have the optimum of the instance."""

import pytest

from netroute.core.errors import InputError, UnsupportedError
from netroute.datasets.sdn.priority_flows import generate_priority_flows
from netroute.solvers.lp.engines import engine_named
from netroute.solvers.sdn.ilp_arc import IlpArcSolver
from netroute.solvers.sdn.ilp_export import reference_problem, write_lp, write_mps

pulp = pytest.importorskip("pulp")


@pytest.mark.parametrize("objective", ["weighted", "lexicographic"])
@pytest.mark.parametrize("paths", [None, 0])
def test_programmes_have_the_optimum(objective, paths):
    net = generate_priority_flows(nodes=5, flows=20, load=0.7, seed=4).replace(objective=objective)
    problem = reference_problem(net, paths=paths)
    problem.solve(engine_named("PULP_CBC_CMD", relaxed=False, seconds=60))
    assert pulp.value(problem.objective) == pytest.approx(IlpArcSolver().solve(net).objective)


def test_files_hold_the_programme(tmp_path):
    net = generate_priority_flows(nodes=4, flows=5, load=0.7, seed=2)
    problem = reference_problem(net, paths=2)
    write_lp(net, tmp_path / "model.lp", paths=2)
    text = (tmp_path / "model.lp").read_text()
    assert "Maximize" in text
    assert all(variable.name in text for variable in problem.variables())
    write_mps(net, tmp_path / "model.mps", paths=2)
    _, read = pulp.LpProblem.fromMPS(str(tmp_path / "model.mps"))
    assert read.numVariables() == problem.numVariables()
    assert read.numConstraints() == problem.numConstraints()


def test_faults(tmp_path):
    net = generate_priority_flows(nodes=4, flows=5)
    with pytest.raises(InputError, match="does not exist"):
        write_lp(net, tmp_path / "missing" / "model.lp")
    large = generate_priority_flows(nodes=40, flows=6500)
    with pytest.raises(UnsupportedError, match="at most 1000000 variables"):
        write_mps(large, tmp_path / "model.mps")
