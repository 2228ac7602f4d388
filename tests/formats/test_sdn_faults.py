"""Faults in files of networks: one line that names file, line or key, and what was expected."""

import json

import pytest

import netroute
from netroute import InputError
from netroute.formats.sdn_options import SdnOptions

GOOD = {
    "f.graph": "NODES 2\nlabel x y\na 0 0\nb 1 1\n\nEDGES 1\n"
    "label src dest weight bw delay\ne 0 1 1 100 5\n",
    "f.demands": "DEMANDS 1\nlabel src dest bw\nd 0 1 30\n",
    "f.sndlib": "?SNDlib native format; type: network; version: 1.0\nNODES (\n a ( 0 0 )\n"
    " b ( 1 1 )\n)\nLINKS (\n L ( a b ) 0 0 0 0 ( 40 1 )\n)\nDEMANDS (\n"
    " D ( a b ) 1 30 UNLIMITED\n)\n",
    "f.xml": "<network>\n<networkStructure>\n<nodes>\n<node id='a'/>\n<node id='b'/>\n</nodes>\n"
    "<links>\n<link id='L'><source>a</source><target>b</target>\n"
    "<preInstalledModule><capacity>40</capacity></preInstalledModule></link>\n</links>\n"
    "</networkStructure>\n<demands>\n<demand id='D'><source>a</source><target>b</target>\n"
    "<demandValue>30</demandValue></demand>\n</demands>\n</network>\n",
    "f.graphml": "<graphml>\n<key id='d' attr.name='capacity' for='edge'/>\n"
    "<graph edgedefault='directed'>\n<node id='a'/>\n<node id='b'/>\n"
    "<edge source='a' target='b'>\n<data key='d'>40</data></edge>\n</graph>\n</graphml>\n",
    "f.gml": 'graph [\n directed 0\n node [\n id 0\n label "A"\n ]\n node [ id 1 ]\n'
    " edge [\n source 0 target 1\n capacity 40\n ]\n]\n",
}
FAULTS = [
    ("f.graph", "NODES 2", "NODES two", ":1: found 'NODES two', expected NODES and its number of"),
    ("f.graph", "NODES 2", "KNOTEN 2", ":1: found 'KNOTEN 2', expected NODES"),
    ("f.graph", "NODES 2", "NODES 3", ":6: found 'EDGES 1', expected row 3 of 3 of NODES, with 3"),
    ("f.graph", "NODES 2", "NODES 1", ":4: found 'b 1 1', expected EDGES and its number of rows"),
    ("f.graph", "label x y", "label", ":2: found 'label', expected the titles of the 3 columns"),
    ("f.graph", "b 1 1", "b 1 nan", ":4: y: found 'nan', expected a number"),
    (
        "f.graph",
        "EDGES 1",
        "EDGES 2",
        ":9: found the end of the file, expected row 2 of 2 of",
    ),
    ("f.graph", "e 0 1", "e 0 7", ":8: unknown node '7', expected one of the 2 nodes"),
    ("f.graph", "e 0 1", "e 1 1", ":8: the link leads from node '1' to itself, expected two nodes"),
    ("f.graph", "100 5", "0 5", ":8: bw: found 0, expected a number > 0"),
    ("f.graph", "100 5", "-3 5", ":8: bw: found -3, expected a number > 0"),
    ("f.graph", "100 5", "inf 5", ":8: bw: found 'inf', expected a number"),
    ("f.graph", "100 5", "0.5 5", ":8: found capacity 0.5, expected 1 to"),
    ("f.graph", "100 5", "1e300 5", ":8: found capacity 1e+300, expected a number from 0 to"),
    ("f.graph", "100 5", "100 -5", ":8: found delay -5, expected a number from 0"),
    ("f.graph", "100 5", "100 5 6", ":8: found 'e 0 1 1 100 5 6', expected row 1 of 1 of EDGES"),
    ("f.graph", "100 5\n", "100 5\nmore\n", ":9: found 'more', expected the end of the file"),
    ("f.demands", "1 30", "1 -30", ":3: found a demand of -30, expected a number from 0 to"),
    ("f.demands", "d 0 1", "d 0 2", ":3: unknown node '2', expected one of the 2 nodes"),
    ("f.demands", "d 0 1", "d 0 0", ":3: the demand leads from node '0' to itself"),
    ("f.demands", "DEMANDS 1", "DEMANDS -1", ":1: found 'DEMANDS -1', expected DEMANDS and its"),
    ("f.demands", "30", "0", "f.graph: found no demands, expected some"),
    ("f.sndlib", "type: network", "type: model", ":1: found 'type: model', expected 'type: netw"),
    ("f.sndlib", "?SNDlib native", "?SNDlib", ":1: found '?SNDlib format; type"),
    ("f.sndlib", "b ( 1 1 )", "a ( 1 1 )", ":4: found node 'a' a second time, expected another id"),
    ("f.sndlib", "b ( 1 1 )", "b ( 1 x )", ":4: found 'x', expected the coordinate y, a number"),
    ("f.sndlib", "b ( 1 1 )", "b ( 1 1", ":6: found 'LINKS', expected a node or"),
    ("f.sndlib", "L ( a b )", "L ( a z )", ":7: unknown node 'z', expected one of the 2 nodes"),
    ("f.sndlib", "L ( a b )", "L ( a )", ":7: found ')', expected the target"),
    ("f.sndlib", "( 40 1 )", "( )", ":7: found no capacity of the link, expected one"),
    ("f.sndlib", "( 40 1 )", "( 40 )", ":7: found ')', expected the cost of the module, a number"),
    ("f.sndlib", "( 40 1 )", "( -4 1 )", ":7: found '-4', expected the capacity of a module or"),
    ("f.sndlib", "b ) 0 0", "b ) NaN 0", ":7: found 'NaN', expected the installed capacity, a num"),
    (
        "f.sndlib",
        "D ( a b ) 1 30",
        "D ( a b ) 1 x",
        ":10: found 'x', expected the demand, a num",
    ),
    ("f.sndlib", "UNLIMITED", "0", ":10: found '0', expected a number of links >= 1 or UNLIMITED"),
    ("f.sndlib", "LINKS (", "LINKS", ":7: found 'L', expected '(' after LINKS"),
    ("f.sndlib", "LINKS (", "NODES (", ":6: found 'NODES', expected each section once"),
    (
        "f.sndlib",
        "LINKS (",
        "EDGES (",
        ":6: found 'EDGES', expected one of the sections META",
    ),
    ("f.sndlib", "UNLIMITED\n)", "UNLIMITED", ":11: found the end of the file, expected a demand"),
    ("f.sndlib", " D (", " D ( a b ) 1 1 4\n D (", ":11: found demand 'D' a second time"),
    ("f.xml", "<network>", "<net>", ": mismatched tag at column"),
    ("f.xml", "</network>", "", ": no element found at column"),
    ("f.xml", "<node id='b'/>", "<node/>", ":5: <node>: found no attribute 'id', expected one"),
    ("f.xml", "<target>b</target>\n<pre", "<pre", ":8: <link>: found no <target>, expected one"),
    ("f.xml", "<capacity>40", "<capacity>-1", ":9: <capacity>: found '-1', expected a number >= 0"),
    ("f.xml", "Value>30<", "Value>?<", ":14: <demandValue>: found '?', expected a number >= 0"),
    ("f.xml", "<network>", "<!DOCTYPE n [<!ENTITY e 'x'>]><network>", ":1: found a declaration of"),
    ("f.graphml", "key='d'", "key='e'", ":7: unknown key 'e', expected that of a <key>"),
    ("f.graphml", ">40<", ">fast<", ":6: capacity: found 'fast', expected a number"),
    ("f.graphml", "target='b'", "target='c'", ":6: unknown node 'c', expected one of the 2 nodes"),
    ("f.graphml", "'directed'", "'both'", ":3: edgedefault: found 'both', expected directed or un"),
    ("f.graphml", "<node id='a'/>", "<hyperedge/>", ":4: found a <hyperedge>, expected edges"),
    ("f.graphml", "<node id='a'/>", "<node id='b'/>", ":5: found node 'b' a second time"),
    ("f.gml", "id 1", "label 1", ":7: found no id in 'node', expected one"),
    ("f.gml", "target 1", "target", ":10: found '40', expected a key or ']'"),
    ("f.gml", '"A"', '"A', ":5: found a text without its end, expected a second quotation mark"),
    ("f.gml", " ]\n]\n", " ]\n", ":11: found the end of the file, expected ']' after 'graph'"),
    ("f.gml", " ]\n]\n", " ]\n]\n]", ":13: found ']', expected a key"),
    ("f.gml", "directed 0", "directed 2", ":1: found directed '2', expected 0 or 1"),
    ("f.gml", "graph [", "tree [", ":1: found no graph, expected 'graph ['"),
    ("f.gml", "capacity 40", "capacity ]", ":10: found ']', expected the value of 'capacity'"),
]


