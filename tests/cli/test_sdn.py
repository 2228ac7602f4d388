"""Flow admission on the command line, from the generator to the picture."""

from __future__ import annotations

import json

import pytest

OPTIONS = ("--nodes", 12, "--links", 20, "--flows", 120, "--load", 0.67, "--priorities", 8)


@pytest.fixture
def net(netroute, tmp_path):
    path = tmp_path / "net.json"
    ended = netroute("generate", "sdn", *OPTIONS, "--seed", 5, "--out", path)
    assert ended.code == 0, ended
    return path


@pytest.fixture
def solved(netroute, net, tmp_path):
    """An instance and a full result with a bound."""
    result = tmp_path / "result.json"
    arguments = ("--solver", "greedy-density", "--bound", "lp", "--time", 60, "--out", result)
    ended = netroute("solve", "sdn", net, *arguments)
    assert ended.code == 0, ended
    return net, result


def test_generate_takes_the_options_of_the_issue(netroute, net, tmp_path):
    data = netroute("info", net, "--json").json()
    assert (data["problem"], data["nodes"], data["arcs"], data["size"]) == ("sdn", 12, 40, 120)
    assert data["priorities"] == 8
    again = tmp_path / "again.json"
    netroute("generate", "sdn", *OPTIONS, "--seed", 5, "--name", "net", "--out", again)
    assert again.read_text() == net.read_text()
    netroute("generate", "sdn", *OPTIONS, "--seed", 6, "--name", "net", "--out", again)
    assert again.read_text() != net.read_text()
    text = netroute("info", net).out
    assert "admitted priority, to be maximised" in text


def test_generate_refuses_what_the_generator_lacks(netroute, tmp_path):
    path = tmp_path / "x.json"
    ended = netroute("generate", "sdn", "--n", 20, "--out", path)
    assert (ended.code, path.exists()) == (2, False)
    assert ended.line() == "error: --n: generator 'priority-flows' has no such option"
    ended = netroute("generate", "sdn", "--nodes", 1, "--out", path)
    assert ended.code == 2
    assert "nodes" in ended.line()
    ended = netroute("generate", "sdn", "--out", tmp_path / "x.vrp")
    assert ended.code == 2
    assert "expected one of .json" in ended.line()


def test_solve_prints_value_bound_and_what_was_left_out(netroute, net, tmp_path):
    pytest.importorskip("matplotlib")
    picture = tmp_path / "net.png"
    arguments = ("--solver", "greedy-density", "--time", 60, "--plot", picture)
    text = netroute("solve", "sdn", net, *arguments).out
    rows = dict(line.split("  ", 1) for line in text.splitlines())
    assert "(admitted priority, to be maximised)" in rows["value"]
    assert "(proven by lp)" in rows["bound"]
    assert "of 120 flows" in rows["admitted"]
    assert "priority too low at these prices" in rows["left out"]
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_solve_as_json_has_a_bound_above_the_value(netroute, net):
    data = netroute("solve", "sdn", net, "--solver", "greedy", "--time", 60, "--json").json()
    assert data["bound"] > data["objective"] > 0
    assert data["gap"] == pytest.approx((data["bound"] - data["objective"]) / data["bound"])
    assert data["metrics"]["admitted"] + data["metrics"]["rejected"] == 120
    assert data["metrics"]["utilisation"]["maximum"] <= 1.0


def test_check_recomputes_value_and_bound(netroute, solved):
    net, result = solved
    data = netroute("check", "sdn", net, result, "--json").json()
    assert data["valid"]
    assert data["claims"]["value"]["holds"]
    assert data["claims"]["bound"]["found"] == data["claims"]["bound"]["stated"]
    assert len(data["left_out"]) == data["metrics"]["rejected"]
    text = netroute("check", "sdn", net, result, "--all").out
    assert "proven: its certificate gives" in text
    for label, reason in data["left_out"].items():
        assert f"{label}: {reason}" in text


