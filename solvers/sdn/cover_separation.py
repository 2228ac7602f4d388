"""Lifted cover inequalities that a fractional plan violates."""

from __future__ import annotations

import numpy as np

from netroute.solvers.sdn._kernels.cover import lifted_cover
from netroute.solvers.sdn.flow_prices import CoverCut

LEAST = 0.02
"""Violation, relative to the right-hand side's root, below which a cut is not worth its row."""

EACH = 3
"""Cuts of one arc in one round."""

FIXED = (0.0, 1.0, 0.8, 0.4)
"""Shares of the flows wholly on the arc that are outside of the cover, in turns."""

ROOM = 4_000
"""Largest sum of coefficients."""

NOISY = 8
"""Covers tried beside the plain ones, in disturbed orders."""


def separate(
    arc: int, use: np.ndarray, width: np.ndarray, capacity: int, rng: np.random.Generator
) -> list[tuple[float, CoverCut]]:
    """Return violated cuts of an arc with their violation, which is relative.

    Parameters
    ----------
    use : ndarray of float64, shape (F,)
        To which extent each flow uses the arc.
    width : ndarray of int64, shape (F,)
        Bandwidths.
    """
    fits = np.flatnonzero(width <= capacity)
    part = use[fits]
    if not ((part > 1e-6) & (part < 1.0 - 1e-6)).any():
        return []
    wide = width[fits]
    last = np.argsort(-wide)
    least = np.zeros(ROOM, np.int64)
    room = np.zeros(len(fits), np.int64)
    found: dict[bytes, tuple[float, CoverCut]] = {}
    short = 1.0 - part + 1e-9
    plain = np.where(part > 1e-6, 0, 2)
    ones = np.flatnonzero(part > 1.0 - 1e-6)
    for trial in range(4 + NOISY):
        key = (short + 0.02) / wide ** (0.5 * (trial % 3))
        fixed = plain.copy()
        if trial % 4:
            fixed[ones[rng.random(len(ones)) < FIXED[trial % 4]]] = 1
        if trial >= 4:
            key *= np.exp(rng.normal(0.0, 0.6, len(fits)))
            last = np.argsort(-wide * rng.random(len(fits)))
        most = int(lifted_cover(wide, capacity, np.argsort(key), last, fixed, least, room))
        if most < 0:
            continue
        violation = float(room @ part) - most
        chosen = np.flatnonzero(room)
        relative = violation / float(np.sqrt((room[chosen].astype(float) ** 2).sum()))
        if relative > LEAST:
            cut = CoverCut(arc, fits[chosen], room[chosen].copy(), most)
            found[room.tobytes()] = (relative, cut)
    return sorted(found.values(), key=lambda pair: -pair[0])[:EACH]
