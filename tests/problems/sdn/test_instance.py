from __future__ import annotations

import pickle
from dataclasses import FrozenInstanceError

import numpy as np
import pytest

import netroute
from netroute.core.errors import InputError
from netroute.problems.sdn import SdnInstance

LINE = {
    "nodes": ["a", "b", "c"],
    "tail": [0, 1],
    "head": [1, 2],
    "capacity": [5, 3],
    "source": [0, 0],
    "target": [2, 1],
    "bandwidth": [3, 4],
    "priority": [2, 1],
}


def line(**changes: object) -> SdnInstance:
    return SdnInstance(**(LINE | changes))


def test_arrays_are_read_only_contiguous_and_pinned():
    net = line(delay=[1, 2], max_delay=[np.inf, 3], max_hops=[0, 1], table_size=[-1, 0, 2])
    kinds = {
        np.uint32: ("tail", "head", "source", "target"),
        np.int64: ("capacity", "bandwidth", "priority", "max_hops", "table_size"),
        np.float64: ("delay", "max_delay"),
    }
    for kind, names in kinds.items():
        for name in names:
            array = getattr(net, name)
            assert array.dtype == kind, name
            assert array.flags.c_contiguous, name
            with pytest.raises(ValueError, match="read-only"):
                array[0] = 1
    with pytest.raises(FrozenInstanceError):
        net.name = "other"  # type: ignore[misc]


def test_defaults():
    net = line(priority=None)
    assert net.delay.tolist() == [0.0, 0.0]
    assert net.priority.tolist() == [1, 1]
    assert (net.priorities, net.weighting, net.objective) == (1, "priority", "weighted")
    assert (net.size, net.protection, net.features()) == (2, "none", frozenset())
    assert line(nodes=range(3)).nodes == ("0", "1", "2")


@pytest.mark.parametrize(
    ("changes", "weights"),
    [
        ({}, [2, 1]),
        ({"weighting": "revenue"}, [6, 4]),
        ({"weighting": "count"}, [1, 1]),
        ({"weighting": "throughput"}, [3, 4]),
        ({"weight": [0.5, 7]}, [0.5, 7]),
        ({"objective": "lexicographic"}, [1, 0]),
        ({"objective": "lexicographic", "priorities": 9}, [1, 0]),
    ],
)
def test_weights(changes, weights):
    found = line(**changes).weights()
    assert found.tolist() == weights
    assert found.dtype == np.float64
    found[0] = -1.0  # a copy
    assert line(**changes).weights().tolist() == weights


@pytest.mark.parametrize(
    ("changes", "feature"),
    [
        ({"max_delay": [np.inf, 4.0]}, "delay limits"),
        ({"max_hops": [0, 3]}, "hop limits"),
        ({"table_size": [-1, 5, -1]}, "flow tables"),
        ({"protection": "arc"}, "arc protection"),
        ({"protection": "node"}, "node protection"),
        ({"objective": "lexicographic"}, "lexicographic objective"),
        ({"weight": [1.5, 1]}, "fractional weights"),
    ],
)
def test_features(changes, feature):
    assert line(**changes).features() == {feature}


def test_limits_that_limit_nothing_are_no_feature():
    net = line(max_delay=[np.inf, np.inf], max_hops=[0, 0], table_size=[-1] * 3, weight=[3, 2])
    assert net.features() == frozenset()


def test_objectives_are_the_classes_in_use():
    assert line().objectives == 1
    assert line(objective="lexicographic", priorities=9).objectives == 2


