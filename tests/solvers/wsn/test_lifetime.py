"""The lifetime's programme, its bound, and the schedules made of it and at growing prices."""

from itertools import product

import numpy as np
import pytest
from scipy.optimize import linprog

from netroute.core.budget import Budget
from netroute.core.errors import UnsupportedError
from netroute.problems.wsn.check import check
from netroute.problems.wsn.energy import member_costs, round_costs, tables
from netroute.problems.wsn.verify_bound import verify_bound
from netroute.solvers.wsn import auto, location
from netroute.solvers.wsn.auto import AutoSolver
from netroute.solvers.wsn.bound import lifetime
from netroute.solvers.wsn.bound.lifetime import LifetimeBound
from netroute.solvers.wsn.diving import dive
from netroute.solvers.wsn.dual_price import DualPriceSolver
from netroute.solvers.wsn.lifetime_lp import LifetimeLp, started
from netroute.solvers.wsn.lp_schedule import LpScheduleSolver
from netroute.solvers.wsn.price_play import PricePlay

VARIANTS = (
    {},
    {"base_station": [50, 50]},
    {"base_station": [50, 175], "control_bits": 400},
    {"aggregation_ratio": 0.1, "death_test": "end", "headless": "silent"},
)


def never():
    return False


def every_round(net):
    """All configurations of a small field, by what they cost each node."""
    n, costs = net.size, tables(net)
    send = member_costs(net, np.arange(n))
    found = []
    for choice in product(range(-2, n), repeat=n):
        # -2: head, -1: directly
        if any(j >= 0 and choice[j] != -2 for j in choice):
            continue
        spent = np.zeros(n)
        for i, j in enumerate(choice):
            if j == -2:
                spent[i] += costs.head[i]
            elif j == -1:
                spent[i] += costs.direct[i]
            else:
                spent[i] += send[i, j]
                spent[j] += costs.receive[j]
        found.append(spent)
    return np.array(found)


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("seed", range(2))
def test_programme_over_all_rounds(make_field, variant, seed):
    """Value and bound enclose the optimum of the programme with every configuration."""
    net = make_field(5, seed=seed, **variant)
    net = net.replace(energy=np.random.default_rng(seed).uniform(0.2, 0.6, 5))
    spent = every_round(net)
    found = linprog(-np.ones(len(spent)), A_ub=(spent / net.energy).T, b_ub=np.ones(5))
    lp = LifetimeLp(net)
    lp.run(never)
    assert lp.value <= -found.fun * (1.0 + 1e-7)
    assert lp.bound >= -found.fun * (1.0 - 1e-7)
    assert lp.bound - lp.value <= 1e-5 * lp.bound
    used = sum(t * c for t, c in zip(lp.master.times, lp.master.columns, strict=True))
    assert (used <= net.energy * (1.0 + 1e-9)).all()


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("seed", range(2))
def test_bound_holds_and_is_recomputed(make_field, variant, seed):
    net = make_field(25, seed=seed, **variant).replace(energy=0.1)
    found = []
    LifetimeBound().run(net, report=found.append, stop=never, incumbent=lambda: None)
    values = [each.value for each in found]
    assert values == sorted(values, reverse=True)
    assert len(set(values)) == len(values)
    assert verify_bound(net, found[-1].to_dict()) == values[-1]
    result = DualPriceSolver().solve(net)
    assert 0.93 * values[-1] <= result.objective <= values[-1]


def test_bound_says_what_it_does_not_know(make_field):
    net = make_field(9, routing="tree")
    with pytest.raises(UnsupportedError, match="'lifetime' does not support tree routing"):
        LifetimeBound().run(net, report=print, stop=never, incumbent=lambda: None)


@pytest.mark.parametrize("variant", VARIANTS)
def test_dive_pays_all_its_rounds(make_field, variant):
    net = make_field(20, seed=3, **variant).replace(energy=0.1)
    lp, _ = started(net, never)
    lp.run(never)
    bound = lp.bound
    columns, rounds = dive(lp, never)
    assert (rounds > 0).all()
    first = lp.choices(columns)
    head = first == np.arange(20)
    parent = np.where(head | (first == 20), -1, first.astype(np.int64))
    spent = rounds @ round_costs(net, parent, head, tables(net))
    assert (spent <= net.energy).all()
    assert 0.96 * bound <= rounds.sum() <= bound


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("hold", [1, 7])
def test_play_is_what_the_checker_replays(make_field, variant, hold):
    net = make_field(20, seed=1, **variant).replace(energy=0.05)
    play = PricePlay(net, hold=hold)
    play.run(never)
    verdict = check(net, play.solution())
    assert verdict.feasible, verdict.violations
    assert verdict.objective == play.full
    assert verdict.metrics["rounds"] == verdict.metrics["lnd"] + (net.death_test == "strict")
    assert play.alive == 0


