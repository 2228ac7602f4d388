from __future__ import annotations

import json
from pathlib import Path

import pytest

FAST = ("--solver", "savings", "--bound", "none")
FIELDS = {
    "problem",
    "instance",
    "size",
    "fingerprint",
    "solver",
    "parameters",
    "seed",
    "threads",
    "status",
    "stopped_by",
    "objective",
    "bound",
    "gap",
    "feasible",
    "seconds",
    "compile_seconds",
    "iterations",
    "metrics",
    "versions",
}


def test_summary_names_cost_convention_status_and_files(netroute, ring, tmp_path):
    out = tmp_path / "ring.sol"
    ended = netroute("solve", "cvrp", ring, *FAST, "--out", out)
    assert ended.code == 0
    assert ended.err == ""
    assert "rounded to the nearest integer" in ended.out
    assert "feasible" in ended.out
    assert "seed 0, 1 thread" in ended.out
    assert str(out) in ended.out
    assert out.read_text().startswith("Route #1:")


def test_json_is_one_object_with_the_documented_fields(netroute, ring):
    ended = netroute("solve", "cvrp", ring, *FAST, "--json", "--seed", 3)
    data = ended.json()
    assert ended.code == 0
    assert set(data) == FIELDS
    assert data["bound"] is None
    assert data["gap"] is None
    assert data["seed"] == 3
    assert data["feasible"] is True


def test_full_json_holds_solution_and_trace_and_can_be_checked(netroute, ring, tmp_path):
    ended = netroute("solve", "cvrp", ring, *FAST, "--json", "--full")
    data = ended.json()
    assert set(data) == FIELDS | {"solution", "certificate", "trace"}
    visited = sorted(c for route in data["solution"]["routes"] for c in route["clients"])
    assert visited == list(range(1, 13))
    saved = tmp_path / "result.json"
    saved.write_text(json.dumps(data))
    assert netroute("check", "cvrp", ring, saved).code == 0


def test_several_outputs_agree(netroute, ring, tmp_path):
    outs = [tmp_path / name for name in ("a.sol", "a.json", "a.geojson")]
    options = [word for out in outs for word in ("--out", out)]
    data = netroute("solve", "cvrp", ring, *FAST, "--json", *options).json()
    assert json.loads(outs[1].read_text())["objective"] == data["objective"]
    assert f"Cost {data['objective']:.0f}" in outs[0].read_text()
    assert json.loads(outs[2].read_text())["type"] == "FeatureCollection"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_answer_that_no_disk_takes_goes_to_standard_output(netroute, ring, tmp_path):
    full, fine = tmp_path / "full.sol", tmp_path / "fine.sol"
    full.symlink_to("/dev/full")
    ended = netroute("solve", "cvrp", ring, *FAST, "--out", full, "--out", fine)
    assert ended.code == 2
    assert ended.err.count("\n") == 1
    assert "No space left" in ended.err
    assert fine.read_text().startswith("Route #1:")
    visited = sorted(c for route in ended.json()["solution"]["routes"] for c in route["clients"])
    assert visited == list(range(1, 13))


def test_same_seed_writes_identical_solutions(netroute, ring, tmp_path):
    texts = []
    for name in ("first.sol", "second.sol"):
        out = tmp_path / name
        arguments = ("--solver", "random-insertion", "--bound", "none", "--seed", 5, "--out", out)
        assert netroute("solve", "cvrp", ring, *arguments).code == 0
        texts.append(out.read_text())
    assert texts[0] == texts[1]


def test_plot_is_written_with_the_answer(netroute, ring, tmp_path):
    pytest.importorskip("matplotlib")
    picture = tmp_path / "ring.png"
    assert netroute("solve", "cvrp", ring, *FAST, "--plot", picture).code == 0
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_threads_and_settings_reach_the_solver(netroute, ring):
    arguments = ("--solver", "sisr", "--iterations", 50, "--bound", "none", "--json")
    data = netroute("solve", "cvrp", ring, *arguments, "--threads", 1).json()
    assert data["threads"] == 1
    assert data["stopped_by"] == "iterations"
    ended = netroute("solve", "cvrp", ring, *arguments, "--set", "threads=no")
    assert ended.code == 2
    assert "sisr.threads" in ended.line()


def test_verbose_prints_improvements_on_stderr_only(netroute, ring):
    ended = netroute("solve", "cvrp", ring, *FAST, "--json", "-v")
    assert ended.json()["feasible"]
    assert "cost" in ended.err


def test_start_is_read_and_used(netroute, ring, tmp_path):
    first = tmp_path / "first.sol"
    data = netroute("solve", "cvrp", ring, *FAST, "--json", "--out", first).json()
    arguments = ("--solver", "sisr", "--iterations", 0, "--bound", "none", "--start", first)
    again = netroute("solve", "cvrp", ring, *arguments, "--threads", 1, "--json")
    assert again.code == 0
    assert again.json()["objective"] <= data["objective"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--time", "0"), "expected seconds > 0"),
        (("--time", "nan"), "expected seconds > 0"),
        (("--iterations", "-1"), "expected >= 0"),
        (("--seed", "-1"), "--seed"),
        (("--threads", "0"), "--threads"),
        (("--threads", "2"), "one thread"),
        (("--bound-time", "-5"), "--bound-time"),
        (("--bound", "magic"), "unknown bound 'magic'"),
        (("--solver", "saving"), "did you mean 'savings'"),
        (("--set", "nonsense"), "KEY=VALUE"),
        (("--set", "nonsense=1"), "unknown parameter 'nonsense'"),
        (("--full",), "--json"),
        (("--out", "answer.xyz"), ".sol"),
        (("--out", "/no/such/folder/a.sol"), "does not exist"),
        (("--plot", "picture.bmp"), ".png"),
        (("--start", "/no/such/file.sol"), "no such file"),
    ],
)
def test_wrong_options_end_before_the_search_in_one_line(netroute, ring, arguments, said):
    ended = netroute("solve", "cvrp", ring, "--solver", "savings", *arguments)
    assert ended.code == 2
    assert said in ended.line()
    assert ended.out == ""


def test_output_must_not_be_the_input(netroute, ring, tmp_path):
    as_json = tmp_path / "ring.json"
    assert netroute("convert", ring, "--out", as_json).code == 0
    before = as_json.read_text()
    ended = netroute("solve", "cvrp", as_json, *FAST, "--out", as_json)
    assert ended.code == 2
    assert "is the input" in ended.line()
    assert as_json.read_text() == before


def test_unknown_problem_and_usage(netroute, ring):
    assert "expected one of: cvrp" in netroute("solve", "tspp", ring).line()
    assert netroute("solve", "cvrp").code == 2
    assert netroute("solve", "cvrp", ring, "--no-such-option").code == 2
    assert netroute("nonsense").code == 2
