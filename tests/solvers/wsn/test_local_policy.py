"""Nodes that bid for leading, against slow plain Python, and what they may know."""

from __future__ import annotations

import math

import numpy as np
import pytest

from netroute.core.errors import InputError
from netroute.core.rng import kernel_state
from netroute.problems.wsn.check import check
from netroute.problems.wsn.energy import member_costs, tables
from netroute.solvers.wsn.learned.habits import OUTPUTS, habits_of
from netroute.solvers.wsn.learned.rollout import Rollout, bidding
from netroute.solvers.wsn.learned.surroundings import observe, pairs_of
from netroute.solvers.wsn.world import field_of, log_of, run_of, schedule_of

RADIUS = 45.0


def played(net, outputs):
    """Return the schedule of a whole life, and its full rounds."""
    field, log = field_of([net]), log_of(4096, net.size)
    run = run_of(field, [kernel_state(0)])
    step = bidding(field, outputs[None], [pairs_of(net, RADIUS)])
    while run.alive[0]:
        step(run, log, 50)
    used = int(log.used[0])
    return schedule_of([(log.parent[:used], log.rounds[:used])], net.size), int(run.full[0])


class Bidders:
    """The rule in plain Python, node by node."""

    def __init__(self, net, habits, slow):
        self.net, self.slow = net, slow
        self.costs, self.send = tables(net), member_costs(net, np.arange(net.size))
        self.near = slow.apart(net) <= RADIUS
        np.fill_diagonal(self.near, False)
        self.habit = {name: getattr(habits, name)[0] for name in habits._fields}
        n = net.size
        self.belief, self.drift, self.served = np.zeros(n), np.zeros(n), np.zeros(n)
        self.told = self.habit["first"].copy()
        self.before = None

    def used(self, left, i):
        return 1.0 - left[i] / self.net.energy[i]

    def learn(self, left):
        """Take in what the last round said, after it has been paid."""
        heads, choice, price = self.before
        habit = self.habit
        mean = sum(self.belief[h] for h in heads) / max(1, len(heads))
        members = {h: [h] for h in heads}
        for i in range(self.net.size):
            if i in heads or left[i] <= 0:
                continue
            if choice[i] >= 0:
                members[choice[i]].append(i)
            if heads:
                self.belief[i] += habit["hear"][i] * (mean - self.belief[i])
            else:
                own = self.costs.direct[i] / self.net.energy[i]
                self.belief[i] += habit["usual"][i]
                self.told[i] += habit["steep"][i] * (own - habit["usual"][i])
        for h in heads:
            self.served[h] = len(members[h]) - 1
            found = np.mean([self.used(left, i) for i in members[h]])
            self.belief[h] += habit["ask"][h] * (found - self.belief[h])
            self.told[h] = math.log(price[h] * self.net.energy[h]) + habit["jump"][h]

    def elect(self, r, left, last):
        if self.before is not None:
            self.learn(left)
        net, costs, habit = self.net, self.costs, self.habit
        alive = self.slow.living(left)
        price, known = {}, {}
        for i in alive:
            ahead = self.used(left, i) - self.belief[i]
            self.drift[i] += habit["gain"][i] * ahead
            level = habit["first"][i] + self.drift[i] + habit["steep"][i] * ahead
            price[i] = math.exp(level) / net.energy[i]
            known[i] = math.exp(self.told[i]) / net.energy[i]
        heads = []

        def joining(i, at):
            ways = [at[i] * self.send[i, h] + price[h] * costs.receive[h] for h in heads]
            return min(ways, default=math.inf)

        for limit in (habit["worth"], costs.direct):
            while True:
                bids = {}
                for i in alive:
                    members = self.served[i] * costs.receive[i]
                    if i in heads or left[i] < costs.head[i] + members:
                        continue
                    own = min(joining(i, price), price[i] * limit[i]) - price[i] * costs.head[i]
                    saved = 0.0
                    for k in alive:
                        if self.near[i, k] and k not in heads:
                            now = min(joining(k, known), known[k] * limit[k])
                            then = known[k] * self.send[k, i] + price[i] * costs.receive[i]
                            saved += max(0.0, now - then)
                    bids[i] = (own + habit["eager"][i] * saved) / (price[i] * costs.head[i])
                best = max(bids, key=bids.get, default=None)
                if best is None or bids[best] <= 0.0:
                    break
                heads.append(best)
        choice = {}
        for i in alive:
            ways = {h: price[i] * self.send[i, h] + price[h] * costs.receive[h] for h in heads}
            nearest = min(ways, key=ways.get, default=-1)
            direct = price[i] * costs.direct[i]
            choice[i] = i if i in heads else (nearest if ways and ways[nearest] < direct else -1)
        self.before = heads, choice, price
        return choice


