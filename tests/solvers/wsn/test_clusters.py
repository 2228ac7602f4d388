"""Lasting clusters, games, learners and chains against slow plain Python, round by round."""

import itertools
import math

import numpy as np

from netroute.problems.wsn.energy import member_costs, tables
from netroute.solvers.wsn.game import GameSolver
from netroute.solvers.wsn.k_means import KMeansSolver
from netroute.solvers.wsn.max_residual import MaxResidualSolver
from netroute.solvers.wsn.pegasis import PegasisSolver
from netroute.solvers.wsn.q_learning import QLearningSolver


def test_k_means(make_field, dice, same, slow):
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
        alive = slow.living(left)
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


def test_max_residual(make_field, same, slow):
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


def test_equilibria_of_the_game(make_field, same, slow):
    net = make_field(20, energy=np.linspace(0.01, 0.02, 20))
    far = slow.apart(net)

    def elect(r, left, last):
        heads = []
        for i in sorted(slow.living(left), key=lambda i: (-left[i], i)):
            if all(far[i, j] > 40.0 for j in heads):
                heads.append(i)
        # Nobody gains by doing otherwise: alone it must lead, beside a head it need not.
        for i in slow.living(left):
            assert (i in heads) == all(far[i, j] > 40.0 for j in heads if j != i)
        return heads

    same(net, GameSolver(), elect)


def test_q_learning(make_field, dice, same, slow):
    net = make_field(10, energy=0.03)
    random, costs = dice(3, 0), tables(net)
    send = member_costs(net, np.arange(10))
    table, before = np.zeros((10, 48, 2)), {}
    memory = {"led": 0}

    def spent(heads, left):
        """What a round costs in weighed joules, all choosing what is cheapest for all."""
        alive = slow.living(left)
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
        alive = slow.living(left)
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


def test_pegasis(make_field, slow):
    net = make_field(12, routing="tree")
    far, base = slow.apart(net), np.hypot(*(net.position - net.base_station).T)
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
