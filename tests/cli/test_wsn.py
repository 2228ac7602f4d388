"""Sensor fields on the command line, from the generator to the pictures."""

from __future__ import annotations

import json

import pytest

OPTIONS = ("--nodes", 20, "--field", "100,100", "--base-station", "50,175", "--energy", 0.05)
RUN = ("--bound", "none", "--time", 60)


@pytest.fixture
def field(netroute, tmp_path):
    path = tmp_path / "field.json"
    ended = netroute("generate", "wsn", *OPTIONS, "--seed", 5, "--out", path)
    assert ended.code == 0, ended
    return path


@pytest.fixture
def played(netroute, field, tmp_path):
    """Results of direct transmission and LEACH."""
    paths = [tmp_path / f"{name}.json" for name in ("direct", "leach")]
    for path in paths:
        ended = netroute("solve", "wsn", field, "--solver", path.stem, *RUN, "--out", path)
        assert ended.code == 0, ended
    return paths


@pytest.fixture
def certified(field, tmp_path):
    """A file of a stated figure, with prices that prove a bound."""

    def make(objective):
        path = tmp_path / "figure.json"
        certificate = {"method": "lifetime", "data": {"prices": [1] * 20}}
        data = {"netroute": "figure", "objective": objective, "certificate": certificate}
        path.write_text(json.dumps(data))
        return path

    return make


def test_generate_takes_the_options_of_the_issue_and_is_seeded(netroute, field, tmp_path):
    data = netroute("info", field, "--json").json()
    assert (data["problem"], data["size"], data["base_station"]) == ("wsn", 20, [50.0, 175.0])
    assert data["conventions"]["death_test"] == "strict"
    again = tmp_path / "again.json"
    for seed, same in ((5, True), (6, False)):
        netroute("generate", "wsn", *OPTIONS, "--seed", seed, "--name", "field", "--out", again)
        assert (again.read_text() == field.read_text()) is same
    assert "rounds before the first death, each paid in full" in netroute("info", field).out


def test_convert_to_a_table_and_back(netroute, field, tmp_path):
    table = tmp_path / "field.csv"
    assert netroute("convert", field, "--out", table).code == 0
    prints = {netroute("info", path, "--json").json()["fingerprint"] for path in (field, table)}
    assert len(prints) == 1
    table.write_text("x,y\n1,2\n30,40\n")
    options = ("--read", "base_station=50,50", "--read", "energy=0.5", "--json")
    assert netroute("info", table, *options).json()["base_station"] == [50.0, 50.0]


def test_solve_and_check(netroute, field, played):
    text = netroute("solve", "wsn", field, "--solver", "direct", *RUN).out
    assert "20 nodes on 100 by 100 m, base station at (50, 175)" in text
    assert "(rounds before the first death, each paid in full)" in text
    assert "a round on average" in text
    for path in played:
        data = netroute("check", "wsn", field, path, "--json").json()
        assert data["valid"]
        assert data["objective"] == data["metrics"]["fnd"] <= data["metrics"]["lnd"]


def test_check_finds_wrong_claims(netroute, field, played):
    path = played[1]
    data = json.loads(path.read_text())
    prices = {"method": "lifetime", "data": {"prices": [1] * 20}}
    for change, words in (
        ({"objective": data["objective"] - 1}, "wrong: it is"),
        ({"bound": 10**6, "certificate": prices}, "proven: its certificate gives"),
        ({"bound": data["objective"] + 1, "certificate": prices}, "wrong: its certificate gives"),
        ({"bound": data["objective"] - 1, "certificate": prices}, "disproved by this solution"),
        (
            {"objective": 4756, "bound": 10**6, "certificate": prices},
            "and impossible: the bound is",
        ),
    ):
        path.write_text(json.dumps(data | change))
        ended = netroute("check", "wsn", field, path)
        assert words in ended.out
        assert ended.code == (0 if "proven" in words else 2)


def test_published_figures_are_refuted_or_not(netroute, field, certified):
    ended = netroute("check", "wsn", field, certified(4756))
    assert ended.code == 2
    assert "4756, impossible: no solution has more than" in ended.out
    ended = netroute("check", "wsn", field, certified(20), "--json")
    assert (ended.code, ended.json()["valid"]) == (0, True)
    assert "not refuted" in ended.json()["claims"]["value"]["message"]
    ended = netroute("check", "wsn", field, certified("many"))
    assert ended.code == 2
    assert "figure.json: objective: found 'many', expected a number" in ended.line()


