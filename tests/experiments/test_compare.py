"""Several studies in one run with one report, and what it says of learned solvers."""

from __future__ import annotations

import csv
import sqlite3
from contextlib import closing

import pytest
import yaml

from netroute.core.errors import InputError
from netroute.experiments.bench import run_bench
from netroute.experiments.boxes import plot_by_size, size_groups
from netroute.experiments.plan import list_instances, list_runs, list_solvers
from netroute.experiments.references import Reference, proven
from netroute.experiments.report import report
from netroute.experiments.settings import find_config
from netroute.experiments.statistics import Gaps
from netroute.experiments.store import Record
from netroute.experiments.studies import load_studies
from netroute.experiments.tables import summary_table
from netroute.experiments.words import duels, sentences

BLANK = {
    "fingerprint": "", "solver": "x", "parameters": "{}", "threads": 1, "revision": "",
    "budget": "1 s", "budget_seconds": 1.0, "budget_iterations": None, "error": "",
    "stopped_by": "", "iterations": 0, "seconds": 0.0, "compile_seconds": 0.0,
    "wall_seconds": 0.0, "cpu_seconds": 0.0, "peak_megabytes": 0.0, "cores": "", "finished": 0.0,
}  # fmt: skip

KINDS = {"net": "learned", "rule": "baseline", "simple": "baseline", "search": "heuristic"}


def record(label: str, number: int, objective: float | None, **changes: object) -> Record:
    own = {"seed": 1, "status": "missing" if objective is None else "done", "bound": None}
    return Record(
        **BLANK | own | {"size": 10 * number} | changes,
        instance=f"i{number}", label=label, objective=objective,
    )  # fmt: skip


def gaps(**values: list[float | None]) -> Gaps:
    records = [
        record(label, number, value)
        for label, row in values.items()
        for number, value in enumerate(row)
    ]
    references = {f"i{n}": Reference(100.0, "proven bound") for n in range(20)}
    return Gaps(records, references, "min", kinds={label: KINDS[label] for label in values})


def test_losing_to_a_simple_rule_is_said_in_words() -> None:
    rule = [101.0 + number for number in range(10)]
    found = gaps(
        net=[value + 2.0 + 0.1 * i for i, value in enumerate(rule)],
        rule=rule,
        simple=[value + 9.0 for value in rule],
        search=[100.0] * 10,
    )
    assert sentences(found, "1 s") == [
        "At 1 s **net is worse than 1 of 2 simple rules** (rule), by 2.45 points of mean gap "
        "against rule.",
        "net **loses to** rule: mean gap 7.95 % against 5.50 %; better on 0, worse on 10 of 10 "
        "instances, p = 0.0039.",
        "net beats simple: mean gap 7.95 % against 14.50 %; better on 10, worse on 0 of 10 "
        "instances, p = 0.0039.",
    ]
    # Two comparisons, each with 2 / 1024.
    assert [entry.adjusted for entry in duels(found, "1 s")] == pytest.approx([4 / 1024] * 2)


def test_chance_ties_and_missing_answers_are_said_too() -> None:
    found = gaps(net=[105.0, 106.0, None], rule=[104.0, 106.5, 101.0], simple=[105.0, 106.0, 99.0])
    text = sentences(found, "1 s")
    assert text[0].startswith("At 1 s **net is worse than 1 of 2 simple rules** (rule)")
    assert text[1] == "At 1 s **net has no answer on 1 of 3 instances**."
    assert text[2].startswith("net is behind rule, which may be chance: mean gap 5.50 % against")
    assert text[3].startswith("net equals simple: mean gap 5.50 % against 5.50 %; better on 0")
    assert sentences(gaps(rule=[101.0], search=[100.0]), "1 s") == []
    better = sentences(gaps(net=[100.5], rule=[101.0]), "1 s")
    assert better[0] == "At 1 s **net** has a smaller mean gap than each simple rule."


