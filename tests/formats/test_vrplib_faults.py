"""Each fault of a VRPLIB file is one line that names the file, the line and what was expected."""

import os

import pytest

from netroute import InputError
from netroute.formats import read_instance, text
from netroute.formats.vrplib import parse_vrplib

GOOD = """NAME : toy
TYPE : CVRP
DIMENSION : 4
EDGE_WEIGHT_TYPE : EUC_2D
CAPACITY : 10
NODE_COORD_SECTION
1 0 0
2 3 4
3 6 1
4 2 2
DEMAND_SECTION
1 0
2 3
3 4
4 5
DEPOT_SECTION
1
-1
EOF
"""


def without(section: str) -> str:
    """Drop a section with its data."""
    rows, keep = [], True
    for row in GOOD.splitlines():
        if row[0].isalpha():
            keep = not row.startswith(section)
        if keep:
            rows.append(row)
    return "\n".join(rows)


EXPLICIT = "EDGE_WEIGHT_TYPE : EXPLICIT\nEDGE_WEIGHT_FORMAT : UPPER_ROW"

FAULTS = [
    ("4 2 2\n", "", "f.vrp:10: NODE_COORD_SECTION: found 3 nodes, expected 4"),
    ("DIMENSION : 4", "DIMENSION : 5", "f.vrp:11: NODE_COORD_SECTION: found 4 nodes, expected 5"),
    ("DIMENSION : 4", "DIMENSION : 3", "f.vrp:10: NODE_COORD_SECTION: found node 4, expected"),
    ("DIMENSION : 4", "DIMENSION : x", "f.vrp:3: DIMENSION: found 'x', expected an integer >= 1"),
    ("DIMENSION : 4", "DIMENSION : 2.5", "f.vrp:3: DIMENSION: found '2.5', expected an integer"),
    ("DIMENSION : 4", "DIMENSION : 0", "f.vrp:3: DIMENSION: found '0', expected an integer >= 1"),
    ("DIMENSION : 4", "DIMENSION : 999999999999", "found 4 nodes, expected 999999999999"),
    ("DIMENSION : 4", "DIMENSION :", "f.vrp:3: DIMENSION has no value"),
    ("DIMENSION : 4\n", "", "f.vrp: DIMENSION is missing"),
    ("EUC_2D", "EUC_7D", "f.vrp:4: EDGE_WEIGHT_TYPE: found 'EUC_7D', expected EXPLICIT or one of"),
    ("EUC_2D", "SPECIAL", "EDGE_WEIGHT_TYPE: found 'SPECIAL'"),
    ("EDGE_WEIGHT_TYPE : EUC_2D\n", "", "f.vrp: EDGE_WEIGHT_TYPE is missing"),
    ("CAPACITY : 10\n", "", "f.vrp: CAPACITY is missing"),
    ("CAPACITY : 10", "CAPACITY : nan", "f.vrp:5: CAPACITY: found 'nan', expected a finite"),
    ("CAPACITY : 10", "CAPACITY : -1", "f.vrp:5: CAPACITY: found '-1', expected a finite"),
    ("CAPACITY : 10", "CAPACITY : 4", "f.vrp:15: DEMAND_SECTION: client 4: found demand 5"),
    ("2 3\n3 4\n4 5", "2 3\n3 -4\n4 5", "f.vrp:14: DEMAND_SECTION: node 3: found -4"),
    ("2 3\n3 4\n4 5", "2 3\n3 nan\n4 5", "f.vrp:14: DEMAND_SECTION: found 'nan'"),
    ("2 3\n3 4\n4 5", "2 3\n3 inf\n4 5", "f.vrp:14: DEMAND_SECTION: found 'inf'"),
    ("2 3\n3 4\n4 5", "2 3\n3 4 9\n4 5", "f.vrp:14: DEMAND_SECTION: found 3 numbers, expected 2"),
    ("2 3\n3 4\n4 5", "2 3\n2 4\n4 5", "f.vrp:14: DEMAND_SECTION: node 2 is given a second time"),
    ("2 3\n3 4\n4 5", "2 3\n3.5 4\n4 5", "f.vrp:14: DEMAND_SECTION: found node 3.5"),
    ("DEMAND_SECTION\n1 0", "DEMAND_SECTION\n1 2", "f.vrp:12: DEMAND_SECTION: depot 1: found"),
    ("2 3 4", "2 3 4e999", "f.vrp:8: NODE_COORD_SECTION: found '4e999', expected a finite"),
    ("2 3 4", "2 3-4", "f.vrp:8: NODE_COORD_SECTION: found '3-4', expected a finite number"),
    ("2 3 4", "2 0x3 4", "f.vrp:8: NODE_COORD_SECTION: found '0x3'"),
    ("2 3 4", "2 1_000 4", "f.vrp:8: NODE_COORD_SECTION: found '1_000'"),
    ("2 3 4", "2 3,5 4", "f.vrp:8: NODE_COORD_SECTION: found '3,5'"),
    ("2 3 4", "2 3 4 5", "f.vrp:8: NODE_COORD_SECTION: found 4 numbers, expected 3"),
    ("2 3 4", "nan nan", "f.vrp:8: found 'nan nan', expected finite numbers"),
    ("1\n-1", "1\n1\n-1", "f.vrp:18: DEPOT_SECTION: depot 1 is given a second time"),
    ("1\n-1", "5\n-1", "f.vrp:17: DEPOT_SECTION: found '5', expected a node from 1 to 4"),
    ("1\n-1", "0.5\n-1", "f.vrp:17: DEPOT_SECTION: found '0.5', expected a node"),
    ("1\n-1", "-1", "f.vrp:17: DEPOT_SECTION: found no depot"),
    ("TYPE : CVRP", "TYPE : TSP", "f.vrp:2: TYPE: found 'TSP', expected one of: CVRP"),
    ("NAME : toy", "NAME : toy\nNAME : b", "f.vrp:2: NAME is given a second time"),
    ("NAME : toy", "NOMEN : toy", "f.vrp:1: unknown keyword 'NOMEN : toy', expected one of"),
    ("NAME : toy", "17 4", "f.vrp:1: found '17 4', expected a keyword"),
    ("EOF", "BACKHAUL_SECTION\n3\nEOF", "f.vrp:19: section BACKHAUL_SECTION is not supported"),
    ("DEPOT_SECTION\n", "DEPOT_SECTION : 1\n", "f.vrp:16: found '1' after DEPOT_SECTION"),
    ("CAPACITY", "DISTANCE : inf\nCAPACITY", "f.vrp:5: DISTANCE: found 'inf'"),
    ("CAPACITY", "VEHICLES : 1.5\nCAPACITY", "f.vrp:5: VEHICLES: found '1.5'"),
    (
        "DEPOT_SECTION",
        "TIME_WINDOW_SECTION\n1 0 9\n2 9 5\n3 0 9\n4 0 9\nDEPOT_SECTION",
        "f.vrp:18: TIME_WINDOW_SECTION: node 2: found [9, 5]",
    ),
    (
        "EDGE_WEIGHT_TYPE : EUC_2D",
        f"{EXPLICIT}\nEDGE_WEIGHT_SECTION\n1 2 3",
        "f.vrp:7: EDGE_WEIGHT_SECTION: found 3 numbers, expected 6 for UPPER_ROW and DIMENSION 4",
    ),
    (
        "EDGE_WEIGHT_TYPE : EUC_2D",
        "EDGE_WEIGHT_TYPE : EXPLICIT\nEDGE_WEIGHT_FORMAT : FUNCTION\nEDGE_WEIGHT_SECTION\n1 2 3",
        "f.vrp:5: EDGE_WEIGHT_FORMAT: found 'FUNCTION', expected one of: FULL_MATRIX",
    ),
    (
        "EDGE_WEIGHT_TYPE : EUC_2D",
        f"{EXPLICIT}\nEDGE_WEIGHT_SECTION\n1 2 3\n4 5 x6",
        "f.vrp:8: EDGE_WEIGHT_SECTION: found 'x6', expected a finite number",
    ),
    (
        "EDGE_WEIGHT_TYPE : EUC_2D",
        f"{EXPLICIT}\nEDGE_WEIGHT_SECTION\n1 2 3\n4 -5 6",
        "f.vrp:8: EDGE_WEIGHT_SECTION: found -5, expected numbers >= 0",
    ),
    ("EDGE_WEIGHT_TYPE : EUC_2D", EXPLICIT, "f.vrp: EDGE_WEIGHT_SECTION is missing"),
]


