"""What each format of networks means, and what the read options do to it."""

import json
import os
from pathlib import Path

import numpy as np
import pytest

import netroute
from netroute import InputError

DATA = os.environ.get("NETROUTE_DATA", "")

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
NATIVE = """?SNDlib native format; type: network; version: 1.0
# network toy
META (
  origin = somebody (somewhere), http://example.org
  unit = MBITPERSEC
)
NODES (
  a ( 0.00 0.00 )
  b ( 300.00 400.00 )
  c ( 300.00 0.00 )
)
LINKS (
  L1 ( a b ) 0.00 0.00 1.00 0.00 ( 10.00 1.00 40.00 2.00 )
  L2 ( b c ) 5.00 0.00 0.00 0.00 ( 10.00 1.00 )
)
DEMANDS (
  D1 ( a b ) 1 33.00 UNLIMITED
  D2 ( c a ) 2 4.00 3
)
ADMISSIBLE_PATHS (
  D1 (
    P0 ( L1 )
  )
)
"""


@pytest.fixture
def toy(tmp_path):
    (tmp_path / "toy.graph").write_text(GRAPH)
    (tmp_path / "toy.0000.demands").write_text(DEMANDS)
    (tmp_path / "toy.0001.demands").write_text("DEMANDS 1\nlabel src dest bw\nx 2 1 9\n")
    (tmp_path / "toy.txt").write_text(NATIVE)
    return tmp_path


def rows(instance):
    columns = (instance.tail, instance.head, instance.capacity, instance.delay)
    return [tuple(row) for row in zip(*(column.tolist() for column in columns), strict=True)]


def wants(instance):
    columns = (instance.source, instance.target, instance.bandwidth)
    return [tuple(row) for row in zip(*(column.tolist() for column in columns), strict=True)]


def test_repetita(toy):
    net = netroute.read(toy / "toy.graph")
    assert net.nodes == ("Rome", "Oslo", "Rome (2)")
    assert net.position.tolist() == [[12.5, 41.9], [10.75, 59.9], [0, 1]]
    # Parallel edges stay, capacities are rounded down, demands to the nearest; one of 0 is none.
    assert rows(net) == [(0, 1, 100, 5), (1, 0, 100, 5), (1, 2, 50, 7.5), (1, 2, 70, 0)]
    assert wants(net) == [(0, 2, 30), (1, 0, 21), (2, 0, 1)]
    assert net.flows == ("d0", "d1", "d3")
    assert (net.name, net.priorities, net.features()) == ("toy", 8, frozenset())


def test_which_demands(toy):
    other = netroute.read(toy / "toy.0001.demands")
    assert wants(other) == [(2, 1, 9)]
    assert wants(netroute.read(toy / "toy.graph", demands=toy / "toy.0001.demands")) == wants(other)
    (toy / "toy.demands").write_text("DEMANDS 1\nlabel src dest bw\nx 0 1 3\n")
    assert wants(netroute.read(toy / "toy.graph")) == [(0, 1, 3)]
    assert wants(netroute.read(toy / "toy.demands")) == [(0, 1, 3)]


def test_missing_demands(tmp_path):
    file = tmp_path / "lone.graph"
    file.write_text(GRAPH)
    with pytest.raises(InputError, match=r"found no lone\.demands beside the graph, .*flows=NUMB"):
        netroute.read(file)
    assert netroute.read(file, flows=7).size == 7
    (tmp_path / "x.0000.demands").write_text(DEMANDS)
    with pytest.raises(InputError, match=r"x\.graph: no such file"):
        netroute.read(tmp_path / "x.0000.demands")


def test_sndlib_native(toy):
    net = netroute.read(toy / "toy.txt")
    assert net.nodes == ("a", "b", "c")
    # Two arcs a link; the delay is the distance, since 400 is no latitude.
    assert rows(net) == [(0, 1, 40, 500), (1, 0, 40, 500), (1, 2, 5, 400), (2, 1, 5, 400)]
    assert wants(net) == [(0, 1, 33), (2, 0, 8)]
    assert net.max_hops.tolist() == [0, 3]
    assert net.flows == ("D1", "D2")


def test_capacity_only_where_there_is_none(toy):
    assert netroute.read(toy / "toy.txt", capacity="smallest").capacity.tolist() == [10, 10, 5, 5]
    assert netroute.read(toy / "toy.txt", capacity=77).capacity.tolist() == [77, 77, 5, 5]
    assert netroute.read(toy / "toy.txt", capacity="77").capacity.tolist() == [77, 77, 5, 5]