@pytest.mark.parametrize("variant", VARIANTS)
def test_last_rounds_are_mended(make_field, variant):
    """Choosing the last rounds together loses none, and the play goes on behind them."""
    net = make_field(30, seed=2, **variant).replace(energy=0.1)
    play = PricePlay(net)
    play.run(never, whole=True)
    before = play.full
    gained = play.finish(never, rounds=40, effort=4000)
    assert gained >= 0
    assert play.full == play.rounds == before - (play.rounds < before) + gained
    play.run(never)
    verdict = check(net, play.solution())
    assert verdict.feasible, verdict.violations
    assert verdict.objective == play.full >= before


@pytest.mark.parametrize("solver", [DualPriceSolver(), LpScheduleSolver(), AutoSolver()])
@pytest.mark.parametrize("variant", VARIANTS)
def test_solvers(make_field, solver, variant):
    net = make_field(15, seed=5, **variant).replace(energy=0.05)
    first, again = solver.solve(net), solver.solve(net)
    assert first.solution.to_dict() == again.solution.to_dict()
    assert first.metrics["lnd"] is not None
    if solver.proves:
        assert first.objective >= 0.97 * first.bound
        assert verify_bound(net, first.certificate) == first.bound
    assert str(first.stopped_by) in ("completed", "proof")


def test_rounds_are_iterations(make_field):
    net = make_field(15, seed=5).replace(energy=0.05)
    result = DualPriceSolver().solve(net, budget=Budget(iterations=17))
    assert result.objective == 17.0
    assert str(result.stopped_by) == "iterations"
    result = DualPriceSolver(hold=5).solve(net, budget=Budget(iterations=17))
    assert result.objective == 17.0


def test_little_time_still_gives_a_schedule(make_field):
    """What was played is played longer, so that batteries are not left full."""
    net = make_field(40, seed=5).replace(energy=5.0)
    result = DualPriceSolver().solve(net, budget=Budget(seconds=0.05))
    assert result.objective > 100
    assert result.metrics["fnd"] is None or result.metrics["fnd"] == result.objective


def test_interrupt_keeps_the_best_so_far(make_field):
    net = make_field(25, seed=5).replace(energy=0.1)
    result = LpScheduleSolver().solve(net, observe=lambda event: event.objective is not None)
    assert str(result.stopped_by) == "interrupt"
    assert result.objective > 100


@pytest.mark.parametrize("nearest", [None, 8])
def test_large_fields(make_field, monkeypatch, nearest):
    """Without a linear programme the bound is weaker, but holds; left-out pairs are accounted."""
    net = make_field(40, seed=4).replace(energy=0.1)
    lp, _ = started(net, never)
    lp.run(never)
    for room in (auto, lifetime):
        monkeypatch.setattr(room, "MOST_NODES", 30)
    if nearest:
        monkeypatch.setattr(location, "COMPLETE", 30)
        monkeypatch.setattr(location, "NEAREST", nearest)
    result = AutoSolver().solve(net)
    assert lp.value - 1 <= result.bound <= (1.3 if nearest else 1.1) * lp.bound
    assert verify_bound(net, result.certificate) == result.bound
    assert 0.8 * result.bound <= result.objective
    with pytest.raises(UnsupportedError, match="at most 30 nodes, the instance has 40"):
        LpScheduleSolver().solve(net)


def test_one_node_and_two_alike(make_field):
    for net in (make_field(1), make_field(2).replace(position=[[5, 5], [5, 5]])):
        result = AutoSolver().solve(net)
        assert result.objective == result.bound


def test_one_signature_each(make_field):
    from netroute.solvers.wsn._kernels import prices

    net = make_field(9)
    DualPriceSolver().solve(net)
    LpScheduleSolver().solve(net)
    kernels = [
        value
        for value in vars(prices).values()
        if hasattr(value, "signatures") and value.__module__ == prices.__name__
    ]
    assert len(kernels) >= 9
    # Inner ones that come out of the cache within others have none of their own.
    assert not [each.__name__ for each in kernels if len(each.signatures) > 1]
