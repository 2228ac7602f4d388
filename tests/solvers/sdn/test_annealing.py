"""The annealed search over candidate paths, and the default solver around it."""

from __future__ import annotations

import numpy as np
import pytest

from netroute.core.budget import Budget
from netroute.core.rng import generator
from netroute.problems.sdn import SdnInstance
from netroute.problems.sdn.check import check
from netroute.problems.sdn.verify_bound import verify_bound
from netroute.solvers.sdn._kernels.choices import REJECTED
from netroute.solvers.sdn.auto import AutoSolver
from netroute.solvers.sdn.base import rank
from netroute.solvers.sdn.greedy import GreedySolver
from netroute.solvers.sdn.greedy_density import GreedyDensitySolver
from netroute.solvers.sdn.path_lp import PathLpSolver
from netroute.solvers.sdn.path_search import PathSearch
from netroute.solvers.sdn.path_set import path_set
from netroute.solvers.sdn.schedule import COLDEST, HOTTEST, Schedule, sharing

FLOWS = 120
VARIANTS = {
    "plain": {},
    "revenue": {"weighting": "revenue"},
    "tables": {"table_size": [12] * 10},
    "delay": {"max_delay": np.full(FLOWS, 1.5)},
    "hops": {"max_hops": np.full(FLOWS, 3)},
    "arcs": {"protection": "arc"},
    "nodes": {"protection": "node"},
}


def network(seed=0, *, nodes=10, **fields):
    """Return a ring with chords, on which not all flows find room."""
    random = generator(seed)
    a = np.concatenate([np.arange(nodes), random.integers(nodes, size=nodes)])
    steps = np.concatenate([np.ones(nodes, int), random.integers(2, nodes - 1, nodes)])
    b = (a + steps) % nodes
    source = random.integers(nodes, size=FLOWS)
    return SdnInstance(
        name="ring",
        nodes=range(nodes),
        tail=np.concatenate([a, b]),
        head=np.concatenate([b, a]),
        capacity=np.tile(random.integers(30, 90, 2 * nodes), 2),
        delay=np.tile(random.random(2 * nodes), 2),
        source=source,
        target=(source + random.integers(1, nodes, size=FLOWS)) % nodes,
        bandwidth=random.integers(1, 30, FLOWS),
        priority=random.integers(1, 9, FLOWS),
        **fields,
    )


def new_search(instance, seed=1):
    lp = PathLpSolver(instance)
    lp.run(lambda: False)
    relaxed = lp.solution(least=-1.0)
    greedy = GreedyDensitySolver().solve(instance, budget=Budget(iterations=1)).solution
    paths = path_set(relaxed, greedy)
    return PathSearch(instance, relaxed, paths, weights=instance.weights(), seed=seed)


def recomputed(instance, search):
    """Room of arcs and of tables, option by option."""
    room = instance.capacity.astype(float)
    entries = np.zeros(len(instance.nodes))
    for flow, option in enumerate(search._search.current):
        column = search._choices.column[option]
        if column == REJECTED:
            continue
        begin, end = search._columns.start[column], search._columns.start[column + 1]
        for arc in search._columns.arc[begin:end]:
            room[arc] -= instance.bandwidth[flow]
            entries[instance.tail[arc]] += 1
    return room, entries


@pytest.mark.parametrize("variant", ["plain", "tables", "arcs"])
def test_room_is_kept_right_by_thousands_of_steps(variant):
    instance = network(2, **VARIANTS[variant])
    search = new_search(instance)
    search.set_limit(2.0)
    before = search._search.current.copy()
    for temperature in (1.0, 0.1, 0.01):
        search.anneal(temperature, 2.0, 0.01, 0.8, 3000)
        room, entries = recomputed(instance, search)
        assert search._search.room == pytest.approx(room)
        if variant == "tables":
            assert search._tables.room == pytest.approx(np.array(instance.table_size) - entries)
    assert (search._search.current != before).any()


@pytest.mark.parametrize("variant", VARIANTS)
def test_mended_plans_keep_all_limits(variant):
    instance = network(3, **VARIANTS[variant])
    search = new_search(instance)
    search.set_limit(2.0)
    search.anneal(0.5, 0.1, 0.0, 0.8, 2000)  # low fines: too much is admitted
    kept = search._search.current.copy()
    found_rank, choices = search.mended()
    assert (search._search.current == kept).all()
    plan = search.solution(choices)
    verdict = check(instance, plan)
    assert verdict.feasible, verdict.violations[:3]
    assert rank(instance, plan) == pytest.approx(found_rank)


