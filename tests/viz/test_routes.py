from __future__ import annotations

import struct
import sys
import zlib

import numpy as np
import pytest

from netroute.core.errors import InputError, MissingExtraError
from netroute.problems.vrp import VehicleType, VrpInstance, VrpSolution

pytest.importorskip("matplotlib")

from netroute.viz.canvas import new_figure, require_picture_format
from netroute.viz.vrp import plot_routes


def instance(clients: int = 30, **changes: object) -> VrpInstance:
    points = np.random.default_rng(4).uniform(0, 1000, (clients + 1, 2))
    fields = {
        "name": "case",
        "coordinates": points,
        "deliveries": [0, *[1] * clients],
        "vehicles": (VehicleType(capacity=(10,)),),
    }
    return VrpInstance(**(fields | changes))


def plan(clients: int = 30, size: int = 10) -> VrpSolution:
    return VrpSolution.of(
        [range(i, min(i + size, clients + 1)) for i in range(1, clients + 1, size)]
    )


def pixels(path) -> np.ndarray:
    """Rows of an 8-bit RGBA PNG, unfiltered only as far as counting colours needs."""
    data = path.read_bytes()
    assert data.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", data[16:24])
    packed, at = b"", 8
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        if data[at + 4 : at + 8] == b"IDAT":
            packed += data[at + 8 : at + 8 + length]
        at += 12 + length
    raw = zlib.decompress(packed)
    assert len(raw) == height * (4 * width + 1)
    return np.array([width, height])


def test_picture_has_the_shape_of_the_map(tmp_path):
    points = [[0, 0], [3000, 0], [3000, 1000], [0, 1000]]
    wide = VrpInstance(coordinates=points, vehicles=(VehicleType(),))
    plot_routes(wide, VrpSolution.of([[1, 2, 3]]), tmp_path / "wide.png")
    width, height = pixels(tmp_path / "wide.png")
    assert width > 1.8 * height


def test_same_picture_gives_the_same_file_and_another_plan_another(tmp_path):
    for name, size in (("a", 10), ("b", 10), ("c", 5)):
        for suffix in ("png", "svg", "pdf"):
            plot_routes(instance(), plan(size=size), tmp_path / f"{name}.{suffix}")
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
    assert (tmp_path / "a.png").read_bytes() != (tmp_path / "c.png").read_bytes()
    assert (tmp_path / "a.svg").read_text().startswith("<?xml")
    assert (tmp_path / "a.pdf").read_bytes().startswith(b"%PDF")


def test_vector_picture_names_cost_and_routes(tmp_path, monkeypatch):
    import matplotlib as mpl

    monkeypatch.setitem(mpl.rcParams, "svg.fonttype", "none")
    case = VrpInstance(
        name="triangle", coordinates=[[0, 0], [3, 4], [6, 8]], vehicles=(VehicleType(),)
    )
    plot_routes(case, VrpSolution.of([[1, 2]]), tmp_path / "a.svg")
    text = (tmp_path / "a.svg").read_text()
    for words in ("triangle", "cost 20", "1 vehicles", "2 clients"):
        assert words in text
    plot_routes(case, VrpSolution.of([[1]]), tmp_path / "b.svg")
    assert "infeasible" in (tmp_path / "b.svg").read_text()
    plot_routes(case, None, tmp_path / "c.svg")
    assert "cost" not in (tmp_path / "c.svg").read_text()


def test_odd_plans_are_drawn_too(tmp_path):
    cases = [
        (instance(), None),
        (instance(), VrpSolution(())),
        (instance(), VrpSolution.of([[1, 2, 99], [2, -1]])),
        (instance(coordinates=np.zeros((31, 2))), plan()),
        (instance(metric="geographic"), plan()),
        (instance(vehicles=(VehicleType(capacity=(10,), end_depot=None),)), plan()),
        (instance(clients=0), None),
    ]
    for number, (case, routes) in enumerate(cases):
        path = tmp_path / f"{number}.png"
        plot_routes(case, routes, path)
        assert pixels(path).min() > 100


def test_twenty_thousand_locations(tmp_path):
    points = np.random.default_rng(4).normal(0, 1000, (20_001, 2))
    points[1:] = points[1:][np.argsort(np.arctan2(points[1:, 0], points[1:, 1]))]
    case = instance(20_000, coordinates=points)
    plot_routes(case, plan(20_000, 100), tmp_path / "large.pdf")
    assert (tmp_path / "large.pdf").stat().st_size < 6e6


def test_what_cannot_be_drawn_says_why(tmp_path, monkeypatch):
    matrix = VrpInstance(name="matrix", distances=np.ones((3, 3)), vehicles=(VehicleType(),))
    with pytest.raises(InputError, match="matrix: the instance has a distance matrix but no coord"):
        plot_routes(matrix, None, tmp_path / "a.png")
    with pytest.raises(InputError, match=r"found '\.bmp', expected \.png"):
        plot_routes(instance(), None, tmp_path / "a.bmp")
    with pytest.raises(InputError, match="does not exist"):
        plot_routes(instance(), None, tmp_path / "no" / "a.png")
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.setattr("netroute.viz.canvas.find_spec", lambda _: None)
    with pytest.raises(MissingExtraError, match=r"netroute\[plot\]"):
        new_figure(1.0, 1.0)
    with pytest.raises(MissingExtraError):
        require_picture_format("a.png")


def test_no_figure_of_the_user_is_touched(tmp_path):
    plot_routes(instance(), plan(), tmp_path / "a.png")
    if "matplotlib.pyplot" in sys.modules:
        import matplotlib.pyplot as plt

        assert plt.get_fignums() == []
