from __future__ import annotations

import numpy as np
import pytest

from netroute.core.errors import InputError
from netroute.core.result import Result, TracePoint
from netroute.core.status import Status, StoppedBy
from netroute.problems.sdn import SdnInstance, SdnSolution

pytest.importorskip("matplotlib")

from netroute.viz.convergence import plot_convergence
from netroute.viz.sdn import plot_network


def ring(nodes: int = 8, **changes: object) -> SdnInstance:
    around = np.arange(nodes)
    angle = 2 * np.pi * around / nodes
    fields = {
        "name": "ring",
        "nodes": [f"node{i}" for i in around],
        "tail": np.append(around, (around + 1) % nodes),
        "head": np.append((around + 1) % nodes, around),
        "capacity": np.append(np.full(nodes, 10), np.full(nodes, 40)),
        "source": [0, 0, 1],
        "target": [1, 2, 2],
        "bandwidth": [9, 4, 2],
        "priority": [3, 3, 1],
        "position": np.column_stack([np.cos(angle), np.sin(angle)]),
    }
    return SdnInstance(**(fields | changes))


PLAN = SdnSolution.of(3, {0: [0], 2: [1]})


def svg(path, *arguments, monkeypatch, **options) -> str:
    import matplotlib as mpl

    monkeypatch.setitem(mpl.rcParams, "svg.fonttype", "none")
    plot_network(*arguments, path, **options)
    return path.read_text()


def colours(text: str) -> set[str]:
    """Stroke colours of all lines."""
    return {part[:7] for part in text.split("stroke: ")[1:] if part.startswith("#")}


def test_title_legend_and_classes(tmp_path, monkeypatch):
    text = svg(tmp_path / "a.svg", ring(), PLAN, monkeypatch=monkeypatch)
    for words in ("ring", "value 4", "2 of 3 flows admitted", "8 nodes, 16 arcs", "utilisation"):
        assert words in text
    for words in ("100 %", "1 of 2", "1 of 1", "admitted flows of each priority"):
        assert words in text


def test_instance_alone_shows_flows_without_utilisation(tmp_path, monkeypatch):
    text = svg(tmp_path / "a.svg", ring(), None, monkeypatch=monkeypatch)
    assert "flows of each priority" in text
    assert "3 flows" in text
    for words in ("utilisation", "admitted", "value"):
        assert words not in text


def test_arcs_are_coloured_by_their_load(tmp_path, monkeypatch):
    empty = svg(tmp_path / "a.svg", ring(), SdnSolution.of(3, {}), monkeypatch=monkeypatch)
    one = svg(tmp_path / "b.svg", ring(), SdnSolution.of(3, {0: [0]}), monkeypatch=monkeypatch)
    two = svg(tmp_path / "c.svg", ring(), PLAN, monkeypatch=monkeypatch)
    assert len(colours(one) - colours(empty)) == 1
    assert len(colours(two) - colours(empty)) == 2


def test_same_picture_gives_the_same_file(tmp_path):
    for name in "ab":
        plot_network(ring(position=None), PLAN, tmp_path / f"{name}.png")
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


def test_result_gives_bound_and_gap(tmp_path, monkeypatch):
    text = svg(tmp_path / "a.svg", ring(), PLAN, result=run(4.0, 5.0), monkeypatch=monkeypatch)
    for words in ("value 4", "bound 5", "gap 20.00 %"):
        assert words in text


def test_odd_plans_and_networks_are_drawn_too(tmp_path, monkeypatch):
    none = np.zeros(0, int)
    empty = {"source": none, "target": none, "bandwidth": none, "priority": none}
    lonely = SdnInstance(nodes=["a"], tail=none, head=none, capacity=none, **{**empty})
    cases = [
        (ring(), SdnSolution.of(3, {0: [99], 1: [5]})),
        (ring(), SdnSolution.of(7, {6: [3]})),
        (ring(), SdnSolution.of(1, {0: [0]})),
        (ring(position=np.zeros((8, 2))), PLAN),
        (ring(**empty), None),
        (ring(**empty), SdnSolution.of(0, {})),
        (lonely, None),
        (lonely, SdnSolution.of(0, {})),
        (ring(source=[0] * 40, target=[1] * 40, bandwidth=[1] * 40, priority=range(1, 41)), None),
        (ring(120), PLAN),
    ]
    for number, (instance, solution) in enumerate(cases):
        path = tmp_path / f"{number}.png"
        plot_network(instance, solution, path)
        assert path.read_bytes().startswith(b"\x89PNG")
    text = svg(tmp_path / "x.svg", *cases[0], monkeypatch=monkeypatch)
    assert "infeasible" in text


def test_unknown_file_format(tmp_path):
    with pytest.raises(InputError, match=r"found '\.bmp'"):
        plot_network(ring(), None, tmp_path / "a.bmp")


def run(value: float, bound: float) -> Result:
    return Result(
        problem="sdn",
        instance="ring",
        size=3,
        fingerprint="",
        solver="auto",
        parameters={},
        seed=0,
        threads=1,
        status=Status.FEASIBLE,
        stopped_by=StoppedBy.TIME,
        solution=None,
        objective=value,
        bound=bound,
        trace=(
            TracePoint(0.1, 0, value / 2, None),
            TracePoint(1.0, 1, value, 2 * bound),
            TracePoint(5.0, 2, value, bound),
        ),
        seconds=6.0,
    )


def test_convergence_of_values_that_are_maximised(tmp_path, monkeypatch):
    import matplotlib as mpl

    monkeypatch.setitem(mpl.rcParams, "svg.fonttype", "none")
    plot_convergence([run(400.0, 410.0)], tmp_path / "a.svg")
    text = (tmp_path / "a.svg").read_text()
    for words in ("value 400", "bound 410", "gap 2.44 %"):
        assert words in text
    assert "cost" not in text