def test_the_summary_states_kind_and_feasible_runs() -> None:
    found = gaps(net=[105.0, 106.0], rule=[104.0, 107.0])
    table = summary_table(found, "1 s")
    assert "| net | learned | 2/2 | 2/2 | 5.500 |" in table


def test_sizes_are_grouped(tmp_path) -> None:
    assert size_groups([5, 5, 9]) == [("5", {5}), ("9", {9})]
    groups = size_groups(list(range(1, 21)))
    assert [label for label, _ in groups] == ["1–5", "6–10", "11–15", "16–20"]
    assert set().union(*(sizes for _, sizes in groups)) == set(range(1, 21))
    assert len(size_groups([1] * 50 + [2, 3, 4, 5, 6, 7])) <= 4
    assert not plot_by_size(gaps(net=[None]), tmp_path / "no.png")
    assert plot_by_size(gaps(net=[105.0, 99.0], rule=[104.0, 107.0]), tmp_path / "box.png")
    assert (tmp_path / "box.png").read_bytes().startswith(b"\x89PNG")


def test_instances_without_a_bound_have_no_reference() -> None:
    records = [record("net", 1, 5.0), record("rule", 1, 6.0), record("net", 2, 5.0, bound=4.0)]
    assert proven(records, "min") == {"i2": Reference(4.0, "proven bound")}
    assert proven([record("net", 1, 5.0), record("rule", 1, None)], "min") == {}
    with pytest.raises(InputError, match="i1: no run has proven a bound"):
        proven(records[:2], "min")


def studies(bench) -> dict[str, object]:
    """Two studies: boxes of the plug-in, and tours, named by their file."""
    (bench.folder / "tours.yaml").write_text(
        yaml.safe_dump(
            {
                "name": "tours",
                "problem": "tsp",
                "instances": [{"generator": "points", "nodes": 20, "sweep": {"seed": "1-2"}}],
                "solvers": ["nearest", "savings"],
                "budgets": [{"iterations": 1}],
            }
        )
    )
    bench.write(
        name="boxes",
        instances=["box0.vrp", "box1.vrp"],
        solvers=[bench.tiny("apart"), bench.tiny("whole", together=True) | {"seeds": [1]}],
        budgets=[{"iterations": 3}],
        reference="bound",
        prove={"solver": "savings", "bound": "instant", "seconds": 1.0},
    )
    both = {"name": "both", "studies": [dict(bench.data), "tours.yaml"]}
    bench.config.write_text(yaml.safe_dump(both))
    return both


def test_studies_make_one_report_and_go_on(bench) -> None:
    studies(bench)
    seen: list[str] = []
    result = run_bench(bench.config, bench.out, observe=lambda run, _: seen.append(run.key))
    # Two instances: proofs, two seeds and one; two tours with two solvers.
    assert (result.done, result.failed, result.missing) == (2 + 4 + 2 + 4, 0, 0)
    assert len(set(seen)) == 12
    text = (bench.out / "report.md").read_text()
    assert text.startswith("# both\n\n## At a glance\n")
    assert "| boxes | 3 iterations | – | – | – | whole " in text
    assert "In no study and at no budget of this run." in text
    assert "savings and bound method instant had 1 s on each instance to prove a bound" in text
    page = (bench.out / "report.html").read_text()
    assert page.count("data:image/png;base64,") == 4
    assert 'href="boxes/report.html"' in page
    # Nothing of the page is elsewhere, but the reports that it links to.
    assert "http" not in page
    with (bench.out / "boxes" / "summary.csv").open() as stream:
        summary = {row["label"]: row for row in csv.DictReader(stream)}
    assert set(summary) == {"apart", "whole"}
    with closing(sqlite3.connect(bench.out / "boxes" / "runs.sqlite")) as store:
        query = "SELECT objective, bound, label FROM runs JOIN planned USING (key)"
        rows = store.execute(query).fetchall()
    bounds = [bound for _, bound, label in rows if label == "proof"]
    costs = [cost for cost, _, label in rows if label == "whole"]
    gaps = [100 * (cost / bound - 1) for cost, bound in zip(costs, bounds, strict=True)]
    assert float(summary["whole"]["mean"]) == pytest.approx(sum(gaps) / 2)

    saved = yaml.safe_load((bench.out / "config.yaml").read_text())
    assert saved["studies"][1]["problem"] == "tsp"
    again: list[str] = []
    run_bench(bench.out / "config.yaml", bench.out, observe=lambda run, _: again.append(run.key))
    assert again == []
    assert (bench.out / "report.md").read_text() == text
    new = ["studies.0.seeds=[1,2,3]", "jobs=1"]
    run_bench(
        bench.config,
        bench.out,
        overrides=new,
        observe=lambda run, _: again.append(run.solver.label),
    )
    assert again == ["apart", "apart"]


