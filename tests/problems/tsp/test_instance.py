"""What a `TspInstance` accepts, refuses and says of itself."""

import math
import pickle

import numpy as np
import pytest

from netroute import InputError
from netroute.core.registry import problem_of
from netroute.problems.tsp import Metric, Rounding, TspInstance, TspSolution

POINTS = [[0, 0], [3, 4], [6, 8], [1, 1]]
MATRIX = [[0, 1, 2], [4, 0, 3], [5, 6, 0]]


def test_fields_are_canonical_and_read_only():
    instance = TspInstance(coordinates=POINTS, rounding="nearest", fixed_edges=[(0, 1)])
    assert instance.coordinates.dtype == np.float64
    assert instance.fixed_edges.dtype == np.uint32
    assert instance.rounding is Rounding.NEAREST
    copy = pickle.loads(pickle.dumps(instance))
    for found in (instance, copy):
        assert not found.coordinates.flags.writeable
        assert found.fingerprint == instance.fingerprint
    with pytest.raises(AttributeError):
        instance.name = "other"


def test_the_diagonal_counts_for_nothing():
    plain = TspInstance(matrix=MATRIX)
    marked = TspInstance(matrix=np.array(MATRIX) + 9999 * np.eye(3))
    assert marked.fingerprint == plain.fingerprint
    assert not marked.matrix.diagonal().any()


def test_beside_a_matrix_coordinates_are_for_pictures():
    instance = TspInstance(matrix=MATRIX, coordinates=POINTS[:3], metric=Metric.MANHATTAN)
    assert instance.coordinates is None
    assert instance.display.tolist() == POINTS[:3]
    assert instance.fingerprint == TspInstance(matrix=MATRIX).fingerprint
    assert instance.replace(name="b").display is not None


@pytest.mark.parametrize(
    ("fields", "expected", "problem"),
    [
        ({"coordinates": POINTS}, set(), "tsp"),
        ({"coordinates": POINTS, "fixed_edges": [(2, 1)]}, {"fixed edges"}, "tsp"),
        ({"matrix": MATRIX}, {"asymmetric distances"}, "atsp"),
        ({"matrix": [[0, -1, 2], [-1, 0, 3], [2, 3, 0]]}, {"negative distances"}, "tsp"),
    ],
)
def test_features_and_problems(fields, expected, problem):
    instance = TspInstance(**fields)
    assert instance.features() == expected
    assert instance.symmetric is ("asymmetric distances" not in expected)
    assert problem_of(instance).name == problem


def test_lengths_do_not_depend_on_start_and_direction():
    rng = np.random.default_rng(1)
    instance = TspInstance(coordinates=rng.random((50, 3)))
    tour = rng.permutation(50)
    lengths = {instance.length(np.roll(tour, k)) for k in range(50)}
    lengths |= {instance.length(np.roll(tour[::-1], k)) for k in range(50)}
    assert len(lengths) == 1
    steps = [instance.distance(tour[k - 1], tour[k]) for k in range(50)]
    assert lengths == {math.fsum(steps)}


def test_rows_and_matrix_agree():
    for instance in (
        TspInstance(coordinates=POINTS, metric="manhattan"),
        TspInstance(matrix=MATRIX),
    ):
        n = instance.size
        expected = [[instance.distance(a, b) for b in range(n)] for a in range(n)]
        assert instance.distance_matrix().tolist() == expected
        assert instance.distance_rows(np.arange(n)).tolist() == expected


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, "coordinates: neither coordinates nor a distance matrix"),
        ({"coordinates": POINTS[:2]}, "size: found 2 nodes, expected at least 3"),
        ({"coordinates": [1, 2, 3]}, "coordinates: found shape (3,), expected (3, 2) or (3, 3)"),
        ({"coordinates": np.ones((3, 4))}, "coordinates: found shape (3, 4)"),
        ({"coordinates": [["a", 1]]}, "coordinates: expected numbers"),
        ({"coordinates": [[0, 0], [1, np.nan], [2, 2]]}, "coordinates: node 1: found nan"),
        ({"matrix": [[0, 1], [1, 0]]}, "size: found 2 nodes"),
        ({"matrix": np.ones((3, 4))}, "matrix: found shape (3, 4), expected (3, 3)"),
        ({"matrix": [[0, 1, np.inf], [1, 0, 1], [1, 1, 0]]}, "matrix: node 0 to 2: found inf"),
        ({"matrix": [[0, 1, 1e16], [1, 0, 1], [1, 1, 0]]}, "at most 1e+15 in size"),
        ({"coordinates": POINTS, "metric": "beeline"}, "metric: found 'beeline', expected one of"),
        ({"coordinates": POINTS, "display": [[1, 2]]}, "display: found shape (1, 2)"),
        ({"coordinates": POINTS, "fixed_edges": [1, 2]}, "fixed_edges: found shape (2,)"),
        ({"coordinates": POINTS, "fixed_edges": [(0, 4)]}, "fixed_edges[0]: found node 4"),
        ({"coordinates": POINTS, "fixed_edges": [(0, -1)]}, "fixed_edges[0]: found -1"),
        ({"coordinates": POINTS, "fixed_edges": [(0, 0.5)]}, "fixed_edges[0]: found 0.5"),
        ({"coordinates": POINTS, "fixed_edges": [(2, 2)]}, "joins node 2 to itself"),
        ({"coordinates": POINTS, "fixed_edges": [(0, 1), (1, 0)]}, "given a second time"),
        ({"coordinates": POINTS, "fixed_edges": [(0, 1), (0, 2), (0, 3)]}, "more than two"),
        ({"coordinates": POINTS, "fixed_edges": [(0, 1), (1, 2), (2, 0)]}, "closes a cycle"),
        ({"matrix": MATRIX, "fixed_edges": [(0, 1), (0, 2)]}, "leaves 0 or reaches 2 a second"),
    ],
)
def test_faults_are_one_line_that_names_the_field(fields, expected):
    with pytest.raises(InputError) as caught:
        TspInstance(**fields)
    assert expected in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_whole_tour_can_be_fixed():
    instance = TspInstance(coordinates=POINTS, fixed_edges=[(0, 1), (1, 2), (2, 3), (3, 0)])
    assert len(instance.fixed_edges) == 4


def test_solutions_begin_with_node_0():
    tour = TspSolution.of([2, 1, 0, 3])
    assert tour.tour.tolist() == [0, 3, 2, 1]
    assert tour == TspSolution.of([0, 3, 2, 1])
    assert tour != TspSolution.of([0, 1, 2, 3])
    assert hash(tour) == hash(pickle.loads(pickle.dumps(tour)))
    assert TspSolution.of([2, 1]).tour.tolist() == [2, 1]
    assert TspSolution.from_dict({"tour": []}).tour.tolist() == []


@pytest.mark.parametrize(
    "data", [{}, [], {"tour": 3}, {"tour": [0, 1.5]}, {"tour": [0, True]}, {"tour": [-1]},
             {"tour": [2**32]}, {"tour": [10**30]}, {"tour": [[0, 1]]}]
)  # fmt: skip
def test_bad_solutions(data):
    with pytest.raises(InputError):
        TspSolution.from_dict(data)