@pytest.mark.parametrize(("old", "new", "expected"), FAULTS)
def test_fault(old, new, expected):
    assert GOOD.count(old) == 1
    with pytest.raises(InputError) as caught:
        parse_vrplib(GOOD.replace(old, new), "f.vrp")
    assert expected in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("section", ["NODE_COORD_SECTION", "DEMAND_SECTION", "DEPOT_SECTION"])
def test_missing_section(section):
    with pytest.raises(InputError, match=rf"f\.vrp: {section} is missing"):
        parse_vrplib(without(section), "f.vrp")


def test_every_truncation_is_an_input_error_or_complete():
    complete = parse_vrplib(GOOD)
    refused = 0
    for end in range(1, len(GOOD)):
        try:
            instance = parse_vrplib(GOOD[:end], "f.vrp")
        except InputError:
            refused += 1
        else:
            # Cut within the last lines, which add nothing to what precedes them.
            assert instance.fingerprint == complete.fingerprint
            assert end > GOOD.index("DEPOT_SECTION\n1")
    assert refused > len(GOOD) - 12


def test_truncated_file_says_so():
    with pytest.raises(InputError, match=r"f\.vrp:9: .*node 3 is missing; the file ends here"):
        parse_vrplib(GOOD[: GOOD.index("3 6 1")], "f.vrp")
    with pytest.raises(InputError, match=r"DEPOT_SECTION is missing; the file ends on line 1[56]"):
        parse_vrplib(GOOD[: GOOD.index("DEPOT")], "f.vrp")


