"""The eight symmetries keep all distances, and are eight different ones."""

import numpy as np
import pytest

from netroute.solvers.neural.decoding.symmetries import COUNT, symmetries, unit_square


def lengths_between(points):
    return np.linalg.norm(points[..., :, None, :] - points[..., None, :, :], axis=-1)


def test_distances_stay_and_views_differ() -> None:
    points = np.random.default_rng(1).random((3, 7, 2))
    views = symmetries(points)
    assert views.shape == (COUNT, 3, 7, 2)
    assert np.array_equal(views[0], points)
    assert np.allclose(lengths_between(views), lengths_between(points))
    assert ((views >= 0.0) & (views <= 1.0)).all()
    different = {tuple(np.round(view[0, 0], 9)) for view in views}
    assert len(different) == COUNT


def test_each_view_of_a_view_is_a_view() -> None:
    points = np.random.default_rng(2).random((4, 2))
    views = symmetries(points)
    known = {view.round(9).tobytes() for view in views}
    assert {again.round(9).tobytes() for view in views for again in symmetries(view)} == known


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
def test_points_fill_the_unit_square_in_their_shape(scale: float) -> None:
    points = np.random.default_rng(3).normal(5.0, 1.0, (4, 9, 2)) * scale
    scaled = unit_square(points)
    extent = np.ptp(scaled, axis=1)
    assert np.allclose(extent.max(axis=1), 1.0)
    assert np.allclose((scaled.min(axis=1) + scaled.max(axis=1)) / 2, 0.5)
    ratio = lengths_between(scaled)[:, 0, 1:] / lengths_between(points)[:, 0, 1:]
    assert np.allclose(ratio, ratio[:, :1])


def test_a_single_place_goes_to_the_middle() -> None:
    assert unit_square(np.full((2, 3, 2), 7.0)).tolist() == [[[0.5, 0.5]] * 3] * 2
