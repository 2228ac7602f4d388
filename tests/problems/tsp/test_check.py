"""The checker against tours worked by hand, and against a second way of counting."""

import numpy as np
import pytest

from netroute.problems.tsp import TspInstance, TspSolution
from netroute.problems.tsp.check import check
from netroute.problems.tsp.describe import describe, summary

SQUARE = TspInstance(coordinates=[[0, 0], [3, 0], [3, 4], [0, 4]])


def codes(instance, nodes):
    return [violation.code for violation in check(instance, TspSolution.of(nodes)).violations]


def test_a_tour_worked_by_hand():
    evaluation = check(SQUARE, TspSolution.of([0, 1, 2, 3]))
    assert evaluation.feasible
    assert evaluation.objective == 14.0
    assert evaluation.metrics == {"nodes": 4, "shortest_edge": 3.0, "longest_edge": 4.0}


@pytest.mark.parametrize(
    ("nodes", "expected"),
    [
        ([0, 2, 1, 3], []),
        ([0, 1, 2], ["node.missing"]),
        ([0, 1, 2, 2, 3], ["node.doubled"]),
        ([0, 1, 2, 3, 4, 9], ["node.unknown", "node.unknown"]),
        ([1, 1, 1], ["node.doubled", "node.missing", "node.missing", "node.missing"]),
        ([], ["node.missing"] * 4),
    ],
)
def test_every_fault_is_named(nodes, expected):
    assert codes(SQUARE, nodes) == expected


def test_fixed_edges():
    fixed = SQUARE.replace(fixed_edges=[(3, 0), (1, 3)])
    assert codes(fixed, [0, 3, 1, 2]) == []
    assert codes(fixed, [0, 2, 1, 3]) == []
    assert codes(fixed, [0, 1, 2, 3]) == ["edge.fixed"]


def test_fixed_arcs_have_a_direction():
    matrix = np.arange(16).reshape(4, 4)
    instance = TspInstance(matrix=matrix, fixed_edges=[(1, 2)])
    assert codes(instance, [0, 1, 2, 3]) == []
    assert codes(instance, [0, 2, 1, 3]) == ["edge.fixed"]


def test_asymmetric_lengths_go_from_row_to_column():
    instance = TspInstance(matrix=[[0, 1, 20], [30, 0, 2], [3, 10, 0]])
    assert check(instance, TspSolution.of([0, 1, 2])).objective == 6.0
    assert check(instance, TspSolution.of([0, 2, 1])).objective == 60.0


def test_random_tours_against_a_second_count():
    rng = np.random.default_rng(3)
    for metric in ("euclidean", "manhattan", "maximum"):
        instance = TspInstance(
            coordinates=rng.integers(-99, 99, (20, 2)), metric=metric, rounding="up"
        )
        tour = rng.permutation(20)
        slow = sum(instance.distance(tour[k - 1], tour[k]) for k in range(20))
        assert check(instance, TspSolution.of(tour)).objective == slow == instance.length(tour)


def test_words_for_people():
    figures = describe(SQUARE.replace(fixed_edges=[(0, 1)]))
    assert figures["fixed_edges"] == 1
    assert figures["extent"] == {"x": [0.0, 3.0], "y": [0.0, 4.0]}
    asymmetric = describe(TspInstance(matrix=[[0, 1, 20], [30, 0, 2], [3, 10, 0]]))
    assert asymmetric["costs"] == "explicit asymmetric distance matrix"
    assert asymmetric["distances"] == [0.0, 30.0]
    negative = describe(TspInstance(matrix=[[0, -1, 2], [-1, 0, 2], [2, 2, 0]]))
    assert negative["costs"] == "explicit symmetric distance matrix, some distances negative"
    assert summary({"longest_edge": None}) == {}
