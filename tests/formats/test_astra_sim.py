"""Topologies of ASTRA-sim: the fabric that they say, and one line for whatever is wrong."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from netroute.core.errors import InputError, NetrouteError, UnsupportedError
from netroute.formats.astra_sim import read_astra_sim
from netroute.problems.collective import Fabric

TEXT = """8 4 8
4 5 6 7
0 4 200Gbps 0.0005ms 0
1 4 200Gbps 0.0005ms 0
2 5 200Gbps 0.0005ms 0
3 5 200Gbps 0.0005ms 0

4 6 400Gbps 0.0005ms 0
4 7 400Gbps 0.0005ms 0
7 5 100Gbps 0.0005ms 0
5 7 1500Mbps 0.0005ms 0
"""


def read(tmp_path, text):
    file = tmp_path / "net.txt"
    file.write_text(text, encoding="utf-8")
    return read_astra_sim(file)


def test_leaves_spines_rates_and_missing_links(tmp_path):
    fabric = read(tmp_path, TEXT)
    assert (fabric.leaves, fabric.planes, fabric.hosts_per_leaf) == (2, 2, 2)
    assert fabric.nic == 200_000
    assert fabric.up.tolist() == [[400_000, 400_000], [0, 101_500]]
    assert (fabric.down == fabric.up.T).all()


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("8 4 8", "8 4", r"net.txt:1: found 2 words, expected nodes, switches and links"),
        ("8 4 8", "8 4 9", r"net.txt: found 8 links, expected 9"),
        ("8 4 8", "8 x 8", r"net.txt:1: found 'x', expected an integer >= 0"),
        ("8 4 8", "1 4 8", r"net.txt:1: found 1 nodes, expected 2 to"),
        ("4 5 6 7", "4 5 6 6", r"net.txt:2: found 3 different switches, expected 4"),
        ("0 4 200", "9 4 200", r"net.txt:3: found node 9, expected 0 to 7"),
        ("0 4 200", "4 4 200", r"net.txt:3: node 4 has a link to itself"),
        ("0 4 200", "1 4 200", r"host 0 has no link"),
        ("200Gbps", "fast", r"net.txt:3: found 'fast', expected whole megabits"),
        ("200Gbps", "0Gbps", r"net.txt:3: found '0Gbps'"),
        ("200Gbps", "1500Kbps", r"net.txt:3: found '1500Kbps'"),
        (" 0.0005ms 0", "", r"net.txt:3: found 3 words, expected 5"),
    ],
)
def test_faults(tmp_path, old, new, words):
    with pytest.raises(InputError, match=words):
        read(tmp_path, TEXT.replace(old, new, 1))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("4 6 400", "4 5 400", "switches 4 and 5 are of one tier"),
        ("4 6 400", "0 5 400", "host 0 is linked to several switches"),
        ("4 6 400", "0 1 400", "hosts 0 and 1 are linked without a switch"),
        ("1 4 200", "1 5 200", "not numbered leaf by leaf"),
        ("1 4 200", "1 4 100", "links of 2 different rates"),
    ],
)
def test_what_is_no_leaf_spine_fabric(tmp_path, old, new, words):
    with pytest.raises(UnsupportedError, match=words):
        read(tmp_path, TEXT.replace(old, new, 1))


@settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    cut=st.integers(0, len(TEXT)),
    at=st.integers(0, len(TEXT)),
    new=st.text(alphabet="01489\n GMbps.-\u00b2", max_size=4),
)
def test_damaged_files_raise_one_line(tmp_path, cut, at, new):
    words = "net.txt"
    try:
        found = read(tmp_path, TEXT[:at] + new + TEXT[at + len(new) : len(TEXT) - cut // 9])
    except NetrouteError as error:
        found, words = None, str(error)
    assert "net.txt" in words
    assert "\n" not in words
    assert found is None or isinstance(found, Fabric)
