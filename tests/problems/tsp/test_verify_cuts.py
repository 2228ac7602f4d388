"""Bounds from cuts and trees: below the optimum found by brute force, whatever the prices."""

import itertools

import numpy as np
import pytest

from netroute import InputError
from netroute.problems.tsp import TspInstance
from netroute.problems.tsp.verify_bound import verify_bound
from netroute.problems.tsp.verify_cuts import cuts_bound

COMB = [[0, 1, 2], [0, 3], [1, 4], [2, 5]]


def tours(size):
    for rest in itertools.permutations(range(1, size)):
        if rest[0] < rest[-1]:
            yield (0, *rest)


def shortest(instance):
    matrix, must = instance.distance_matrix(), {frozenset(e) for e in instance.fixed_edges.tolist()}
    lengths = []
    for tour in tours(instance.size):
        steps = list(zip(tour, tour[1:] + tour[:1], strict=True))
        if must <= {frozenset(step) for step in steps}:
            lengths.append(sum(matrix[a, b] for a, b in steps))
    return float(min(lengths))


def random_instance(rng, kind, *, fixed=None):
    if kind == "negative":
        matrix = rng.integers(-40, 60, (7, 7))
        return TspInstance(matrix=matrix + matrix.T, fixed_edges=fixed)
    points = rng.random((7, 2)) * (100 if kind == "nearest" else 1)
    return TspInstance(coordinates=points, rounding=kind, fixed_edges=fixed)


@pytest.mark.parametrize("fixed", [None, [(0, 6), (6, 3)]])
@pytest.mark.parametrize("kind", ["negative", "nearest", "exact"])
def test_never_above_the_optimum(kind, fixed):
    rng = np.random.default_rng(3)
    cuts = [[[0, 1]], [[2, 3, 4]], COMB, [[6, 5, 0, 1, 2]]]
    for _ in range(10):
        instance = random_instance(rng, kind, fixed=fixed)
        best = shortest(instance)
        scale = abs(instance.distance_matrix()).mean()
        points = []
        for _ in range(4):
            duals = [[int(k), float(rng.random() * scale)] for k in rng.permutation(4)[:3]]
            nodes = (rng.random(7) * scale).tolist()
            points.append({"nodes": nodes, "cuts": duals})
        tree = [
            {"point": 0, "child": 1},
            {"edge": [0, 1], "children": [2, 3]},
            {"point": 1},
            {"edge": [5, 2], "children": [4, 5]},
            {"point": 2, "child": 6},
            {"point": 3},
            {"point": 3},
        ]
        data = {"cuts": cuts, "points": points, "tree": tree, "cutoff": best * 1.01 + 1}
        assert cuts_bound(instance, data) <= best + 1e-9
        # With the optimum as cutoff, tours as short as that may be dropped, but none below.
        assert cuts_bound(instance, {**data, "cutoff": best}) <= best
        assert cuts_bound(instance, {**data, "cutoff": best - 5}) <= best - 5


def test_combs_hold_for_all_tours():
    limit = 3 + 6 - 5
    most = 0
    for tour in tours(7):
        steps = {frozenset(step) for step in zip(tour, tour[1:] + tour[:1], strict=True)}
        used = sum(step <= set(members) for step in steps for members in COMB)
        most = max(most, used)
    assert most == limit
    # Twice as many nodes: each edge costs -1 within the sets, so that only the limit counts.
    matrix = np.zeros((7, 7))
    for members in COMB:
        for a, b in itertools.permutations(members, 2):
            matrix[a, b] -= 1.0
    point = {"nodes": [0.0] * 7, "cuts": [[0, 1.0]]}
    bound = cuts_bound(TspInstance(matrix=matrix), {"cuts": [COMB], "points": [point]})
    assert bound == -limit == shortest(TspInstance(matrix=matrix))


def test_a_tree_closes_what_prices_leave_open():
    instance = TspInstance(coordinates=[[0, 0], [4, 0], [4, 3], [0, 3]], rounding="nearest")
    nothing = {"nodes": [0] * 4, "cuts": []}
    some = {"nodes": [2] * 4, "cuts": []}
    assert cuts_bound(instance, {"cuts": [], "points": [nothing]}) == 0.0
    tree = [{"edge": [0, 1], "children": [1, 2]}, {"point": 1}, {"point": 0}]
    data = {"cuts": [], "points": [nothing, some], "tree": tree, "cutoff": 14}
    # Tours with the edge of length 4 are only known to be as long as that.
    assert cuts_bound(instance, data) == 4.0
    both = [{"edge": [0, 1], "children": [1, 2]}, {"point": 1}, {"point": 1}]
    assert cuts_bound(instance, {**data, "tree": both}) == 14.0
    assert cuts_bound(instance, {**data, "tree": both, "cutoff": 13}) == 13.0


