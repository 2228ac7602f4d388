"""What the TSPLIB reader makes of files, and that faults are one line each."""

import numpy as np
import pytest

import netroute
from netroute import InputError, UnsupportedError
from netroute.formats.tsplib import parse_tsplib
from netroute.formats.tsplib_write import format_tsplib
from netroute.problems.tsp import Metric, Rounding, TspInstance

GOOD = """NAME : toy
TYPE : TSP (made up)
DIMENSION : 4
EDGE_WEIGHT_TYPE : EUC_2D
NODE_COORD_SECTION
1 0 0
2 3 4
3 6 1
4 2 2
FIXED_EDGES_SECTION
1 3
4 2
-1
EOF
"""

FULL = """TYPE : TSP
DIMENSION : 3
EDGE_WEIGHT_TYPE : EXPLICIT
EDGE_WEIGHT_FORMAT : FULL_MATRIX
EDGE_WEIGHT_SECTION
0 1
2 1 0 -3
2
-3 0
EOF
"""


def test_a_file_with_fixed_edges():
    instance = parse_tsplib(GOOD)
    assert (instance.name, instance.size) == ("toy", 4)
    assert instance.fixed_edges.tolist() == [[0, 2], [3, 1]]
    assert (instance.metric, instance.rounding) == (Metric.EUCLIDEAN, Rounding.NEAREST)
    assert instance.distance(0, 1) == 5


def test_negative_weights_and_lines_of_any_length():
    instance = parse_tsplib(FULL)
    assert instance.distance(1, 2) == -3
    assert instance.features() == {"negative distances"}


@pytest.mark.parametrize(
    ("kind", "points", "expected"),
    [
        ("EUC_3D", [(0, 0, 0), (2, 3, 6), (0, 0, 1)], 7),
        ("MAN_3D", [(0, 0, 0), (2, 3, 6), (0, 0, 1)], 11),
        ("MAX_3D", [(0, 0, 0), (2, 3, 6.4), (0, 0, 1)], 6),
        ("CEIL_2D", [(0, 0), (1, 1), (2, 2)], 2),
        ("ATT", [(0, 0), (10, 20), (5, 5)], 8),
        ("GEO", [(16.47, 96.10), (16.47, 94.44), (20.09, 92.54)], 153),
    ],
)
def test_weight_types(kind, points, expected):
    rows = [f"{i} {' '.join(map(str, p))}" for i, p in enumerate(points, start=1)]
    head = ["TYPE : TSP", "DIMENSION : 3", f"EDGE_WEIGHT_TYPE : {kind}", "NODE_COORD_SECTION"]
    instance = parse_tsplib("\n".join([*head, *rows]))
    assert instance.distance(0, 1) == expected
    assert parse_tsplib(format_tsplib(instance)).fingerprint == instance.fingerprint


@pytest.mark.parametrize(
    ("layout", "numbers"),
    [
        ("FULL_MATRIX", "0 1 2 1 0 3 2 3 0"),
        ("UPPER_ROW", "1 2 3"),
        ("LOWER_ROW", "1 2 3"),
        ("UPPER_DIAG_ROW", "0 1 2 0 3 0"),
        ("LOWER_DIAG_ROW", "0 1 0 2 3 0"),
        ("UPPER_COL", "1 2 3"),
        ("LOWER_COL", "1 2 3"),
        ("UPPER_DIAG_COL", "0 1 0 2 3 0"),
        ("LOWER_DIAG_COL", "0 1 2 0 3 0"),
    ],
)
def test_weight_formats(layout, numbers):
    head = FULL.partition("EDGE_WEIGHT_FORMAT")[0]
    text = f"{head}EDGE_WEIGHT_FORMAT : {layout}\nEDGE_WEIGHT_SECTION\n{numbers}\nEOF\n"
    assert parse_tsplib(text).matrix.tolist() == [[0, 1, 2], [1, 0, 3], [2, 3, 0]]


