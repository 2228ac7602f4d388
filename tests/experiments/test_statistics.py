import numpy as np
import pytest

from netroute.core.errors import InputError
from netroute.experiments.config import InstanceSpec, TargetSpec
from netroute.experiments.curves import curves
from netroute.experiments.plan import BenchInstance
from netroute.experiments.references import Reference, known_references, read_references
from netroute.experiments.significance import compare, holm, signed_rank
from netroute.experiments.statistics import Gaps, percent_gap
from netroute.experiments.store import Record
from netroute.experiments.targets import judge


def record(instance: str, label: str, objective: float | None, **fields) -> Record:
    values = {
        "instance": instance, "label": label, "objective": objective, "seed": 1, "size": 10,
        "fingerprint": instance, "solver": label, "parameters": "{}", "threads": 1,
        "revision": "", "budget": "10 s", "budget_seconds": 10.0, "budget_iterations": None,
        "status": "failed" if objective is None else "done", "error": "", "bound": None,
        "stopped_by": "time", "iterations": 0, "seconds": 10.0, "compile_seconds": 0.0,
        "wall_seconds": 10.2, "cpu_seconds": 10.0, "peak_megabytes": 100.0, "cores": "[0]",
        "finished": 0.0, "trace": [],
    }  # fmt: skip
    return Record(**(values | fields))


def gaps_of(records: list[Record], value: float = 100.0, sense: str = "min") -> Gaps:
    names = {r.instance for r in records}
    return Gaps(records, {name: Reference(value, "best known") for name in names}, sense)


def test_gaps_by_sense() -> None:
    assert percent_gap(102.0, 100.0) == pytest.approx(2.0)
    assert percent_gap(98.0, 100.0) == pytest.approx(-2.0)
    assert percent_gap(98.0, 100.0, sense="max") == pytest.approx(2.0)
    assert percent_gap(-90.0, -100.0) == pytest.approx(10.0)
    assert percent_gap(0.0, 0.0) == 0.0


def test_medians_over_seeds_then_means_over_instances() -> None:
    records = [
        *(record("a", "x", value, seed=s) for s, value in enumerate([101, 109, 102])),
        *(record("b", "x", value, seed=s) for s, value in enumerate([104, 106])),
        record("a", "y", 102),
        record("b", "y", None),
    ]
    gaps = gaps_of(records)
    assert gaps.medians("10 s", "x") == pytest.approx({"a": 2.0, "b": 5.0})
    one, other = gaps.summary("10 s", "x"), gaps.summary("10 s", "y")
    assert (one.mean, one.median, one.worst, one.common) == pytest.approx((3.5, 3.5, 5.0, 2.0))
    assert (one.wins, one.answered, other.wins, other.answered, other.failed) == (2, 2, 1, 1, 1)
    assert one.overrun_seconds == pytest.approx(0.2)


def test_wilcoxon_by_hand() -> None:
    # Five losses of five: 2 of the 2^5 sign patterns are as extreme.
    assert signed_rank([1, 2, 3, 4, 5]) == pytest.approx(2 / 32)
    # Rank sums 1 and 14: the patterns with a sum of 0 or 1 on either side are 4 of 32.
    assert signed_rank([-1, 2, 3, 4, 5]) == pytest.approx(4 / 32)
    # Zeros carry no information and are left out.
    assert signed_rank([0, 0, 1, 2, 3, 4, 5]) == pytest.approx(2 / 32)
    assert signed_rank([0.0, 0.0]) == 1.0
    assert holm([0.04, 0.01, 0.03]) == pytest.approx([0.06, 0.03, 0.06])


def test_comparisons_are_paired_over_common_instances() -> None:
    records = [record(f"i{k}", "x", 100 + k) for k in range(1, 7)]
    records += [record(f"i{k}", "y", 100 + 2 * k) for k in range(1, 6)]
    (entry,) = compare(gaps_of(records), "10 s")
    assert (entry.pairs, entry.better, entry.worse) == (5, 5, 0)
    assert entry.difference == pytest.approx(-3.0)
    assert entry.p == entry.adjusted == pytest.approx(2 / 32)


@pytest.mark.parametrize(
    ("fields", "value"),
    [
        ({"metric": "mean_gap"}, 2.0),
        ({"metric": "max_gap"}, 3.0),
        ({"metric": "median_gap", "instances": ["a"]}, 1.0),
        ({"metric": "behind"}, 2.0),
        ({"metric": "behind", "peers": {"a": -4.0}}, 5.0),
        ({"metric": "difference", "rival": "y"}, 0.0),
        ({"metric": "memory"}, 100.0),
        ({"metric": "overrun"}, 0.2),
        ({"metric": "mean_gap", "seconds": 60}, None),
        ({"metric": "mean_gap", "solver": "z"}, None),
    ],
)
def test_targets(fields: dict, value: float | None) -> None:
    records = [record("a", "x", 101), record("b", "x", 103), record("a", "y", 103)]
    records += [record("b", "y", 101), record("a", "z", 100), record("b", "z", None)]
    records = [r for r in records if r.label != "z" or fields.get("solver") == "z"]
    target = TargetSpec(**({"solver": "x", "seconds": 10, "at_most": 2.5} | fields))
    (verdict,) = judge(gaps_of(records), [target])
    assert verdict.value == (value if value is None else pytest.approx(value))
    assert verdict.reached == (value is not None and value <= 2.5)


def test_curves_start_once_every_run_has_an_answer_and_end_at_the_checked_one() -> None:
    records = [
        record("a", "x", 101, trace=[(0.1, 120.0, None), (2.0, 101.0, None)]),
        record("b", "x", 101, trace=[(0.5, None, 90.0), (1.0, 110.0, 90.0), (5.0, 101.0, 90.0)]),
        record("a", "late", 105), record("b", "late", 105),
    ]  # fmt: skip
    curve, late = curves(gaps_of(records), "10 s")
    assert curve.seconds[0] == pytest.approx(1.0, rel=0.05)
    assert curve.gaps[0] == pytest.approx(15.0)
    assert curve.gaps[-1] == pytest.approx(1.0)
    assert (np.diff(curve.gaps) <= 0).all()
    assert (late.seconds[-1], late.gaps[-1]) == pytest.approx((10.0, 5.0))


def test_reference_tables(tmp_path) -> None:
    path = tmp_path / "bks.csv"
    path.write_text("name,n,bks\na,10,27591\nb,5,12.5\n")
    assert read_references(path) == {"a": 27591.0, "b": 12.5}
    (tmp_path / "a.vrp").touch()
    instances = [
        BenchInstance(name, 10, name, InstanceSpec(source=source))
        for name, source in {
            "a": str(tmp_path / "a.vrp"),
            "b": str(tmp_path / "b.vrp"),
            "X-n101-k25": "cvrplib:X-n101-k25",
            "unknown": "unknown.vrp",
        }.items()
    ]
    assert known_references(instances, {"b": 1.0}, None) == {
        "a": 27591,
        "b": 1,
        "X-n101-k25": 27591,
    }
    path.write_text("name,n,bks\na,10,x\n")
    with pytest.raises(InputError, match=r"bks.csv:2: found 'x', expected a number"):
        read_references(path)
    path.write_text("a,b\n")
    with pytest.raises(InputError, match="expected the columns name and bks"):
        read_references(path)
