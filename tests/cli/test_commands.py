from __future__ import annotations

import pytest


def test_info_tells_size_demand_vehicles_and_costs(netroute, ring):
    data = netroute("info", ring, "--json").json()
    assert data["name"] == "ring"
    assert data["problem"] == "cvrp"
    assert data["clients"] == 12
    assert data["minimal_vehicles"] == 3
    assert data["demand"] == [{"total": 12.0, "min": 1.0, "mean": 1.0, "max": 1.0}]
    assert data["extent"] == {"x": [100.0, 900.0], "y": [100.0, 900.0]}
    assert len(data["fingerprint"]) == 32
    text = netroute("info", ring).out
    assert "rounded to the nearest integer" in text
    assert "total 12" in text


def test_convert_keeps_the_instance(netroute, ring, tmp_path):
    as_json, back = tmp_path / "ring.json", tmp_path / "back.vrp"
    assert netroute("convert", ring, "--out", as_json).code == 0
    assert netroute("convert", as_json, "--out", back).code == 0
    prints = {netroute("info", p, "--json").json()["fingerprint"] for p in (ring, as_json, back)}
    assert len(prints) == 1
    ended = netroute("convert", ring, "--out", tmp_path / "ring.xyz")
    assert ended.code == 2
    assert ".vrp" in ended.line()


@pytest.mark.parametrize("generator", ["uchoa", "uniform"])
def test_generate_is_seeded(netroute, tmp_path, generator):
    texts = []
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        path = tmp_path / f"{name}.vrp"
        arguments = ("--generator", generator, "--n", 30, "--seed", seed, "--name", "same")
        assert netroute("generate", "cvrp", "--out", path, *arguments).code == 0
        texts.append(path.read_text())
    assert texts[0] == texts[1] != texts[2]


def test_generate_takes_the_generators_own_options(netroute, tmp_path):
    shown = netroute("generate", "cvrp", "--help")
    assert shown.code == 0
    assert "--depot" in shown.out
    path = tmp_path / "a.vrp"
    ended = netroute("generate", "cvrp", "--out", path, "--depott", "corner")
    assert ended.code == 2
    assert "expected one of: --" in ended.line()
    assert not path.exists()
    assert netroute("generate", "cvrp").code == 2


def test_plot_draws_instance_solution_and_convergence(netroute, ring, tmp_path):
    pytest.importorskip("matplotlib")
    sol, result = tmp_path / "r.sol", tmp_path / "r.json"
    arguments = ("--solver", "savings", "--bound", "none", "--out", sol, "--out", result)
    assert netroute("solve", "cvrp", ring, *arguments).code == 0
    pictures = []
    for words in ((), (sol,), (result,), (result, "--kind", "convergence")):
        out = tmp_path / f"{len(pictures)}.png"
        ended = netroute("plot", "cvrp", ring, *words, "--out", out)
        assert ended.code == 0, ended
        pictures.append(out.read_bytes())
        assert pictures[-1].startswith(b"\x89PNG")
    assert len(set(pictures)) == 4 or pictures[1] == pictures[2]
    ended = netroute(
        "plot", "cvrp", ring, sol, "--kind", "convergence", "--out", tmp_path / "n.png"
    )
    assert ended.code == 2
    assert "result" in ended.line()
    ended = netroute("plot", "cvrp", ring, "--kind", "graph", "--out", tmp_path / "n.png")
    assert "unknown plot 'graph'" in ended.line()


def test_solvers_lists_every_solver_with_its_parameters(netroute):
    data = netroute("solvers", "--json").json()
    entry = next(entry for entry in data if entry["problem"] == "cvrp")
    names = {solver["name"] for solver in entry["solvers"]}
    assert {"auto", "hgs", "sisr", "savings", "ilp", "pyvrp"} <= names
    assert {bound["name"] for bound in entry["bounds"]} == {"instant", "ng"}
    text = netroute("solvers", "cvrp").out
    for name in names:
        assert name in text
    assert "--set threads=" in text


def test_bench_refuses_a_wrong_configuration(netroute, tmp_path):
    ended = netroute("bench", "smoke", "--out", tmp_path / "run", "--set", "solvrs=auto")
    assert ended.code == 2
    assert "solvrs" in ended.line()
    ended = netroute("bench", tmp_path / "none.yaml", "--out", tmp_path / "run")
    assert ended.code == 2
    assert "none.yaml" in ended.line()


def test_version(netroute):
    import netroute as package

    ended = netroute("--version")
    assert ended.code == 0
    assert ended.out == f"netroute {package.__version__}\n"
