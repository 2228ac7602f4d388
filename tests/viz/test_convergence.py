from __future__ import annotations

import pytest

from netroute.core.errors import InputError
from netroute.core.result import Result, TracePoint
from netroute.core.status import Status, StoppedBy

pytest.importorskip("matplotlib")

from netroute.viz.convergence import plot_convergence


def result(*trace: tuple[float, float | None, float | None], seed: int = 0) -> Result:
    objectives = [cost for _, cost, _ in trace if cost is not None]
    bounds = [bound for _, _, bound in trace if bound is not None]
    return Result(
        problem="cvrp",
        instance="case",
        size=10,
        fingerprint="",
        solver="sisr",
        parameters={},
        seed=seed,
        threads=1,
        status=Status.FEASIBLE,
        stopped_by=StoppedBy.TIME,
        solution=None,
        objective=min(objectives, default=None),
        bound=max(bounds, default=None),
        trace=tuple(TracePoint(seconds, i, *rest) for i, (seconds, *rest) in enumerate(trace)),
        seconds=10.0,
    )


USUAL = ((0.01, 210.0, None), (0.1, 205.0, 180.0), (1.0, 200.5, 195.0), (8.0, 200.0, 198.0))


def drawn(path, results, monkeypatch) -> str:
    import matplotlib as mpl

    monkeypatch.setitem(mpl.rcParams, "svg.fonttype", "none")
    plot_convergence(results, path)
    return path.read_text()


def test_title_states_cost_bound_and_gap(tmp_path, monkeypatch):
    text = drawn(tmp_path / "a.svg", [result(*USUAL)], monkeypatch)
    for words in ("case", "cost 200", "bound 198", "gap 1.00 %", "sisr, seed 0", "seconds"):
        assert words in text


def test_several_runs_have_a_legend(tmp_path, monkeypatch):
    runs = [result(*USUAL, seed=1), result(*USUAL[:2], seed=2)]
    text = drawn(tmp_path / "a.svg", runs, monkeypatch)
    assert "sisr, seed 1" in text
    assert "sisr, seed 2" in text


@pytest.mark.parametrize(
    "trace",
    [
        ((0.0, 200.0, None),),
        ((0.0, 200.0, 200.0),),
        ((0.5, None, 100.0), (1.0, 200.0, None)),
        ((0.0, 1e9, None), (5.0, 1.0, 0.5)),
        ((0.0, 0.0, 0.0),),
    ],
)
def test_odd_traces_are_drawn_too(tmp_path, trace):
    path = tmp_path / "a.png"
    plot_convergence([result(*trace)], path)
    assert path.read_bytes().startswith(b"\x89PNG")


def test_no_trace_is_a_clear_error(tmp_path):
    for runs in ([], [result()], [result((1.0, None, 5.0))]):
        with pytest.raises(InputError, match="found no trace"):
            plot_convergence(runs, tmp_path / "a.png")
