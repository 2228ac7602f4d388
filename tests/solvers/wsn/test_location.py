"""Heads at given prices: local search and duals against enumeration in plain Python."""

from itertools import chain, combinations

import numpy as np
import pytest

from netroute.core.errors import InputError
from netroute.problems.wsn.energy import member_costs, round_costs, tables
from netroute.solvers.wsn import location as rooms
from netroute.solvers.wsn._kernels import facility, location_bound
from netroute.solvers.wsn.exact_location import cheapest
from netroute.solvers.wsn.location import Location
from netroute.solvers.wsn.location import make_field as lay_out

VARIANTS = (
    {},
    {"base_station": [50, 50]},
    {"control_bits": 200},
    {"aggregation_ratio": 0.2, "head_aggregates_own": False},
)


class Oracle:
    """The same location with nothing but loops."""

    def __init__(self, net, price):
        self.net, self.price, self.costs = net, price, tables(net)
        self.send = member_costs(net, np.arange(net.size))

    def choices(self, heads, i):
        """All that node i may do, cheapest first."""
        p, found = self.price, [(self.price[i] * self.costs.direct[i], self.net.size)]
        for j in heads:
            cost = p[i] * self.send[i, j] + p[j] * self.costs.receive[j]
            found.append((-1.0, i) if i == j else (cost, j))
        return sorted(found)

    def cost(self, heads):
        total = sum(self.price[j] * self.costs.head[j] for j in heads)
        return total + sum(
            self.choices(heads, i)[0][0] for i in range(self.net.size) if i not in heads
        )

    def best(self):
        nodes = range(self.net.size)
        subsets = chain.from_iterable(combinations(nodes, k) for k in range(self.net.size + 1))
        return min(self.cost(heads) for heads in subsets)


