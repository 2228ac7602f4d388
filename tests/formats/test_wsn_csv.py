"""Tables of sensors: what they say, round trips, and one line for whatever is wrong."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import netroute
from netroute.core.errors import InputError
from netroute.datasets.wsn.generate import generate_field
from netroute.formats.wsn_csv import read_wsn_csv
from netroute.problems.wsn import WsnInstance

TEXT = """# base_station: 50, 175
# control_bits: 200
# a remark: of no matter
id,X,Energy,Y
a,1.5,0.5,2
"b","3",0.25,40
c,10,1e0,20
"""


def read(tmp_path, text, **options):
    file = tmp_path / "nodes.csv"
    file.write_text(text, encoding="utf-8")
    return netroute.read(file, **options)


def test_columns_by_name_and_comments(tmp_path):
    instance = read(tmp_path, TEXT)
    assert instance.name == "nodes"
    assert instance.position.tolist() == [[1.5, 2.0], [3.0, 40.0], [10.0, 20.0]]
    assert instance.energy.tolist() == [0.5, 0.25, 1.0]
    assert instance.base_station.tolist() == [50.0, 175.0]
    assert instance.control_bits == 200
    assert instance.field.tolist() == [10.0, 40.0]


@pytest.mark.parametrize("line", ["1,2", "1;2", "1 2", "1\t2", " 1 ,  2 "])
def test_without_a_header(tmp_path, line):
    instance = read(tmp_path, f"{line}\n3,4\n", base_station="0,0", energy="0.5", field="9,9")
    assert instance.position.tolist() == [[1.0, 2.0], [3.0, 4.0]]
    assert instance.energy.tolist() == [0.5, 0.5]
    third = read(tmp_path, f"{line},7\n3,4,8\n", base_station=[0, 0], field=[9, 9])
    assert third.energy.tolist() == [7.0, 8.0]


def test_options_go_before_the_file(tmp_path):
    options = {"base_station": "1,2", "energy": "3", "headless": "silent", "base_if_nearer": "true"}
    instance = read(tmp_path, TEXT, message_bits="500", hard_threshold="80", **options)
    assert instance.base_station.tolist() == [1.0, 2.0]
    assert instance.energy.tolist() == [3.0, 3.0, 3.0]
    assert (instance.headless, instance.base_if_nearer) == ("silent", True)
    assert (instance.message_bits, instance.hard_threshold) == (500, 80.0)


@pytest.mark.parametrize(
    "options",
    [{}, {"setting": "leach"}, {"setting": "teen", "spread": 1.0}, {"base_if_nearer": True}],
)
def test_round_trip(tmp_path, options):
    instance = generate_field(nodes=15, seed=2, **options)
    netroute.write(tmp_path / "a.csv", instance)
    again = netroute.read(tmp_path / "a.csv")
    assert (again.name, again.fingerprint) == (instance.name, instance.fingerprint)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("1.5", "east", "nodes.csv:5: x: found 'east', expected a number"),
        ("1.5", "nan", "nodes.csv:5: x: found 'nan', expected a number"),
        ("1.5", "", "nodes.csv:5: x: found '', expected a number"),
        ("c,10,1e0,20", "c,10", "nodes.csv:7: found 2 columns, expected at least 4"),
        ("0.25", "0", "nodes.csv: energy: node 1: found 0, expected"),
        ("X", "z", "nodes.csv:4: found the column x not, expected a header with x and y"),
        ("id", "y", "nodes.csv:4: found the column y twice"),
        ("50, 175", "50", "nodes.csv:1: base_station: found '50', expected two numbers"),
        ("# base_station: 50, 175\n", "", "nodes.csv: base_station: not found (--read base_st"),
        ("# a remark:", "# control_bits:", "nodes.csv:3: found control_bits twice"),
        ("# a remark: of no matter", "# energy: 2", "nodes.csv:3: found an energy of all nodes be"),
        ("200", "2.5", "nodes.csv:2: control_bits: found '2.5', expected an integer"),
        ("# a remark: of no", "# routing: by", "nodes.csv: routing: found 'by matter', expected"),
    ],
)
def test_faults(tmp_path, old, new, words):
    with pytest.raises(InputError) as caught:
        read(tmp_path, TEXT.replace(old, new, 1))
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"base": "1,2"}, "unknown read option 'base'"),
        ({"base_station": "1,2,3"}, "base_station: found '1,2,3', expected two numbers"),
        ({"energy": "full"}, "energy: found 'full', expected a number"),
        ({"head_aggregates_own": "perhaps"}, "head_aggregates_own: found 'perhaps', expected true"),
        ({"death_test": "late"}, "death_test: found 'late', expected one of: strict, end"),
    ],
)
def test_options_that_do_not_fit(tmp_path, options, words):
    with pytest.raises(InputError) as caught:
        read(tmp_path, TEXT, **options)
    assert words in str(caught.value)


def test_numbers_without_a_header_are_two_or_three(tmp_path):
    with pytest.raises(InputError, match=r"nodes\.csv:1: found 4 columns and no header"):
        read(tmp_path, "1,2,3,4\n")
    with pytest.raises(InputError, match=r"nodes\.csv: found no nodes"):
        read(tmp_path, "x,y\n")
    with pytest.raises(InputError, match="energy: not found"):
        read(tmp_path, "x,y\n1,2\n", base_station="1,2")


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    cut=st.integers(0, len(TEXT)),
    at=st.integers(0, len(TEXT)),
    new=st.text(alphabet='0189-,;#:\n xyeE.\u00b2\x00"', max_size=4),
)
def test_damaged_files_raise_one_line(tmp_path, cut, at, new):
    text = TEXT[:at] + new + TEXT[at + len(new) : len(TEXT) - cut // 9]
    file = tmp_path / "nodes.csv"
    file.write_text(text, encoding="utf-8")
    words = "nodes.csv"
    try:
        found = read_wsn_csv(file)
    except InputError as error:
        found, words = None, str(error)
    assert "nodes.csv" in words
    assert "\n" not in words
    assert found is None or isinstance(found, WsnInstance)