def fault_of(path) -> str:
    with pytest.raises(InputError) as caught:
        read_instance(path)
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith(str(path))
    return str(caught.value)


def test_what_is_no_text_file(tmp_path):
    path = tmp_path / "f.vrp"
    assert "no such file" in fault_of(path)
    assert "is a directory" in fault_of(tmp_path)
    path.write_bytes(b"")
    assert "is empty" in fault_of(path)
    path.write_bytes(b" \n\t\r\n")
    assert "is empty" in fault_of(path)
    path.write_bytes(b"NAME : x\n\x00\x01\x02")
    assert "is a binary file" in fault_of(path)
    path.write_bytes(GOOD.encode("utf-16"))
    assert "is a binary file" in fault_of(path)
    path.write_bytes(b"\x1f\x8b\x08gzip")
    assert "is a binary file" in fault_of(path)
    path.write_text("hello world\n")
    assert "f.vrp:1: unknown keyword 'hello world'" in fault_of(path)
    path.write_text("# nothing\n")
    assert "found no keyword" in fault_of(path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_no_permission(tmp_path):
    path = tmp_path / "f.vrp"
    path.write_text(GOOD)
    path.chmod(0)
    assert "permission denied" in fault_of(path)


def test_permission_error_is_reported(tmp_path, monkeypatch):
    def refuse(*_args, **_kwargs):
        raise PermissionError(13, "Permission denied")

    path = tmp_path / "f.vrp"
    path.write_text(GOOD)
    monkeypatch.setattr(type(path), "open", refuse)
    assert fault_of(path) == f"{path}: cannot be read: permission denied"


def test_endless_line_is_refused_after_the_limit(tmp_path):
    path = tmp_path / "f.vrp"
    path.write_bytes(b"NAME : x\n" + b"1 " * (text.LINE_LIMIT // 2 + 2**20))
    # The rest of this 1 GB is never read: its zeros would be found to be binary.
    os.truncate(path, 2**30)
    assert f"{path}:2: the line is longer than 16 MiB" in fault_of(path)
    path.write_bytes(b"")
    os.truncate(path, text.FILE_LIMIT + 1)
    assert "is larger than 2 GiB" in fault_of(path)
