"""Cuts and search trees in certificates: valid whatever they say, and strong enough to prove."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from netroute.problems.sdn import SdnInstance
from netroute.problems.sdn.verify_bound import verify_bound


def link(**changes: object) -> SdnInstance:
    """Return one arc of capacity 10 and three flows of 6 over it: only one fits."""
    fields = {
        "nodes": ["a", "b"],
        "tail": [0],
        "head": [1],
        "capacity": [10],
        "source": [0, 0, 0],
        "target": [1, 1, 1],
        "bandwidth": [6, 6, 6],
        "priority": [5, 4, 4],
    }
    return SdnInstance(**(fields | changes))


def bound(net: SdnInstance, **data: object) -> float:
    return verify_bound(net, {"method": "branch-and-price", "value": 0.0, "data": data})


def point(prices: object, **more: object) -> dict[str, object]:
    return {"lambda": list(np.asarray(prices, float)), **more}


def test_cover_cut_proves_what_prices_alone_cannot():
    # 10 * 4/6 + 1 at best without cuts; with one flow at most, 4 + 1.
    assert bound(link(), **point([4 / 6])) == 7.0
    cut = {"arc": 0, "flows": [0, 1, 2], "dual": 4.0}
    assert bound(link(), **point([0.0], cuts=[cut])) == 5.0


def test_right_hand_side_follows_from_the_bandwidths():
    # 7 + 3 fit, so coefficients 2, 1, 1 add up to 3; what the certificate says does not matter.
    net = link(bandwidth=[7, 3, 4], priority=[5, 5, 5])
    cut = {"arc": 0, "flows": [0, 1, 2], "coefficients": [2, 1, 1], "dual": 2.0, "most": 0}
    # 3 * 2, and what is left of 5: 1 + 3 + 3
    assert bound(net, **point([0.0], cuts=[cut])) == 13.0
    # 3 and 4 fit together, 7 and 4 do not: two at most.
    assert bound(net, **point([0.0], cuts=[{**cut, "coefficients": [1, 1, 1]}])) == 4 + 9
    assert bound(net, **point([0.0], cuts=[{**cut, "flows": [0, 2], "coefficients": [1, 1]}])) == 13


def test_branches_on_flows_prove_the_optimum():
    """Prices of 0 prove leaves with one flow at most; prices of 5 show that two do not fit."""
    points = [point([0.0]), point([5.0])]
    leaves = [{"prices": int(a + b + c > 1)} for a, b, c in itertools.product((0, 1), repeat=3)]
    branches = [(0, 1, 2), (1, 3, 4), (1, 5, 6), (2, 7, 8), (2, 9, 10), (2, 11, 12), (2, 13, 14)]
    tree = [{"flow": f, "children": [left, right]} for f, left, right in branches] + leaves
    assert bound(link(), prices=points, tree=tree) == 5.0
    # One leaf at the wrong prices is enough to lose the proof.
    assert bound(link(), prices=points, tree=[*tree[:-1], {"prices": 0}]) == 13.0


def test_decisions_that_cannot_be_are_worth_nothing():
    wide = link(bandwidth=[11, 6, 6])
    tree = [{"flow": 0, "children": [1, 2]}, {"prices": 0}, {"prices": 0}]
    assert bound(wide, prices=[point([0.0])], tree=tree) == 8.0
    admitted = [{"prices": 0, "admitted": [0], "child": 1}, {"prices": 0}]
    assert bound(wide, prices=[point([0.0])], tree=admitted) == 8.0


def test_flows_are_decided_by_their_reduced_weight():
    # At price 5/6 flows 1 and 2 lose 1 each if admitted: 10 * 5/6 - 1 = 7.33.
    points = [point([5 / 6]), point([0.0])]
    tree = [{"prices": 0, "rejected": [1, 2], "child": 1}, {"prices": 1}]
    assert bound(link(), prices=points, tree=tree) == 7.0
    # At price 0 all are free: whoever rejects flow 0 loses 5 of 13.
    tree = [{"prices": 1, "admitted": [0], "child": 1}, {"prices": 1}]
    assert bound(link(), prices=points, tree=tree) == 13.0
    tree = [{"prices": 1, "rejected": [0], "child": 1}, {"prices": 0}]
    assert bound(link(), prices=points, tree=tree) == 13.0


def test_arcs_to_be_avoided_divide_the_paths():
    # Two parallel arcs of 10 and flows of 6: two fit. Each child forbids flow 0 one of them.
    net = link(tail=[0, 0], head=[1, 1], capacity=[10, 10])
    tree = [{"flow": 0, "avoid": [[0], [1]], "children": [1, 2]}, {"prices": 0}, {"prices": 1}]
    cuts = [{"arc": arc, "flows": [0, 1, 2], "dual": 4.0} for arc in (0, 1)]
    points = [point([0.0, 0.0], cuts=cuts), point([0.0, 0.0], cuts=cuts)]
    assert bound(net, prices=points, tree=tree) == 9.0
    # Without an arc left, the flow is rejected.
    both = [
        {"flow": 0, "avoid": [[0, 1], []], "children": [1, 2]},
        {"prices": 0},
        {"prices": 0},
    ]
    free = [point([0.0, 0.0])]
    assert bound(net, prices=free, tree=both) == 13.0
    assert bound(net, prices=free, tree=[{**both[0], "children": [1, 3]}, *both[1:],
        {"flow": 0, "children": [2, 4]}, {"prices": 0}]) == 13.0  # fmt: skip


def random_cuts(rng, net):
    """Cuts with duals in eighths, so that all sums are exact in the test, too."""
    return [
        {
            "arc": int(rng.integers(len(net.tail))),
            "flows": rng.choice(net.size, 3, replace=False).tolist(),
            "coefficients": rng.integers(1, 3, 3).tolist(),
            "dual": float(rng.integers(0, 9) / 8),
        }
        for _ in range(3)
    ]


def random_points(rng, net):
    found = []
    for scale in (1, 3, 9):
        entry = point(rng.integers(0, 1 + scale, len(net.tail)) / 8, cuts=random_cuts(rng, net))
        if net.table_size is not None:
            entry["mu"] = (rng.integers(0, 5, len(net.nodes)) / 8).tolist()
        found.append(entry)
    return found


def random_tree(rng, net, points):
    """Decisions of every kind, some of them contradictory, and leaves at random prices."""
    nodes: list[dict[str, object]] = []

    def grow(depth: int) -> int:
        number = len(nodes)
        nodes.append({})
        kind = rng.integers(4) if depth else 3
        flow = int(rng.integers(net.size))
        if kind == 1 and net.protection == "none":
            arcs = np.flatnonzero(net.tail == rng.choice(net.tail)).tolist()
            place = rng.integers(len(arcs) + 1)
            sides = [arcs[:place], arcs[place:]]
            children = [grow(depth - 1), grow(depth - 1)]
            nodes[number] = {"flow": flow, "avoid": sides, "children": children}
        elif kind <= 1:
            nodes[number] = {"flow": flow, "children": [grow(depth - 1), grow(depth - 1)]}
        elif kind == 2:
            some = rng.choice(net.size, 2, replace=False).tolist()
            nodes[number] = {"prices": int(rng.integers(points)), "child": grow(depth - 1)}
            nodes[number] |= {"rejected": some[:1], "admitted": some[1:]}
        else:
            nodes[number] = {"prices": int(rng.integers(points))}
        return number

    grow(5)
    return nodes


class Slow:
    """The bound of a tree from the list of everything that each flow may do; () is to reject it."""

    def __init__(self, net, routes, points, tree):
        self.net, self.points, self.tree = net, points, tree
        self.start = [[(), *routes(net, flow)] for flow in range(net.size)]

    def value(self, number, options):
        """Bound of the plans below a node."""
        node = self.tree[number]
        if "flow" in node and "avoid" not in node:
            sides = [lambda o: not o, bool]
        elif "flow" in node:
            sides = [
                lambda o, arcs=set(arcs): not o or not set(o[0]) & arcs for arcs in node["avoid"]
            ]
        elif "child" not in node:
            return self.leaf(self.points[node["prices"]], options)
        else:
            return self.decided(node, options)
        return max(
            self.value(child, self.only(options, node["flow"], side))
            for child, side in zip(node["children"], sides, strict=True)
        )

    def decided(self, node, options):
        found, below = [], options
        for name, side, other in (
            ("rejected", lambda o: not o, bool),
            ("admitted", bool, lambda o: not o),
        ):
            for flow in node[name]:
                against = self.only(options, flow, other)
                found.append(self.leaf(self.points[node["prices"]], against))
                below = self.only(below, flow, side)
        return max(*found, self.value(node["child"], below))

    def only(self, options, flow, keep):
        return [[o for o in all_ if f != flow or keep(o)] for f, all_ in enumerate(options)]

    def leaf(self, entry, options):
        net = self.net
        total = float(np.dot(net.capacity, entry["lambda"]))
        tolls = np.zeros(len(net.nodes))
        if "mu" in entry:
            tolls = np.where(net.table_size < 0, 0.0, entry["mu"])
            total += float(np.dot(net.table_size, tolls))
        for cut in entry["cuts"]:
            total += cut["dual"] * self.most(cut)
        for flow, weight in enumerate(net.weights()):
            gains = []
            for option in options[flow]:
                arcs = [arc for path in option for arc in path]
                paid = sum(
                    net.bandwidth[flow] * entry["lambda"][arc]
                    + tolls[net.tail[arc]]
                    + sum(
                        cut["dual"] * cut["coefficients"][cut["flows"].index(flow)]
                        for cut in entry["cuts"]
                        if cut["arc"] == arc and flow in cut["flows"]
                    )
                    for arc in arcs
                )
                gains.append(weight - paid if option else 0.0)
            if not gains:
                return 0.0
            total += max(gains)
        return total

    def most(self, cut):
        best = 0
        for chosen in itertools.product((0, 1), repeat=len(cut["flows"])):
            width = sum(
                self.net.bandwidth[f] for f, c in zip(cut["flows"], chosen, strict=True) if c
            )
            if width <= self.net.capacity[cut["arc"]]:
                best = max(best, int(np.dot(chosen, cut["coefficients"])))
        return best


@pytest.mark.parametrize(
    "changes",
    [{}, {"protection": "node"}, {"protection": "arc"}, {"max_hops": True}, {"table_size": True}],
)
def test_trees_against_a_list_of_all_options(make_sdn, routes, best_plan, changes):
    for seed in range(30):
        net = make_sdn(5, 14, 5, seed=seed, **changes)
        rng = np.random.default_rng(seed)
        points = random_points(rng, net)
        tree = random_tree(rng, net, len(points))
        found = bound(net, prices=points, tree=tree)
        slow = Slow(net, routes, points, tree)
        assert found == np.floor(slow.value(0, slow.start)), seed
        assert found >= best_plan(net)[0], seed