@pytest.mark.parametrize("routing", ["clusters", "tree"])
def test_a_figure_alone_meets_the_usual_bound(netroute, field, tmp_path, routing):
    field.write_text(json.dumps(json.loads(field.read_text()) | {"routing": routing}))
    path = tmp_path / "figure.json"
    path.write_text('{"netroute": "figure", "objective": 4756}')
    ended = netroute("check", "wsn", field, path)
    assert ended.code == 2
    method = "lifetime" if routing == "clusters" else "tree"
    assert "4756, impossible: no solution has more than" in ended.out
    assert f", by {method}" in ended.out


def test_trees_are_solved_by_default(netroute, field, tmp_path):
    field.write_text(json.dumps(json.loads(field.read_text()) | {"routing": "tree"}))
    result = tmp_path / "result.json"
    ended = netroute("solve", "wsn", field, "--iterations", 5, "--out", result)
    assert ended.code == 0, ended
    assert "(proven by tree)" in ended.out
    data = netroute("check", "wsn", field, result, "--json").json()
    assert data["valid"]
    assert data["claims"]["bound"]["holds"]


def test_pictures(netroute, field, played, tmp_path):
    pytest.importorskip("matplotlib")
    pictures = set()
    for words in ((), played[:1], played[1:], (*played, "--kind", "alive")):
        out = tmp_path / "a.png"
        ended = netroute("plot", "wsn", field, *words, "--out", out)
        assert ended.code == 0, ended
        pictures.add(out.read_bytes())
    assert len(pictures) == 4
    proven = json.loads(played[0].read_text())
    proven |= {"bound": 200.0, "certificate": None}
    played[0].write_text(json.dumps(proven))
    assert netroute("plot", "wsn", field, *played, "--kind", "bound", "--out", out).code == 0


def test_pictures_that_cannot_be_drawn(netroute, field, played, tmp_path):
    pytest.importorskip("matplotlib")
    out = tmp_path / "a.png"
    other = tmp_path / "other.json"
    netroute("generate", "wsn", *OPTIONS, "--seed", 6, "--out", other)
    for file, words, message in (
        (field, played, "found 2 solutions, of which field shows one"),
        (field, ("--kind", "alive"), "expected a .json result of 'netroute solve'"),
        (field, (*played, "--kind", "bound"), "found no proven bound in the results"),
        (other, played[:1], "direct.json: is a result of another instance than this file"),
    ):
        ended = netroute("plot", "wsn", file, *words, "--out", out)
        assert (ended.code, out.exists()) == (2, False)
        assert message in ended.line()


@pytest.mark.parametrize(
    ("words", "option"),
    [
        ("unknown setting 'leech'", ("--setting", "leech")),
        ("unknown layout 'heap'", ("--layout", "heap")),
        ("nodes: found 0", ("--nodes", 0)),
        ("energy: found -1.0, expected joules above 0", ("--energy", -1)),
        ("field: found '100,', expected two numbers", ("--field", "100,")),
        ("--base-if-nearer: found 'maybe', expected true or false", ("--base-if-nearer", "maybe")),
        ("headless: found 'sleep', expected one of", ("--headless", "sleep")),
    ],
)
def test_bad_options_are_one_line(netroute, tmp_path, words, option):
    path = tmp_path / "x.json"
    ended = netroute("generate", "wsn", *option, "--out", path)
    assert (ended.code, path.exists()) == (2, False)
    assert words in ended.line()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"energy": 0}, "field.json: energy: node 0: found 0, expected"),
        ({"energy": [1, 2]}, "field.json: energy: found 2 entries, expected a list of 20"),
        ({"message_bits": -5}, "field.json: message_bits: found -5"),
        ({"bits": 4}, "field.json: unknown key 'bits'"),
    ],
)
def test_bad_files_are_one_line(netroute, field, change, words):
    field.write_text(json.dumps(json.loads(field.read_text()) | change))
    ended = netroute("solve", "wsn", field, "--solver", "direct", *RUN)
    assert (ended.code, ended.out) == (2, "")
    assert words in ended.line()


def test_nodes_outside_of_the_field_are_a_warning(netroute, field):
    data = json.loads(field.read_text())
    data["position"][3] = [150, 20]
    field.write_text(json.dumps(data))
    ended = netroute("info", field, "--json")
    assert ended.code == 0
    assert "warning: " in ended.line()
    assert "node 3 at (150, 20) is outside of the field of 100 by 100 m" in ended.line()
    assert len(ended.json()["warnings"]) == 1


def test_zero_rounds_are_refused(netroute, field, played):
    data = json.loads(played[0].read_text())
    data["solution"]["rounds"][0] = 0
    played[0].write_text(json.dumps(data))
    ended = netroute("check", "wsn", field, played[0])
    assert ended.code == 2
    assert "direct.json: rounds[0]: found 0, expected at least 1 round" in ended.line()
