import csv
import json
import os
import sqlite3

import pytest
import yaml

from netroute.core.errors import InputError
from netroute.experiments.bench import run_bench
from netroute.experiments.report import report
from netroute.experiments.store import Store


def rows(bench, query: str) -> list[tuple]:
    connection = sqlite3.connect(bench.out / "runs.sqlite")
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def test_report_tables_and_pictures(bench) -> None:
    # Around a box of 10 (number + 1) by 10: apart 2 (10 + 10 k + diagonal), together 20 + 20 k.
    bench.write(
        solvers=[bench.tiny("apart"), bench.tiny("whole", together=True)],
        references={"box0": 32.0},
        targets=[
            {"solver": "whole", "seconds": 5, "metric": "max_gap", "at_most": 25.0, "stretch": 1},
            {"solver": "apart", "seconds": 5, "metric": "behind", "at_most": 0.1},
            {"solver": "apart", "seconds": 9, "at_most": 0.1},
        ],
    )
    seen = []
    result = run_bench(bench.config, bench.out, observe=lambda run, _: seen.append(run.key))
    assert (result.done, result.failed, result.missing) == (12, 0, 0)
    assert len(set(seen)) == 12
    assert [verdict.word for verdict in result.targets] == [
        "reached",
        "not reached",
        "not measured",
    ]
    assert not result.reached

    with (bench.out / "runs.csv").open() as stream:
        runs = list(csv.DictReader(stream))
    costs = {(r["instance"], r["label"]): float(r["objective"]) for r in runs}
    assert costs["box0", "whole"] == 40.0
    assert costs["box0", "apart"] == 68.0
    assert costs["box2", "whole"] == 80.0
    assert all(float(r["wall_seconds"]) > 0 and float(r["peak_megabytes"]) > 10 for r in runs)
    with (bench.out / "summary.csv").open() as stream:
        summary = {r["label"]: r for r in csv.DictReader(stream)}
    # 40 against the reference 32; on the two others it is the best that was found.
    assert float(summary["whole"]["mean"]) == pytest.approx(25 / 3)
    assert summary["whole"]["wins"] == "3"

    text = (bench.out / "report.md").read_text()
    assert "| box0 | 4 | 32 | 112.500 | **25.000** |" in text
    assert "| box2 | 4 | 80* |" in text
    assert "| apart | whole | 3 | 0 / 3 |" in text
    assert "| max gap of whole at 5 s | ≤ 25 % | ≤ 1 % | 25 % | reached |" in text
    assert "![gap over time](gap_over_time.png)" in text
    for name in ("gap_over_time.png", "gap_by_instance.png"):
        assert (bench.out / name).read_bytes().startswith(b"\x89PNG")

    saved = yaml.safe_load((bench.out / "config.yaml").read_text())
    assert saved["instances"][0]["source"] == str(bench.folder / "box0.vrp")
    (bench.out / "report.md").unlink()
    assert str(report(bench.out)) == str(result)
    assert (bench.out / "report.md").read_text() == text
    with Store(bench.out / "runs.sqlite") as store:
        [(key, *_)] = rows(bench, "SELECT key FROM planned WHERE label = 'whole' LIMIT 1")
        assert store.solution(key)["routes"]


def test_gaps_can_be_measured_against_proven_bounds(bench) -> None:
    bench.write(bound="instant", reference="bound", seeds=[1], instances=["box0.vrp", "box1.vrp"])
    result = run_bench(bench.config, bench.out)
    assert (result.done, result.failed) == (2, 0)
    with (bench.out / "summary.csv").open() as stream:
        [summary] = csv.DictReader(stream)
    gaps = [
        100 * (cost / bound - 1) for cost, bound in rows(bench, "SELECT objective, bound FROM runs")
    ]
    assert min(gaps) > 0
    assert float(summary["mean"]) == pytest.approx(sum(gaps) / 2)
    assert (
        "the tightest bound that one of the runs has proven"
        in (bench.out / "report.md").read_text()
    )


