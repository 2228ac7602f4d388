"""What the VRPLIB reader makes of well-formed files, however they are spelled."""

import math

import numpy as np
import pytest

from netroute import InputError
from netroute.formats import read_instance
from netroute.formats.vrplib import parse_vrplib
from netroute.problems.vrp import Metric, Rounding

POINTS = [(0, 0), (3, 4), (6, 1), (2.5, 2.5)]


def file(kind="EUC_2D", points=POINTS, *, header="", sections="", demand=(0, 3, 4, 5), depots=(1,)):
    rows = ["NAME : toy", "TYPE : CVRP", f"DIMENSION : {len(demand)}", "CAPACITY : 10"]
    rows += [f"EDGE_WEIGHT_TYPE : {kind}", *header.splitlines()]
    if points:
        rows.append("NODE_COORD_SECTION")
        rows += [f"{i} {' '.join(map(str, p))}" for i, p in enumerate(points, start=1)]
    rows += ["DEMAND_SECTION", *(f"{i} {d}" for i, d in enumerate(demand, start=1))]
    rows += [*sections.splitlines(), "DEPOT_SECTION", *map(str, depots), "-1", "EOF"]
    return "\n".join(rows) + "\n"


@pytest.mark.parametrize(
    ("kind", "a", "b", "expected"),
    [
        # By hand from the definitions of TSPLIB 95; 2.5 and 3.5 tell floor(x + 0.5) from rint.
        ("EUC_2D", (0, 0), (0, 2.5), 3),
        ("EUC_2D", (0, 0), (1, 1), 1),
        ("CEIL_2D", (0, 0), (1, 1), 2),
        ("FLOOR_2D", (0, 0), (0, 2.9), 2),
        ("EXACT_2D", (0, 0), (1, 1), math.sqrt(2)),
        ("MAN_2D", (0, 0), (1.25, 1.25), 3),
        ("MAX_2D", (0, 0), (1.4, 2.5), 3),
        ("ATT", (0, 0), (1, 0), 1),
        ("ATT", (0, 0), (10, 20), 8),
    ],
)
def test_distance_types(kind, a, b, expected):
    instance = parse_vrplib(file(kind, [a, b], demand=(0, 1)))
    assert instance.distance(0, 1) == expected
    assert instance.distance(1, 0) == expected


def test_geographic_distance_of_tsplib():
    # The first two nodes of burma14, 153 km apart.
    instance = parse_vrplib(file("GEO", [(16.47, 96.10), (16.47, 94.44)], demand=(0, 1)))
    assert instance.metric is Metric.GEOGRAPHIC
    assert instance.distance(0, 1) == 153


@pytest.mark.parametrize(("kind", "expected"), [("EUC_3D", 7), ("MAN_3D", 11), ("MAX_3D", 6)])
def test_three_dimensions_become_a_matrix(kind, expected):
    instance = parse_vrplib(file(kind, [(0, 0, 0), (2, 3, 6)], demand=(0, 1)))
    assert instance.distance(0, 1) == expected
    assert instance.coordinates.tolist() == [[0, 0], [2, 3]]


