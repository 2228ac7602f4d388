"""What all protocols have in common: checked schedules, budgets, seeds, batches, limits."""

import numpy as np
import pytest

from netroute.core.budget import Budget
from netroute.core.errors import InputError, UnsupportedError
from netroute.core.status import StoppedBy
from netroute.problems.wsn import WsnInstance
from netroute.problems.wsn.registry import WSN
from netroute.solvers.wsn.batch import lifetimes
from netroute.solvers.wsn.k_means import KMeansSolver
from netroute.solvers.wsn.leach import LeachSolver
from netroute.solvers.wsn.leach_c import LeachCSolver
from netroute.solvers.wsn.pso_c import PsoCSolver
from netroute.solvers.wsn.world import require_memory

NAMES = (
    "direct", "leach", "leach-c", "heed", "sep", "deec", "edeec", "teen", "pegasis", "k-means",
    "pso-c", "chef", "max-residual", "game", "q-learning",
)  # fmt: skip
CONVENTIONS = {
    "plain": {},
    "silent": {"headless": "silent", "death_test": "end", "control_bits": 100},
    "tree": {"routing": "tree", "base_if_nearer": True},
    "thresholds": {"hard_threshold": 90.0, "soft_threshold": 5.0, "headless": "silent"},
    "uneven": {"energy": np.linspace(0.002, 0.02, 12), "aggregation_ratio": 0.2},
}


def solver_of(name):
    return WSN.solver(name)()


def fitting(name, changes):
    return changes | {"routing": "tree"} if name == "pegasis" else changes


@pytest.mark.parametrize("convention", CONVENTIONS)
@pytest.mark.parametrize("name", NAMES)
def test_schedules_pass_the_check_and_batches_say_the_same(make_field, name, convention):
    changes = fitting(name, CONVENTIONS[convention])
    if name == "pegasis" and "aggregation_ratio" in changes:
        changes = changes | {"aggregation_ratio": 0.0}
    nets = [make_field(seed=seed, **changes) for seed in (0, 1)]
    batch = lifetimes(solver_of(name), nets, seeds=(3, 5))
    for row, net in enumerate(nets):
        for column, seed in enumerate((3, 5)):
            solver = solver_of(name)
            if name == "q-learning":
                solver = type(solver)(episodes=1)
            result = solver.solve(net, seed=seed)
            metrics = result.metrics
            assert result.stopped_by is StoppedBy.COMPLETED
            assert result.objective == batch.full[row, column]
            assert result.iterations == batch.rounds[row, column] == result.solution.rounds.sum()
            for key in ("fnd", "hnd", "lnd", "packets_to_base", "node_rounds", "silent_rounds"):
                assert metrics[key] == getattr(batch, key)[row, column], key
            if net.routing == "clusters" and name != "teen":
                talking = metrics["rounds"] - metrics["silent_rounds"]
                heads = batch.heads[row, column]
                assert metrics["mean_heads"] == pytest.approx(heads / max(1, talking))


@pytest.mark.parametrize("name", NAMES)
def test_budgets_and_seeds(make_field, name):
    net = make_field(20, **fitting(name, {}))
    whole = solver_of(name).solve(net, seed=1)
    again = solver_of(name).solve(net, seed=1)
    assert (again.solution.parent == whole.solution.parent).all()
    assert (again.solution.rounds == whole.solution.rounds).all()
    for count in (0, 1, 5):
        part = solver_of(name).solve(net, seed=1, budget=Budget(iterations=count))
        assert part.stopped_by is StoppedBy.ITERATIONS
        assert part.iterations == part.solution.rounds.sum() == count
        assert part.objective == count
    aimed = solver_of(name).solve(net, seed=1, budget=Budget(target=3))
    assert aimed.stopped_by is StoppedBy.TARGET
    halted = solver_of(name).solve(net, seed=1, observe=lambda event: event.iteration > 0)
    assert halted.stopped_by is StoppedBy.INTERRUPT
    assert 0 < halted.iterations < whole.iterations


def test_time_ends_a_run_early(make_field):
    net = make_field(100, energy=50.0)
    result = PsoCSolver().solve(net, budget=Budget(seconds=0.3))
    assert result.stopped_by is StoppedBy.TIME
    assert 0 < result.objective == result.solution.rounds.sum()


def test_a_start_counts(make_field):
    net = make_field(base_station=[50, 50])
    best = solver_of("direct").solve(net)
    result = LeachSolver().solve(net, start=best.solution, budget=Budget(iterations=1))
    assert result.objective == best.objective


@pytest.mark.parametrize("solver", [LeachCSolver, KMeansSolver, PsoCSolver])
def test_more_heads_than_nodes(make_field, solver):
    net = make_field(4)
    with pytest.raises(InputError, match=rf"{solver.name}.heads: found 5 heads for 4 nodes"):
        solver().solve(net)
    assert solver(heads=4).solve(net).objective > 0
    with pytest.raises(InputError, match="expected a value from 1"):
        solver(heads=0)


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("leach", {"share": 1.5}),
        ("heed", {"radius": float("nan")}),
        ("chef", {"share": 0.0}),
        ("pso-c", {"balance": 2}),
        ("q-learning", {"temperature": 0}),
        ("pegasis", {"spread": 0.5}),
        ("max-residual", {"size": 0}),
        ("game", {"radius": -1}),
    ],
)
def test_parameters_out_of_range(name, settings):
    with pytest.raises(InputError, match=rf"{name}\.{next(iter(settings))}: found"):
        WSN.solver(name)(**settings)


@pytest.mark.parametrize("name", NAMES)
def test_few_coincident_and_distant_nodes(name):
    changes = fitting(name, {"base_station": [0, 0], "energy": 0.002, "field": [1, 1]})
    for position in ([[0, 0]], [[3, 3]] * 4, [[0, 0], [5000, 5000], [1, 0]]):
        net = WsnInstance(position=position, **changes)
        solver = WSN.solver(name)
        keys = solver().parameters()
        result = (solver(heads=1) if "heads" in keys else solver()).solve(net, seed=2)
        assert result.metrics["lnd"] is not None


def test_batches_that_do_not_fit(make_field):
    with pytest.raises(InputError, match=r"instances\[1\].size: found 7, expected 6"):
        lifetimes(LeachSolver(), [make_field(6), make_field(7)])
    with pytest.raises(InputError, match=r"instances\[1\].headless: found 'silent'"):
        lifetimes(LeachSolver(), [make_field(), make_field(headless="silent")])
    with pytest.raises(InputError, match="no fields or no seeds"):
        lifetimes(LeachSolver(), [])
    with pytest.raises(UnsupportedError, match="needs the routing 'tree'"):
        lifetimes(solver_of("pegasis"), [make_field()])
    with pytest.raises(InputError, match=r"a batch of 200000000 fields would take .* GiB"):
        lifetimes(LeachSolver(), [make_field()], seeds=range(200_000_000))
    with pytest.raises(InputError, match=r"a schedule would take 5\.0 GiB, of which"):
        require_memory(5 * 2**30, "a schedule")


def test_batches_that_end_early(make_field):
    found = lifetimes(LeachSolver(), [make_field(energy=1.0)], seeds=range(3), rounds=100)
    assert found.rounds.tolist() == [[100, 100, 100]]
    assert found.fnd.tolist() == [[-1, -1, -1]]
    assert found.full.tolist() == [[100, 100, 100]]