def test_bound_as_reference_needs_one(bench) -> None:
    bench.write(reference="bound", seeds=[1], instances=["box0.vrp"])
    with pytest.raises(InputError, match="no run has proven a bound"):
        run_bench(bench.config, bench.out)


def test_failures_are_recorded_and_tried_again(bench) -> None:
    bench.write(
        instances=["box0.vrp"],
        seeds=[1],
        budgets=[0.2],
        kill_after=2.5,
        solvers=[bench.tiny("well")]
        + [bench.tiny(fault, fault=fault) for fault in ("refuse", "bug", "die", "hang")],
    )
    result = run_bench(bench.config, bench.out)
    assert (result.done, result.failed) == (1, 4)
    errors = dict(rows(bench, "SELECT label, error FROM runs JOIN planned USING (key)"))
    assert errors["well"] == ""
    assert errors["refuse"] == "no wish to work"
    assert errors["bug"] == "ZeroDivisionError: a bug"
    assert errors["die"].startswith("the process died")
    assert errors["hang"] == "killed 2.5 s after the end of its budget"
    text = (bench.out / "report.md").read_text()
    assert "| bug | ZeroDivisionError: a bug | box0 (seed 1, 0.2 s) |" in text
    again: list[str] = []
    keep = ["solvers.4.parameters.fault=refuse", "solvers.3.parameters.fault=refuse"]
    run_bench(
        bench.config,
        bench.out,
        overrides=keep,
        observe=lambda run, _: again.append(run.solver.label),
    )
    assert again == ["refuse", "bug", "die", "hang"]


def test_runs_are_pinned_to_their_own_cores_after_a_warm_up(bench) -> None:
    log = bench.folder / "log.txt"
    bench.write(
        instances=["box0.vrp"], solvers=[bench.tiny(log=str(log))], budgets=[{"iterations": 3}]
    )
    run_bench(bench.config, bench.out)
    core = min(os.sched_getaffinity(0))
    assert rows(bench, "SELECT DISTINCT cores FROM runs") == [(json.dumps([core]),)]
    lines = [line.split(" ", 3) for line in log.read_text().splitlines()]
    assert [seed for _, _, seed, _ in lines] == ["0", "1", "2"]
    assert {cores for _, _, _, cores in lines} == {f"[{core}]"}
    assert len({pid for pid, *_ in lines} | {str(os.getpid())}) == 2


def test_what_changes_is_run_again_and_the_rest_is_kept(bench) -> None:
    def labels(*overrides: str) -> list[tuple[str, int]]:
        seen = []
        run_bench(
            bench.config,
            bench.out,
            overrides=overrides,
            observe=lambda run, _: seen.append((run.instance.name, run.seed)),
        )
        return seen

    bench.write(instances=["box0.vrp", "box1.vrp", "box0.vrp"], seeds=[1])
    assert labels() == [("box0", 1), ("box1", 1)]
    assert labels() == []
    assert labels("seeds=[1, 2]", "instances=[box1.vrp]") == [("box1", 2)]
    assert labels("solvers.0.parameters.rest=0.01") == [("box0", 1), ("box1", 1)]
    text = (bench.folder / "box1.vrp").read_text()
    (bench.folder / "box1.vrp").write_text(text.replace("20 10", "30 10"))
    assert labels() == [("box1", 1)]
    assert rows(bench, "SELECT count(*) FROM runs") == [(6,)]


def test_folders_that_cannot_be_used(bench) -> None:
    with pytest.raises(InputError, match="no benchmark has run here"):
        report(bench.folder)
    bench.out.mkdir()
    with (
        Store(bench.out / "runs.sqlite", writing=True),
        pytest.raises(InputError, match="another benchmark is at work in this folder"),
    ):
        run_bench(bench.config, bench.out)
    (bench.folder / "file").write_text("")
    with pytest.raises(InputError, match="cannot be made"):
        run_bench(bench.config, bench.folder / "file")
    (bench.out / "runs.sqlite").write_bytes(b"no database at all" * 99)
    with pytest.raises(InputError, match="cannot be used as a store"):
        run_bench(bench.config, bench.out)
