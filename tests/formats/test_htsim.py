"""Connection matrices of htsim: what they say, round trips, and one line for whatever is wrong."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import netroute
from netroute.core.errors import InputError, UnsupportedError
from netroute.datasets.collective.generate import generate_collective
from netroute.formats.htsim import read_cm
from netroute.problems.collective import CollectiveInstance

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
    (tmp_path / "job.tm").write_text(TEXT)
    other = netroute.read(tmp_path / "job.tm", leaves=4, spines=2, capacity=10, nic=5)
    assert other.fingerprint == instance.fingerprint
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


@pytest.mark.parametrize("pattern", ["halving-doubling", "bruck", "double-binary-tree"])
def test_phases_are_joined_by_barriers(tmp_path, pattern):
    job = generate_collective(leaves=4, spines=2, hosts_per_leaf=4, group=8, pattern=pattern)
    netroute.write(tmp_path / "a.cm", job)
    lines = (tmp_path / "a.cm").read_text().splitlines()
    assert lines[2] == f"Triggers {len(job.phases) - 1}"
    first = job.phases[0].crossing + job.phases[0].local
    assert f"trigger id 1 barrier count {first}" in lines
    again = netroute.read(tmp_path / "a.cm", leaves=4, spines=2)
    assert len(again.phases) == len(job.phases)
    for one, other in zip(again.phases, job.phases, strict=True):
        for name in ("source", "target", "size", "count", "sent", "received"):
            assert (getattr(one, name) == getattr(other, name)).all()


TRIGGERED = """Nodes 4
Connections 5
Triggers 2
0->1 id 1 start 0 size 5 recv_done_trigger 1
2->3 id 2 start 7 size 6 send_done_trigger 1 recv_done_trigger 2
1->0 id 3 trigger 1 size 7 send_done_trigger 2
3->2 id 4 trigger 2 size 8
0->2 id 5 start 7 size 9
trigger id 1 barrier count 2
trigger id 2 oneshot
"""


def test_triggered_flows_come_after_what_triggers_them(tmp_path):
    job = read(tmp_path, TRIGGERED, leaves=2, spines=1)
    assert job.flows[:, 0].tolist() == [0, 1, 2, 3, 1]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("Triggers 2", "Triggers 3", r"found 2 triggers, expected 3 by the line Triggers"),
        ("Triggers 2\n", "", r"found 2 triggers, expected 0 by the line Triggers"),
        ("id 2 oneshot", "id 1 oneshot", r"job.cm:10: trigger 1 is there twice"),
        ("id 2 oneshot", "id 2 twice", r"job.cm:10: found 'twice', expected id, count or a kind"),
        ("id 2 oneshot", "id 2", r"job.cm:10: found no kind of trigger"),
        ("id 2 oneshot", "oneshot", r"job.cm:10: id: found ''"),
        ("id 2 oneshot", "id 0 oneshot", r"job.cm:10: id: found '0'"),
        ("count 2", "count two", r"job.cm:9: count: found 'two'"),
        ("id 2 oneshot", "id 3 oneshot", r"job.cm:5: trigger 2 is nowhere in the file"),
        ("trigger 2 size 8", "trigger 1 size 8 send_done_trigger 1", r"trigger 1 waits for itself"),
        ("trigger 1 size 7", "start 0 trigger 1 size 7", r"job.cm:6: found start and trigger"),
        ("Triggers 2", "Triggers 2\nFailures 1", r"job.cm:4: failures of links are not read"),
    ],
)
def test_faults_of_triggers(tmp_path, old, new, words):
    with pytest.raises((InputError, UnsupportedError), match=words):
        read(tmp_path, TRIGGERED.replace(old, new, 1), leaves=2, spines=1)


def test_a_trigger_that_nothing_fires(tmp_path):
    text = TRIGGERED.replace(" recv_done_trigger 1", "").replace("send_done_trigger 1 ", "")
    with pytest.raises(InputError, match=r"job.cm:6: trigger 1 is fired by no flow"):
        read(tmp_path, text, leaves=2, spines=1)


def test_lists_that_are_too_long_are_refused(tmp_path):
    huge = generate_collective(leaves=128, spines=4, hosts_per_leaf=64)
    with pytest.raises(InputError, match=r"a list of 67100672 flows would take 6\.9 GiB"):
        netroute.write(tmp_path / "a.cm", huge)


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
    whole=st.sampled_from([TEXT, TRIGGERED]),
    cut=st.integers(0, len(TEXT)),
    at=st.integers(0, len(TRIGGERED)),
    new=st.text(alphabet="0189->#\n aeisz.\u00b2\x00", max_size=4),
)
def test_damaged_files_raise_one_line(tmp_path, whole, cut, at, new):
    text = whole[:at] + new + whole[at + len(new) : len(whole) - cut // 9]
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
