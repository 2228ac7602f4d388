from __future__ import annotations

import json

import pytest

from netroute.core.budget import Budget
from netroute.core.errors import InputError
from netroute.core.result import Result
from netroute.core.solve import run
from netroute.core.status import Status, StoppedBy


@pytest.fixture
def result(tiny):
    tiny.script(4.0)
    return run(
        tiny.problem, tiny.Numbers(), tiny.Scan(), budget=Budget(iterations=6), bound="scripted"
    )


def test_json_round_trip(result, tiny):
    data = json.loads(json.dumps(result.to_dict(), allow_nan=False))
    assert Result.from_dict(data, tiny.Pick) == result


def test_saved_file_is_the_full_result(result, tiny, tmp_path):
    result.save(tmp_path / "r.json")
    data = json.loads((tmp_path / "r.json").read_text())
    assert Result.from_dict(data, tiny.Pick).trace == result.trace


def test_short_form_has_what_the_command_line_promises(result):
    names = (
        "problem instance size solver parameters seed threads status stopped_by objective bound",
        "gap feasible seconds compile_seconds iterations metrics versions",
    )
    data = result.to_dict(full=False)
    assert set(" ".join(names).split()) <= set(data)
    assert not {"solution", "trace", "certificate"} & set(data)
    assert (data["status"], data["stopped_by"]) == ("feasible", "iterations")


@pytest.mark.parametrize("data", [None, [], {}, {"status": "fine"}, 3])
def test_other_data_is_an_input_error(data, tiny):
    with pytest.raises(InputError, match="not a result"):
        Result.from_dict(data, tiny.Pick)


def test_unknown_field_is_an_input_error(result, tiny):
    with pytest.raises(InputError, match="colour"):
        Result.from_dict(result.to_dict() | {"colour": 1}, tiny.Pick)


@pytest.mark.parametrize(
    ("objective", "bound", "gap"),
    [(10.0, 9.0, 0.1), (0.0, 0.0, 0.0), (0.0, -1.0, None), (10.0, None, None), (-10.0, -11.0, 0.1)],
)
def test_gap(objective, bound, gap):
    result = Result(
        problem="",
        instance="",
        size=1,
        fingerprint="",
        solver="",
        parameters={},
        seed=0,
        threads=1,
        status=Status.FEASIBLE,
        stopped_by=StoppedBy.TIME,
        solution=None,
        objective=objective,
        bound=bound,
    )
    assert result.gap == pytest.approx(gap) if gap is not None else result.gap is None
