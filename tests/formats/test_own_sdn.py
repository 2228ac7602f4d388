"""Networks and their solutions as JSON: round trips, hand-written files, each fault by its key."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import netroute
from netroute import InputError, SdnInstance, SdnSolution
from netroute.formats import stated_cost

MANY = settings(
    max_examples=60,
    deadline=None,
    phases=(Phase.explicit, Phase.generate, Phase.shrink),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)

PLAIN = {
    "nodes": ["Berlin", "Hamburg", "Kiel"],
    "arcs": [[0, 1, 500, 1.5], ["Hamburg", "Kiel", 200], [1, 0, 500.0, 2]],
    "flows": [[0, 2, 30, 8], ["Berlin", "Kiel", 10], ["Hamburg", 0, 5, 2]],
}


def full() -> SdnInstance:
    """Return an instance with every field in use."""
    return SdnInstance(
        name="full",
        nodes=["a", "b", "ü"],
        tail=[0, 1, 0],
        head=[1, 2, 2],
        capacity=[5, 4, 2**50],
        delay=[0.1, 2.0, 1e-300],
        source=[0, 0],
        target=[2, 1],
        bandwidth=[3, 4],
        priority=[2, 1],
        priorities=9,
        flows=["voice", "video"],
        weight=[0.1, 7.0],
        max_delay=[np.inf, 2.5],
        max_hops=[0, 3],
        table_size=[-1, 0, 7],
        objective="lexicographic",
        protection="node",
        position=[[0.0, 1.0], [2.5, -3.0], [1e9, 0.0]],
    )


@pytest.fixture
def write_json(tmp_path):
    def write(data: object, name: str = "net.json"):
        path = tmp_path / name
        path.write_text(json.dumps(data))
        return path

    return write


@pytest.mark.parametrize("variant", ["full", "plain", "no flows", "no arcs"])
def test_round_trip_keeps_everything(tmp_path, write_json, variant):
    none = np.zeros(0, int)
    few = {"nodes": [0, 1], "tail": none, "head": none, "capacity": none}
    no_flows = {"source": none, "target": none, "bandwidth": none}
    made = {
        "full": full,
        "plain": lambda: netroute.read(write_json(PLAIN)),
        "no flows": lambda: full().replace(
            **no_flows, flows=None, weight=None, weighting="count", max_delay=None, max_hops=None,
            priority=None,
        ),
        "no arcs": lambda: SdnInstance(**few, source=[0], target=[1], bandwidth=[1]),
    }  # fmt: skip
    instance = made[variant]()
    path = tmp_path / "again.json"
    netroute.write(path, instance)
    again = netroute.read(path)
    assert again.fingerprint == instance.fingerprint
    assert again.name == instance.name
    head = json.loads(path.read_text())
    assert [head[key] for key in ("netroute", "version", "family")] == ["instance", 1, "sdn"]


def test_file_written_by_hand(write_json):
    net = netroute.read(write_json(PLAIN, "berlin.json"))
    assert net.name == "berlin"
    assert net.nodes == ("Berlin", "Hamburg", "Kiel")
    assert (net.tail.tolist(), net.head.tolist()) == ([0, 1, 1], [1, 2, 0])
    assert (net.capacity.tolist(), net.delay.tolist()) == ([500, 200, 500], [1.5, 0.0, 2.0])
    assert (net.source.tolist(), net.target.tolist()) == ([0, 0, 1], [2, 2, 0])
    assert (net.bandwidth.tolist(), net.priority.tolist()) == ([30, 10, 5], [8, 1, 2])


def test_shared_instance_is_read_as_it_is(data_folder):
    net = netroute.read(data_folder / "sdn" / "pfar_n50_f2000_s0.json")
    assert (net.size, len(net.nodes), len(net.tail), net.priorities) == (2000, 50, 200, 8)
    assert net.weights().sum() == 9089.0
    assert net.position.shape == (50, 2)


def test_solutions(tmp_path):
    net = full().replace(objective="weighted")
    plan = SdnSolution.of(2, {1: [0]}, backups={})
    path = tmp_path / "plan.json"
    netroute.write(path, net, plan)
    again = netroute.read_solution(path, net)
    assert again.to_dict() == plan.to_dict()
    assert stated_cost(path) == 7.0
    data = json.loads(path.read_text())
    assert (data["feasible"], data["fingerprint"]) == (False, net.fingerprint)


FAULTS = {
    "arcs": ({"arcs": None}, "found no 'arcs'"),
    "rows": ({"arcs": {"0": 1}}, "arcs: found"),
    "row": ({"arcs": [[0, 1, 5], "x"]}, "arcs[1]: found 'x', expected a list of 3 or 4 entries"),
    "short row": ({"flows": [[0, 1]]}, "flows[0]: found '[0, 1]', expected a list of 3 or 4"),
    "unknown node": (
        {"flows": [[0, 1, 5], ["Berlin", "Kile", 5]]},
        "flows[1]: unknown node 'Kile', expected one of the 3 in 'nodes' (did you mean 'Kiel'?)",
    ),
    "unknown number": ({"arcs": [[0, 7, 5]]}, "head: arc 0: unknown node 7, expected 0 to 2"),
    "negative number": ({"arcs": [[-1, 0, 5]]}, "tail: arc 0: unknown node -1"),
    "node of another type": ({"arcs": [[0, None, 5]]}, "arcs[0]: found 'None', expected a node's"),
    "true": ({"arcs": [[0, True, 5]]}, "arcs[0]: found 'True', expected a node's"),
    "zero capacity": ({"arcs": [[0, 1, 0]]}, "capacity: arc 0: found 0, expected an integer from"),
    "fraction": ({"arcs": [[0, 1, 2.5]]}, "arcs[0]: capacity: found '2.5', expected an integer"),
    "word": ({"flows": [[0, 1, "5"]]}, "flows[0]: bandwidth: found '5', expected an integer"),
    "huge": ({"flows": [[0, 1, 10**30]]}, "flows[0]: bandwidth: found '1000"),
    "negative": ({"flows": [[0, 1, -2]]}, "bandwidth: flow 0: found -2"),
    "priority": ({"priorities": 3}, "priority: flow 0: found 8, expected an integer from 1 to 3"),
    "no priority": ({"flows": [[0, 1, 2, 0]]}, "priority: flow 0: found 0"),
    "priorities": ({"priorities": 2.0}, "priorities: found '2.0', expected an integer"),
    "to itself": ({"flows": [[1, 1, 2]]}, "target: flow 0 leads from node 'Hamburg' to itself"),
    "duplicate node": (
        {"nodes": ["Berlin", "Hamburg", "Kiel", "Kiel"]},
        "nodes: duplicate id 'Kiel' (entries 2 and 3)",
    ),
    "names": ({"nodes": ["a", 1.5, "b"]}, "nodes[1]: found '1.5', expected a name"),
    "duplicate flow": ({"flow_names": ["x", "y", "x"]}, "flows: duplicate id 'x'"),
    "delay": ({"arcs": [[0, 1, 5, "1"]]}, "arcs[0]: delay: found '1', expected a finite number"),
    "weight": ({"weight": [1, None, 2]}, "weight[1]: entry: found 'None', expected a finite"),
    "weights": ({"weight": [1, 2]}, "weight: found shape (2,), expected (3,)"),
    "max_delay": ({"max_delay": [1, "2", None]}, "max_delay[1]: entry: found '2'"),
    "max_hops": ({"max_hops": [1.5, 1, 1]}, "max_hops[0]: entry: found '1.5'"),
    "position": ({"xy": [[0, 1], [2], [3, 4]]}, "xy[1]: found '[2]', expected [x, y]"),
    "objective": ({"objective": 3}, "objective: found '3', expected a text"),
    "weighting": ({"weighting": "gold"}, "weighting: found 'gold', expected one of: priority"),
    "key": ({"weigth": [1, 2, 3]}, "did you mean 'weight'?"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_fault_names_file_and_key(write_json, fault):
    changes, said = FAULTS[fault]
    path = write_json({**PLAIN, **changes})
    with pytest.raises(InputError) as caught:
        netroute.read(path)
    text = str(caught.value)
    assert text.startswith(str(path))
    assert said in text
    assert "\n" not in text


def test_number_of_nodes_alone(write_json):
    rows = {"arcs": [[0, 1, 5]], "flows": [[0, 1, 2]]}
    assert netroute.read(write_json({"n": 2, **rows})).nodes == ("0", "1")
    for number in (0, 10**12, "2", 2.0):
        with pytest.raises(InputError, match="n: found"):
            netroute.read(write_json({"n": number, **rows}))
    with pytest.raises(InputError, match="found neither 'nodes' nor 'n'"):
        netroute.read(write_json(rows))


def test_nan_and_truncation_are_syntax_faults(tmp_path):
    text = json.dumps(PLAIN)
    for broken, said in (
        (text.replace("1.5", "NaN"), "found NaN"),
        (text.replace("1.5", "1e999"), "arcs[0]: delay: found 'inf', expected a finite number"),
        (text[: len(text) // 2], "expected JSON"),
    ):
        path = tmp_path / "broken.json"
        path.write_text(broken)
        with pytest.raises(InputError) as caught:
            netroute.read(path)
        assert said in str(caught.value)


SNIPPETS = [b"-1", b"0", b"1e999", b"9" * 25, b"null", b"true", b"[", b"]", b"{", b"}", b",", b'"']


@st.composite
def mutated(draw, text: bytes):
    data = bytearray(text)
    for _ in range(draw(st.integers(1, 5))):
        start = draw(st.integers(0, len(data)))
        length = draw(st.integers(0, 20))
        data[start : start + length] = draw(st.one_of(st.sampled_from(SNIPPETS), st.binary()))
    return bytes(data[: draw(st.integers(0, len(data)))] if draw(st.booleans()) else data)


def read_all(path, data: bytes) -> None:
    """Read as instance and as solution; only `InputError` of one line may come of it."""
    path.write_bytes(data)
    for read in (netroute.read, lambda file: netroute.read_solution(file, full())):
        try:
            read(path)
        except InputError as error:
            if "\n" in str(error):
                raise


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("written")
    netroute.write(folder / "full.json", full())
    netroute.write(folder / "plan.json", full(), SdnSolution.of(2, {1: [0]}, backups={1: [2]}))
    (folder / "plain.json").write_text(json.dumps(PLAIN))
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@MANY
@given(data=st.data())
@pytest.mark.parametrize("name", ["full.json", "plain.json", "plan.json"])
def test_mutated_files(tmp_path, written, name, data):
    read_all(tmp_path / "case.json", data.draw(mutated(written[name])))


values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text()),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(), inner)),
    max_leaves=8,
)


@MANY
@given(data=st.data())
@pytest.mark.parametrize("name", ["full.json", "plain.json", "plan.json"])
def test_values_of_other_types(tmp_path, written, name, data):
    found = json.loads(written[name])
    for key in data.draw(st.sets(st.sampled_from(sorted(found)), min_size=1, max_size=2)):
        entry = found[key]
        inside = isinstance(entry, list) and entry and data.draw(st.booleans())
        if inside and isinstance(entry[0], list) and data.draw(st.booleans()):
            entry[0][data.draw(st.integers(0, len(entry[0]) - 1))] = data.draw(values)
        elif inside:
            entry[data.draw(st.integers(0, len(entry) - 1))] = data.draw(values)
        else:
            found[key] = data.draw(values)
    read_all(tmp_path / "case.json", json.dumps(found).encode())
