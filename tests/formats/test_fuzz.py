"""No file makes a reader raise anything but `InputError`."""

import json

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import netroute
from netroute import InputError, VrpInstance, VrpSolution
from netroute.formats import stated_cost
from netroute.formats.neural import read_neural
from netroute.formats.own import write_instance
from netroute.problems.tsp import TspInstance

MANY = settings(
    max_examples=50,
    deadline=None,
    phases=(Phase.explicit, Phase.generate, Phase.shrink),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)

INSTANCE = VrpInstance(
    coordinates=[[0, 0], [1, 1], [2, 2]],
    deliveries=[0, 1, 1],
    service=[0, 1, 2],
    windows=[[(0, 9)], [(0, 9)], [(1, 5)]],
    vehicles=(netroute.VehicleType(capacity=(2,), number=2, max_duration=50),),
)

POINTS = b"""DIMENSION : 3
EDGE_WEIGHT_TYPE : GEO
NODE_COORD_SECTION
1 16.47 96.10
2 16.47 94.44
3 20.09 92.54
EOF
"""

VRPLIB = """NAME : toy
TYPE : CVRP
DIMENSION : 3
EDGE_WEIGHT_TYPE : EXPLICIT
EDGE_WEIGHT_FORMAT : LOWER_ROW
CAPACITY : 10
SERVICE_TIME : 3
DISTANCE : 90
EDGE_WEIGHT_SECTION
5
6 7
DEMAND_SECTION
1 0
2 3
3 4
TIME_WINDOW_SECTION
1 0 9
2 0 9
3 1 5
DEPOT_SECTION
1
-1
"""

SNIPPETS = [
    b"-1", b"0", b"nan", b"inf", b"1e999", b"99999999999999999999", b"1e-400", b":", b"\n", b" ",
    b"EOF", b"DIMENSION : 2", b"DEPOT_SECTION", b"EUC_2D", b"EXPLICIT", b"FULL_MATRIX", b"\x00",
    b"\xff", b"\xef\xbb\xbf", b"{", b"}", b"[", b'"', b"null", b"true", b",", b"Route #1:", b"Cost",
    b"\xd9\xa3", b"\xc2\xa0", b"\r", b"#", b"-", b"+", b".", b"\x1a", b"GEO", b"TYPE : VRP\n",
]  # fmt: skip


@st.composite
def mutated(draw, text: bytes):
    data = bytearray(text)
    for _ in range(draw(st.integers(1, 5))):
        start = draw(st.integers(0, len(data)))
        length = draw(st.integers(0, 30))
        data[start : start + length] = draw(st.one_of(st.sampled_from(SNIPPETS), st.binary()))
    return bytes(data[: draw(st.integers(0, len(data)))] if draw(st.booleans()) else data)


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sources")
    netroute.write(folder / "plain.vrp", INSTANCE)
    write_instance(folder / "own.json", INSTANCE)
    plan = VrpSolution.of([[1], [2]])
    netroute.write(folder / "plan.sol", INSTANCE, plan)
    netroute.write(folder / "plan.json", INSTANCE, plan)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def survives(read, *arguments) -> bool:
    """Whether it reads; otherwise the one line of the error is all that happens."""
    try:
        read(*arguments)
    except InputError as error:
        if "\n" in str(error):
            raise
        return False
    return True


def read_all(path, data: bytes) -> None:
    for ending in (".vrp", ".json", ".txt", ".sol"):
        file = path / f"fuzz{ending}"
        file.write_bytes(data)
        if survives(netroute.read, file):
            assert netroute.read(file).size >= 1
        if survives(netroute.read_solution, file, INSTANCE):
            assert isinstance(netroute.read_solution(file, INSTANCE), VrpSolution)
        survives(stated_cost, file)


@MANY
@given(data=st.binary(max_size=200))
def test_random_bytes(tmp_path, data):
    read_all(tmp_path, data)


@MANY
@given(data=st.data())
@pytest.mark.parametrize("name", ["plain.vrp", "own.json", "plan.sol", "plan.json"])
def test_mutated_files(tmp_path, sources, name, data):
    read_all(tmp_path, data.draw(mutated(sources[name])))


@MANY
@given(data=mutated(VRPLIB.encode()))
def test_mutated_explicit_weights(tmp_path, data):
    read_all(tmp_path, data)


TSPLIB = b"""NAME : toy
TYPE : TSP
DIMENSION : 3
EDGE_WEIGHT_TYPE : EXPLICIT
EDGE_WEIGHT_FORMAT : FULL_MATRIX
EDGE_WEIGHT_SECTION
0 1 -2
1 0 3
-2 3 0
DISPLAY_DATA_SECTION
1 0 0
2 0 1
3 1 1
FIXED_EDGES_SECTION
1 2
-1
EOF
"""


@MANY
@given(data=st.one_of(st.binary(max_size=200), mutated(TSPLIB), mutated(POINTS)))
def test_mutated_travelling_salesmen(tmp_path, data):
    for ending in (".tsp", ".atsp"):
        path = tmp_path / f"fuzz{ending}"
        path.write_bytes(data)
        if survives(netroute.read, path):
            assert netroute.read(path).size >= 3


@MANY
@given(data=mutated(b"COMMENT : Length = 3\nDIMENSION : 3\nTOUR_SECTION\n1 3\n2\n-1\nEOF\n"))
def test_mutated_tours(tmp_path, data):
    path = tmp_path / "fuzz.tour"
    path.write_bytes(data)
    instance = TspInstance(coordinates=[[0, 0], [1, 1], [2, 2]])
    if survives(netroute.read_solution, path, instance):
        netroute.check(instance, netroute.read_solution(path, instance))
    survives(stated_cost, path)


values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text()),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(), inner)),
    max_leaves=8,
)


@MANY
@given(data=st.data())
def test_json_of_other_shapes(tmp_path, sources, data):
    found = json.loads(sources["own.json"])
    for key in data.draw(st.sets(st.sampled_from(sorted(found)), min_size=1, max_size=3)):
        found[key] = data.draw(values)
    if data.draw(st.booleans()):
        key = data.draw(st.sampled_from(sorted(netroute.VehicleType.__dataclass_fields__)))
        found["vehicles"] = [{"capacity": [5], key: data.draw(values)}]
    read_all(tmp_path, json.dumps(found).encode())
    shape = {"routes": data.draw(values)}
    shape = data.draw(st.sampled_from([shape, {"solution": shape}]))
    read_all(tmp_path, json.dumps(shape).encode())


@MANY
@given(data=mutated(b"depot,0,0,customer,0,1,0,2,capacity,3,demand,1,2,cost,6,node_flag,2,1,1,0\n"))
def test_mutated_test_sets(tmp_path, data):
    path = tmp_path / "set.txt"
    path.write_bytes(data)
    survives(read_neural, path)
