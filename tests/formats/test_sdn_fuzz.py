"""No file of a network makes a reader raise anything but one line of `InputError` that names it."""

import json

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import netroute
from netroute import InputError
from netroute.formats.sdn_options import SdnOptions
from netroute.problems.sdn.instance import SdnInstance

MANY = settings(
    max_examples=60,
    deadline=None,
    phases=(Phase.explicit, Phase.generate, Phase.shrink),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)

FILES = {
    "toy.graph": """NODES 3
label x y
a 0 0
b 1 0.5
a 0 1

EDGES 3
label src dest weight bw delay
e0 0 1 1 100 5
e1 1 2 1 50 7
e2 2 0 1 100 9
""",
    "toy.demands": """DEMANDS 2
label src dest bw
d0 0 2 30
d1 1 0 20
""",
    "toy.sndlib": """?SNDlib native format; type: network; version: 1.0
# a comment
META (
  unit = M
)
NODES (
  a ( 0.00 0.00 )
  b ( 3.00 4.00 )
  c
)
LINKS (
  L1 ( a b ) 0.00 0.00 0.00 0.00 ( 10.00 1.00 40.00 2.00 )
  L2 ( b c ) 5.00 0.00 0.00 0.00 ( )
)
DEMANDS (
  D1 ( a b ) 1 30.00 UNLIMITED
  D2 ( c a ) 2 1.00 3
)
ADMISSIBLE_PATHS (
  D1 ( P0 ( L1 ) )
)
""",
    "toy.xml": """<?xml version="1.0" encoding="ISO-8859-1"?>
<network xmlns="http://sndlib.zib.de/network" version="1.0">
 <networkStructure>
  <nodes coordinatesType="geographical">
   <node id="a"><coordinates><x>13.4</x><y>52.5</y></coordinates></node>
   <node id="b"><coordinates><x>2.35</x><y>48.85</y></coordinates></node>
  </nodes>
  <links>
   <link id="L"><source>a</source><target>b</target>
    <preInstalledModule><capacity>0.0</capacity><cost>0.0</cost></preInstalledModule>
    <additionalModules>
     <addModule><capacity>40.0</capacity><cost>1</cost></addModule>
     <addModule><capacity>10.0</capacity><cost>1</cost></addModule>
    </additionalModules>
   </link>
  </links>
 </networkStructure>
 <demands>
  <demand id="D"><source>a</source><target>b</target><routingUnit>2</routingUnit>
   <demandValue>15.0</demandValue><maxPathLength>4</maxPathLength></demand>
 </demands>
</network>
""",
    "toy.graphml": """<?xml version="1.0" encoding="utf-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
<key attr.name="LinkSpeedRaw" attr.type="double" for="edge" id="d1"/>
<key attr.name="label" attr.type="string" for="node" id="d2"/>
<key attr.name="Longitude" attr.type="double" for="node" id="d3"/>
<key attr.name="Latitude" attr.type="double" for="node" id="d4"/>
<graph edgedefault="undirected">
<node id="0"><data key="d2">A</data><data key="d3">1.5</data><data key="d4">50.0</data></node>
<node id="1"><data key="d2">B</data></node>
<edge source="0" target="1"><data key="d1">10000000.0</data></edge>
<edge source="1" target="0"/>
</graph>
</graphml>
""",
    "toy.gml": """# of the Zoo
graph [
  directed 0
  label "toy"
  node [
    id 0
    label "A &amp; B"
    Longitude 1.5
    Latitude 50.0
    graphics [ x 1 y 2 ]
  ]
  node [
    id 1
    label "C"
  ]
  edge [
    source 0
    target 1
    LinkSpeedRaw 10000000.0
  ]
]
""",
    "toy.json": json.dumps(
        {
            "directed": False,
            "multigraph": False,
            "graph": {"name": "toy", "demands": {"0": {"1": 30.0}, "1": {"0": 20}}},
            "nodes": [{"id": 0, "name": "A", "pos": [1.0, 50.0]}, {"id": 1, "name": "B"}],
            "edges": [{"source": 0, "target": 1, "dist": 100.0, "ecmp_fwd": {"uni": 1.0}}],
        },
        indent=1,
    ),
}
OPTIONS = {"capacity": 25, "flows": 4, "priorities": 3}