def test_a_cutoff_between_integers_is_rounded_down():
    instance = TspInstance(coordinates=[[0, 0], [4, 0], [4, 3], [0, 3]], rounding="nearest")
    point = {"nodes": [50] * 4, "cuts": []}
    tree = [{"point": 0, "child": 1}, {"point": 0}]
    data = {"cuts": [], "points": [point], "tree": tree, "cutoff": 13.9}
    assert cuts_bound(instance, data) <= 13.0


def test_decisions_that_contradict_each_other_leave_no_tours():
    instance = TspInstance(coordinates=[[0, 0], [4, 0], [4, 3], [0, 3]], rounding="nearest")
    point = {"nodes": [2] * 4, "cuts": []}
    tree = [
        {"edge": [0, 1], "children": [1, 2]},
        {"edge": [1, 0], "children": [3, 9]},
        {"edge": [0, 1], "children": [9, 4]},
        {"point": 0},
        {"point": 0},
    ]
    data = {"cuts": [], "points": [point], "tree": tree, "cutoff": 14}
    assert cuts_bound(instance, data) == 14.0


POINT = {"nodes": [0] * 7, "cuts": []}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"cuts": 5}, "found no list 'cuts'"),
        ({"points": []}, "found no points"),
        ({"points": [{"nodes": [0], "cuts": []}]}, "expected 7 finite prices"),
        ({"points": [{"nodes": [float("nan")] * 7, "cuts": []}]}, "expected 7 finite prices"),
        ({"points": [{"cuts": []}]}, "points[0]: KeyError"),
        ({"points": [{**POINT, "cuts": [[0, 1]]}]}, "found the price 1.0 of cut 0"),
        ({"cuts": [[[0]]], "points": [{**POINT, "cuts": [[0, -1]]}]}, "found the price -1.0"),
        ({"cuts": [[[0]]], "points": [{**POINT, "cuts": [[0, 1], [0, 1]]}]}, "has two prices"),
        ({"cuts": [[list(range(7))]]}, "the set holds all nodes"),
        ({"cuts": [[]]}, "expected a list of sets"),
        ({"cuts": [[[0, 0]]]}, "expected different nodes below 7"),
        ({"cuts": [[[0, 9]]]}, "expected different nodes below 7"),
        ({"cuts": [[[0, True]]]}, "expected different nodes below 7"),
        ({"cuts": [COMB[:3]]}, "an odd number of teeth"),
        ({"cuts": [COMB[:2]]}, "an odd number of teeth"),
        ({"cuts": [[[0, 1, 2], [0, 3], [1, 3], [2, 5]]]}, "teeth that do not meet"),
        ({"cuts": [[[0, 1, 2], [0, 3], [1, 4], [5, 6]]]}, "partly in the handle"),
        ({"cuts": [[[0, 1, 2], [0, 1], [2, 4], [3, 5]]]}, "partly in the handle"),
        ({"tree": []}, "the nodes are no tree"),
        ({"tree": [{"point": 0, "child": 0}]}, "the nodes are no tree"),
        ({"tree": [{"point": 0, "child": "x"}]}, "the nodes are no tree"),
        ({"tree": [{"point": 1}]}, "found the point '1'"),
        ({"tree": [{}]}, "found the point 'None'"),
        ({"tree": [7]}, "found 7, expected an object"),
        ({"tree": [{"edge": [0, 1], "children": [1]}]}, "of no known kind"),
        ({"tree": [{"edge": [0, 7], "children": [1, 2]}]}, "different nodes below 7"),
        ({"cutoff": "x"}, "cutoff: expected a number"),
    ],
)
def test_wrong_certificates(changes, expected):
    instance = random_instance(np.random.default_rng(1), "nearest")
    data = {"cuts": [], "points": [POINT], "cutoff": 9.0, **changes}
    with pytest.raises(InputError) as caught:
        verify_bound(instance, {"method": "cuts", "data": data})
    assert expected in str(caught.value)


def test_asymmetric_distances_are_refused():
    arcs = TspInstance(matrix=[[0, 1, 2], [3, 0, 4], [5, 6, 0]])
    with pytest.raises(InputError, match="symmetric distances"):
        cuts_bound(arcs, {"cuts": [], "points": [{"nodes": [0] * 3, "cuts": []}]})