def test_sndlib_links_that_come_both_ways_are_directed(tmp_path):
    file = tmp_path / "toy.sndlib"
    back = "  L3 ( b a ) 7.00 0 0 0 ( )\n  L4 ( c b ) 8.00 0 0 0 ( )\n"
    file.write_text(NATIVE.replace(")\nDEMANDS", f"{back})\nDEMANDS"))
    net = netroute.read(file)
    assert [row[:3] for row in rows(net)] == [(0, 1, 40), (1, 2, 5), (1, 0, 7), (2, 1, 8)]


def test_positions_that_can_be_degrees_are(tmp_path):
    file = tmp_path / "toy.sndlib"
    text = NATIVE.replace("( 300.00 400.00 )", "( 0 90 )").replace("( 300.00 0.00 )", "( 0 -90 )")
    file.write_text(text)
    # A quarter and a half of a meridian at 200 km a millisecond.
    quarter = np.pi / 2 * 6371 / 200
    assert netroute.read(file).delay[::2] == pytest.approx([quarter, 2 * quarter], abs=1e-5)


def xml(kind):
    return f"""<?xml version="1.0" encoding="ISO-8859-1"?>
<network xmlns="http://sndlib.zib.de/network" version="1.0">
 <meta><origin>Sch\u00f6neberg</origin></meta>
 <networkStructure>
  <nodes coordinatesType="{kind}">
   <node id="a"><coordinates><x> 0.0 </x><y>0.0</y></coordinates></node>
   <node id="b"><coordinates><x>3.0</x><y>4.0</y></coordinates></node>
   <node id="c"/>
  </nodes>
  <links>
   <link id="L1"><source>a</source><target>b</target>
    <preInstalledModule><capacity>0.0</capacity><cost>0.0</cost></preInstalledModule>
    <routingCost>0.0</routingCost>
    <additionalModules>
     <addModule><capacity>40.0</capacity><cost>1</cost></addModule>
     <addModule><capacity>10.0</capacity><cost>1</cost></addModule>
    </additionalModules></link>
   <link id="L2"><source>b</source><target>c</target>
    <preInstalledModule><capacity>5.0</capacity><cost>0.0</cost></preInstalledModule></link>
  </links>
 </networkStructure>
 <demands>
  <demand id="D1"><source>a</source><target>b</target><demandValue>33</demandValue></demand>
  <demand id="D2"><source>c</source><target>a</target><routingUnit>2</routingUnit>
   <demandValue>4.0</demandValue><maxPathLength>3</maxPathLength>
   <admissiblePaths><admissiblePath id="P"><linkId>L1</linkId></admissiblePath></admissiblePaths>
  </demand>
 </demands>
</network>
"""


def test_sndlib_xml(tmp_path):
    file = tmp_path / "toy.xml"
    file.write_bytes(xml("pixel").encode("latin-1"))
    net = netroute.read(file)
    # A node without a position is put beside its neighbour.
    assert rows(net) == [(0, 1, 40, 5), (1, 0, 40, 5), (1, 2, 5, 0), (2, 1, 5, 0)]
    assert wants(net) == [(0, 1, 33), (2, 0, 8)]
    assert net.max_hops.tolist() == [0, 3]
    assert netroute.read(file, capacity="smallest").capacity.tolist() == [10, 10, 5, 5]
    file.write_text(xml("geographical"))
    assert netroute.read(file).delay[0] == pytest.approx(np.radians(5) * 6371 / 200, rel=1e-2)


GRAPHML = """<?xml version="1.0" encoding="utf-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
<key attr.name="LinkSpeedRaw" attr.type="double" for="edge" id="d1"/>
<key attr.name="label" attr.type="string" for="node" id="d2"/>
<key attr.name="Longitude" attr.type="double" for="node" id="d3"/>
<key attr.name="Latitude" attr.type="double" for="node" id="d4"/>
<graph edgedefault="undirected">
<data key="d2">Toy</data>
<node id="0"><data key="d2">A</data><data key="d3">0</data><data key="d4">0</data></node>
<node id="1"><data key="d2">?</data><data key="d3">2</data><data key="d4">0</data></node>
<node id="2"><data key="d2">?</data></node>
<edge source="0" target="2"><data key="d1">10000000.0</data></edge>
<edge source="2" target="1"/>
<edge source="1" target="1"/>
</graph>
</graphml>
"""
GML = """# made by hand
graph [
  label "Toy"
  node [ id 0 label "A" Longitude 0 Latitude 0 ]
  node [ id 1 label "?" Longitude 2 Latitude 0 graphics [ x 5 y 6 ] ]
  node [ id 2 label "?" ]
  edge [ source 0 target 2 LinkSpeedRaw 10000000.0 LinkLabel "10 Mbit/s [fast" ]
  edge [ source 2 target 1 ]
  edge [ source 1 target 1 ]
]
"""


