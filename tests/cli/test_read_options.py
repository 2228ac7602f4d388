"""``--read`` on every command that reads an instance."""

import json

import pytest

GRAPH = """NODES 3
label x y
a 0 0
b 1 0
c 0 1

EDGES 4
label src dest weight bw delay
e0 0 1 1 100 5
e1 1 2 1 50 7
e2 2 0 1 100 9
e3 1 0 1 100 5
"""
DEMANDS = """DEMANDS 3
label src dest bw
d0 0 2 30
d1 1 0 20
d2 2 1 40
"""


@pytest.fixture
def graph(tmp_path):
    (tmp_path / "toy.demands").write_text(DEMANDS)
    file = tmp_path / "toy.graph"
    file.write_text(GRAPH)
    return file


def test_info_and_convert(netroute, graph, tmp_path):
    plain = netroute("info", graph, "--json").json()
    split = netroute("info", graph, "--json", "--read", "split=10", "--read=demand-scale=2").json()
    assert (plain["name"], plain["size"]) == ("toy", 3)
    assert (split["name"], split["size"]) == ("toy-x2", 6 + 4 + 8)
    out = tmp_path / "own.json"
    assert netroute("convert", graph, "--out", out, "--read", "demand_scale=2").code == 0
    assert netroute("info", out, "--json").json()["name"] == "toy-x2"
    rows = json.loads(out.read_text())["flows"]
    assert [row[2] for row in rows] == [60, 40, 80]


def test_solve_and_check_with_the_same_options(netroute, graph, tmp_path):
    out = tmp_path / "result.json"
    scaled = ("--read", "demand_scale=2")
    solved = netroute(
        "solve", "sdn", graph, *scaled, "-s", "greedy", "--bound", "none", "--out", out, "--json"
    ).json()
    assert solved["size"] == 3
    # Of 60, 40 and 80 only those fit that do not need the arc of 50.
    assert solved["metrics"]["admitted"] == 2
    assert netroute("check", "sdn", graph, out, *scaled).code == 0
    # Another instance is not taken for this one.
    assert netroute("check", "sdn", graph, out).code == 2


def test_wrong_options(netroute, graph):
    unknown = netroute("info", graph, "--read", "demandscale=2")
    assert unknown.code == 2
    assert "unknown read option 'demandscale', expected one of: capacity" in unknown.line()
    assert "did you mean 'demand_scale'?" in unknown.line()
    assert "--read: found 'x', expected KEY=VALUE" in netroute("info", graph, "--read", "x").line()
    bad = netroute("info", graph, "--read", "split=half")
    assert (bad.code, "split: found 'half', expected a number" in bad.line()) == (2, True)
