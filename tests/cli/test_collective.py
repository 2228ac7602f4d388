"""Collective traffic on the command line, from the generator to the picture."""

from __future__ import annotations

import json

import pytest

OPTIONS = ("--leaves", 8, "--spines", 8, "--hosts-per-leaf", 8, "--pattern", "all-to-all")
OPTIONS += ("--group", 16, "--placement", "random")


@pytest.fixture
def job(netroute, tmp_path):
    path = tmp_path / "job.json"
    ended = netroute("generate", "collective", *OPTIONS, "--seed", 5, "--out", path)
    assert ended.code == 0, ended
    return path


def test_generate_takes_the_options_of_the_issue_and_is_seeded(netroute, job, tmp_path):
    data = netroute("info", job, "--json").json()
    assert (data["problem"], data["leaves"], data["planes"], data["size"]) == (
        "collective",
        8,
        8,
        4 * 16 * 15,
    )
    again = tmp_path / "again.json"
    for seed, same in ((5, True), (6, False)):
        netroute(
            "generate", "collective", *OPTIONS, "--seed", seed, "--name", "job", "--out", again
        )
        assert (again.read_text() == job.read_text()) is same
    text = netroute("info", job).out
    assert "summed over phases" in text


def test_solve_check_and_plot(netroute, job, tmp_path):
    result = tmp_path / "placed.json"
    text = netroute("solve", "collective", job, "--time", 60, "--out", result).out
    assert "optimal, stopped by proof of optimality" in text
    assert "(proven by degree)" in text
    data = netroute("check", "collective", job, result, "--json").json()
    assert data["valid"]
    assert data["claims"]["bound"]["holds"]
    pytest.importorskip("matplotlib")
    pictures = []
    for words in ((), (result,)):
        out = tmp_path / f"{len(pictures)}.png"
        assert netroute("plot", "collective", job, *words, "--out", out).code == 0
        pictures.append(out.read_bytes())
    assert pictures[0] != pictures[1]


def test_plots_of_schemes_and_of_hash_seeds(netroute, job, tmp_path):
    pytest.importorskip("matplotlib")
    results = []
    for solver in ("greedy", "ecmp"):
        results.append(tmp_path / f"{solver}.json")
        netroute("solve", "collective", job, "--solver", solver, "--out", results[-1])
    for kind, words in (("schemes", results), ("hash-seeds", results[:1]), ("hash-seeds", [])):
        out = tmp_path / f"{kind}{len(words)}.png"
        ended = netroute("plot", "collective", job, *words, "--kind", kind, "--out", out)
        assert ended.code == 0, ended
        assert out.stat().st_size > 10_000
    ended = netroute("plot", "collective", job, *results, "--kind", "loads", "--out", out)
    assert ended.code == 2
    assert "found 2 solutions, of which loads shows one" in ended.line()


def test_check_finds_wrong_claims(netroute, job, tmp_path):
    result = tmp_path / "placed.json"
    netroute("solve", "collective", job, "--time", 60, "--out", result)
    data = json.loads(result.read_text())
    for change in ({"objective": data["objective"] - 1}, {"bound": data["bound"] + 1}):
        result.write_text(json.dumps(data | change))
        ended = netroute("check", "collective", job, result, "--json")
        assert ended.code == 2
        assert not ended.json()["valid"]


@pytest.mark.parametrize(
    ("words", "option"),
    [
        ("unknown pattern", ("--pattern", "al-to-all")),
        ("unknown placement", ("--placement", "tidy")),
        ("expected an even number", ("--fat-tree", 5)),
        ("group: found 1", ("--group", 1)),
        ("failed_spines: found 16", ("--failed-spines", 16)),
        ("half_rate: found -1", ("--half-rate", -1)),
    ],
)
def test_bad_options_are_one_line(netroute, tmp_path, words, option):
    path = tmp_path / "x.json"
    ended = netroute("generate", "collective", *option, "--out", path)
    assert (ended.code, path.exists()) == (2, False)
    assert words in ended.line()


def test_unreachable_leaves_are_named(netroute, job, tmp_path):
    data = json.loads(job.read_text())
    data["fabric"]["links"] = [[3, k, 0] for k in range(8)]
    job.write_text(json.dumps(data))
    ended = netroute("solve", "collective", job)
    assert ended.code == 2
    assert "no path from leaf 0 to leaf 3, between which there are" in ended.line()