@pytest.mark.parametrize(("suffix", "text"), [(".graphml", GRAPHML), (".gml", GML)])
def test_topology_zoo(tmp_path, suffix, text):
    file = tmp_path / f"toy{suffix}"
    file.write_text(text)
    net = netroute.read(file, unit=1e6, capacity=5e6, flows=50)
    degree = round(np.radians(1) * 6371 / 200, 6)
    assert net.nodes == ("A", "?", "? (2)")
    assert net.position.tolist() == [[0, 0], [2, 0], [1, 0]]
    assert [row[:3] for row in rows(net)] == [(0, 2, 10), (2, 0, 10), (2, 1, 5), (1, 2, 5)]
    assert net.delay == pytest.approx([degree] * 4, abs=1e-5)
    assert net.size == 50
    assert set(net.bandwidth.tolist()) <= set(range(1, 101))
    with pytest.raises(InputError, match=r"no capacity of the link, .*capacity=NUMBER"):
        netroute.read(file, flows=50)
    with pytest.raises(InputError, match=r"found no demands, .*flows=NUMBER"):
        netroute.read(file, capacity=5)
    directed = text.replace('edgedefault="undirected"', 'edgedefault="directed"')
    file.write_text(directed.replace("graph [", "graph [ directed 1"))
    assert len(netroute.read(file, capacity=5e6, flows=5).tail) == 2


def test_gml_by_its_content(tmp_path):
    file = tmp_path / "toy.dat"
    file.write_text(GML.partition("\n")[2])
    assert netroute.read(file, capacity=5, flows=3).size == 3


TOPOHUB = {
    "directed": False,
    "multigraph": False,
    "graph": {"name": "toy", "demands": {"7": {"8": 30.0}, "8": {"9": 2.6, "7": 0}}},
    "nodes": [{"id": 7, "name": "A", "pos": [1.0, 50.0]}, {"id": 8}, {"id": "9", "name": "A"}],
    "edges": [
        {"source": 7, "target": 8, "dist": 100.0, "ecmp_fwd": {"uni": 1.0}},
        {"source": 8, "target": "9", "capacity": 40, "delay": 3},
    ],
}


@pytest.mark.parametrize("key", ["edges", "links"])
def test_topohub(tmp_path, key):
    data = {**TOPOHUB, key: TOPOHUB["edges"]}
    if key != "edges":
        del data["edges"]
    file = tmp_path / "toy.json"
    file.write_text(json.dumps(data))
    net = netroute.read(file, capacity=25)
    assert (net.name, net.nodes) == ("toy", ("A", "8", "A (9)"))
    assert rows(net) == [(0, 1, 25, 0.5), (1, 0, 25, 0.5), (1, 2, 40, 3), (2, 1, 40, 3)]
    assert wants(net) == [(0, 1, 30), (1, 2, 3)]
    data["directed"] = True
    file.write_text(json.dumps(data))
    assert len(netroute.read(file, capacity=25).tail) == 2


@pytest.mark.skipif(not DATA, reason="needs the suites' files")
def test_every_shared_network_reads():
    folder = Path(DATA) / "sdn"
    native = sorted(folder.glob("sndlib_native/*/*.txt"))
    graphs = sorted(folder.glob("repetita/*.graph"))
    for file in (*native, *graphs):
        net = netroute.read(file, demand_scale=2, split="50%")
        assert net.size
        assert net.bandwidth.max() <= net.capacity.min() // 2
    directed = [file.stem for file in native if len(netroute.read(file).tail) < 2 * links(file)]
    assert not native or directed == ["brain", "giul39", "janos-us", "janos-us-ca", "sun"]
    assert native or graphs


def links(file):
    section = file.read_text().partition("LINKS (")[2].partition("\n)")[0]
    return len(section.strip().splitlines())
