"""The relaxation's bound and the solver that rounds it, end to end."""

import json

import numpy as np
import pytest

import netroute
from netroute.core.budget import Budget
from netroute.core.status import StoppedBy
from netroute.problems.sdn import SdnInstance
from netroute.problems.sdn.check import check
from netroute.problems.sdn.verify_bound import verify_bound
from netroute.solvers.sdn.bound.lp import LpBound
from netroute.solvers.sdn.colgen import ColgenSolver
from netroute.solvers.sdn.greedy_density import GreedyDensitySolver
from netroute.solvers.sdn.path_lp import PathLpSolver
from netroute.solvers.sdn.warmup import compile_lp, compile_residual

FIELDS = {
    "plain": {},
    "revenue": {"weighting": "revenue"},
    "lexicographic": {"objective": "lexicographic"},
    "tables": {"table_size": [30] * 20},
    "arc": {"protection": "arc"},
    "node": {"protection": "node"},
    "delay": {"max_delay": np.full(400, 1.2)},
    "hops": {"max_hops": np.full(400, 4)},
}


@pytest.fixture(scope="module")
def net():
    """Twenty nodes in a ring with chords, two thirds of 400 flows."""
    random = np.random.default_rng(0)
    a = np.concatenate([np.arange(20), random.integers(20, size=20)])
    b = (a + np.concatenate([np.ones(20, int), random.integers(2, 18, 20)])) % 20
    source = random.integers(20, size=400)
    return SdnInstance(
        name="ring",
        nodes=range(20),
        tail=np.concatenate([a, b]),
        head=np.concatenate([b, a]),
        capacity=np.tile(random.integers(40, 150, 40), 2),
        delay=np.tile(random.random(40), 2),
        source=source,
        target=(source + random.integers(1, 20, size=400)) % 20,
        bandwidth=random.integers(1, 30, 400),
        priority=random.integers(1, 9, 400),
    )


@pytest.mark.parametrize("variant", FIELDS)
def test_solver_and_certificate(net, variant):
    case = net.replace(**FIELDS[variant])
    result = ColgenSolver().solve(case)
    assert check(case, result.solution).feasible
    assert result.objective <= result.bound
    assert result.stopped_by is StoppedBy.COMPLETED
    certificate = json.loads(json.dumps(result.certificate))
    assert verify_bound(case, certificate) == result.bound
    greedy = GreedyDensitySolver().solve(case)
    assert result.objective >= greedy.objective
    assert result.gap < 0.1 or result.objective == greedy.objective


def test_bounds_improve_and_end_at_the_relaxation(net):
    found = []
    LpBound().run(net, report=found.append, stop=lambda: False, incumbent=lambda: None)
    values = [certificate.value for certificate in found]
    assert len(values) > 3
    assert values == sorted(values, reverse=True)
    solver = PathLpSolver(net)
    solver.run(lambda: False)
    assert values[-1] == solver.bound == np.floor(solver.value)
    for certificate in found[:: len(found) // 3]:
        assert verify_bound(net, certificate.to_dict()) == certificate.value


def test_bound_stops_when_told(net):
    found = []
    LpBound().run(net, report=found.append, stop=lambda: len(found) > 1, incumbent=lambda: None)
    assert len(found) == 2


def test_face(net):
    result = netroute.solve(net, solver="greedy", bound="lp", seconds=5)
    assert result.certificate["method"] == "lp"
    assert result.bound == ColgenSolver().solve(net).bound


def test_short_time_still_gives_an_answer(net):
    compile_residual()
    compile_lp()
    result = ColgenSolver().solve(net, budget=Budget(seconds=0.001))
    assert result.stopped_by is StoppedBy.TIME
    assert check(net, result.solution).feasible


def test_same_answer_again(net):
    one, two = (ColgenSolver().solve(net, seed=seed) for seed in (1, 2))
    assert one.solution.to_dict() == two.solution.to_dict()
    assert one.bound == two.bound


def test_relaxation_of_the_shared_instance(data_folder):
    """The optimum of the relaxation with narrow arcs closed, below that of the plain one."""
    file = data_folder / "sdn" / "pfar_n50_f2000_s0.json"
    if not file.is_file():
        pytest.skip(f"no {file.name}")
    data = json.loads(file.read_text())
    arcs, flows = np.array(data["arcs"]), np.array(data["flows"])
    case = SdnInstance(
        nodes=range(data["n"]),
        tail=arcs[:, 0].astype(int),
        head=arcs[:, 1].astype(int),
        capacity=arcs[:, 2].astype(int),
        source=flows[:, 0],
        target=flows[:, 1],
        bandwidth=flows[:, 2],
        priority=flows[:, 3],
    )
    solver = PathLpSolver(case)
    solver.run(lambda: False)
    assert solver.bound == 6565.0
    assert solver.value == pytest.approx(6565.05, abs=0.01)
