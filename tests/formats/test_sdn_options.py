"""What read options do to the demands of a file, or draw where it has none."""

import numpy as np
import pytest

import netroute
from netroute import InputError
from netroute.formats.sdn_draft import Draft
from netroute.formats.sdn_options import SdnOptions

GRAPH = """NODES 3
label x y
Rome 12.5 41.9
Oslo 10.75 59.9
Rome 0 1

EDGES 4
label src dest weight bw delay
e0 0 1 10 100 5
e1 1 0 10 100 5
e2 1 2 10 50.9 7.5
e3 1 2 10 70 0
"""
DEMANDS = """DEMANDS 4
label src dest bw
d0 0 2 30
d1 1 0 20.5
d2 0 1 0
d3 2 0 1
"""


@pytest.fixture
def toy(tmp_path):
    (tmp_path / "toy.graph").write_text(GRAPH)
    (tmp_path / "toy.demands").write_text(DEMANDS)
    return tmp_path


def wants(instance):
    columns = (instance.source, instance.target, instance.bandwidth)
    return [tuple(row) for row in zip(*(column.tolist() for column in columns), strict=True)]


def test_scale_unit_and_split(toy):
    assert wants(netroute.read(toy / "toy.graph", demand_scale=2)) == [
        (0, 2, 60), (1, 0, 41), (2, 0, 2),
    ]  # fmt: skip
    net = netroute.read(toy / "toy.graph", split=12)
    assert wants(net) == [*[(0, 2, 10)] * 3, (1, 0, 11), (1, 0, 10), (2, 0, 1)]
    assert net.flows == ("d0/1", "d0/2", "d0/3", "d1/1", "d1/2", "d3")
    # The parts of a demand are equally important, and as important as the whole.
    whole = netroute.read(toy / "toy.graph").priority
    assert net.priority.tolist() == np.repeat(whole, [3, 2, 1]).tolist()
    # A fifth of the smallest capacity, 50.9, is 10 when rounded down.
    tenth = netroute.read(toy / "toy.graph", split="20%")
    assert tenth.bandwidth.max() == 10
    coarse = netroute.read(toy / "toy.graph", unit=10)
    assert coarse.capacity.tolist() == [10, 10, 5, 7]
    assert coarse.bandwidth.tolist() == [3, 2, 1]
    with pytest.raises(InputError, match=r"toy\.graph:11: found capacity 50\.9, expected 1 to"):
        netroute.read(toy / "toy.graph", unit=60)
    assert netroute.read(toy / "toy.graph", demand_scale=1e-6).bandwidth.tolist() == [1, 1, 1]


def test_name_tells_scale_and_seed(toy):
    assert netroute.read(toy / "toy.graph", demand_scale=2.5, seed=3).name == "toy-x2.5-s3"


def demands_of(number):
    draft = Draft("many", "many")
    draft.add_node("a", None, "many:1")
    draft.add_node("b", None, "many:2")
    draft.add_link("a", "b", "many:3", capacity=10)
    for _ in range(number):
        draft.add_demand("a", "b", 1.0, "many:4")
    return draft


def test_priorities_are_seeded():
    draft = demands_of(4000)
    first, again, other = (draft.instance(SdnOptions(seed=seed)) for seed in (1, 1, 2))
    assert first.priority.tolist() == again.priority.tolist() != other.priority.tolist()
    counts = np.bincount(draft.instance(SdnOptions(priorities=4)).priority, minlength=5)[1:]
    assert counts == pytest.approx([1000] * 4, abs=140)
    gold = np.bincount(draft.instance(SdnOptions(classes="gold")).priority, minlength=9)
    assert gold[[8, 4, 1]] == pytest.approx([200, 600, 3200], abs=140)
    assert draft.instance(SdnOptions(priorities=1)).priority.tolist() == [1] * 4000
    # Another scale has other bandwidths and the same priorities.
    scaled = draft.instance(SdnOptions(seed=1, demand_scale=3))
    assert scaled.priority.tolist() == first.priority.tolist()


def test_drawn_flows_are_seeded_and_scaled():
    draft = demands_of(0)
    first, again, other = (draft.instance(SdnOptions(seed=s, flows=300)) for s in (1, 1, 2))
    assert first.fingerprint == again.fingerprint != other.fingerprint
    assert first.bandwidth.max() > 80
    tripled = draft.instance(SdnOptions(seed=1, flows=300, demand_scale=3))
    assert (tripled.bandwidth == 3 * first.bandwidth).all()
    split = draft.instance(SdnOptions(seed=1, flows=300, split=10))
    assert split.bandwidth.max() == 10
    assert split.bandwidth.sum() == first.bandwidth.sum()