def write(folder, change):
    for name, text in (GOOD | change).items():
        (folder / name).write_text(text)


@pytest.mark.parametrize("name", [name for name in GOOD if name != "f.demands"])
def test_good_files_read(tmp_path, name):
    write(tmp_path, {})
    instance = netroute.read(tmp_path / name, flows=3)
    assert instance.capacity[0] in (40, 100)


@pytest.mark.parametrize(("name", "old", "new", "expected"), FAULTS)
def test_fault(tmp_path, name, old, new, expected):
    assert old in GOOD[name]
    write(tmp_path, {name: GOOD[name].replace(old, new, 1)})
    # Formats without demands need flows; the others must not draw any in their place.
    options = {"flows": 3} if name in ("f.graphml", "f.gml") else {}
    with pytest.raises(InputError) as caught:
        netroute.read(tmp_path / name.replace("demands", "graph"), **options)
    place = expected if expected.startswith("f.") else f"{name}{expected}"
    found = str(caught.value)
    assert place in found or (expected.startswith(": ") and expected[2:] in found)
    assert found.startswith(f"{tmp_path}/f.")
    assert "\n" not in found


JSON = {
    "nodes": [{"id": 0}, {"id": 1}],
    "edges": [{"source": 0, "target": 1, "capacity": 40}],
    "graph": {"demands": {"0": {"1": 30}}},
}


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        (("nodes",), {}, "nodes: found '{}', expected a list"),
        (("nodes", 1), 5, "nodes[1]: found '5', expected an object"),
        (("nodes", 1, "id"), None, "nodes[1].id: found 'None', expected an id"),
        (("nodes", 1, "id"), 0, "nodes[1]: found node '0' a second time, expected another id"),
        (("nodes", 1, "pos"), [1], "nodes[1].pos: found '[1]', expected [x, y]"),
        (("edges", 0, "target"), 7, "edges[0]: unknown node '7', expected one of the 2 nodes"),
        (("edges", 0, "target"), 0, "edges[0]: the link leads from node '0' to itself"),
        (("edges", 0, "capacity"), "x", "edges[0].capacity: found 'x', expected a number"),
        (("edges", 0, "capacity"), -1, "edges[0]: found capacity -1, expected a number from 0"),
        (("edges", 0, "capacity"), 0, "edges[0]: found no capacity of the link, expected one"),
        (("edges", 0, "dist"), True, "edges[0].dist: found 'True', expected a number"),
        (("directed",), 1, "directed: found '1', expected true or false"),
        (("graph",), [], "graph: found '[]', expected an object"),
        (("graph", "demands"), [], "graph.demands: found '[]', expected an object"),
        (("graph", "demands", "0"), 3, "graph.demands.0: found '3', expected an object"),
        (("graph", "demands", "0", "1"), "x", "graph.demands.0.1: found 'x', expected a number"),
        (("graph", "demands", "0", "1"), -1, "graph.demands.0.1: found a demand of -1, expected"),
        (("graph", "demands", "5"), {"1": 2}, "graph.demands.5.1: unknown node '5', expected one"),
        (("graph", "demands"), {}, "graph: found no demands, expected some"),
    ],
)
def test_fault_in_json(tmp_path, path, value, expected):
    data = json.loads(json.dumps(JSON))
    spot = data
    for key in path[:-1]:
        spot = spot[key]
    spot[path[-1]] = value
    file = tmp_path / "f.json"
    file.write_text(json.dumps(data))
    with pytest.raises(InputError) as caught:
        netroute.read(file)
    assert str(caught.value).startswith(f"{file}: {expected}")


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (
            {"capacity": "big"},
            "capacity: found 'big', expected a number from 1e-09 to 1e+15",
        ),
        ({"capacity": 0}, "capacity: found 0, expected a number"),
        ({"capacity": float("nan")}, "capacity: found nan, expected a number"),
        ({"capacity": True}, "capacity: found True, expected a number"),
        ({"demand_scale": -1}, "demand_scale: found -1, expected a number"),
        ({"demand_scale": "x"}, "demand_scale: found 'x', expected a number"),
        ({"unit": None}, "unit: found None, expected a number"),
        ({"split": "0%"}, "split: found '0%', expected a positive percentage"),
        ({"split": "-1"}, "split: found '-1', expected a number from 1e-09 to 1e+15 or percentage"),
        ({"priorities": 0}, "priorities: found 0, expected an integer from 1 to 1000000"),
        ({"priorities": 1.5}, "priorities: found 1.5, expected an integer"),
        ({"flows": "many"}, "flows: found 'many', expected an integer from 1 to 10000000"),
        ({"seed": -1}, "seed: found -1, expected an integer from 0"),
        ({"classes": "silver"}, "classes: found 'silver', expected one of: uniform, gold"),
        ({"scale": 2}, "unknown read option 'scale', expected one of: capacity, demand_scale, sp"),
    ],
)
def test_bad_options(options, expected):
    with pytest.raises(InputError) as caught:
        SdnOptions.of(options)
    assert str(caught.value).startswith(expected)


def test_options_as_text_are_those_as_values():
    text = {"capacity": "5", "demand_scale": "2", "split": " 10% ", "priorities": "4", "seed": "7"}
    value = {"capacity": 5, "demand_scale": 2.0, "split": "10%", "priorities": 4, "seed": 7}
    assert SdnOptions.of(text) == SdnOptions.of(value)


def test_demands_only_where_they_are_apart(tmp_path):
    write(tmp_path, {})
    for name in ("f.sndlib", "f.xml", "f.graphml", "f.gml"):
        with pytest.raises(InputError, match="demands: found a file, expected none"):
            netroute.read(tmp_path / name, demands="f.demands", flows=3)


def test_too_many_flows_after_splitting(tmp_path):
    write(tmp_path, {})
    with pytest.raises(InputError, match="found 30000000 flows after splitting, expected at most"):
        netroute.read(tmp_path / "f.sndlib", demand_scale=1e6, split=1)


def test_options_of_other_formats(tmp_path):
    file = tmp_path / "own.json"
    write(tmp_path, {})
    netroute.write(file, netroute.read(tmp_path / "f.sndlib"))
    with pytest.raises(
        InputError, match=r"own\.json: unknown read option 'seed', expected .*objective"
    ):
        netroute.read(file, seed=1)