@pytest.mark.parametrize(("seed", "base", "scale"), [(1, 175.0, 0.0), (2, 120.0, 0.5), (3, 60, 1)])
def test_kernel_follows_the_rule(make_field, slow, rows_of, seed, base, scale):
    net = make_field(
        10, seed=seed, base_station=[50, base], energy=[0.01, 0.015] * 5, control_bits=100
    )
    outputs = np.random.default_rng(seed).normal(size=(10, OUTPUTS)) * scale
    habits = habits_of(field_of([net]), outputs[None], [pairs_of(net, RADIUS)])
    rule = Bidders(net, habits, slow)
    # Direct reports are no matter of distance here: who has a head has chosen it.
    expected = slow(net, rule.elect).run()
    assert rows_of(played(net, outputs)[0]) == expected


def test_schedule_is_feasible_and_as_long_as_the_kernel_says(make_field):
    net = make_field(40, seed=5, base_station=[50, 175], energy=0.05)
    plan, full = played(net, np.zeros((40, OUTPUTS)))
    verdict = check(net, plan)
    assert verdict.feasible
    assert (
        verdict.objective
        == full
        == Rollout(net, radius=RADIUS, nearest=4).life(np.zeros((40, OUTPUTS)))
    )


def test_what_a_node_sees_comes_from_its_neighbours_alone(make_field):
    net = make_field(30, seed=2)
    pairs = pairs_of(net, 25.0)
    seen = observe(net, pairs, 5)
    far = int(np.argmax(np.hypot(*(net.position - net.position[0]).T)))
    moved = net.position.copy()
    moved[far] += [3.0, -2.0]
    energy = net.energy.copy()
    energy[far] *= 2.0
    other = net.replace(position=moved, energy=energy)
    again = observe(other, pairs_of(other, 25.0), 5)
    for name in ("nodes", "near", "pairs", "present"):
        assert (seen[name][0] == again[name][0]).all()
    assert (seen["nodes"][far] != again["nodes"][far]).any()


def test_what_is_seen_of_the_nearest(make_field):
    net = make_field(12, seed=4)
    seen = observe(net, pairs_of(net, 40.0), 3)
    apart = np.hypot(*(net.position[:, None] - net.position).transpose(2, 0, 1))
    np.fill_diagonal(apart, np.inf)
    costs = tables(net)
    for i in range(12):
        order = [k for k in np.argsort(apart[i], kind="stable")[:3] if apart[i, k] <= 40.0]
        assert seen["near"][i][seen["present"][i]].tolist() == order
        send = member_costs(net, np.array([i]), np.array(order))[0] / costs.receive[i]
        assert np.allclose(seen["pairs"][i, : len(order), 0], send)
        ratio = np.log(costs.direct[order] / costs.direct[i] * costs.receive[i])
        ratio -= np.log(costs.receive[order])
        assert np.allclose(seen["pairs"][i, : len(order), 1], ratio, atol=1e-6)


def test_a_node_alone(make_field):
    net = make_field(1, seed=1)
    seen = observe(net, pairs_of(net, 30.0), 4)
    assert not seen["present"].any()
    assert np.isfinite(seen["nodes"]).all()
    assert played(net, np.zeros((1, OUTPUTS)))[1] > 0


def test_too_many_pairs_are_refused(make_field):
    net = make_field(30000, seed=1)
    with pytest.raises(InputError, match="pairs of neighbours within 100 m"):
        pairs_of(net, 100.0)