def prices_of(net, seed):
    return np.exp(1.5 * np.random.default_rng(seed).standard_normal(net.size))


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("seed", range(3))
def test_choices_after_many_flips(make_field, variant, seed):
    """Best and second best choices are those of a scan, whatever was opened and closed before."""
    net = make_field(11, seed=seed, **variant)
    random = np.random.default_rng(seed)
    where = Location(net)
    clusters, oracle = where.clusters, Oracle(net, prices_of(net, seed))
    clusters.price[:] = oracle.price
    facility.assign(where.field, clusters)
    field, heads = where.field, set()
    for _ in range(300):
        j = int(random.integers(net.size))
        flip = facility.close_head if j in heads else facility.open_head
        flip(field, clusters, np.uint32(j))
        heads ^= {j}
        assert set(where.heads().tolist()) == heads
        assert facility.total(where.field, clusters) == pytest.approx(oracle.cost(heads), rel=1e-12)
        for i in range(net.size):
            near = set(field.near[field.start[i] : field.start[i + 1]].tolist())
            known = oracle.choices(heads & (near | {i}), i)
            assert clusters.first[i] == known[0][1]
            if len(known) > 1:
                assert clusters.second[i] == known[1][1]


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("seed", range(3))
def test_worth_of_moves(make_field, variant, seed):
    net = make_field(11, seed=seed, **variant)
    where, price = Location(net), prices_of(net, seed)
    oracle, clusters = Oracle(net, price), where.clusters
    random = np.random.default_rng(seed)
    heads = random.choice(net.size, 4, replace=False)
    clusters.price[:] = price
    facility.assign(where.field, clusters)
    for j in heads:
        facility.open_head(where.field, clusters, np.uint32(j))
    facility.weigh_losses(clusters)
    before = oracle.cost(heads)
    for j in set(range(net.size)) - set(heads.tolist()):
        gain, swapped, victim = facility.best_swap(where.field, clusters, np.uint32(j))
        assert gain == pytest.approx(before - oracle.cost([*heads, j]), rel=1e-9, abs=1e-15)
        swaps = {k: before - oracle.cost([*(set(heads) - {k}), j]) for k in heads}
        assert swapped == pytest.approx(max(swaps.values()), rel=1e-9, abs=1e-15)
        assert swaps[victim] == pytest.approx(swapped, rel=1e-9, abs=1e-15)
    for j in heads:
        closing = price[j] * tables(net).head[j] - clusters.loss[j]
        left = oracle.cost([k for k in heads if k != j])
        assert closing == pytest.approx(before - left, rel=1e-9, abs=1e-15)


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("seed", range(4))
def test_search_and_bound_enclose_the_optimum(make_field, variant, seed):
    net = make_field(10, seed=seed, **variant)
    where, price = Location(net), prices_of(net, seed)
    best = Oracle(net, price).best()
    found = where.search(price)
    least = where.bound(price, found)
    assert least <= best * (1.0 + 1e-12)
    assert best <= found * (1.0 + 1e-12)
    assert found <= 1.05 * best
    assert least >= 0.95 * best
    # What the round costs is what the checker's side says of it.
    parent, heads = where.parent(), np.zeros(net.size, bool)
    heads[where.heads()] = True
    spent = round_costs(net, parent[None].astype(np.int64), heads[None], tables(net))[0]
    assert where.energy() == pytest.approx(spent, rel=1e-12)
    assert float(spent @ price) == pytest.approx(found, rel=1e-12)


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("seed", range(4))
def test_branching_finds_the_optimum(make_field, variant, seed):
    net = make_field(10, seed=seed, **variant)
    price = prices_of(net, seed)
    where, best = Location(net), Oracle(net, price).best()
    found = cheapest(where, price, lambda: False)
    assert found.cost == pytest.approx(best, rel=1e-12)
    assert found.least == pytest.approx(best, rel=1e-7)
    assert found.least <= best * (1.0 + 1e-12)
    assert (where.clusters.usable == 2).all()
    halted = cheapest(where, price, lambda: True)
    assert halted.least <= best <= halted.cost * (1.0 + 1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_duals_fit_every_head(make_field, seed):
    """Duals are at most what reporting directly costs, and no head is paid more than it costs."""
    net = make_field(30, seed=seed)
    where, price = Location(net), prices_of(net, seed)
    where.bound(price, where.search(price))
    v, costs = where.duals.value, tables(net)
    send = member_costs(net, np.arange(net.size))
    assert (v >= 0.0).all()
    assert (v <= price * costs.direct * (1.0 + 1e-12)).all()
    for j in range(net.size):
        paid = v[j] + sum(
            max(0.0, v[i] - price[i] * send[i, j] - price[j] * costs.receive[j])
            for i in range(net.size)
            if i != j
        )
        assert paid <= price[j] * costs.head[j] * (1.0 + 1e-12)


def test_nearest_nodes_only(make_field):
    net = make_field(60, seed=1)
    whole, near = lay_out(net), lay_out(net, nearest=8)
    assert whole.complete
    assert not near.complete
    assert len(near.field.near) < len(whole.field.near)
    for arcs in (whole, near):
        rows = np.repeat(np.arange(60), np.diff(arcs.field.start))
        pairs = set(zip(rows.tolist(), arcs.field.near.tolist(), strict=True))
        assert pairs == {(j, i) for i, j in pairs}
        send = member_costs(net, np.arange(60))
        assert arcs.field.send == pytest.approx(send[rows, arcs.field.near])
    assert lay_out(net, nearest=59).complete


def test_too_many_pairs(make_field, monkeypatch):
    monkeypatch.setattr(rooms, "MOST_ARCS", 100)
    with pytest.raises(InputError, match="found 60 nodes, expected fewer than"):
        lay_out(make_field(60))


def test_coincident_nodes_and_zero_prices(make_field):
    net = make_field(5).replace(position=np.full((5, 2), 50.0), aggregation=0.0)
    where = Location(net)
    price = np.array([0.0, 1.0, 1.0, 0.0, 1.0])
    cost = where.search(price)
    assert where.bound(price, cost) <= cost
    assert cost == pytest.approx(Oracle(net, price).best())


def test_one_signature_each(make_field):
    where = Location(make_field(9))
    where.bound(np.ones(9), where.search(np.ones(9)))
    where.search(np.ones(9), np.array([1, 2]))
    where.energy()
    kernels = [
        value
        for module in (facility, location_bound)
        for value in vars(module).values()
        if hasattr(value, "signatures") and value.__module__ == module.__name__
    ]
    assert len(kernels) >= 14
    # Inner ones that come out of the cache within others have none of their own.
    assert not [each.__name__ for each in kernels if len(each.signatures) > 1]
