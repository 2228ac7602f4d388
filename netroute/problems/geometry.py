"""Distances from coordinates: TSPLIB's edge weight types and the rounding conventions.

Source: G. Reinelt, TSPLIB 95, sections 2.1 to 2.8.
"""

from __future__ import annotations

from enum import StrEnum
from typing import assert_never

import numpy as np

EARTH_RADIUS_KM = 6378.388
"""TSPLIB's idealized earth radius."""


class Metric(StrEnum):
    """How the distance between two coordinates is measured, before rounding."""

    EUCLIDEAN = "euclidean"
    MANHATTAN = "manhattan"
    MAXIMUM = "maximum"
    GEOGRAPHIC = "geographic"
    PSEUDO_EUCLIDEAN = "pseudo_euclidean"


class Rounding(StrEnum):
    """How a measured distance becomes a cost.

    ``NEAREST`` is ``floor(x + 0.5)``, as VRPLIB and TSPLIB define it; ``DIMACS`` truncates to one
    decimal, ``floor(10 x) / 10``; ``EXACT`` keeps float64.
    """

    EXACT = "exact"
    NEAREST = "nearest"
    UP = "up"
    DOWN = "down"
    DIMACS = "dimacs"


def round_distances(values: np.ndarray, rounding: Rounding) -> np.ndarray:
    """Apply a rounding convention to an array of distances.

    Examples
    --------
    >>> round_distances(np.array([2.5, 3.49]), Rounding.NEAREST).tolist()
    [3.0, 3.0]
    """
    match rounding:
        case Rounding.EXACT:
            rounded = values
        case Rounding.NEAREST:
            rounded = np.floor(values + 0.5)
        case Rounding.UP:
            rounded = np.ceil(values)
        case Rounding.DOWN:
            rounded = np.floor(values)
        case Rounding.DIMACS:
            rounded = np.floor(10.0 * values) / 10.0
        case _:
            assert_never(rounding)
    return rounded


def measure(a: np.ndarray, b: np.ndarray, metric: Metric, rounding: Rounding) -> np.ndarray:
    """Distances between rows of coordinates ``a`` and ``b``, broadcast against each other.

    Parameters
    ----------
    a, b : ndarray, shape (..., 2) or (..., 3)
        Coordinates; degrees and minutes ``DDD.MM`` (latitude, longitude) for ``GEOGRAPHIC``. A
        third coordinate counts for the Euclidean, Manhattan and maximum metric.

    Examples
    --------
    >>> float(measure(np.array([0.0, 0.0]), np.array([3.0, 4.0]), Metric.EUCLIDEAN, Rounding.EXACT))
    5.0
    """
    dx, dy = a[..., 0] - b[..., 0], a[..., 1] - b[..., 1]
    dz = a[..., 2] - b[..., 2] if a.shape[-1] == 3 else None
    match metric:
        case Metric.EUCLIDEAN:
            squares = dx * dx + dy * dy
            values = np.sqrt(squares if dz is None else squares + dz * dz)
        case Metric.MANHATTAN:
            values = np.abs(dx) + np.abs(dy)
            if dz is not None:
                values = values + np.abs(dz)
        case Metric.MAXIMUM:
            # TSPLIB rounds each coordinate difference before it takes the largest.
            values = np.maximum(
                round_distances(np.abs(dx), rounding), round_distances(np.abs(dy), rounding)
            )
            if dz is not None:
                values = np.maximum(values, round_distances(np.abs(dz), rounding))
        case Metric.PSEUDO_EUCLIDEAN:
            # TSPLIB's ATT: its rounding never goes below the exact value.
            values = np.sqrt((dx * dx + dy * dy) / 10.0)
            if rounding is Rounding.NEAREST:
                nearest = np.floor(values + 0.5)
                values = nearest + (nearest < values)
        case Metric.GEOGRAPHIC:
            values = _geographic(a, b, rounding)
        case _:
            assert_never(metric)
    return round_distances(values, rounding)


_ROUNDED = {
    Rounding.EXACT: "not rounded",
    Rounding.NEAREST: "rounded to the nearest integer",
    Rounding.UP: "rounded up",
    Rounding.DOWN: "rounded down",
    Rounding.DIMACS: "truncated to one decimal",
}


def convention(metric: Metric, rounding: Rounding) -> str:
    """Say how coordinates become costs, as it is printed beside a cost.

    Examples
    --------
    >>> convention(Metric.PSEUDO_EUCLIDEAN, Rounding.NEAREST)
    'pseudo-euclidean distances, rounded to the nearest integer'
    """
    return f"{str(metric).replace('_', '-')} distances, {_ROUNDED[rounding]}"


def _geographic(a: np.ndarray, b: np.ndarray, rounding: Rounding) -> np.ndarray:
    pi = 3.141592  # TSPLIB's value: another one changes rounded distances
    lat_a, lon_a, lat_b, lon_b = (
        pi * (degrees + 5.0 * (value - degrees) / 3.0) / 180.0
        for value in (a[..., 0], a[..., 1], b[..., 0], b[..., 1])
        for degrees in (np.trunc(value),)
    )
    q1, q2, q3 = np.cos(lon_a - lon_b), np.cos(lat_a - lat_b), np.cos(lat_a + lat_b)
    angle = np.arccos(np.clip(0.5 * ((1.0 + q1) * q2 - (1.0 - q1) * q3), -1.0, 1.0))
    values: np.ndarray = EARTH_RADIUS_KM * angle
    if rounding is Rounding.NEAREST:
        # TSPLIB truncates after adding one; identical points are at distance 0 by convention.
        same = (a[..., :2] == b[..., :2]).all(axis=-1)
        values = np.where(same, 0.0, np.floor(values + 1.0))
    return values
