"""Travelling salesmen on the command line, from the generator to the picture."""

from __future__ import annotations

import json

import pytest


@pytest.fixture
def cities(netroute, tmp_path):
    path = tmp_path / "cities.tsp"
    words = ("--nodes", 60, "--kind", "clustered", "--seed", 5)
    assert netroute("generate", "tsp", *words, "--out", path).code == 0
    return path


def test_generate_is_seeded_and_info_tells(netroute, cities, tmp_path):
    data = netroute("info", cities, "--json").json()
    assert (data["problem"], data["size"], data["features"]) == ("tsp", 60, [])
    assert "rounded to the nearest integer" in netroute("info", cities).out
    again = tmp_path / "again.tsp"
    for seed, same in ((5, True), (6, False)):
        words = ("--nodes", 60, "--kind", "clustered", "--seed", seed, "--name", "cities")
        netroute("generate", "tsp", *words, "--out", again)
        assert (again.read_text() == cities.read_text()) is same


def test_solve_check_convert_and_plot(netroute, cities, tmp_path):
    tour, result = tmp_path / "a.tour", tmp_path / "a.json"
    words = ("--solver", "savings", "--bound", "none", "--out", tour, "--out", result)
    first = netroute("solve", "tsp", cities, *words, "--json").json()
    assert first["status"] == "feasible"
    for file in (tour, result):
        data = netroute("check", "tsp", cities, file, "--json").json()
        assert data["valid"]
        assert data["objective"] == first["objective"]
    copy = tmp_path / "copy.json"
    assert netroute("convert", cities, "--out", copy).code == 0
    words = ("--solver", "nearest", "--bound", "none", "--start", tour, "--json")
    started = netroute("solve", "tsp", copy, *words).json()
    assert started["objective"] == first["objective"]
    assert started["fingerprint"] == first["fingerprint"]
    pytest.importorskip("matplotlib")
    pictures = []
    for words in ((), (tour,), (result,)):
        out = tmp_path / f"{len(pictures)}.png"
        assert netroute("plot", "tsp", cities, *words, "--out", out).code == 0
        pictures.append(out.read_bytes())
    assert pictures[0] != pictures[1]


def test_asymmetric_from_end_to_end(netroute, tmp_path):
    streets, tour = tmp_path / "streets.atsp", tmp_path / "a.tour"
    assert netroute("generate", "atsp", "--nodes", 40, "--seed", 2, "--out", streets).code == 0
    assert netroute("info", streets, "--json").json()["problem"] == "atsp"
    words = ("--solver", "greedy", "--bound", "none", "--out", tour)
    assert netroute("solve", "atsp", streets, *words).code == 0
    assert netroute("check", "atsp", streets, tour).code == 0
    refused = netroute("solve", "tsp", streets)
    assert refused.code == 2
    assert "asymmetric distances, which problem 'tsp' does not include" in refused.line()


def test_check_finds_wrong_claims(netroute, cities, tmp_path):
    tour, result = tmp_path / "a.tour", tmp_path / "a.json"
    words = ("--solver", "greedy", "--bound", "none", "--out", tour, "--out", result)
    netroute("solve", "tsp", cities, *words)
    text = tour.read_text()
    tour.write_text(text.replace("Length = ", "Length = 1"))
    ended = netroute("check", "tsp", cities, tour, "--json")
    assert (ended.code, ended.json()["feasible"]) == (2, True)
    nodes = text.split()
    last = nodes[nodes.index("-1") - 1]
    tour.write_text(text.replace(f"\n{last}\n-1", "\n2\n-1") if last != "2" else text + "x")
    assert netroute("check", "tsp", cities, tour).code == 2
    data = json.loads(result.read_text())
    certificate = {"method": "held-karp", "value": 1, "data": {"multipliers": [0] * 60}}
    for bound, valid in ((1.0, True), (data["objective"], False)):
        claim = data | {"bound": bound, "certificate": certificate}
        result.write_text(json.dumps(claim))
        assert netroute("check", "tsp", cities, result, "--json").json()["valid"] is valid


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("DIMENSION : 60", "DIMENSION : 61"), "a.tsp:66: NODE_COORD_SECTION: found 60"),
        (("DIMENSION : 60", "DIMENSION : 2"), "expected an integer >= 3"),
        (("EUC_2D", "SPECIAL"), "a.tsp:4: EDGE_WEIGHT_TYPE: found 'SPECIAL'"),
    ],
)
def test_bad_files_are_one_line(netroute, cities, tmp_path, change, words):
    path = tmp_path / "a.tsp"
    path.write_text(cities.read_text().replace(*change))
    ended = netroute("solve", "tsp", path)
    assert ended.code == 2
    assert words in ended.line()


@pytest.mark.parametrize(
    ("problem", "option", "words"),
    [
        ("tsp", ("--kind", "clusterd"), "did you mean 'clustered'?"),
        ("tsp", ("--nodes", 2), "nodes: found 2, expected at least 3"),
        ("tsp", ("--side", "-1"), "side: found -1.0"),
        ("tsp", ("--rounding", "odd"), "rounding: found 'odd'"),
        ("tsp", ("--clusters", 0), "clusters: found 0"),
        ("atsp", ("--nodes", 6000), "nodes: found 6000, expected 3 to 5000"),
        ("atsp", ("--one-way", 2), "one_way: found 2.0"),
        ("atsp", ("--slowest", 0), "slowest: found 0.0"),
    ],
)
def test_bad_options_are_one_line(netroute, tmp_path, problem, option, words):
    path = tmp_path / f"x.{problem}"
    ended = netroute("generate", problem, *option, "--out", path)
    assert (ended.code, path.exists()) == (2, False)
    assert words in ended.line()
