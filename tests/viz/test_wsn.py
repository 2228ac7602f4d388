from __future__ import annotations

import numpy as np
import pytest

from netroute.core.errors import InputError
from netroute.core.result import Result
from netroute.core.status import Status, StoppedBy
from netroute.problems.wsn import WsnInstance, WsnSolution

pytest.importorskip("matplotlib")

from netroute.viz.wsn import plot_field
from netroute.viz.wsn_curves import plot_alive, plot_bound


def ring(nodes: int = 6, **changes: object) -> WsnInstance:
    angle = 2 * np.pi * np.arange(nodes) / nodes
    values = {
        "name": "ring",
        "position": 50 + 40 * np.column_stack([np.cos(angle), np.sin(angle)]),
        "base_station": [50, 50],
        "energy": np.linspace(0.01, 0.02, nodes),
        "field": [100, 100],
    }
    return WsnInstance(**(values | changes))


CLUSTERS = WsnSolution([[-1, 0, 0, -1, 3, -1]] * 2, [[1, 0, 0, 1, 0, 0]] * 2, [4, 6])


def run(solver: str, objective: float, bound: float | None = None, *, seed: int = 0, plan=None):
    return Result(
        problem="wsn",
        instance="ring",
        size=6,
        fingerprint="",
        solver=solver,
        parameters={},
        seed=seed,
        threads=1,
        status=Status.FEASIBLE,
        stopped_by=StoppedBy.COMPLETED,
        objective=objective,
        bound=bound,
        solution=CLUSTERS if plan is None else plan,
        certificate=None,
        metrics={},
        seconds=1.0,
        compile_seconds=0.0,
        iterations=10,
        trace=(),
        versions={},
    )


@pytest.fixture
def svg(tmp_path, monkeypatch):
    """Draw into an SVG file and return its text."""
    import matplotlib as mpl

    monkeypatch.setitem(mpl.rcParams, "svg.fonttype", "none")

    def draw(plot, *arguments, **options) -> str:
        plot(*arguments, tmp_path / "a.svg", **options)
        return (tmp_path / "a.svg").read_text()

    return draw


def test_field_alone_shows_energies(svg):
    text = svg(plot_field, ring(), None)
    for words in ("ring", "6 nodes", "base station", "joules at the start"):
        assert words in text


def test_clusters_of_the_round_half_way(svg):
    text = svg(plot_field, ring(), CLUSTERS, result=run("leach", 10, 20.0))
    for words in ("round 5 of 10: 2 heads", "value 10", "bound 20", "leach", "energy left"):
        assert words in text
    assert "joules" not in text


def test_one_round_and_none(svg):
    one = WsnSolution([[-1] * 6], [[0] * 6], [1])
    assert "round 1 of 1: 0 heads" in svg(plot_field, ring(), one)
    none = WsnSolution(np.zeros((0, 6)), np.zeros((0, 6)), np.zeros(0))
    assert "6 nodes" in svg(plot_field, ring(), none)


def test_many_nodes_are_a_raster(svg):
    rng = np.random.default_rng(0)
    net = ring(4000, position=100 * rng.random((4000, 2)), energy=0.5)
    assert "<image" in svg(plot_field, net, None)


def test_alive_curves(svg):
    net = ring()
    costs = WsnSolution([[-1] * 6], [[0] * 6], [30])
    text = svg(plot_alive, net, [run("leach", 10, seed=1), run("direct", 30, 44.0, plan=costs)])
    for words in ("ring", "nodes alive", "round", "leach", "direct", "no first death after 44"):
        assert words in text
    twice = svg(plot_alive, net, [run("leach", 10, seed=1), run("leach", 10, seed=2)])
    assert "leach, seed 2" in twice
    assert "no first death" not in twice


def test_shares_of_the_bound(svg):
    text = svg(plot_bound, ring(), [run("leach", 10), run("lp-schedule", 39, 40.0), run("x", 0)])
    for words in ("25.0 %", "97.5 %", "0.0 %", ">39<", "bound 40", "lp-schedule"):
        assert words in text


def test_what_cannot_be_compared(tmp_path):
    with pytest.raises(InputError, match="found no proven bound"):
        plot_bound(ring(), [run("leach", 10)], tmp_path / "a.png")
    with pytest.raises(InputError, match="found no schedule"):
        plot_alive(ring(), [], tmp_path / "a.png")
    assert list(tmp_path.iterdir()) == []
