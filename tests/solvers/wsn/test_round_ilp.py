"""Single rounds by integer programmes: optimal, within their limits, and played to the end."""

import numpy as np
import pytest

from netroute.core.budget import Budget
from netroute.core.errors import InputError
from netroute.problems.wsn.energy import between, round_costs, tables
from netroute.solvers.lp.native import solve_highs
from netroute.solvers.wsn.location import Location
from netroute.solvers.wsn.price_play import PricePlay
from netroute.solvers.wsn.round_ilp import RoundIlpSolver
from netroute.solvers.wsn.round_model import RoundModel, Rules


def solved(net, price, left, rules):
    model = RoundModel(net, price, left, rules)
    answer = solve_highs(model.mip, relaxed=False, seconds=None)
    return model.read(answer.values)


def spent(net, first):
    head = first == np.arange(net.size)
    parent = np.where(head | (first == net.size), -1, first.astype(np.int64))
    return round_costs(net, parent[None], head[None], tables(net))[0]


@pytest.mark.parametrize("seed", range(4))
def test_free_round_is_the_cheapest(make_field, seed):
    """No local search is better, and its duals are not above it."""
    net = make_field(15, seed=seed)
    price = np.exp(np.random.default_rng(seed).standard_normal(15))
    cost = float(spent(net, solved(net, price, net.energy, Rules())) @ price)
    where = Location(net)
    found = where.search(price)
    assert cost <= found * (1.0 + 1e-6)
    assert where.bound(price, found) <= cost * (1.0 + 1e-6)


@pytest.mark.parametrize("seed", range(3))
def test_limits_hold(make_field, seed):
    net = make_field(15, seed=seed, base_station=[50, 300])
    first = solved(net, np.ones(15), net.energy, Rules(heads=4, capacity=3, radius=45.0))
    heads = np.flatnonzero(first == np.arange(15))
    assert len(heads) == 4
    member = np.flatnonzero((first < 15) & (first != np.arange(15)))
    assert set(first[member].tolist()) <= set(heads.tolist())
    assert np.bincount(first[member], minlength=15).max() <= 3
    assert (between(net, member, first[member].astype(np.int64)) <= 45.0).all()
    free = solved(net, np.ones(15), net.energy, Rules())
    assert spent(net, free).sum() <= spent(net, first).sum() * (1.0 + 1e-9)


def test_worst_battery_is_spared(make_field):
    net = make_field(10, seed=2, base_station=[50, 300])
    left = net.energy * np.random.default_rng(2).uniform(0.5, 1.0, 10)
    fair = left - spent(net, solved(net, None, left, Rules()))
    cheap = left - spent(net, solved(net, np.ones(10), left, Rules()))
    assert (fair / net.energy).min() >= (cheap / net.energy).min() - 1e-9


def test_the_dead_are_left_out(make_field):
    net = make_field(8, seed=1)
    left = net.energy.copy()
    left[[2, 5]] = 0.0
    first = solved(net, np.ones(8), left, Rules(heads=8))
    assert (first == 9).tolist() == [i in (2, 5) for i in range(8)]
    assert (first == np.arange(8)).sum() == 6


def test_imposed_rounds_are_those_of_the_kernel(make_field):
    """A play's own configurations, imposed on a second one, drain it alike."""
    net = make_field(12, seed=3).replace(energy=0.02)
    play, other = PricePlay(net, tries=0), PricePlay(net)
    play.run(lambda: False)
    plan = play.solution()
    for row, rounds in zip(play.configurations(), np.ones(play.rounds, int), strict=True):
        other.impose(row, int(rounds))
    assert (other.rounds, other.full, other.alive) == (play.rounds, play.full, 0)
    assert other.solution().to_dict() == plan.to_dict()


@pytest.mark.parametrize("aim", ["prices", "energy", "max-min"])
def test_solver_plays_to_the_end(make_field, aim):
    net = make_field(8, seed=4).replace(energy=0.03)
    result = RoundIlpSolver(engine="HiGHS", aim=aim, hold=4).solve(net)
    assert result.metrics["lnd"] is not None
    assert result.iterations > 3
    short = RoundIlpSolver(engine="HiGHS", aim=aim, hold=4).solve(net, budget=Budget(iterations=2))
    assert short.objective == 8.0
    assert str(short.stopped_by) == "iterations"


def test_cbc_through_pulp(make_field):
    net = make_field(6, seed=4)
    result = RoundIlpSolver(hold=10**6).solve(net, budget=Budget(iterations=1))
    assert result.objective > 0


def test_more_heads_than_nodes(make_field):
    with pytest.raises(InputError, match=r"round-ilp.heads: found 9 heads, expected at most the 8"):
        RoundIlpSolver(heads=9).solve(make_field(8))
