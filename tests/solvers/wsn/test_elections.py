"""Protocols that weigh energies and distances against slow plain Python, round by round."""

import math

import numpy as np

from netroute.solvers.wsn.chef import ChefSolver
from netroute.solvers.wsn.heed import HeedSolver
from netroute.solvers.wsn.leach_c import LeachCSolver
from netroute.solvers.wsn.pso_c import PsoCSolver


def test_heed(make_field, dice, same, slow):
    net = make_field(energy=[0.01, 0.02] * 6, base_if_nearer=True)
    random, far = dice(3), slow.apart(net)

    def elect(r, left, last):
        alive = slow.living(left)
        near = {i: [j for j in alive if far[i, j] <= 40.0] for i in alive}
        # Sums of shares of the radius are exact there: pairs of nodes cost the same.
        shares = {i: [int(far[i, j] ** 2 / 1600.0 * 2**32) for j in near[i]] for i in alive}
        cost = {i: (sum(shares[i]) / max(1, len(near[i]) - 1), i) for i in alive}
        chance = {i: max(0.2 * left[i] / 0.02, 1e-4) for i in alive}
        heard = {i: set() for i in alive}
        final, waiting = set(), set(alive)
        while waiting:
            news = []
            for i in sorted(waiting):
                if heard[i]:
                    if min(heard[i], key=cost.get) == i and chance[i] >= 1.0:
                        news.append(i)
                        final.add(i)
                elif chance[i] >= 1.0:
                    final.add(i)
                    news.append(i)
                elif random.uniform() <= chance[i]:
                    news.append(i)
                if chance[i] >= 1.0:
                    waiting.remove(i)
                chance[i] = min(1.0, 2.0 * chance[i])
            for i in news:
                for j in near[i]:
                    heard[j].add(i)
        choice = {}
        for i in alive:
            options = [j for j in near[i] if j in final]
            choice[i] = i if i in final or not options else min(options, key=cost.get)
        return choice

    same(net, HeedSolver(share=0.2, radius=40.0), elect)


def test_chef(make_field, dice, same, slow):
    net = make_field(energy=[0.01, 0.02] * 6)
    random, far = dice(3), slow.apart(net)
    radius = math.sqrt(1e4 / (math.pi * 12 * 0.2))
    widest = max(sum(d for d in row if d <= radius) for row in far)

    def chance(energy, distance):
        rules = []
        for e, high in enumerate((0.0, 0.5, 1.0)):
            for d, close in enumerate((0.0, 0.5, 1.0)):
                one = max(0.0, 1.0 - 2.0 * abs(energy - high))
                other = max(0.0, 1.0 - 2.0 * abs(1.0 - distance - close))
                rules.append((min(one, other), (3 * e + d) / 8))
        return sum(w * v for w, v in rules) / sum(w for w, _ in rules)

    def elect(r, left, last):
        found = {}
        for i in slow.living(left):
            if random.uniform() < 0.6:
                around = sum(far[i, j] for j in slow.living(left) if far[i, j] <= radius)
                found[i] = chance(left[i] / 0.02, around / widest)
        return [
            i
            for i in found
            if not any(
                far[i, j] <= radius and (-found[j], j) < (-found[i], i) for j in found if j != i
            )
        ]

    same(net, ChefSolver(share=0.2), elect)


def test_leach_c(make_field, dice, same, slow):
    net = make_field()
    random, far = dice(3), slow.apart(net)

    def elect(r, left, last):
        who = slow.rich(left)
        count = min(3, len(who))
        for k in range(count):
            t = k + random.below(len(who) - k)
            who[k], who[t] = who[t], who[k]

        def cost():
            return sum(min(far[i, j] for j in who[:count]) ** 2 for i in slow.living(left))

        now = cost()
        for m in range(40 if len(who) > count else 0):
            k, t = random.below(count), count + random.below(len(who) - count)
            who[k], who[t] = who[t], who[k]
            then = cost()
            heat = 1000.0 * math.exp(-m / 20.0)
            if then <= now or random.uniform() < math.exp((now - then) / heat):
                now = then
            else:
                who[k], who[t] = who[t], who[k]
        return who[:count]

    same(net, LeachCSolver(heads=3, moves=40), elect)


def test_pso_c(make_field, dice, same, slow):
    net = make_field(energy=0.004)
    random, far, spots = dice(3), slow.apart(net), net.position

    def elect(r, left, last):
        who, alive = slow.rich(left), slow.living(left)

        def heads_of(places):
            found = [min(who, key=lambda j: float(((spots[j] - p) ** 2).sum())) for p in places]
            return list(dict.fromkeys(found))

        def cost(heads):
            ways = {j: [] for j in heads}
            for i in alive:
                j = min(heads, key=lambda j: far[i, j])
                ways[j].append(far[i, j])
            widest = max(np.mean(w or [0.0]) for w in ways.values())
            return 0.3 * widest + 0.7 * sum(left) / sum(left[j] for j in heads)

        at = np.zeros((4, 2, 2))
        best, costs, leader = at.copy(), [math.inf] * 4, (math.inf, [])
        speed = np.zeros((4, 2, 2))

        def judge(p):
            nonlocal leader
            heads = heads_of(at[p])
            value = cost(heads)
            if value < leader[0]:
                leader = (value, heads)
            if value < costs[p]:
                costs[p] = value
                best[p] = at[p]

        for p in range(4):
            for k in range(2):
                at[p, k] = spots[who[random.below(len(who))]]
            judge(p)
        for turn in range(5):
            first = costs.index(min(costs))
            for p in range(4):
                for k in range(2):
                    for x in range(2):
                        own = 2.0 * random.uniform() * (best[p, k, x] - at[p, k, x])
                        pull = 2.0 * random.uniform() * (best[first, k, x] - at[p, k, x])
                        speed[p, k, x] = (0.9 - 0.1 * turn) * speed[p, k, x] + own + pull
                        at[p, k, x] += speed[p, k, x]
                judge(p)
        return leader[1]

    same(net, PsoCSolver(heads=2, particles=4, iterations=5, balance=0.3), elect)
