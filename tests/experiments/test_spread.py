"""Figures over all seeds of a benchmark, and further figures of its answers."""

from __future__ import annotations

import csv
import json
import sqlite3

import pytest

from netroute.core.errors import InputError
from netroute.experiments.bench import run_bench
from netroute.experiments.references import Reference
from netroute.experiments.spread import spread, spread_table, worst_table
from netroute.experiments.statistics import Gaps
from netroute.experiments.store import Record

BLANK = {
    "size": 1, "fingerprint": "", "solver": "x", "parameters": "{}", "threads": 1, "revision": "",
    "budget": "1 s", "budget_seconds": 1.0, "budget_iterations": None, "status": "done",
    "error": "", "bound": None, "stopped_by": "", "iterations": 0, "seconds": 0.0,
    "compile_seconds": 0.0, "wall_seconds": 0.0, "cpu_seconds": 0.0, "peak_megabytes": 0.0,
    "cores": "", "finished": 0.0,
}  # fmt: skip

FURTHER = """
from netroute.core.errors import UnsupportedError


def stops(instance, solution):
    if instance.name == "box1":
        raise UnsupportedError("no figure of this one")
    return 3.0
"""


@pytest.fixture
def gaps():
    values = {("a", "x"): range(100, 200), ("b", "x"): [100], ("a", "y"): [110, 130]}
    records = [
        Record(**BLANK, instance=name, label=label, seed=seed, objective=float(value),
               measures={"time": 1.5 * value} if seed == 1 else {})
        for (name, label), row in values.items()
        for seed, value in enumerate(row, start=1)
    ]  # fmt: skip
    return Gaps(records, {name: Reference(100.0, "proven bound") for name in "ab"}, "min")


def test_instances_count_alike_and_percentiles_are_over_runs(gaps):
    found = spread(gaps, [r for r in gaps.records if r.label == "x"])
    assert (found.runs, found.worst) == (101, 99.0)
    # Means of 0 … 99 and of 0; reached once in a hundred, and always.
    assert found.mean == pytest.approx(49.5 / 2)
    assert found.reached == pytest.approx(0.505)
    assert 98.0 <= found.p99 <= 99.0
    assert found.measures["time"] == pytest.approx((1.5, 1.5))
    assert spread(gaps, []) is None


def test_tables(gaps):
    text = spread_table(gaps, "1 s")
    assert "| y | 2 | 20.00 | 29.80 | 30.00 | 0.0 | 1.5000 | 1.5000 |" in text
    assert "time / objective" in text
    assert worst_table(gaps, "1 s").splitlines()[2:] == [
        "| a | 49.5 / 99.0 | 20.0 / 30.0 |",
        "| b | 0.0 | – |",
    ]


def test_benchmark_measures_the_first_seed_and_narrows_seeds(bench):
    (bench.folder / "further.py").write_text(FURTHER)
    bench.write(
        instances=["box0.vrp", "box1.vrp"],
        solvers=[bench.tiny("a"), bench.tiny("b") | {"seeds": [1]}],
        seeds="1-2",
        measures={"stops": "further:stops", "routes": "routes", "none": "nothing"},
    )
    result = run_bench(bench.config, bench.out)
    assert (result.done, result.failed) == (6, 0)
    connection = sqlite3.connect(bench.out / "runs.sqlite")
    query = "SELECT instance, label, seed, measures FROM runs JOIN planned USING (key)"
    rows = connection.execute(query).fetchall()
    connection.close()
    assert len(rows) == 6
    for instance, label, seed, measures in rows:
        assert (label, seed) != ("b", 2)
        found = json.loads(measures)
        assert (found.pop("routes"), found.pop("none")) == (3.0, None)
        assert found == ({} if seed == 2 else {"stops": None if instance == "box1" else 3.0})
    with (bench.out / "seeds.csv").open() as stream:
        table = {(r["instance"], r["label"]): r for r in csv.DictReader(stream)}
    assert table["box0", "a"]["runs"] == "2"
    assert table["box0", "b"]["runs"] == "1"
    assert float(table["box0", "a"]["stops / objective"]) == pytest.approx(3.0 / 68.0)
    assert table["box1", "a"]["stops / objective"] == ""
    assert "Over all runs, each seed by itself:" in (bench.out / "report.md").read_text()


def test_folders_of_earlier_versions_are_widened(bench):
    bench.write(instances=["box0.vrp"], seeds=[1])
    run_bench(bench.config, bench.out)
    connection = sqlite3.connect(bench.out / "runs.sqlite")
    connection.execute("ALTER TABLE runs DROP COLUMN measures")
    connection.commit()
    connection.close()
    result = run_bench(bench.config, bench.out)
    assert (result.done, result.missing) == (1, 0)


@pytest.mark.parametrize("path", ["further:nothing", "json:nothing", "json:__name__"])
def test_measures_that_are_no_functions(bench, path):
    bench.write(measures={"x": path})
    with pytest.raises(InputError, match=r"measures\.x: found .*, expected a function"):
        run_bench(bench.config, bench.out)


def test_seeds_of_a_solver_are_some_of_the_benchmarks(bench):
    bench.write(solvers=[bench.tiny("a") | {"seeds": [3]}])
    with pytest.raises(InputError, match="solver a: 3 is none of the seeds"):
        run_bench(bench.config, bench.out)