@pytest.mark.parametrize("variant", ["plain", "tables", "nodes"])
def test_mended_plans_leave_no_shorter_candidate_with_room(variant):
    instance = network(3, **VARIANTS[variant])
    search = new_search(instance)
    search.set_limit(2.0)
    search.anneal(0.5, 0.1, 0.0, 0.8, 2000)
    search.mend()
    room, entries = recomputed(instance, search)
    table = instance.table_size
    left = np.full(len(entries), np.inf) if table is None else np.array(table) - entries
    choices, columns = search._choices, search._columns

    def delay_and_use(option):
        column = choices.column[option]
        arcs = columns.arc[columns.start[column] : columns.start[column + 1]]
        bandwidth = np.bincount(arcs, minlength=len(room))
        nodes = np.bincount(instance.tail[arcs], minlength=len(left))
        return instance.delay[arcs].sum(), bandwidth, nodes

    shorter = 0
    for flow, now in enumerate(search.current):
        if choices.column[now] == REJECTED:
            continue
        delay, arcs, nodes = delay_and_use(now)
        for option in range(choices.start[flow], choices.start[flow + 1]):
            if choices.column[option] == REJECTED:
                continue
            less, more, entered = delay_and_use(option)
            if less < delay - 1e-9:
                shorter += 1
                b = instance.bandwidth[flow]
                assert (room + b * (arcs - more) < -1e-9).any() or (
                    left + nodes - entered < 0
                ).any()
    assert shorter > 0


def test_mending_can_be_stopped():
    search = new_search(network(3))
    search.anneal(0.5, 0.1, 0.0, 0.8, 2000)
    kept = search.current.copy()
    assert search.mended(lambda: True) is None
    assert (search.current == kept).all()


@pytest.mark.parametrize("variant", VARIANTS)
def test_default_beats_greedy_and_proves_its_bound(variant):
    instance = network(4, **VARIANTS[variant])
    result = AutoSolver().solve(instance, budget=Budget(iterations=30_000), seed=1)
    verdict = check(instance, result.solution)
    assert verdict.feasible
    assert verdict.objective == pytest.approx(result.objective)
    for rule in (GreedySolver(), GreedyDensitySolver()):
        assert result.objective >= rule.solve(instance, budget=Budget(iterations=1)).objective
    assert result.certificate is not None
    assert verify_bound(instance, result.certificate) <= result.bound * (1 + 1e-9)
    assert result.objective <= result.bound


def test_same_seed_and_steps_give_the_same_plan():
    instance = network(5)
    plans = [
        AutoSolver(threads=threads).solve(instance, budget=Budget(iterations=20_000), seed=7)
        for threads in (1, 1, 2, 2)
    ]
    for first, second in (plans[:2], plans[2:]):
        assert first.solution.to_dict() == second.solution.to_dict()


def test_search_gains_on_the_rounding():
    instance = network(6)
    short, long = (
        AutoSolver().solve(instance, budget=Budget(iterations=steps), seed=1).objective
        for steps in (1, 200_000)
    )
    assert long > short


def test_the_more_flows_share_an_arc_the_colder_it_is():
    found = []
    for copies in (1, 8, 64):
        net = network(7)
        many = SdnInstance(
            nodes=net.nodes,
            tail=net.tail,
            head=net.head,
            capacity=net.capacity * copies,
            source=np.tile(net.source, copies),
            target=np.tile(net.target, copies),
            bandwidth=np.tile(net.bandwidth, copies),
            priority=np.tile(net.priority, copies),
        )
        lp = PathLpSolver(many)
        lp.run(lambda: False)
        found.append((sharing(many, lp.solution()), Schedule.of(many, lp.solution()).hot))
    crowds, temperatures = zip(*found, strict=True)
    assert crowds == pytest.approx(crowds[0] * np.array([1, 8, 64]), rel=0.1)
    assert HOTTEST > temperatures[0] > temperatures[1] > temperatures[2] >= COLDEST


def test_without_scarce_arcs_the_search_is_cold():
    net = network(7)
    idle = net.replace(capacity=net.capacity * 1000)
    lp = PathLpSolver(idle)
    lp.run(lambda: False)
    assert Schedule.of(idle, lp.solution()).hot == COLDEST


@pytest.mark.parametrize("variant", ["plain", "tables", "arcs"])
def test_search_follows_a_plan(variant):
    instance = network(8, **VARIANTS[variant])
    plan = GreedyDensitySolver().solve(instance, budget=Budget(iterations=1)).solution
    search = new_search(instance)
    search.follow(plan)
    assert search.solution(search.current).to_dict() == plan.to_dict()
    assert search._search.room == pytest.approx(recomputed(instance, search)[0])


def test_proven_plans_are_put_on_shorter_paths():
    # Greedy takes the first flow over the direct arc, which is slow.
    net = SdnInstance(
        nodes=range(3),
        tail=[0, 0, 1],
        head=[2, 1, 2],
        capacity=[9, 9, 9],
        delay=[7.0, 1.0, 1.0],
        source=[0, 0],
        target=[2, 1],
        bandwidth=[4, 4],
    )
    result = AutoSolver().solve(net, budget=Budget(iterations=100))
    assert str(result.status) == "optimal"
    assert result.solution.path(0).tolist() == [1, 2]
