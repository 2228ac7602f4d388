from __future__ import annotations

import math
import pickle

import numpy as np
import pytest

from netroute.core.errors import InputError
from netroute.problems.wsn import WsnInstance


def test_defaults_are_the_usual_radio(make_field):
    net = make_field()
    assert net.crossover == pytest.approx(87.7058, abs=1e-4)
    assert (net.message_bits, net.death_test, net.routing) == (4000, "strict", "clusters")
    assert net.features() == frozenset()
    assert net.size == 8
    assert make_field(multipath=0.0).crossover == math.inf


def test_one_energy_is_that_of_all_nodes(make_field):
    assert make_field(energy=0.5).energy.tolist() == [0.5] * 8


def test_arrays_are_copied_and_read_only(make_field):
    spots = np.zeros((3, 2))
    net = make_field(position=spots, energy=[1, 1, 1])
    spots[0] = 7.0
    assert net.position[0].tolist() == [0.0, 0.0]
    for name in ("position", "base_station", "energy", "field"):
        with pytest.raises(ValueError, match="read-only"):
            getattr(net, name)[:] = 1.0


def test_pickle_and_replace(make_field):
    net = make_field(control_bits=8)
    copy = pickle.loads(pickle.dumps(net))
    assert copy.fingerprint == net.fingerprint
    assert not copy.energy.flags.writeable
    assert net.replace(name="other").fingerprint == net.fingerprint
    assert net.replace(death_test="end").fingerprint != net.fingerprint


@pytest.mark.parametrize(
    ("changes", "feature"),
    [
        ({"control_bits": 1}, "control packets"),
        ({"aggregation_ratio": 0.5}, "imperfect aggregation"),
        ({"headless": "silent"}, "silent rounds"),
        ({"routing": "tree"}, "tree routing"),
        ({"hard_threshold": 100}, "threshold reporting"),
    ],
)
def test_features(make_field, changes, feature):
    assert make_field(**changes).features() == {feature}


def test_nodes_outside_the_field_are_told(make_field):
    assert make_field().warnings() == ()
    spots = [[10.0, 10.0], [120.0, 10.0], [10.0, -1.0]]
    (line,) = make_field(position=spots, energy=1.0).warnings()
    assert line == "node 1 at (120, 10) is outside of the field of 100 by 100 m (and 1 more nodes)"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"energy": [0.5] * 7}, "energy: found shape (7,), expected (8,)"),
        ({"energy": [0.5] * 7 + [0]}, "energy: node 7: found 0, expected"),
        ({"energy": -1.0}, "energy: node 0: found -1"),
        ({"energy": math.nan}, "energy: node 0: found nan"),
        ({"energy": "much"}, "energy: expected numbers"),
        ({"position": [[1, 2, 3]]}, "position: found shape (1, 3), expected (n, 2)"),
        ({"position": np.zeros((0, 2))}, "position: found 0 nodes"),
        ({"position": [[1, math.inf]], "energy": 1}, "position: node 0: found [1.0, inf]"),
        ({"position": [[1, 2], [3]]}, "position: expected numbers"),
        ({"base_station": [1, 2, 3]}, "base_station: found shape (3,), expected (2,)"),
        ({"base_station": [1, math.nan]}, "base_station: found [1.0, nan]"),
        ({"field": [0, 10]}, "field: found [0.0, 10.0], expected a width and a height above 0"),
        ({"electronics": 0}, "electronics: found 0, expected a number above 0"),
        ({"aggregation": -1e-9}, "aggregation: found -1e-09, expected a number >= 0"),
        ({"free_space": math.nan}, "free_space: found nan"),
        ({"free_space": 0}, "free_space: found 0 beside a multipath above 0"),
        ({"multipath": "a"}, "multipath: found 'a', expected a number"),
        ({"message_bits": 0}, "message_bits: found 0, expected an integer from 1"),
        ({"message_bits": 4e3}, "message_bits: found 4000.0, expected an integer"),
        ({"control_bits": True}, "control_bits: found True"),
        ({"headless": "sleep"}, "headless: found 'sleep', expected one of: direct, silent"),
        ({"death_test": None}, "death_test: found None, expected one of: strict, end"),
        ({"routing": "mesh"}, "routing: found 'mesh', expected one of: clusters, tree"),
        ({"base_if_nearer": 1}, "base_if_nearer: found 1, expected true or false"),
        ({"aggregation_ratio": 1.5}, "aggregation_ratio: found 1.5, expected 0 to 1"),
        ({"aggregation_ratio": 0.1, "routing": "tree"}, "in which reports are fused: expected 0"),
        ({"hard_threshold": math.inf}, "hard_threshold: found inf, expected a finite number"),
        ({"soft_threshold": -1}, "soft_threshold: found -1, expected a number >= 0"),
        ({"readings_seed": -1}, "readings_seed: found -1"),
    ],
)
def test_what_is_wrong_is_named(make_field, changes, words):
    with pytest.raises(InputError) as caught:
        make_field(**changes)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_coincident_nodes_are_allowed():
    net = WsnInstance(position=[[1, 1], [1, 1]], base_station=[1, 1], energy=1, field=[2, 2])
    assert net.size == 2