FAULTS = [
    (GOOD, "4 2 2\n", "", "f.tsp:9: NODE_COORD_SECTION: found 3 nodes, expected 4"),
    (GOOD, "DIMENSION : 4", "DIMENSION : 5", "f.tsp:10: NODE_COORD_SECTION: found 4 nodes"),
    (GOOD, "DIMENSION : 4", "DIMENSION : 2", "f.tsp:3: DIMENSION: found '2', expected an integer"),
    (GOOD, "DIMENSION : 4\n", "", "f.tsp: DIMENSION is missing"),
    (GOOD, "TSP (", "SOP (", "f.tsp:2: TYPE: found 'SOP', expected one of: TSP, ATSP"),
    (GOOD, "EUC_2D", "SPECIAL", "f.tsp:4: EDGE_WEIGHT_TYPE: found 'SPECIAL', expected EXPLICIT"),
    (GOOD, "EUC_2D", "XRAY1", "f.tsp:4: EDGE_WEIGHT_TYPE: found 'XRAY1'"),
    (GOOD, "EUC_2D", "EUC_3D", "f.tsp:6: NODE_COORD_SECTION: found 3 numbers, expected 4"),
    (GOOD, "2 3 4", "2 3 x", "f.tsp:7: NODE_COORD_SECTION: found 'x', expected a finite number"),
    (GOOD, "2 3 4", "2 3 1e16", "f.tsp: coordinates: node 1: found 1e+16"),
    (GOOD, "1 3\n", "1 5\n", "f.tsp:11: FIXED_EDGES_SECTION: found '5', expected a node from 1"),
    (GOOD, "1 3\n", "1\n", "f.tsp:13: FIXED_EDGES_SECTION: found 3 nodes, expected pairs"),
    (GOOD, "1 3\n", "3 3\n", "f.tsp:11: FIXED_EDGES_SECTION: joins node 2 to itself"),
    (GOOD, "4 2\n", "3 1\n", "f.tsp:12: FIXED_EDGES_SECTION: the edge from 2 to 0 is given"),
    (GOOD, "-1\n", "-1\n1 2\n", "f.tsp:14: FIXED_EDGES_SECTION: found '1', expected nothing"),
    (GOOD, "NAME : toy", "DEMAND_SECTION", "f.tsp:1: section DEMAND_SECTION is not supported"),
    (FULL, "2\n-3", "5\n-3", "f.tsp:8: EDGE_WEIGHT_SECTION: found 5 from node 3 to 1 but 2 back"),
    (FULL, "2 1 0 -3", "2 4 0 -3", "f.tsp:7: EDGE_WEIGHT_SECTION: found 4 from node 2 to 1"),
    (FULL, "-3 0\n", "-3\n", "f.tsp:9: EDGE_WEIGHT_SECTION: found 8 numbers, expected 9"),
    (FULL, "-3 0\n", "-3 inf\n", "f.tsp:9: EDGE_WEIGHT_SECTION: found 'inf', expected a finite"),
    (FULL, "FULL_MATRIX", "FUNCTION", "f.tsp:4: EDGE_WEIGHT_FORMAT: found 'FUNCTION'"),
]


@pytest.mark.parametrize(("text", "old", "new", "expected"), FAULTS)
def test_faults(text, old, new, expected):
    assert old in text
    with pytest.raises(InputError) as caught:
        parse_tsplib(text.replace(old, new, 1), "f.tsp")
    assert expected in str(caught.value)
    assert "\n" not in str(caught.value)


def test_asymmetric_weights_need_their_type():
    text = FULL.replace("2\n-3", "5\n-3").replace("TYPE : TSP", "TYPE : ATSP")
    assert parse_tsplib(text).features() == {"asymmetric distances", "negative distances"}


def test_rounding_can_be_chosen(tmp_path):
    path = tmp_path / "a.tsp"
    path.write_text(GOOD)
    assert netroute.read(path, rounding="exact").distance(0, 2) == pytest.approx(37**0.5)
    path.write_text(GOOD.replace("FIXED", "ROUNDING : up\nFIXED", 1))
    assert netroute.read(path).distance(0, 2) == 7


INSTANCES = [
    TspInstance(name="a b", coordinates=[[0, 0.1], [3, 4], [1e-7, 1]], comment="made up"),
    TspInstance(coordinates=[[0, 0], [3, 4], [1, 1]], rounding="dimacs", fixed_edges=[(2, 0)]),
    TspInstance(coordinates=[[0, 0], [3, 4], [1, 1]], metric="geographic", rounding="exact"),
    TspInstance(coordinates=[[0, 0], [3, 4], [1, 1]], display=[[0, 0], [1, 2], [3, 4]]),
    TspInstance(coordinates=np.arange(9.0).reshape(3, 3), metric="maximum", rounding="nearest"),
    TspInstance(matrix=[[0, 0.5, 2], [0.5, 0, -3], [2, -3, 0]], display=[[0, 0], [1, 2], [3, 4]]),
    TspInstance(matrix=[[0, 1, 2], [3, 0, 4], [5, 6, 0]], fixed_edges=[(0, 1), (1, 2)]),
]


@pytest.mark.parametrize("ending", ["tsp", "atsp", "json"])
@pytest.mark.parametrize("instance", INSTANCES)
def test_round_trip(tmp_path, instance, ending):
    path = tmp_path / f"a.{ending}"
    netroute.write(path, instance)
    found = netroute.read(path)
    assert found.fingerprint == instance.fingerprint
    assert (found.name, found.comment) == (instance.name, instance.comment)
    if instance.display is not None:
        assert found.display.tolist() == instance.display.tolist()


def test_what_tsplib_lacks():
    space = TspInstance(coordinates=np.ones((3, 3)), metric="pseudo_euclidean")
    with pytest.raises(UnsupportedError, match="no type for pseudo_euclidean distances in 3D"):
        format_tsplib(space)


# Lengths of the tours in order of the nodes, which TSPLIB's documentation gives as a test.
@pytest.mark.parametrize(
    ("name", "length"), [("pcb442", 221440), ("gr666", 423710), ("att532", 309636)]
)
def test_canonical_tours_of_tsplib(data_folder, name, length):
    instance = netroute.read(data_folder / "tsplib" / f"{name}.tsp")
    assert instance.length(np.arange(instance.size)) == length


def test_all_public_files_are_read(data_folder):
    files = [*(data_folder / "tsplib").glob("*.tsp"), *(data_folder / "atsp").glob("*.atsp")]
    assert len(files) == 66
    for file in files:
        instance = netroute.read(file)
        assert instance.integral()
        assert instance.symmetric is (file.suffix == ".tsp")
