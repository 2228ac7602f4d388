"""Local search on the best plan of another search."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from netroute.solvers.vrp.hgs_engine import HgsEngine

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

    from netroute.problems.vrp import VrpInstance
    from netroute.solvers.vrp.search_data import SearchData


class Polisher:
    """The genetic search's local search, SWAP* and exchanges of whole tails of routes included.

    Ruin and recreate moves ten clients at once, but no tail longer than that, and turns nothing
    round: its best plans leave something to gain, up to 0.06 % after ten seconds for 1000 clients.

    Parameters
    ----------
    instance : VrpInstance
    data : SearchData
        With symmetric distances.
    seed : int
    """

    def __init__(self, instance: VrpInstance, data: SearchData, *, seed: int) -> None:
        self._engine = HgsEngine(instance, data, seed=seed)

    def improve(
        self, routes: list[np.ndarray], *, seconds: float, halt: Callable[[], bool]
    ) -> tuple[float, list[np.ndarray]]:
        """Return the plan reached within about ``seconds``, and its cost.

        A plan of more routes than the genetic search ever makes is handed back at infinite cost.
        """
        if len(routes) > self._engine.routes_limit:
            return math.inf, routes
        return self._engine.improve(routes, seconds=seconds, halt=halt)