def test_a_study_without_bounds_does_not_stop_the_others(bench) -> None:
    both = studies(bench)
    # No run of the first study proves anything.
    boxes = dict(bench.data) | {"seeds": [1]}
    del boxes["prove"]
    both["studies"] = [boxes, "tours.yaml"]
    bench.config.write_text(yaml.safe_dump(both))
    with pytest.raises(InputError, match="boxes: box0: no run has proven a bound"):
        run_bench(bench.config, bench.out)
    text = (bench.out / "report.md").read_text()
    assert "- boxes: no run has proven a bound" in text
    assert "| tours | 1 iterations | " in text


def test_instances_without_a_bound_are_left_out_and_named(bench) -> None:
    studies(bench)
    bench.write(instances=["box0.vrp", "box1.vrp"], seeds=[1])
    run_bench(bench.config, bench.out)
    with closing(sqlite3.connect(bench.out / "runs.sqlite")) as store:
        key = "SELECT key FROM planned WHERE instance = 'box0'"
        store.execute(f"UPDATE runs SET bound = NULL WHERE key IN ({key})")
        store.commit()
    assert report(bench.out).done == 6
    text = (bench.out / "report.md").read_text()
    assert "**Left out, as no bound was proven: box0.**" in text
    assert "| apart | baseline | 1/1 |" in text


def test_faults_of_studies_are_found_before_the_first_run(bench) -> None:
    both = studies(bench)

    def refuse(match: str, *overrides: str) -> None:
        with pytest.raises(InputError, match=match):
            run_bench(bench.config, bench.out, overrides=overrides, observe=pytest.fail)

    refuse(r"studies\.0: solvers\.0\.nothing: unknown field", "studies.0.solvers.0.nothing=1")
    refuse(r"studies\.1: no\.yaml: no such file", "studies.1=no.yaml")
    refuse("studies.0: name: found '../up'", "studies.0.name=../up")
    refuse("jobs: 999 jobs of 1 threads need 999 cores", "jobs=999")
    refuse("unknown field, expected one of: name, studies, jobs", "nothing=1")
    refuse("prove is of use with 'reference: bound' only", "studies.0.reference=best")
    refuse("unknown solver 'nope'", "studies.0.prove.solver=nope")
    both["studies"] = [both["studies"][0]] * 2
    bench.config.write_text(yaml.safe_dump(both))
    refuse("names must differ, found twice: boxes")


def test_the_shipped_comparison_has_all_families() -> None:
    found = load_studies(find_config("compare", "bench"))
    problems = {entry.config.problem for entry in found.entries}
    assert problems == {"cvrp", "tsp", "sdn", "wsn", "collective"}
    for entry in found.entries:
        config = entry.config
        assert config.reference == "bound"
        instances = list_instances(config, entry.path.parent)
        # Enough pairs for a test; every solver, parameter and policy that is named exists.
        assert len(instances) >= 9
        assert len(list_runs(config, instances, list_solvers(config))) > 90
    [cvrp] = [e.config for e in found.entries if e.config.problem == "cvrp"]
    labels = {solver.label for solver in cvrp.solvers}
    assert {"nearest", "savings", "random-insertion", "auto"} <= labels
