"""The genetic search's engine from outside, and the books that its population keeps."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from netroute.problems.vrp import Rounding, VehicleType, VrpInstance
from netroute.problems.vrp.check import check
from netroute.solvers.vrp._kernels import hgs_state as hs
from netroute.solvers.vrp.hgs_engine import HgsEngine, HgsParameters
from netroute.solvers.vrp.search_data import search_data


def make(clients, seed):
    random = np.random.default_rng(seed)
    return VrpInstance(
        coordinates=random.integers(0, 1000, (clients + 1, 2)),
        deliveries=[0, *random.integers(1, 10, clients)],
        vehicles=(VehicleType(capacity=(20.0,)),),
        rounding=Rounding.NEAREST,
    )


def test_engine_takes_in_and_gives_out_plans():
    instance = make(50, seed=5)
    data = search_data(instance, neighbours=20)
    engine = HgsEngine(instance, data, seed=1)
    assert engine.best_cost == np.inf
    assert engine.best_routes() == []
    assert engine.inject([np.arange(1, 51)])  # one route, far over the capacity
    singles = [np.array([c]) for c in range(1, 51)]  # more routes than there is room for
    assert engine.inject(singles)
    engine.step(offspring=30)
    elites = engine.elites(3)
    assert [cost for cost, _ in elites] == sorted(cost for cost, _ in elites)
    assert elites[0][0] == engine.best_cost
    for cost, routes in [
        *elites,
        engine.improve(singles),
        (engine.best_cost, engine.best_routes()),
    ]:
        evaluation = check(instance, data.to_solution(routes))
        assert evaluation.feasible
        assert evaluation.objective == pytest.approx(cost)


def test_a_better_plan_from_outside_becomes_the_best():
    instance = make(50, seed=6)
    data = search_data(instance, neighbours=20)
    strong, weak = (HgsEngine(instance, data, seed=s) for s in (1, 2))
    strong.step(offspring=400)
    weak.step(offspring=2)
    assert weak.best_cost > strong.best_cost
    weak.inject(strong.best_routes())
    assert weak.best_cost <= strong.best_cost


def test_population_keeps_its_books():
    instance = make(40, seed=7)
    data = search_data(instance, neighbours=20)
    settings = HgsParameters(minimum=6, generation=9, close=3, restart=150)
    engine = HgsEngine(instance, data, seed=1, parameters=settings)
    for _ in range(40):
        engine.step(offspring=13)
        _check_books(engine._population)
    assert engine._population.control[hs.RESTARTS] > 0


def _check_books(people):
    control, individual = people.control, people.individual
    used = []
    for side in range(2):
        slots = people.order[side, : control[hs.FEASIBLE + side]]
        assert len(slots) <= 15
        used += slots.tolist()
        costs = individual["cost"][slots]
        assert (np.diff(costs) >= 0).all()
        assert (individual["excess"][slots] > 0).all() if side else True
        assert not (individual["excess"][slots] > 0).any() or side == 1
        weight = people.values[hs.WEIGHT]
        assert costs == pytest.approx(
            individual["distance"][slots] + weight * individual["excess"][slots]
        )
        for a, b in itertools.combinations(slots, 2):
            assert people.gap[a, b] == people.gap[b, a] or (people.gap[a, b] < 2)
            assert people.gap[b, a] == pytest.approx(_broken(people, max(a, b), min(a, b)), abs=0.1)
        for slot in slots:
            one = individual[slot]
            if one["reach"] < 0 or len(slots) < 2:
                continue  # to be measured when it is needed
            gaps = np.sort([people.gap[slot, other] for other in slots if other != slot])
            assert one["mean"] == pytest.approx(gaps[:3].mean())
            assert one["least"] == pytest.approx(gaps[0])
    free = individual["free"][: control[hs.FREE]].tolist()
    assert sorted(used + free) == list(range(len(individual)))


def _broken(people, a, b):
    differing = 0
    for i in range(1, people.next.shape[1]):
        around = {people.next[b, i], people.previous[b, i]}
        differing += people.next[a, i] not in around
        differing += people.previous[a, i] == 0 and 0 not in around
    return differing / (people.next.shape[1] - 1)