FULL = [[0, 2, 3, 4], [2, 0, 5, 6], [3, 5, 0, 7], [4, 6, 7, 0]]
LAYOUTS = {
    "FULL_MATRIX": "0 2 3 4 2 0 5 6 3 5 0 7 4 6 7 0",
    "UPPER_ROW": "2 3 4 5 6 7",
    "LOWER_ROW": "2 3 5 4 6 7",
    "UPPER_DIAG_ROW": "0 2 3 4 0 5 6 0 7 0",
    "LOWER_DIAG_ROW": "0 2 0 3 5 0 4 6 7 0",
    "UPPER_COL": "2 3 5 4 6 7",
    "LOWER_COL": "2 3 4 5 6 7",
    "UPPER_DIAG_COL": "0 2 0 3 5 0 4 6 7 0",
    "LOWER_DIAG_COL": "0 2 3 4 0 5 6 0 7 0",
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("columns", [1, 3, 100])
def test_explicit_layouts(layout, columns):
    words = LAYOUTS[layout].split()
    data = "\n".join(" ".join(words[i : i + columns]) for i in range(0, len(words), columns))
    header = f"EDGE_WEIGHT_FORMAT : {layout}\nEDGE_WEIGHT_SECTION\n{data}"
    instance = parse_vrplib(file("EXPLICIT", points=None, header=header))
    assert instance.distances.tolist() == FULL


def test_asymmetric_full_matrix_is_kept():
    header = "EDGE_WEIGHT_FORMAT: FULL_MATRIX\nEDGE_WEIGHT_SECTION\n0 1.5\n2 0"
    instance = parse_vrplib(file("EXPLICIT", None, header=header, demand=(0, 1)))
    assert instance.distances.tolist() == [[0, 1.5], [2, 0]]


def test_display_data_are_the_coordinates_of_explicit_weights():
    header = "EDGE_WEIGHT_FORMAT: UPPER_ROW\nEDGE_WEIGHT_SECTION\n9\nDISPLAY_DATA_SECTION\n"
    instance = parse_vrplib(file("EXPLICIT", None, header=f"{header}1 5 6\n2 7 8", demand=(0, 1)))
    assert instance.coordinates.tolist() == [[5, 6], [7, 8]]
    assert instance.distance(0, 1) == 9


SPELLINGS = {
    "windows line ends": lambda text: text.replace("\n", "\r\n"),
    "old mac line ends": lambda text: text.replace("\n", "\r"),
    "tabs": lambda text: text.replace(" : ", " :\t").replace(" ", "\t"),
    "trailing tabs": lambda text: text.replace("\n", "\t \n"),
    "no blank before the colon": lambda text: text.replace(" : ", ": "),
    "no blank at all": lambda text: text.replace(" : ", ":"),
    "lower case": lambda text: text.lower(),
    "missing EOF": lambda text: text.replace("EOF\n", ""),
    "no last line end": lambda text: text.rstrip("\n"),
    "blank lines": lambda text: text.replace("\n", "\n\n"),
    "indented": lambda text: "\n".join("  " + row for row in text.split("\n")),
    "hash comments": lambda text: text.replace("\n", "\n# a comment\n"),
    "scientific": lambda text: text.replace("3 6 1", "3 6.0e+0 .1E1").replace("10", "1e1"),
    "byte order mark": lambda text: "\ufeff" + text,
    "colon after a section": lambda text: text.replace("_SECTION", "_SECTION :"),
    "rubbish after EOF": lambda text: text + "whatever: this is\n",
    "end-of-file mark": lambda text: text + "\x1a",
    "nodes in another order": lambda text: text.replace("2 3 4\n3 6 1", "3 6 1\n2 3 4"),
}


@pytest.mark.parametrize("name", SPELLINGS)
def test_spelling_makes_no_difference(tmp_path, name):
    path = tmp_path / "toy.vrp"
    path.write_text(file(), newline="")
    plain = read_instance(path)
    path.write_bytes(SPELLINGS[name](file()).encode())
    assert read_instance(path).fingerprint == plain.fingerprint
    assert plain.name == "toy"
    assert plain.vehicles[0].capacity == (10.0,)
    assert plain.deliveries[:, 0].tolist() == [0, 3, 4, 5]


def test_latin_1_name_and_quoted_comment(tmp_path):
    path = tmp_path / "toy.vrp"
    text = file(header='COMMENT : "Köln: 3 trucks"').replace("toy", "Düren")
    path.write_bytes(text.encode("latin-1"))
    instance = read_instance(path)
    assert (instance.name, instance.comment) == ("Düren", "Köln: 3 trucks")


def test_several_depots_come_first_in_the_given_order():
    instance = parse_vrplib(file(demand=(3, 0, 4, 0), depots=(4, 2)))
    assert instance.depots == 2
    assert instance.coordinates.tolist() == [list(POINTS[i]) for i in (3, 1, 0, 2)]
    assert instance.deliveries[:, 0].tolist() == [0, 0, 3, 4]
    assert [(v.start_depot, v.end_depot) for v in instance.vehicles] == [(0, 0), (1, 1)]


def test_depot_that_is_not_the_first_node_moves_its_matrix_rows():
    header = "EDGE_WEIGHT_FORMAT: FULL_MATRIX\nEDGE_WEIGHT_SECTION\n0 1 2\n3 0 4\n5 6 0"
    text = file("EXPLICIT", None, header=header, demand=(7, 8, 0), depots=(3,))
    instance = parse_vrplib(text)
    assert instance.distances.tolist() == [[0, 5, 6], [2, 0, 1], [4, 3, 0]]


def test_distance_limit_without_service_times_is_one_on_the_distance():
    vehicle = parse_vrplib(file(header="DISTANCE : 99.5")).vehicles[0]
    assert (vehicle.max_distance, vehicle.max_duration) == (99.5, math.inf)


def test_service_times_count_towards_the_distance_limit():
    instance = parse_vrplib(file(header="DISTANCE : 99\nSERVICE_TIME : 10\nVEHICLES : 3"))
    vehicle = instance.vehicles[0]
    assert (vehicle.max_distance, vehicle.max_duration) == (math.inf, 99)
    assert instance.service.tolist() == [0, 10, 10, 10]
    assert vehicle.number == 3


def test_service_time_section_and_windows():
    sections = "SERVICE_TIME_SECTION\n1 0\n2 5\n3 6\n4 7.5\nTIME_WINDOW_SECTION\n"
    sections += "1 0 100\n2 10 20\n3 15 15\n4 0 90"
    instance = parse_vrplib(file(sections=sections))
    assert instance.service.tolist() == [0, 5, 6, 7.5]
    assert instance.windows == (((0, 100),), ((10, 20),), ((15, 15),), ((0, 90),))


@pytest.mark.parametrize("rounding", ["dimacs", Rounding.DIMACS])
def test_rounding_can_be_chosen_by_the_caller(tmp_path, rounding):
    path = tmp_path / "toy.vrp"
    path.write_text(file(points=[(0, 0), (1, 1)], demand=(0, 1)))
    assert read_instance(path).distance(0, 1) == 1
    assert read_instance(path, rounding=rounding).distance(0, 1) == 1.4


def test_rounding_can_be_stated_in_the_file():
    text = file(points=[(0, 0), (1, 1)], demand=(0, 1), header="ROUNDING : DIMACS")
    assert parse_vrplib(text).rounding is Rounding.DIMACS
    with pytest.raises(InputError, match=r"text:6: ROUNDING: found 'odd', expected one of: exact"):
        parse_vrplib(text.replace("DIMACS", "odd"))


def test_type_vrp_needs_neither_demand_nor_capacity():
    text = file().replace("TYPE : CVRP", "TYPE : VRP").replace("CAPACITY : 10\n", "")
    head, _, tail = text.partition("DEMAND_SECTION")
    instance = parse_vrplib(head + tail[tail.index("DEPOT") :])
    assert instance.deliveries is None
    assert instance.vehicles[0].capacity == ()


def test_large_files_are_read_as_numbers_at_once():
    n = 3000
    rng = np.random.default_rng(1)
    points = rng.random((n, 2)) * 1e4
    instance = parse_vrplib(file(points=points.tolist(), demand=[0] + [1] * (n - 1)))
    assert np.array_equal(instance.coordinates, points)