FAULTS = {
    "no node": ({"nodes": []}, "nodes: found no nodes, expected at least one"),
    "unknown tail": ({"tail": [0, 3]}, "tail: arc 1: unknown node 3, expected 0 to 2"),
    "negative node": ({"target": [2, -1]}, "target: flow 1: unknown node -1"),
    "arc to itself": ({"head": [1, 1]}, "head: arc 1 leads from node 'b' to itself"),
    "flow to itself": ({"target": [2, 0]}, "target: flow 1 leads from node 'a' to itself"),
    "zero capacity": ({"capacity": [5, 0]}, "capacity: arc 1: found 0, expected an integer from 1"),
    "negative capacity": ({"capacity": [-5, 3]}, "capacity: arc 0: found -5"),
    "fractional capacity": ({"capacity": [5, 2.5]}, "capacity: entry 1: found 2.5, expected an"),
    "endless capacity": ({"capacity": [5, np.inf]}, "capacity: entry 1: found inf, expected an"),
    "huge capacity": ({"capacity": [5, 2**60]}, "capacity: arc 1"),
    "huger capacity": ({"capacity": [5, 10**30]}, "capacity: "),
    "words": ({"capacity": ["x", "y"]}, "capacity: found <U1 values, expected integers"),
    "shape": ({"capacity": [5]}, r"capacity: found shape (1,), expected (2,)"),
    "ragged": ({"capacity": [[5], [1, 2]]}, "capacity: expected integers"),
    "zero bandwidth": ({"bandwidth": [0, 4]}, "bandwidth: flow 0: found 0, expected an integer"),
    "nan": ({"delay": [np.nan, 0]}, "delay: arc 0: found nan, expected a finite number >= 0"),
    "negative delay": ({"delay": [0, -1]}, "delay: arc 1: found -1"),
    "priority 0": ({"priority": [0, 1]}, "priority: flow 0: found 0, expected an integer from 1"),
    "priority above": (
        {"priority": [1, 9], "priorities": 8},
        "priority: flow 1: found 9, expected an integer from 1 to 8",
    ),
    "priorities": ({"priorities": 0}, "priorities: found 0"),
    "no number of classes": ({"priorities": "many"}, "priorities: found 'many'"),
    "duplicate node": ({"nodes": ["a", "b", "a"]}, "nodes: duplicate id 'a' (entries 0 and 2)"),
    "duplicate flow": ({"flows": ["x", "x"]}, "flows: duplicate id 'x' (entries 0 and 1)"),
    "flow names": ({"flows": ["x"]}, "flows: found 1 names, expected 2"),
    "negative weight": ({"weight": [1, -1]}, "weight: flow 1: found -1"),
    "missing weights": ({"weighting": "given"}, "weight: found no weights"),
    "unused weights": ({"weight": [1, 1], "weighting": "count"}, "weighting: found 'count' and"),
    "weighting": ({"weighting": "gold"}, "weighting: found 'gold', expected one of: priority"),
    "objective": ({"objective": "best"}, "objective: found 'best', expected one of: weighted"),
    "protection": ({"protection": "link"}, "protection: found 'link', expected one of: none"),
    "max_delay": ({"max_delay": [-1, 1]}, "max_delay: flow 0: found -1"),
    "nan limit": ({"max_delay": [np.nan, 1]}, "max_delay: flow 0: found nan"),
    "max_hops": ({"max_hops": [-1, 1]}, "max_hops: flow 0: found -1"),
    "table": ({"table_size": [-2, 1, 1]}, "table_size: node 0: found -2"),
    "position": ({"position": [[0, 0], [1, np.nan], [2, 2]]}, "position: node 1"),
    "all weights": ({"weight": [2.0**53, 2.0**53]}, "weight: the weights add up to more than"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_faults_name_field_and_place(fault):
    changes, said = FAULTS[fault]
    with pytest.raises(InputError) as caught:
        line(**changes)
    assert str(caught.value).startswith(said)
    assert "\n" not in str(caught.value)


def test_total_bandwidth_is_limited():
    flows = {"source": [0] * 9, "target": [1] * 9, "bandwidth": [2**50] * 9, "priority": None}
    with pytest.raises(InputError, match="bandwidth: found a total above"):
        line(**flows)


def test_fingerprint_follows_everything_but_the_name():
    net = line()
    assert net.fingerprint == line(name="other").fingerprint
    for changes in ({"capacity": [5, 4]}, {"nodes": ["a", "b", "d"]}, {"protection": "arc"}):
        assert net.fingerprint != line(**changes).fingerprint
    assert net.replace(capacity=[5, 4]).fingerprint == line(capacity=[5, 4]).fingerprint


def test_pickled_copy_is_the_same_and_read_only():
    net = line(position=[[0, 0], [1, 1], [2, 0]])
    copy = pickle.loads(pickle.dumps(net))
    assert copy.fingerprint == net.fingerprint
    assert not copy.capacity.flags.writeable
    assert not copy.position.flags.writeable


def test_network_without_arcs_or_flows():
    empty = SdnInstance(
        nodes=["a"], tail=[], head=[], capacity=[], source=[], target=[], bandwidth=[]
    )
    assert (empty.size, empty.priorities, empty.weights().tolist()) == (0, 1, [])


def test_labels_for_messages():
    net = line(flows=["voice", "video"])
    assert net.flow_label(0) == "flow 0 'voice' (a to c)"
    assert line().flow_label(np.int64(1)) == "flow 1 (a to b)"
    assert net.arc_label(1) == "arc 1 (b to c)"


def test_package_offers_the_types():
    assert netroute.SdnInstance is SdnInstance
    assert netroute.SdnSolution.of(1, {0: [0]}).admitted.all()
