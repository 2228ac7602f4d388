"""The ng bound never exceeds a brute-force optimum, and is recomputed from its certificate."""

import itertools
import json

import numpy as np
import pytest

from netroute.core.errors import InputError, UnsupportedError
from netroute.problems.vrp import VehicleType, VrpInstance, VrpSolution
from netroute.problems.vrp.check import check
from netroute.problems.vrp.verify_bound import verify_bound
from netroute.solvers.vrp.bound.instant import InstantBound
from netroute.solvers.vrp.bound.ng import NgBound
from netroute.solvers.vrp.bound.pricing import Pricer, ng_sets
from netroute.solvers.vrp.bound.relaxation import relax
from netroute.solvers.vrp.bound.rule import default_bound
from netroute.solvers.vrp.savings import savings_routes
from netroute.solvers.vrp.search_data import search_data

KINDS = ("exact", "nearest", "asymmetric", "clustered", "fleet", "idle", "fractional", "uncapped")


def make(kind, seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 8))
    points = rng.integers(0, 4 if kind == "clustered" else 100, (n, 2)).astype(float)
    demand = rng.integers(0 if kind == "idle" else 1, 12, n).astype(float)
    if kind == "idle":
        demand[rng.random(n) < 0.5] = 0.0
    if kind == "fractional":
        demand = rng.uniform(0.01, 5.0, n)
    demand[0] = 0.0
    capacity = max(demand.max(), rng.uniform(0.3, 1.0) * demand.sum(), 1.0)
    if kind != "fractional":
        capacity = np.floor(capacity)
    options = {"coordinates": points, "rounding": "nearest"}
    if kind in ("exact", "fractional"):
        options = {"coordinates": points + rng.random((n, 2)), "rounding": "exact"}
    if kind == "asymmetric":
        distances = rng.uniform(1.0, 100.0, (n, n))
        np.fill_diagonal(distances, 0.0)
        options = {"distances": distances}
    vehicle = {"capacity": () if kind == "uncapped" else (capacity,)}
    if kind == "fleet":
        vehicle["number"] = n - 1 if seed % 2 else fewest(demand, capacity)
    return VrpInstance(deliveries=demand, vehicles=(VehicleType(**vehicle),), **options)


def fewest(demand, capacity):
    """Vehicles of a packing: first fit, largest first."""
    bins = []
    for value in sorted(demand[1:], reverse=True):
        for index, load in enumerate(bins):
            if load + value <= capacity:
                bins[index] += value
                break
        else:
            bins.append(value)
    return len(bins)


def optimum(instance):
    """Least cost over all partitions into routes, by dynamic programming over client sets."""
    clients = list(instance.clients)
    full = (1 << len(clients)) - 1
    capacity = instance.vehicles[0].capacity or (np.inf,)
    route = {}
    for size in range(1, len(clients) + 1):
        for group in itertools.combinations(range(len(clients)), size):
            if instance.demand()[[clients[i] for i in group]].sum() > capacity[0] + 1e-9:
                continue
            stops = [
                [0, *(clients[i] for i in order), 0] for order in itertools.permutations(group)
            ]
            costs = [sum(instance.distance(a, b) for a, b in itertools.pairwise(s)) for s in stops]
            route[sum(1 << i for i in group)] = min(costs)
    number = instance.vehicles[0].number or len(clients)
    best = {0: 0.0}
    answer = np.inf
    for _ in range(number):
        longer = {}
        for done, cost in best.items():
            rest = full & ~done
            first = rest & -rest
            for group, extra in route.items():
                if group & done or not group & first:
                    continue
                value = cost + extra
                if value < longer.get(done | group, np.inf):
                    longer[done | group] = value
        answer = min(answer, longer.get(full, np.inf))
        best = longer
    return answer


def certificates(instance, method=NgBound, calls=None):
    found = []
    asked = itertools.count()
    method().run(
        instance,
        report=found.append,
        stop=lambda: calls is not None and next(asked) >= calls,
        incumbent=lambda: None,
    )
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_bound_is_below_the_optimum_and_verified(kind):
    gaps = []
    for seed in range(12):
        instance = make(kind, seed)
        found = certificates(instance)
        best = optimum(instance)
        assert found
        for certificate in found:
            assert certificate.value <= best + 1e-9 * best
        last = found[-1]
        assert last.value == max(c.value for c in found)
        data = json.loads(json.dumps(last.to_dict()))
        assert verify_bound(instance, data) == last.value
        gaps.append((best - last.value) / max(best, 1e-9))
    # On instances this small the linear programme is nearly always tight.
    assert np.median(gaps) < (0.5 if kind == "asymmetric" else 0.03)


@pytest.mark.parametrize("kind", KINDS)
def test_instant_bound_is_below_the_optimum(kind):
    for seed in range(12):
        instance = make(kind, seed)
        (last,) = certificates(instance, InstantBound)[-1:]
        assert 0.0 < last.value <= optimum(instance) * (1.0 + 1e-9) or last.value == 0.0
        assert verify_bound(instance, last.to_dict()) == last.value


