"""Pictures of tours."""

from __future__ import annotations

import numpy as np
import pytest

from netroute import InputError
from netroute.problems.tsp import TspInstance, TspSolution

pytest.importorskip("matplotlib")

from netroute.viz import tsp
from netroute.viz.tsp import plot_tour

POINTS = np.random.default_rng(1).random((20, 2))


def test_what_is_drawn(tmp_path, monkeypatch):
    drawn = []
    draw = tsp._draw
    monkeypatch.setattr(
        tsp, "_draw", lambda chart, *rest: (draw(chart, *rest), drawn.append(chart))
    )
    instance = TspInstance(coordinates=POINTS, fixed_edges=[(3, 5)])
    plot_tour(instance, TspSolution.of(np.arange(1, 20)), tmp_path / "a.svg")
    (line,) = drawn[0].axes.lines
    expected = [*range(1, 20), 1]
    assert np.array_equal(line.get_xydata(), POINTS[expected])
    fixed, visited, missing = drawn[0].axes.collections
    assert np.array_equal(fixed.get_segments()[0], POINTS[[3, 5]])
    assert np.array_equal(visited.get_offsets(), POINTS[1:])
    assert np.array_equal(missing.get_offsets(), POINTS[:1])


def test_words_say_what_is_known():
    instance = TspInstance(coordinates=POINTS, fixed_edges=[(0, 1)])
    assert tsp._words(instance, None, None) == ["20 nodes", "1 fixed"]
    words = tsp._words(instance, TspSolution.of(np.arange(1, 20)), None)
    assert words[1:] == ["infeasible", "20 nodes", "1 fixed"]
    assert words[0].startswith("length ")


@pytest.mark.parametrize("case", ["geographic", "space", "matrix", "many"])
def test_all_kinds_of_instances(tmp_path, case):
    rng = np.random.default_rng(2)
    instance = {
        "geographic": TspInstance(coordinates=40 * POINTS, metric="geographic"),
        "space": TspInstance(coordinates=rng.random((20, 3))),
        "matrix": TspInstance(matrix=rng.random((20, 20)), display=POINTS),
        "many": TspInstance(coordinates=rng.random((4000, 2))),
    }[case]
    path = tmp_path / "a.png"
    plot_tour(instance, TspSolution.of(rng.permutation(instance.size)), path, title="a tour")
    assert path.read_bytes().startswith(b"\x89PNG")


def test_asymmetric_tours_have_a_direction(tmp_path):
    matrix = np.random.default_rng(3).random((20, 20))
    pictures = []
    for order in (np.arange(20), np.arange(20)[::-1]):
        for distances in (matrix, matrix + matrix.T):
            path = tmp_path / f"{len(pictures)}.png"
            instance = TspInstance(matrix=distances, display=POINTS)
            plot_tour(instance, TspSolution.of(order), path, title="a")
            pictures.append(path.read_bytes())
    assert pictures[0] != pictures[2]


def test_no_coordinates_no_map(tmp_path):
    with pytest.raises(InputError, match="there is no map to draw"):
        plot_tour(TspInstance(matrix=np.ones((3, 3))), None, tmp_path / "a.png")
