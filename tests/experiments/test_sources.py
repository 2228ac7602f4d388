"""What a configuration says about instances: files, names, patterns, options, generators."""

from pathlib import Path

import pytest

from netroute import InputError
from netroute.experiments.config import BenchConfig
from netroute.experiments.sources import expand, load

NATIVE = """?SNDlib native format; type: network; version: 1.0
NODES ( a ( 0 0 ) b ( 3 4 ) )
LINKS ( L ( a b ) 0 0 0 0 ( 10 1 40 2 ) )
DEMANDS ( D ( a b ) 1 30 UNLIMITED )
"""


def specs(*instances):
    config = {
        "name": "study",
        "problem": "sdn",
        "instances": list(instances),
        "solvers": ["greedy"],
        "budgets": [1],
    }
    return BenchConfig.model_validate(config).instances


def test_read_options_of_a_file(tmp_path):
    (tmp_path / "toy.sndlib").write_text(NATIVE)
    (spec,) = expand(specs({"source": "toy.sndlib", "demand_scale": 2, "split": 25}), tmp_path)
    instance = load("sdn", spec)
    assert (instance.name, instance.bandwidth.tolist()) == ("toy-x2", [20, 20, 20])
    (wrong,) = expand(specs({"source": "toy.sndlib", "scale": 2}), tmp_path)
    with pytest.raises(InputError, match="unknown read option 'scale'"):
        load("sdn", wrong)


def test_patterns_of_names():
    found = expand(specs({"source": "repetita:Garr2011*", "demand_scale": 4}), Path())
    assert [spec.source for spec in found] == [f"repetita:Garr2011{m}" for m in ("03", "07", "10")]
    assert all(spec.parameters == {"demand_scale": 4} for spec in found)
    assert [spec.source for spec in expand(specs("sndlib:polska"), Path())] == ["sndlib:polska"]
    with pytest.raises(InputError, match="nothing fits"):
        expand(specs("repetita:X*"), Path())


def test_generator():
    (spec,) = specs({"generator": "priority-flows", "nodes": 6, "flows": 20, "seed": 3})
    assert load("sdn", spec).name == "pf-n6-m24-f20-l67-s3"
    (wrong,) = specs({"generator": "priority-flows", "knoten": 6})
    with pytest.raises(InputError, match=r"priority-flows: .*knoten"):
        load("sdn", wrong)


def test_a_sweep_is_all_combinations():
    swept = {"generator": "priority-flows", "flows": 20, "sweep": {"nodes": [6, 7], "seed": "1-3"}}
    found = expand(specs(swept), Path())
    assert [spec.parameters for spec in found] == [
        {"flows": 20, "nodes": nodes, "seed": seed} for nodes in (6, 7) for seed in (1, 2, 3)
    ]
    assert load("sdn", found[4]).name == "pf-n7-m28-f20-l67-s2"
    # What is saved with a run is read again as the same instances.
    assert expand(specs(*[spec.model_dump(exclude_defaults=True) for spec in found]), Path()) == (
        found
    )


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ({"source": "a.json", "sweep": {"seed": "1-3"}}, "a sweep with a generator only"),
        ({"generator": "g", "seed": 1, "sweep": {"seed": "1-3"}}, "found seed in the sweep and"),
        ({"generator": "g", "sweep": {"seed": "3-1"}}, "found '3-1', expected a range"),
        ({"generator": "g", "sweep": {"seed": []}}, "at least 1 item"),
        ({"generator": "g", "sweep": {"seed": 3}}, "valid tuple"),
    ],
)
def test_sweeps_that_make_no_sense(spec, words):
    with pytest.raises(ValueError, match=words):
        specs(spec)
