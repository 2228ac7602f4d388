"""Protocols that weigh energies and distances against slow plain Python, round by round."""

import itertools
import math

import numpy as np
import pytest

from netroute.problems.wsn.energy import member_costs, tables
from netroute.solvers.wsn.chef import ChefSolver
from netroute.solvers.wsn.game import GameSolver
from netroute.solvers.wsn.heed import HeedSolver
from netroute.solvers.wsn.k_means import KMeansSolver
from netroute.solvers.wsn.leach_c import LeachCSolver
from netroute.solvers.wsn.max_residual import MaxResidualSolver
from netroute.solvers.wsn.pegasis import PegasisSolver
from netroute.solvers.wsn.pso_c import PsoCSolver
from netroute.solvers.wsn.q_learning import QLearningSolver


def apart(net):
    return np.hypot(*(net.position[:, None] - net.position).transpose(2, 0, 1))


def living(left):
    return [i for i in range(len(left)) if left[i] > 0]


def rich(left):
    alive = living(left)
    return [i for i in alive if left[i] >= min(max(left), sum(left) / len(alive))]


@pytest.fixture
def same(slow, rows_of):
    """Assert that a solver's schedule is that of an election in plain Python."""

    def judge(net, solver, elect, seed=3):
        assert rows_of(solver.solve(net, seed=seed).solution) == slow(net, elect).run()

    return judge


def test_heed(make_field, dice, same):
    net = make_field(energy=[0.01, 0.02] * 6, base_if_nearer=True)
    random, far = dice(3), apart(net)

    def elect(r, left, last):
        alive = living(left)
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


def test_chef(make_field, dice, same):
    net = make_field(energy=[0.01, 0.02] * 6)
    random, far = dice(3), apart(net)
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
        for i in living(left):
            if random.uniform() < 0.6:
                around = sum(far[i, j] for j in living(left) if far[i, j] <= radius)
                found[i] = chance(left[i] / 0.02, around / widest)
        return [
            i
            for i in found
            if not any(
                far[i, j] <= radius and (-found[j], j) < (-found[i], i) for j in found if j != i
            )
        ]

    same(net, ChefSolver(share=0.2), elect)


def test_leach_c(make_field, dice, same):
    net = make_field()
    random, far = dice(3), apart(net)

    def elect(r, left, last):
        who = rich(left)
        count = min(3, len(who))
        for k in range(count):
            t = k + random.below(len(who) - k)
            who[k], who[t] = who[t], who[k]

        def cost():
            return sum(min(far[i, j] for j in who[:count]) ** 2 for i in living(left))

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


def test_pso_c(make_field, dice, same):
    net = make_field(energy=0.004)
    random, far, spots = dice(3), apart(net), net.position

    def elect(r, left, last):
        who, alive = rich(left), living(left)

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


def test_k_means(make_field, dice, same):
    net = make_field(20)
    random, spots, made = dice(3), net.position, {}

    def clusters(alive):
        centres, weight = [], dict.fromkeys(alive, 1.0)
        for _ in range(3):
            mark, chosen = random.uniform() * sum(weight.values()), None
            for i in alive:
                if chosen is None or weight[i] > 0.0:
                    chosen = i
                mark -= weight[i]
                if mark < 0.0:
                    break
            centres.append(spots[chosen])
            for i in alive:
                d2 = float(((spots[i] - spots[chosen]) ** 2).sum())
                weight[i] = d2 if len(centres) == 1 else min(weight[i], d2)
        while True:
            of = {i: int(np.argmin([((spots[i] - c) ** 2).sum() for c in centres])) for i in alive}
            before = [np.array(c) for c in centres]
            for c in range(3):
                own = [spots[i] for i in alive if of[i] == c]
                centres[c] = np.mean(own, axis=0) if own else centres[c]
            if np.allclose(before, centres, rtol=0, atol=1e-12):
                return of, centres

    def elect(r, left, last):
        alive = living(left)
        if len(alive) not in made:
            made[len(alive)] = clusters(alive)
        of, centres = made[len(alive)]
        head = {}
        for c in range(3):
            own = [i for i in alive if of[i] == c]
            level = np.mean([left[i] for i in own] or [0.0]) * (1 - 1e-12)
            able = [i for i in own if left[i] >= level]
            for i in own:
                head[i] = min(able, key=lambda j: ((spots[j] - centres[c]) ** 2).sum())
        return head

    same(net, KMeansSolver(heads=3), elect)