SNIPPETS = [
    b"-1", b"0", b"nan", b"inf", b"1e999", b"99999999999999999999", b"1e-400", b":", b"\n", b" ",
    b"NODES 2", b"EDGES 1", b"DEMANDS (", b"LINKS (", b"(", b")", b"[", b"]", b'"', b"#", b"<",
    b">", b"</", b"/>", b"&amp;", b"&x;", b"<!DOCTYPE a [<!ENTITY x 'y'>]>", b"<node/>", b"node [",
    b"\x00", b"\xff", b"\xef\xbb\xbf", b"{", b"}", b"null", b"true", b",", b"\xd9\xa3", b"\xc2\xa0",
    b"\r", b"a", b"b", b"UNLIMITED", b"directed 1", b"source", b"\x1a", b"1e300", b"-0.0",
]  # fmt: skip


@st.composite
def mutated(draw, text: bytes):
    data = bytearray(text)
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(data)))
        length = draw(st.integers(0, 25))
        data[start : start + length] = draw(st.one_of(st.sampled_from(SNIPPETS), st.binary()))
    return bytes(data[: draw(st.integers(0, len(data)))] if draw(st.booleans()) else data)


def read_or_refuse(file) -> bool:
    """Whether the file reads, to a valid instance; otherwise its error names it in one line."""
    try:
        instance = netroute.read(file, **OPTIONS)
    except InputError as error:
        message = str(error)
    else:
        message = None
    if message is not None:
        assert "\n" not in message
        assert message.startswith(str(file.with_suffix("")))
        assert len(message) < 400 + len(str(file))
        return False
    assert isinstance(instance, SdnInstance)
    assert instance.size >= 1
    return True


@pytest.fixture
def folder(tmp_path):
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.mark.parametrize("name", FILES)
def test_whole_files_read(folder, name):
    assert read_or_refuse(folder / name)


@MANY
@given(data=st.data())
@pytest.mark.parametrize("name", FILES)
def test_mutated_files(folder, name, data):
    file = folder / name
    file.write_bytes(data.draw(mutated(FILES[name].encode())))
    read_or_refuse(file)


@MANY
@given(data=st.binary(max_size=60))
@pytest.mark.parametrize("name", ["x.graph", "x.sndlib", "x.xml", "x.graphml", "x.gml", "x.json"])
def test_random_bytes(tmp_path, name, data):
    (tmp_path / name).write_bytes(data)
    (tmp_path / "x.demands").write_bytes(data)
    if name == "x.json":
        # Vehicle routing has JSON too: only networks are meant here.
        data = b'{"nodes": [], "edges": [], ' + data
        (tmp_path / name).write_bytes(data)
    assert not read_or_refuse(tmp_path / name)


@pytest.mark.parametrize("name", FILES)
def test_every_truncation_is_refused_or_complete(folder, name):
    file, text = folder / name, FILES[name]
    refused = 0
    whole = netroute.read(file, **OPTIONS)
    for end in range(1, len(text)):
        file.write_text(text[:end])
        if read_or_refuse(file):
            # Cut in the white space at the end, in what is skipped, or in front of a section
            # without which the file is whole.
            instance = netroute.read(file, **OPTIONS)
            assert instance.nodes == whole.nodes
        else:
            refused += 1
    assert refused > 0.8 * len(text.rstrip()) - 30


values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(), inner)),
    max_leaves=6,
)


@MANY
@given(data=st.data())
def test_json_of_other_shapes(folder, data):
    found = json.loads(FILES["toy.json"])
    spots = [found, found["graph"], found["nodes"][0], found["edges"][0], found["graph"]["demands"]]
    for _ in range(data.draw(st.integers(1, 3))):
        spot = data.draw(st.sampled_from(spots))
        spot[data.draw(st.sampled_from(sorted(spot)))] = data.draw(values)
    file = folder / "toy.json"
    file.write_text(json.dumps(found))
    read_or_refuse(file)


@MANY
@given(
    name=st.sampled_from([*SdnOptions.__dataclass_fields__, "other"]),
    value=st.one_of(
        values,
        st.sampled_from(["5%", "-1%", "%", "1e400", "largest", "gold", "2.0", " 3 ", "١"]),
    ),
)
def test_options(folder, name, value):
    if name == "flows" and type(value) is int and value > 1000:
        return
    message = ""
    try:
        netroute.read(folder / "toy.sndlib", **{name: value})
    except InputError as error:
        message = str(error)
    assert "\n" not in message