@pytest.mark.parametrize("change", ["bound", "value", "prices", "path", "flow"])
def test_check_finds_what_was_tampered_with(netroute, solved, change):
    net, result = solved
    data = json.loads(result.read_text())
    paths = data["solution"]["paths"]
    admitted = next(index for index, path in enumerate(paths) if len(path) > 1)
    if change == "bound":
        data["bound"] = data["objective"] + 1.0
    elif change == "value":
        data["objective"] += 1.0
    elif change == "prices":
        data["certificate"]["data"]["lambda"] = [-1.0] * 40
    elif change == "path":
        paths[admitted] = paths[admitted][:-1]
    else:
        paths[admitted] = []
    result.write_text(json.dumps(data))
    ended = netroute("check", "sdn", net, result, "--json")
    report = ended.json()
    assert ended.code == 2
    assert not report["valid"]
    assert report["feasible"] == (change != "path")
    wrong = {name for name, claim in report["claims"].items() if claim["holds"] is False}
    assert wrong >= {"bound": {"bound"}, "value": {"value"}, "prices": {"bound"}}.get(change, set())
    assert change != "flow" or wrong == {"value"}


def test_solution_file_is_a_start_and_is_checked(netroute, solved, tmp_path):
    net, result = solved
    data = json.loads(result.read_text())
    bare = tmp_path / "bare.json"
    bare.write_text(json.dumps(data["solution"]))
    ended = netroute("check", "sdn", net, bare, "--json")
    assert ended.json()["objective"] == data["objective"]
    arguments = ("--solver", "greedy", "--start", bare, "--bound", "none", "--time", 60)
    again = netroute("solve", "sdn", net, *arguments, "--json").json()
    assert again["objective"] >= data["objective"]


def test_plot_draws_network_solution_and_convergence(netroute, solved, tmp_path):
    pytest.importorskip("matplotlib")
    net, result = solved
    pictures = set()
    for words in ((), (result,), (result, "--kind", "convergence")):
        out = tmp_path / f"{len(pictures)}.png"
        assert netroute("plot", "sdn", net, *words, "--out", out).code == 0
        pictures.add(out.read_bytes())
    assert len(pictures) == 3


def test_another_family_is_refused(netroute, net, ring, tmp_path):
    ended = netroute("solve", "cvrp", net)
    assert ended.code == 2
    assert "SdnInstance" in ended.line()
    assert netroute("solve", "sdn", ring).code == 2
    ended = netroute("solve", "sdn", net, "--solver", "greedy", "--out", tmp_path / "x.sol")
    assert ended.code == 2
    assert "expected one of .json" in ended.line()
    ended = netroute("convert", net, "--out", tmp_path / "x.vrp")
    assert ended.code == 2
    assert "x.vrp" in ended.line()


FAULTS = {
    "capacity": ("arcs", [[0, 1, 0]], "capacity: arc 0: found 0, expected an integer from 1"),
    "unknown node": ("flows", [[0, 99, 5, 1]], "target: flow 0: unknown node 99, expected 0 to 11"),
    "to itself": ("flows", [[3, 3, 5, 1]], "target: flow 0 leads from node '3' to itself"),
    "bandwidth": ("flows", [[0, 1, -5, 1]], "bandwidth: flow 0: found -5"),
    "priority": ("flows", [[0, 1, 5, 9]], "priority: flow 0: found 9, expected an integer from 1"),
    "key": ("arc", [], "unknown key 'arc'"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_faults_end_in_one_line_with_file_and_key(netroute, net, fault):
    key, value, said = FAULTS[fault]
    net.write_text(json.dumps({**json.loads(net.read_text()), key: value}))
    ended = netroute("solve", "sdn", net, "--solver", "greedy")
    assert (ended.code, ended.out) == (2, "")
    assert f"net.json: {said}" in ended.line()


def test_truncated_file(netroute, net):
    text = net.read_text()
    net.write_text(text[: len(text) // 2])
    ended = netroute("solve", "sdn", net, "--solver", "greedy")
    assert ended.code == 2
    assert "expected JSON" in ended.line()


def test_disconnected_flows_are_rejected_with_the_reason(netroute, tmp_path):
    path, result = tmp_path / "islands.json", tmp_path / "result.json"
    arcs = [["a", "b", 5], ["c", "d", 5]]
    flows = [["a", "b", 3], ["a", "d", 3], ["c", "d", 9]]
    path.write_text(json.dumps({"nodes": list("abcd"), "arcs": arcs, "flows": flows}))
    arguments = ("--solver", "greedy", "--bound", "lp", "--time", 60, "--out", result)
    assert netroute("solve", "sdn", path, *arguments).code == 0
    report = netroute("check", "sdn", path, result, "--json").json()
    assert report["objective"] == 1.0
    assert report["left_out"] == {
        "flow 1 (a to d)": "no path",
        "flow 2 (c to d)": "no path that is wide enough",
    }
