"""Rounding of the relaxation: the kernel against plain Python, the solvers end to end."""

import numpy as np
import pytest

from netroute.core.budget import Budget
from netroute.core.rng import generator
from netroute.core.status import StoppedBy
from netroute.problems.sdn import SdnInstance
from netroute.problems.sdn.check import check
from netroute.problems.sdn.verify_bound import verify_bound
from netroute.solvers.sdn._kernels.rounding import Fraction, place
from netroute.solvers.sdn.greedy_density import GreedyDensitySolver
from netroute.solvers.sdn.path_lp import PathLpSolver
from netroute.solvers.sdn.randomized_rounding import RandomizedRoundingSolver
from netroute.solvers.sdn.residual import Residual, to_solution
from netroute.solvers.sdn.rounding import Rounder, RoundingSolver

FIELDS = {
    "plain": {},
    "revenue": {"weighting": "revenue"},
    "lexicographic": {"objective": "lexicographic"},
    "tables": {"table_size": [12] * 10},
    "arc": {"protection": "arc"},
    "node and delay": {"protection": "node", "max_delay": np.full(120, 1.5)},
    "hops": {"max_hops": np.full(120, 3)},
}


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


def relaxation(net):
    solver = PathLpSolver(net)
    solver.run(lambda: False)
    return solver.solution()


def place_slowly(net, relaxed, flows):
    """Put flows on the column with most of its bandwidth left, of those with room."""
    room, left = net.capacity.copy(), relaxed.amount.copy()
    entries = np.full(len(net.nodes), 10**6)
    if net.table_size is not None:
        entries = np.where(net.table_size < 0, 10**6, net.table_size)
    chosen = np.full(net.size, -1)
    for flow in flows:
        columns = np.flatnonzero(relaxed.pair == relaxed.pairs.of_flow[flow])
        for column in sorted(columns, key=lambda c: -left[c]):
            arcs = relaxed.arcs[relaxed.start[column] : relaxed.start[column + 1]]
            need = np.bincount(net.tail[arcs], minlength=len(entries))
            if (room[arcs] >= net.bandwidth[flow]).all() and (need <= entries).all():
                room[arcs] -= net.bandwidth[flow]
                entries -= need
                left[column] -= net.bandwidth[flow]
                chosen[flow] = column
                break
    return chosen, left, room, entries


@pytest.fixture(scope="module", params=["plain", "tables", "arc"])
def relaxed_net(request):
    net = ring(1, **FIELDS[request.param])
    return net, relaxation(net)


def run_kernel(net, relaxed, flows, *, random, seed=1):
    residual = Residual(net)
    first = np.searchsorted(relaxed.pair, np.arange(len(relaxed.pairs.source) + 1))
    fraction = Fraction(
        relaxed.pairs.of_flow.astype(np.int64), first.astype(np.int64),
        relaxed.start.astype(np.int64), relaxed.arcs.astype(np.uint32),
        np.array(net.tail, np.uint32),
    )  # fmt: skip
    chosen, left = np.full(net.size, -1, np.int64), relaxed.amount.copy()
    place(
        fraction, residual.room, np.array(net.bandwidth, np.int64), flows, left, random,
        np.array([seed], np.uint64), np.zeros(len(left)), chosen,
    )  # fmt: skip
    return chosen, left, residual.room


def test_kernel_places_as_plain_python_does(relaxed_net):
    net, relaxed = relaxed_net
    flows = generator(5).permutation(net.size).astype(np.uint32)
    chosen, left, room = run_kernel(net, relaxed, flows, random=False)
    expected = place_slowly(net, relaxed, flows)
    assert (chosen == expected[0]).all()
    assert left == pytest.approx(expected[1])
    assert (room.capacity == expected[2]).all()
    assert 0 < (chosen >= 0).sum() < net.size
    if net.table_size is not None:
        assert (room.entries == expected[3]).all()


def test_columns_are_drawn_in_proportion_to_their_bandwidth():
    net = SdnInstance(
        nodes="ab", tail=[0, 0, 0], head=[1, 1, 1], capacity=[9, 9, 1],
        source=[0] * 2, target=[1] * 2, bandwidth=[8, 2],
    )  # fmt: skip
    fraction = Fraction(
        np.zeros(2, np.int64), np.array([0, 3]), np.arange(4), np.arange(3, dtype=np.uint32),
        np.zeros(3, np.uint32),
    )  # fmt: skip
    rng, count = np.array([7], np.uint64), np.zeros(3)
    for _ in range(4000):
        chosen = np.full(2, -1, np.int64)
        left = np.array([3.0, 1.0, 6.0])
        place(
            fraction, Residual(net).room, np.array(net.bandwidth, np.int64),
            np.array([1], np.uint32), left, True, rng, np.zeros(3), chosen,
        )  # fmt: skip
        count[chosen[1]] += 1
        assert chosen[0] == -1
    # The third arc is drawn most often, but too narrow: the others share its part.
    assert count[2] == 0
    assert count[0] / 4000 == pytest.approx(0.75, abs=0.03)


@pytest.mark.parametrize("solver", [RoundingSolver, RandomizedRoundingSolver])
@pytest.mark.parametrize("variant", FIELDS)
def test_solvers(solver, variant):
    net = ring(**FIELDS[variant])
    result = solver().solve(net, budget=Budget(iterations=8), seed=3)
    assert check(net, result.solution).feasible
    assert verify_bound(net, result.certificate) == result.bound >= result.objective
    assert result.objective >= GreedyDensitySolver().solve(net).objective
    again = solver().solve(net, budget=Budget(iterations=8), seed=3)
    assert again.solution.to_dict() == result.solution.to_dict()


def test_rounding_gains_on_greedy_and_repeats_gain_more():
    greedy = once = often = 0.0
    for seed in range(4):
        net = ring(seed)
        greedy += GreedyDensitySolver().solve(net).objective
        once += RoundingSolver().solve(net).objective
        often += RandomizedRoundingSolver().solve(net, budget=Budget(iterations=60)).objective
    assert greedy < once < often


def test_ends():
    net = ring(2)
    assert RoundingSolver().solve(net).iterations <= 3
    result = RandomizedRoundingSolver().solve(net)
    assert result.iterations == 100 or result.stopped_by is StoppedBy.PROOF
    assert result.stopped_by in {StoppedBy.COMPLETED, StoppedBy.PROOF}
    short = RandomizedRoundingSolver().solve(net, budget=Budget(seconds=1e-6))
    assert short.stopped_by is StoppedBy.TIME
    empty = net.replace(source=[], target=[], bandwidth=[], priority=[], priorities=1)
    assert RoundingSolver().solve(empty).objective == 0


def test_a_plan_holds_every_flow_at_most_once():
    net = ring(3)
    relaxed = relaxation(net)
    routes = Rounder(net, relaxed, seed=4).round(np.arange(60, dtype=np.uint32), random=True)
    assert sorted(routes.flow.tolist()) == list(range(net.size))
    assert check(net, to_solution(net, routes)).feasible


def test_one_signature():
    RoundingSolver().solve(ring(1))
    assert len(place.signatures) == 1