def test_max_residual(make_field, same):
    net = make_field(20, energy=np.linspace(0.01, 0.02, 20))

    def parts(nodes):
        if len(nodes) <= 4:
            return [nodes]
        wide = np.ptp(net.position[nodes], axis=0)
        nodes = sorted(nodes, key=lambda i: net.position[i, int(wide[1] > wide[0])])
        return parts(nodes[: len(nodes) // 2]) + parts(nodes[len(nodes) // 2 :])

    groups = parts(list(range(20)))
    assert {len(group) for group in groups} <= {2, 3, 4}

    def elect(r, left, last):
        return {
            i: max(sorted(group), key=left.__getitem__)
            for group in groups
            for i in group
            if left[i] > 0
        }

    same(net, MaxResidualSolver(size=4), elect)


def test_equilibria_of_the_game(make_field, same):
    net = make_field(20, energy=np.linspace(0.01, 0.02, 20))
    far = apart(net)

    def elect(r, left, last):
        heads = []
        for i in sorted(living(left), key=lambda i: (-left[i], i)):
            if all(far[i, j] > 40.0 for j in heads):
                heads.append(i)
        # Nobody gains by doing otherwise: alone it must lead, beside a head it need not.
        for i in living(left):
            assert (i in heads) == all(far[i, j] > 40.0 for j in heads if j != i)
        return heads

    same(net, GameSolver(), elect)


def test_q_learning(make_field, dice, same):
    net = make_field(10, energy=0.03)
    random, costs = dice(3, 0), tables(net)
    send = member_costs(net, np.arange(10))
    table, before = np.zeros((10, 48, 2)), {}
    memory = {"led": 0}

    def spent(heads, left):
        """What a round costs in weighed joules, all choosing what is cheapest for all."""
        alive = living(left)
        worth = (np.mean(left[alive]) / np.maximum(left, np.mean(left[alive]) / 10)) ** 2
        total = sum(worth[j] * costs.head[j] for j in heads)
        return total, worth, alive

    def learn(heads, left):
        _, worth, alive = spent(heads, left)
        unit = len(alive) / costs.direct[alive].sum()
        reward = np.zeros(10)
        nearest = {
            i: min(heads, key=lambda j: send[i, j]) for i in alive if i not in heads and heads
        }
        for j in heads:
            members = [i for i in nearest if nearest[i] == j]
            with_it = worth[j] * (costs.head[j] + len(members) * costs.receive[j])
            with_it += sum(worth[i] * send[i, j] for i in members)
            without = 0.0
            for i in [j, *members]:
                others = [
                    worth[i] * send[i, k] + worth[k] * costs.receive[k] for k in heads if k != j
                ]
                without += min([worth[i] * costs.direct[i], *others])
            reward[j] = unit * (without - with_it)
        return reward

    def elect(r, left, last):
        alive = living(left)
        if r and memory["left"] is not None:
            memory["reward"] = learn(memory["heads"], memory["left"])
        mean, wanted = np.mean(left[alive]), 0.2 * len(alive)
        heads = []
        for i in alive:
            energy = int(np.searchsorted([0.95, 1.0, 1.05], left[i] / mean, side="right"))
            turns = (r - last[i]) * 0.2
            since = 3 if last[i] < 0 else int(np.searchsorted([0.5, 1, 2], turns, side="right"))
            crowd = (
                0 if memory["led"] < 0.5 * wanted else (1 if memory["led"] <= 1.5 * wanted else 2)
            )
            state = (energy * 4 + since) * 3 + crowd
            if i in before:
                s, a = before[i]
                goal = memory["reward"][i] + 0.5 * table[i, state].max()
                table[i, s, a] += 0.1 * (goal - table[i, s, a])
            value = table[i, state]
            chance = 0.2 * math.exp((value[1] - value[0]) / 0.5)
            action = int(random.uniform() < chance)
            before[i] = (state, action)
            if action:
                heads.append(i)
        memory.update(led=len(heads), heads=heads, left=left.copy())
        return heads

    same(net, QLearningSolver(episodes=1, share=0.2), elect)


def test_pegasis(make_field):
    net = make_field(12, routing="tree")
    far, base = apart(net), np.hypot(*(net.position - net.base_station).T)
    plan = PegasisSolver(spread=math.inf).solve(net).solution
    seen = 0
    for row, rounds in zip(plan.parent, plan.rounds, strict=True):
        alive = [i for i in range(12) if row[i] != -2]
        chain = [max(alive, key=base.__getitem__)]
        while len(chain) < len(alive):
            left = [i for i in alive if i not in chain]
            chain.append(min(left, key=far[chain[-1]].__getitem__))
        for _ in range(rounds):
            at = seen % len(chain)
            seen += 1
            assert row[chain[at]] == -1
            assert all(row[chain[k]] == chain[k + 1] for k in range(at))
            assert all(row[chain[k]] == chain[k - 1] for k in range(at + 1, len(chain)))
    spared = PegasisSolver(spread=1.0).solve(net).solution.parent[:12]
    order = [int(np.flatnonzero(row == -1)[0]) for row in spared]
    chain = [i for i in [int(np.argmax(base))]]
    while len(chain) < 12:
        left = [i for i in range(12) if i not in chain]
        chain.append(min(left, key=far[chain[-1]].__getitem__))
    links = [far[a, b] for a, b in itertools.pairwise(chain)]
    able = [i for k, i in enumerate(chain) if max(links[max(0, k - 1) : k + 1]) <= np.mean(links)]
    assert order[: len(able)] == able
