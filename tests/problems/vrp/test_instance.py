"""Instances are valid by construction, and say which features they use."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from netroute.core.errors import InputError
from netroute.problems.vrp import VehicleType, VrpInstance
from netroute.problems.vrp.instance import MATRIX_LIMIT

SQUARE = [[0, 0], [0, 1], [1, 1], [1, 0]]


def plain(**changes):
    base = {"coordinates": SQUARE, "deliveries": [0, 1, 2, 3], "vehicles": VehicleType(capacity=6)}
    return VrpInstance(**(base | changes))


FAULTS = {
    "nothing": ({"coordinates": None}, "neither coordinates nor a distance matrix"),
    "shape": ({"coordinates": [0, 1, 2]}, "found shape (3,), expected (3, 2)"),
    "scalar": ({"coordinates": 7}, "found no locations"),
    "three numbers": ({"coordinates": np.zeros((4, 3))}, "expected (4, 2)"),
    "nan": ({"coordinates": [[0, 0], [0, 1], [np.nan, 1], [1, 0]]}, "location 2"),
    "text": ({"coordinates": [["a", "b"]] * 4}, "expected numbers"),
    "ragged": ({"coordinates": [[0, 0], [1]]}, "expected numbers"),
    "no depot": ({"depots": 0}, "found 0 depots among 4 locations"),
    "too many depots": ({"depots": 5}, "found 5 depots"),
    "half a depot": ({"depots": 1.5}, "expected an integer"),
    "negative demand": ({"deliveries": [0, 1, -2, 3]}, "client 2: found -2"),
    "infinite demand": ({"deliveries": [0, 1, np.inf, 3]}, "client 2: found inf"),
    "demand of a depot": ({"deliveries": [1, 1, 1, 1]}, "depot 0 has a demand"),
    "too few demands": ({"deliveries": [0, 1]}, "found shape (2, 1)"),
    "too large a demand": ({"deliveries": [0, 1, 9, 3]}, "client 2: demand [9.0] exceeds"),
    "other dimensions": ({"pickups": np.zeros((4, 2))}, "other load dimensions"),
    "negative distance": ({"distances": -np.ones((4, 4))}, "depot 0 to 0: found -1"),
    "matrix of another size": ({"distances": np.ones((3, 3))}, "expected (4, 4)"),
    "unknown metric": ({"metric": "street"}, "expected one of: euclidean"),
    "unknown rounding": ({"rounding": "rint"}, "expected one of: exact"),
    "closed window": ({"windows": [(), ((5, 4),), (), ()]}, "location 1: found [5, 4]"),
    "overlapping windows": ({"windows": [(), ((0, 4), (3, 5)), (), ()]}, "overlap"),
    "windows of too few": ({"windows": [()]}, "found 1 rows, expected 4"),
    "not a window": ({"windows": [(), (3,), (), ()]}, "location 1: expected a sequence"),
    "negative service": ({"service": [0, -1, 0, 0]}, "client 1"),
    "no vehicles": ({"vehicles": ()}, "no vehicle type"),
    "not a vehicle": ({"vehicles": [3]}, "expected objects of type VehicleType"),
    "vehicles of None": ({"vehicles": None}, "expected objects of type VehicleType"),
    "capacities": ({"vehicles": VehicleType(capacity=(1, 2))}, "found 2 capacities, expected 1"),
    "depot of a vehicle": ({"vehicles": VehicleType(start_depot=2)}, "start_depot 2 is not one"),
    "required of too few": ({"required": [True]}, "expected (4,)"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_faults_are_rejected_with_field_and_place(name):
    changes, message = FAULTS[name]
    with pytest.raises(InputError) as caught:
        plain(**changes)
    assert message in str(caught.value)
    assert caught.value.where
    assert "\n" not in str(caught.value)


def test_optional_client_may_be_too_large_for_every_vehicle():
    instance = plain(deliveries=[0, 1, 9, 3], required=[True, True, False, True])
    assert "optional clients" in instance.features()


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3) | st.binary(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=2), inner),
    max_leaves=12,
)
NAMES = [n for n in VrpInstance.__dataclass_fields__ if n not in ("fingerprint", "_features")]


@given(st.dictionaries(st.sampled_from(NAMES), anything))
def test_anything_else_is_an_input_error(changes):
    try:
        instance = plain(**changes)
    except InputError:
        return
    assert instance.size >= instance.depots >= 1
    assert instance.features() <= set(FEATURES)


@given(st.dictionaries(st.sampled_from(list(VehicleType.__dataclass_fields__)), anything))
def test_any_vehicle_is_good_or_an_input_error(values):
    try:
        vehicle = VehicleType(**values)
    except InputError:
        return
    assert vehicle.max_distance >= 0


def pickled(instance):
    return pickle.loads(pickle.dumps(instance))


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, pickled])
def test_copies_are_equal_in_content_and_read_only(copied):
    instance = plain(windows=[(), ((1, 2),), (), ()])
    other = copied(instance)
    assert other.fingerprint == instance.fingerprint
    assert other.features() == instance.features()
    with pytest.raises(ValueError, match="read-only"):
        other.coordinates[0, 0] = 5


def test_what_was_given_can_change_without_harm():
    coordinates = np.array(SQUARE, dtype=float)
    instance = plain(coordinates=coordinates)
    coordinates[0, 0] = 99
    assert instance.coordinates[0, 0] == 0


def test_fingerprint_is_of_the_content():
    assert plain().fingerprint == plain(name="other", comment="text").fingerprint
    assert plain().fingerprint != plain(deliveries=[0, 1, 2, 2]).fingerprint
    assert plain().fingerprint != plain(rounding="nearest").fingerprint
    assert plain().fingerprint != plain(deliveries=None, pickups=[0, 1, 2, 3]).fingerprint


def test_replace_validates():
    with pytest.raises(InputError):
        plain().replace(depots=9)


FEATURES = {
    "asymmetric distances": {"distances": np.triu(np.ones((4, 4)))},
    "separate durations": {"durations": np.ones((4, 4))},
    "several load dimensions": {"deliveries": np.zeros((4, 2)), "vehicles": VehicleType()},
    "pickups": {"pickups": [0, 1, 1, 1]},
    "service times": {"service": [0, 1, 1, 1]},
    "time windows": {"windows": [(), ((1, 2),), (), ()]},
    "several time windows": {"windows": [(), ((1, 2), (4, 5)), (), ()]},
    "release times": {"release": [0, 0, 3, 0]},
    "optional clients": {"required": [True, True, False, True]},
    "several depots": {"depots": 2, "deliveries": [0, 0, 1, 1]},
    "several vehicle types": {"vehicles": (VehicleType(capacity=6), VehicleType(capacity=9))},
    "limited fleet": {"vehicles": VehicleType(capacity=6, number=3)},
    "fixed costs": {"vehicles": VehicleType(capacity=6, fixed_cost=1)},
    "distance costs": {"vehicles": VehicleType(capacity=6, distance_cost=2)},
    "duration costs": {"vehicles": VehicleType(capacity=6, duration_cost=1)},
    "shifts": {"vehicles": VehicleType(capacity=6, shift_end=9)},
    "maximum distance": {"vehicles": VehicleType(capacity=6, max_distance=9)},
    "maximum duration": {"vehicles": VehicleType(capacity=6, max_duration=9)},
    "open routes": {"vehicles": VehicleType(capacity=6, end_depot=None)},
    "different end depots": {
        "depots": 2,
        "deliveries": [0, 0, 1, 1],
        "vehicles": VehicleType(capacity=6, end_depot=1),
    },
}
IMPLIED = {"several time windows": {"time windows"}, "different end depots": {"several depots"}}


@pytest.mark.parametrize("feature", FEATURES)
def test_each_feature_is_found_alone(feature):
    assert plain(**FEATURES[feature]).features() == {feature} | IMPLIED.get(feature, set())


def test_plain_instances_have_no_features():
    zeros = np.zeros(4)
    assert plain().features() == frozenset()
    idle = plain(service=zeros, release=zeros, windows=[()] * 4, required=[True] * 4, pickups=zeros)
    assert idle.features() == frozenset()
    assert plain(distances=np.ones((4, 4))).features() == frozenset()


def test_symmetry_is_found_in_any_corner_of_a_large_matrix():
    matrix = np.zeros((1500, 1500))
    assert VrpInstance(distances=matrix).features() == frozenset()
    for i, j in ((0, 1499), (1499, 1498), (700, 3)):
        changed = matrix.copy()
        changed[i, j] = 1
        assert VrpInstance(distances=changed).features() == {"asymmetric distances"}


def test_distances_by_pair_row_and_matrix_agree():
    rng = np.random.default_rng(3)
    instance = VrpInstance(coordinates=rng.random((300, 2)) * 100, rounding="nearest")
    matrix = instance.distance_matrix()
    assert np.array_equal(matrix[[5, 280]], instance.distance_rows([5, 280]))
    assert matrix[7, 290] == instance.distance(7, 290) == instance.duration(7, 290)
    assert np.array_equal(matrix, matrix.T)


def test_refuses_a_matrix_that_would_not_fit():
    instance = VrpInstance(coordinates=np.zeros((MATRIX_LIMIT + 1, 2)))
    with pytest.raises(Exception, match="GB"):
        instance.distance_matrix()
