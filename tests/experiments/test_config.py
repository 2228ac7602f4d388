from importlib import resources
from pathlib import Path

import pytest

from netroute.core.errors import InputError
from netroute.experiments.bench import run_bench
from netroute.experiments.config import BenchConfig
from netroute.experiments.settings import find_config, load_settings
from netroute.experiments.studies import load_studies

SHIPPED = sorted(
    Path(str(entry)).stem
    for entry in (resources.files("netroute.experiments") / "configs" / "bench").iterdir()
    if str(entry).endswith(".yaml")
)


def test_what_ships() -> None:
    assert {"smoke", "cvrp_x", "cvrp_xxl", "cvrp_threads"} <= set(SHIPPED)


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_configurations_are_valid(name: str) -> None:
    found = load_studies(find_config(name, "bench"))
    assert (found.name or found.entries[0].config.name) == name
    for entry in found.entries:
        budgets = {(budget.seconds, budget.iterations) for budget in entry.config.budgets}
        for target in entry.config.targets:
            assert (target.seconds, target.iterations) in budgets


def test_the_x_study_is_the_one_that_was_asked_for() -> None:
    config = load_settings(BenchConfig, find_config("cvrp_x", "bench"))
    assert len(config.instances) == 10
    assert [budget.seconds for budget in config.budgets] == [10, 60]
    assert len(config.budgets[1].instances or ()) == 6
    assert len(config.seeds) == 3
    assert config.threads == 1


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"sedes": [1]}, "sedes: unknown field, expected one of: name, problem"),
        ({"seeds": ["one"]}, "seeds.0: found 'one', expected a valid integer"),
        ({"seeds": [1, 1]}, "seeds must differ, found twice: 1"),
        ({"budgets": [0]}, "budgets.0.seconds: found 0, expected greater than 0"),
        ({"budgets": [{}]}, "budgets.0: expected seconds, iterations or both"),
        ({"solvers": []}, "solvers: "),
        ({"solvers": ["auto", "auto"]}, "solver labels must differ, found twice: auto"),
        ({"instances": [{"n": 100}]}, "instances.0.n: unknown field"),
        ({"problem": "cvpr"}, "unknown problem 'cvpr'"),
        ({"instances": ["none*.vrp"]}, "none*.vrp: nothing fits"),
        ({"reference_file": "none.csv"}, "none.csv: no such file"),
        ({"bound": "nq"}, "unknown bound 'nq', expected one of: instant, ng"),
        ({"jobs": 999}, "jobs: 999 jobs of 1 threads need 999 cores"),
        ({"budgets": [{"seconds": 1, "instances": ["x"]}]}, "budgets.0.instances: 'x' fits none"),
        (
            {"solvers": [{"solver": "bench_plugin:Tiny", "parameters": {"rset": 1}}]},
            "solvers.0: tiny: unknown parameter 'rset'",
        ),
        ({"solvers": ["bench_plugin:Huge"]}, "solvers.0: bench_plugin:Huge: cannot be imported"),
        (
            {"solvers": [{"solver": "bench_plugin:Tiny", "parameters": {"threads": 2}}]},
            "solvers.0: parameters.threads: found 2 threads on 1 cores",
        ),
        (
            {"targets": [{"solver": "tiny", "at_most": 1}]},
            "targets.0: expected the seconds, iterations or both of a budget",
        ),
        (
            {"targets": [{"solver": "auot", "seconds": 5, "at_most": 1}]},
            "target of unknown solver 'auot', expected: tiny",
        ),
    ],
)
def test_faults_are_one_line_with_file_and_field(bench, changes, message) -> None:
    with pytest.raises(InputError) as error:
        run_bench(bench.write(**changes), bench.out)
    text = str(error.value)
    assert text.startswith(f"{bench.config}: ")
    assert message in text
    assert "\n" not in text
    assert not (bench.out / "runs.sqlite").exists()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", ": found nothing, expected fields"),
        ("- 1", ": found a list, expected fields"),
        ("name: a\nname: b", ":2: is not YAML: the field 'name' occurs twice"),
        ("name: [", ":1: is not YAML: "),
        ("\x00", ": is not YAML"),
    ],
)
def test_files_that_are_no_configuration(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "study.yaml"
    path.write_text(text)
    with pytest.raises(InputError) as error:
        load_settings(BenchConfig, path)
    assert str(error.value).startswith(f"{path}{message}")


def test_an_unknown_name_lists_what_ships(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"shipped configuration: .*smoke"):
        run_bench("smoek", tmp_path)
    with pytest.raises(InputError, match="is a directory"):
        run_bench(tmp_path, tmp_path)
