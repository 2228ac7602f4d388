"""The annealed ejection search without the relaxation."""

import numpy as np
import pytest

from netroute.core.budget import Budget
from netroute.core.errors import UnsupportedError
from netroute.core.rng import generator
from netroute.core.status import StoppedBy
from netroute.problems.sdn import SdnInstance
from netroute.problems.sdn.check import check
from netroute.solvers.sdn.candidates import candidate_paths
from netroute.solvers.sdn.ejection import EjectionSolver, guess_relaxation
from netroute.solvers.sdn.greedy_density import GreedyDensitySolver
from netroute.solvers.sdn.path_lp import PathLpSolver

FIELDS = {
    "plain": {},
    "revenue": {"weighting": "revenue"},
    "fractional": {"weighting": "given", "weight": np.arange(1, 121) / 7.0},
    "tables": {"table_size": [12] * 10},
    "delay": {"max_delay": np.full(120, 1.5)},
    "hops": {"max_hops": np.full(120, 3)},
}
STEPS = Budget(iterations=60_000)


def ring(seed=0, *, nodes=10, flows=120, **fields):
    """Return a ring with chords, on which not all flows find room."""
    random = generator(seed)
    a = np.concatenate([np.arange(nodes), random.integers(nodes, size=nodes)])
    steps = np.concatenate([np.ones(nodes, int), random.integers(2, nodes - 1, nodes)])
    b = (a + steps) % nodes
    source = random.integers(nodes, size=flows)
    return SdnInstance(
        name="ring",
        nodes=range(nodes),
        tail=np.concatenate([a, b]),
        head=np.concatenate([b, a]),
        capacity=np.tile(random.integers(30, 90, 2 * nodes), 2),
        delay=np.tile(random.random(2 * nodes), 2),
        source=source,
        target=(source + random.integers(1, nodes, size=flows)) % nodes,
        bandwidth=random.integers(1, 30, flows),
        priority=random.integers(1, 9, flows),
        **fields,
    )


@pytest.mark.parametrize("variant", FIELDS)
def test_gains_on_greedy(variant):
    net = ring(**FIELDS[variant])
    greedy = GreedyDensitySolver().solve(net)
    result = EjectionSolver().solve(net, budget=STEPS, seed=2)
    assert check(net, result.solution).feasible
    assert result.objective > greedy.objective
    assert result.bound is None
    solver = PathLpSolver(net)
    solver.run(lambda: False)
    assert result.objective <= solver.bound
    again = EjectionSolver().solve(net, budget=STEPS, seed=2)
    assert again.solution.to_dict() == result.solution.to_dict()


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"protection": "arc"}, "arc protection"),
        ({"protection": "node"}, "node protection"),
        ({"objective": "lexicographic"}, "lexicographic objective"),
    ],
)
def test_refuses_by_name(fields, word):
    with pytest.raises(UnsupportedError, match=word):
        EjectionSolver().solve(ring(**fields))


def test_guess_holds_the_plan_and_its_best_level_of_prices():
    net = ring(4)
    plan = GreedyDensitySolver().solve(net).solution
    found = candidate_paths(net, 6)
    guess = guess_relaxation(net, found, plan)
    assert (guess.flow_value == plan.admitted).all()
    assert guess.value == net.weights()[plan.admitted].sum()
    for column, pair in enumerate(guess.pair.tolist()):
        arcs = guess.arcs[guess.start[column] : guess.start[column + 1]].tolist()
        users = [
            f for f in np.flatnonzero(guess.pairs.of_flow == pair) if plan.path(f).tolist() == arcs
        ]
        assert guess.amount[column] == net.bandwidth[users].sum()

    def bound(scale):
        cost = [
            min(guess.prices[found.path(f, j)].sum() for j in range(found.k) if found.allowed[f, j])
            for f in range(net.size)
        ]
        gain = net.weights() - net.bandwidth * scale * np.array(cost)
        return scale * guess.prices @ net.capacity + np.maximum(gain, 0.0).sum()

    best = bound(1.0)
    assert all(best <= bound(scale) + 1e-9 for scale in (0.0, 0.5, 0.9, 0.99, 1.01, 1.1, 2.0))
    assert bound(0.5) > best < bound(2.0)


def test_a_start_is_kept_and_time_ends_the_run():
    net = ring(5)
    good = EjectionSolver().solve(net, budget=STEPS)
    short = EjectionSolver().solve(net, budget=Budget(seconds=1e-6), start=good.solution)
    assert short.objective == good.objective
    assert short.stopped_by is StoppedBy.TIME
    longer = EjectionSolver().solve(net, budget=STEPS, start=good.solution)
    assert longer.objective >= good.objective


def test_nothing_to_route():
    empty = ring().replace(source=[], target=[], bandwidth=[], priority=[], priorities=1)
    assert EjectionSolver().solve(empty).objective == 0
    wide = ring().replace(bandwidth=np.full(120, 1000))
    assert EjectionSolver().solve(wide, budget=Budget(iterations=1000)).objective == 0
