"""Connection matrices of htsim: what they say, round trips, and one line for whatever is wrong."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import netroute
from netroute.core.errors import InputError, UnsupportedError
from netroute.datasets.collective.generate import generate_collective
from netroute.formats.htsim import read_cm
from netroute.problems.collective import CollectiveInstance, Fabric

TEXT = """Nodes 8
Connections 4
# sizes in bytes
0->5 id 1 start 0 size 2000
1->2 start 0 size 7 prio 2

7->0 id 3 size 9 start 1000
3->4 id 4 start 1000 size 1
"""


def read(tmp_path, text, **options):
    file = tmp_path / "job.cm"
    file.write_text(text, encoding="utf-8")
    return netroute.read(file, **options)


def test_flows_and_fabrics(tmp_path):
    instance = read(tmp_path, TEXT, leaves=4, spines=2, capacity=10, nic=5)
    assert instance.name == "job"
    assert instance.flows.tolist() == [[0, 0, 5, 2000], [0, 1, 2, 7], [1, 7, 0, 9], [1, 3, 4, 1]]
    fabric = instance.fabric
    assert (fabric.hosts_per_leaf, fabric.nic, fabric.up.tolist()) == (2, 5, [[10, 10]] * 4)
    as_text = read(tmp_path, TEXT, leaves="4", spines="2", capacity="10", nic="5")
    assert as_text.fingerprint == instance.fingerprint
    tree = read(tmp_path, TEXT, fat_tree=4)
    assert (tree.fabric.tiers, tree.fabric.hosts) == (3, 16)


def test_round_trip(tmp_path):
    job = generate_collective(leaves=4, spines=2, hosts_per_leaf=4, group=8, size=3, seed=1)
    netroute.write(tmp_path / "a.cm", job)
    again = netroute.read(tmp_path / "a.cm", leaves=4, spines=2)
    assert again.size == job.size
    for name in ("source", "target", "size", "count", "sent", "received"):
        assert (getattr(again.phases[0], name) == getattr(job.phases[0], name)).all()
    netroute.write(tmp_path / "b.cm", again)
    assert (tmp_path / "a.cm").read_text() == (tmp_path / "b.cm").read_text()


def test_several_phases_are_not_written(tmp_path):
    fabric = Fabric.leaf_spine(2, 2, hosts_per_leaf=1)
    job = CollectiveInstance(fabric=fabric, flows=[(0, 0, 1, 1), (1, 1, 0, 1)])
    with pytest.raises(UnsupportedError, match="has 2 phases"):
        netroute.write(tmp_path / "a.cm", job)
    assert not (tmp_path / "a.cm").exists()


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("Nodes 8", "Nodes 1", r"job.cm:1: found 1 nodes, expected 2 to"),
        ("Nodes 8", "Nodes eight", r"job.cm:1: Nodes: found 'eight', expected an integer >= 0"),
        ("Nodes 8\n", "", r"job.cm:3: found '0->5 id 1 start 0 size 2000', expected Nodes first"),
        ("Connections 4", "Connections 5", r"found 4 flows, expected 5 by the line Connections"),
        ("0->5", "0->8", r"job.cm:4: found host 8, expected 0 to 7"),
        ("0->5", "5->5", r"job.cm:4: host 5 sends to itself"),
        ("0->5", "0-5", r"job.cm:4: found '0-5', expected source->target"),
        ("size 2000", "size 0", r"job.cm:4: found size 0"),
        ("size 2000", "size -3", r"job.cm:4: size: found '-3'"),
        ("size 2000", "size", r"job.cm:4: size: found ''"),
        ("size 2000", "", r"job.cm:4: found no size"),
        ("size 2000", "size 1 size 2", r"job.cm:4: found size twice"),
        ("id 1", "idea 1", r"job.cm:4: found 'idea', expected id, start or size"),
    ],
)
def test_faults(tmp_path, old, new, words):
    with pytest.raises(InputError, match=words):
        read(tmp_path, TEXT.replace(old, new, 1), leaves=4, spines=2)


def test_triggers_are_refused(tmp_path):
    for old, new in (("start 0", "trigger 2"), ("Connections 4", "Connections 4\nTriggers 1")):
        with pytest.raises(UnsupportedError, match="that others trigger"):
            read(tmp_path, TEXT.replace(old, new, 1), leaves=4, spines=2)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "expected the options leaves and spines, or fat_tree"),
        ({"leaves": 4}, "expected the options"),
        ({"leaves": 4, "spines": 2, "fat_tree": 4}, "expected the options"),
        ({"leaves": 4, "spines": "two"}, "spines: found 'two', expected an integer"),
        ({"leaves": 4, "spines": 2.5}, "spines: found 2.5, expected an integer"),
        ({"leaves": 4, "spines": 2, "capacity": 0, "nic": 0}, "nic: found 0"),
        ({"leaves": 0, "spines": 2}, "leaves: found 0"),
        ({"leaves": 2, "spines": 2, "hosts_per_leaf": 3}, "8 nodes, more than the 6 hosts"),
        ({"fat_tree": 3}, "found 3"),
    ],
)
def test_fabrics_that_do_not_fit(tmp_path, options, words):
    with pytest.raises(InputError, match=words):
        read(tmp_path, TEXT, **options)


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    cut=st.integers(0, len(TEXT)),
    at=st.integers(0, len(TEXT)),
    new=st.text(alphabet="0189->#\n aeisz.\u00b2\x00", max_size=4),
)
def test_damaged_files_raise_one_line(tmp_path, cut, at, new):
    text = TEXT[:at] + new + TEXT[at + len(new) : len(TEXT) - cut // 9]
    file = tmp_path / "job.cm"
    file.write_text(text, encoding="utf-8")
    words = "job.cm"
    try:
        found = read_cm(file, leaves=4, spines=2)
    except (InputError, UnsupportedError) as error:
        found, words = None, str(error)
    assert "job.cm" in words
    assert "\n" not in words
    assert found is None or isinstance(found, CollectiveInstance)