def test_lowest_reduced_cost_equals_brute_force():
    rng = np.random.default_rng(5)
    for trial in range(40):
        n = int(rng.integers(3, 9))
        demand = rng.integers(0 if trial % 3 == 0 else 1, 20, n)
        demand[0] = 0
        capacity = int(max(demand.max(), rng.integers(15, 60)))
        instance = VrpInstance(
            coordinates=rng.integers(0, 100, (n, 2)),
            deliveries=demand,
            vehicles=(VehicleType(capacity=(capacity,)),),
            rounding="nearest" if trial % 2 else "exact",
        )
        relaxation = relax(instance)
        prices = np.floor(rng.uniform(0.0, 1.5, n) * relaxation.cost[0])
        arcs = 2.0 * relaxation.cost - prices[:, None] - prices[None, :]
        # Up to eight locations every ng-set holds all other clients: routes are elementary.
        priced = Pricer(relaxation, ng_sets(relaxation, 8)).price(
            arcs, threshold=0, stop=lambda: False
        )
        lowest = 0.0
        for size in range(1, n):
            for order in itertools.permutations(range(1, n), size):
                if demand[list(order)].sum() <= capacity:
                    stops = (0, *order, 0)
                    lowest = min(lowest, sum(arcs[a, b] for a, b in itertools.pairwise(stops)))
        assert priced.lowest == lowest
        if priced.routes:
            stops = (0, *priced.routes[0], 0)
            assert sum(arcs[a, b] for a, b in itertools.pairwise(stops)) == lowest


def medium(seed=3, n=40):
    rng = np.random.default_rng(seed)
    demand = rng.integers(1, 30, n)
    demand[0] = 0
    return VrpInstance(
        coordinates=rng.integers(0, 1000, (n, 2)),
        deliveries=demand,
        vehicles=(VehicleType(capacity=(120,)),),
        rounding="nearest",
    )


def test_stopped_at_any_time_the_bound_is_verified():
    instance = medium()
    values = []
    for calls in (3, 6, 12, 25, 50):
        found = certificates(instance, calls=calls)
        if found:
            assert verify_bound(instance, found[-1].to_dict()) == found[-1].value
            values.append(found[-1].value)
    assert values == sorted(values)
    assert len(values) >= 3


def test_tampered_certificate_proves_less():
    instance = medium()
    good = certificates(instance)[-1].to_dict()
    for client in (0, 7, 20):
        bad = json.loads(json.dumps(good))
        bad["data"]["clients"][client] += 50 * bad["data"]["scale"]
        bad["value"] += 50.0
        assert verify_bound(instance, bad) < good["value"]


def test_capacity_cuts_tighten_and_are_verified():
    last = certificates(medium())[-1].to_dict()
    assert len(last["data"]["cuts"]) >= 2
    without = json.loads(json.dumps(last))
    without["data"]["cuts"] = []
    assert verify_bound(medium(), without) < verify_bound(medium(), last)


def test_stops_once_the_incumbent_is_proven():
    instance = make("nearest", 3)
    best = optimum(instance)
    plan = VrpSolution.of([[client] for client in instance.clients])
    found = []
    asked = []
    NgBound().run(
        instance,
        report=found.append,
        stop=lambda: False,
        incumbent=lambda: asked.append(1) or (best, plan),
    )
    assert found[-1].value == best
    assert asked


def test_instant_bound_of_a_large_instance_is_below_a_plan():
    rng = np.random.default_rng(8)
    n = 3000
    demand = rng.integers(1, 10, n)
    demand[0] = 0
    for rounding in ("nearest", "down", "exact", "dimacs"):
        instance = VrpInstance(
            coordinates=rng.integers(0, 1000, (n, 2)),
            deliveries=demand,
            vehicles=(VehicleType(capacity=(60,)),),
            rounding=rounding,
        )
        data = search_data(instance, neighbours=20)
        plan = data.to_solution(savings_routes(data))
        (only,) = certificates(instance, InstantBound)
        cost = check(instance, plan).objective
        assert 0.7 * cost < only.value <= cost
        assert verify_bound(instance, only.to_dict()) == only.value


def test_unsupported_features_are_named():
    instance = make("nearest", 3)
    with pytest.raises(UnsupportedError, match="fixed costs"):
        certificates(instance.replace(vehicles=(VehicleType(capacity=(99,), fixed_cost=5),)))
    with pytest.raises(InputError, match="time windows"):
        verify_bound(instance.replace(windows=[[(0, 9)]] * instance.size), {"method": "ng"})


@pytest.mark.parametrize("data", [None, {}, {"scale": 0}, {"clients": [1], "scale": 2}])
def test_malformed_certificates_are_rejected(data):
    with pytest.raises(InputError, match="certificate"):
        verify_bound(medium(), {"method": "ng", "value": 1.0, "data": data})


def test_rule():
    assert default_bound(medium()) == "ng"
    many = VrpInstance(coordinates=np.arange(2400.0).reshape(1200, 2))
    assert default_bound(many) == "instant"
    assert default_bound(many.replace(depots=2)) == "none"
    windows = medium(n=20).replace(windows=[[(0, 9000)]] * 20)
    assert default_bound(windows) == "instant"
