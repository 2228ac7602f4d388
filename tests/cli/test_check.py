from __future__ import annotations

import json

import pytest


@pytest.fixture
def solved(netroute, ring, tmp_path):
    """The ring's instance, a .sol and a full result."""
    sol, result = tmp_path / "ring.sol", tmp_path / "ring.json"
    arguments = ("--solver", "savings", "--bound", "instant", "--out", sol, "--out", result)
    assert netroute("solve", "cvrp", ring, *arguments).code == 0
    return ring, sol, result


def changed(path, **changes):
    data = json.loads(path.read_text()) | changes
    path.write_text(json.dumps(data))
    return path


def test_good_answers_pass(netroute, solved):
    ring, sol, result = solved
    for path in (sol, result):
        ended = netroute("check", "cvrp", ring, path)
        assert ended.code == 0, ended
        assert "feasible     yes" in ended.out.replace("feasible         yes", "feasible     yes")
        assert "right" in ended.out


def test_faults_are_reported_client_by_client(netroute, ring, tmp_path):
    path = tmp_path / "bad.sol"
    path.write_text("Route #1: 1 2 3 4 5\nRoute #2: 6 7 7 99\nRoute #3: 9 10 11 12\nCost 1\n")
    ended = netroute("check", "cvrp", ring, path, "--json")
    data = ended.json()
    assert ended.code == 2
    assert data["feasible"] is False
    assert data["valid"] is False
    messages = {violation["code"]: violation["message"] for violation in data["violations"]}
    assert "99" in messages["client.unknown"]
    assert "client 7" in messages["client.doubled"]
    assert "client 8" in messages["client.missing"]
    assert "route 1" in messages["route.capacity"]
    assert data["claims"]["cost"]["holds"] is False
    text = netroute("check", "cvrp", ring, path).out
    for message in messages.values():
        assert message in text


def test_many_violations_are_cut_for_people_but_not_with_all(netroute, make_vrp, tmp_path):
    instance, path = make_vrp(clients=60), tmp_path / "empty.sol"
    path.write_text("Route #1: 1\n")
    cut = netroute("check", "cvrp", instance, path)
    assert "and 39 more" in cut.out
    assert "client 60 is" not in cut.out
    assert "client 60 is" in netroute("check", "cvrp", instance, path, "--all").out


def test_wrong_stated_cost_is_reported(netroute, solved):
    ring, sol, _ = solved
    lines = [line for line in sol.read_text().splitlines() if not line.startswith("Cost")]
    sol.write_text("\n".join([*lines, "Cost 17", ""]))
    ended = netroute("check", "cvrp", ring, sol)
    assert ended.code == 2
    assert "17, wrong: it is" in ended.out


def test_stated_cost_may_be_rounded_to_its_decimals(netroute, make_vrp, tmp_path):
    path, sol = make_vrp(EDGE_WEIGHT_TYPE="EXACT_2D"), tmp_path / "exact.sol"
    arguments = ("--solver", "savings", "--bound", "none", "--json", "--out", sol)
    ended = netroute("solve", "cvrp", path, *arguments)
    cost = ended.json()["objective"]
    assert not cost.is_integer()
    lines = [line for line in sol.read_text().splitlines() if not line.startswith("Cost")]
    for stated, code in ((f"{cost:.2f}", 0), (f"{cost + 0.02:.2f}", 2)):
        sol.write_text("\n".join([*lines, f"Cost {stated}", ""]))
        assert netroute("check", "cvrp", path, sol).code == code


def test_bound_is_recomputed_from_the_certificate(netroute, solved):
    ring, _, result = solved
    ended = netroute("check", "cvrp", ring, result, "--json")
    claim = ended.json()["claims"]["bound"]
    assert ended.code == 0
    assert claim["holds"] is True
    assert claim["found"] == pytest.approx(claim["stated"], rel=1e-6)
    assert "recomputing the bound" in ended.err
    skipped = netroute("check", "cvrp", ring, result, "--json", "--no-bound")
    assert skipped.json()["claims"]["bound"]["holds"] is None
    assert skipped.err == ""


def test_too_high_a_bound_is_exposed(netroute, solved):
    ring, _, result = solved
    data = json.loads(result.read_text())
    ended = netroute("check", "cvrp", ring, changed(result, bound=data["bound"] + 1.0))
    assert ended.code == 2
    assert "wrong: its certificate gives" in ended.out
    ended = netroute("check", "cvrp", ring, changed(result, bound=data["objective"] + 1.0))
    assert ended.code == 2
    assert "disproved" in ended.out


def test_wrong_objective_and_another_instance_are_exposed(netroute, solved, make_vrp):
    ring, _, result = solved
    other = make_vrp(clients=12, capacity=5)
    ended = netroute("check", "cvrp", other, result, "--no-bound")
    assert ended.code == 2
    assert "another instance" in ended.out
    ended = netroute("check", "cvrp", ring, changed(result, objective=1.0), "--no-bound")
    assert ended.code == 2
    assert "stated cost" in ended.out
