"""Whole rounds from the lifetime's linear programme: fix some, solve again for what is left.

Source: the restricted master heuristic of column generation, with new columns at each step; see
R. Sadykov, F. Vanderbeck, A. Pessoa, I. Tahiri, E. Uchoa, Primal heuristics for branch and price:
the assets of diving methods (INFORMS Journal on Computing 2019).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from netroute.solvers.wsn.lifetime_lp import LifetimeLp

LEAST = 1e-9
"""Rounds are rounded down with this tolerance."""

TURNS = 2
"""Times that columns are looked for at each step."""

STARTS = 12
"""Columns of the last solution from which the search begins."""


def dive(lp: LifetimeLp, stop: Callable[[], bool]) -> tuple[np.ndarray, np.ndarray]:
    """Return whole rounds that all batteries together can pay.

    Parameters
    ----------
    lp : LifetimeLp
        Solved, or not quite; it gets new columns.
    stop : callable

    Returns
    -------
    columns, rounds : ndarray of int64
        Numbers of the programme's columns, and how often each is played.
    """
    left = lp.energy * (1.0 - LEAST)
    rounds: dict[int, int] = {}
    while not stop():
        fits = lp.master.limit(left)
        if not fits.any():
            break
        prices = lp.master.solve()
        for _ in range(TURNS):
            if stop() or not lp.enrich(prices, left, starts=STARTS):
                break
            prices = lp.master.solve()
        times = lp.master.times
        whole = np.floor(times * (1.0 + LEAST) + LEAST).astype(np.int64)
        if not whole.any():
            whole[int(np.argmax(times))] = 1
        for column in np.flatnonzero(whole).tolist():
            count = int(whole[column])
            cost = lp.master.columns[column]
            count = min(count, int((left / cost).min()))
            if count > 0:
                rounds[column] = rounds.get(column, 0) + count
                left = left - count * cost
    columns = np.array(sorted(rounds), np.int64)
    return columns, np.array([rounds[column] for column in columns.tolist()], np.int64)
