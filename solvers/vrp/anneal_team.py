"""One annealing search shared by several threads: each works on its own part of the routes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np

from netroute.core.rng import generator
from netroute.solvers.vrp.ruin_engine import RuinEngine

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType
    from typing import Self

    from netroute.solvers.vrp.search_data import SearchData

SPLIT_CLIENTS = 150
"""Routes are shared out only where each thread gets at least this many clients."""

SCAN_SLACK = 4.0
"""Scans of near clients end where an insertion would cost this many mean edges more than the best
one found: such edges are too rare to look for."""

EPOCH = 20_000
"""Iterations of each thread between two ways of sharing out the routes."""


class AnnealTeam:
    """An annealed plan and the best plan so far, worked on by ``threads`` engines.

    Large plans are cut along a random line through the routes' barycentres, anew every `EPOCH`
    iterations, and each engine anneals its part (the idea of Santini, Schneider, Vidal, Vigo,
    Decomposition strategies for vehicle routing heuristics, INFORMS Journal on Computing 2023).
    Small plans are annealed whole by each engine on its own.

    Parameters
    ----------
    data : SearchData
        The instance.
    position : ndarray of float64, shape (n, 2), or None
        Coordinates of the nodes; plans are not cut without them.
    threads : int
        Number of engines; results depend on it.
    seed : int
        Same seed, threads and calls give the same plans.
    """

    def __init__(
        self, data: SearchData, position: np.ndarray | None, *, threads: int, seed: int
    ) -> None:
        self.data = data
        self.threads = threads
        self._engines = [RuinEngine(data, seed=seed, stream=i) for i in range(threads)]
        self._position = position
        self._random = generator(seed, 3)
        self._pool = ThreadPoolExecutor(threads) if threads > 1 else None
        self.split = threads > 1 and position is not None and data.size > SPLIT_CLIENTS * threads
        self._since = 0
        self.edge = 1.0
        self.best_cost = np.inf
        self._best: list[np.ndarray] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown()

    @property
    def iterations(self) -> int:
        """Ruins and recreates done by all engines."""
        return sum(engine.iterations for engine in self._engines)

    def load(self, routes: Sequence[np.ndarray]) -> bool:
        """Start from ``routes``; missing clients are inserted. False if the fleet is too small."""
        lead = self._engines[0]
        if not lead.load(routes):
            return False
        self.edge = lead.mean_edge()
        for engine in self._engines:
            engine.slack = SCAN_SLACK * self.edge
        self.adopt(lead.routes())
        return True

    def adopt(self, routes: Sequence[np.ndarray]) -> None:
        """Make a complete plan the current one of every engine, and the best if it is."""
        for engine in self._engines:
            engine.load_part(routes)
        cost = self._engines[0].cost
        if cost < self.best_cost:
            self.best_cost = cost
            self._best = list(routes)
        if self.split:
            self._share(self._engines[0].routes())

    def anneal(self, temperature: float, iterations: int) -> None:
        """Let each engine do ``iterations`` at ``temperature`` mean edges, and gather the best."""
        heat = temperature * self.edge
        if self._pool is None:
            self._engines[0].anneal(heat, iterations)
        else:
            list(self._pool.map(lambda engine: engine.anneal(heat, iterations), self._engines))
        if not self.split:
            best = min(self._engines, key=lambda engine: engine.best_cost)
            if best.best_cost < self.best_cost - 1e-7:
                self.best_cost = best.best_cost
                self._best = best.best_routes()
            return
        total = sum(engine.best_cost for engine in self._engines)
        if total < self.best_cost - 1e-7:
            self.best_cost = total
            self._best = [r for engine in self._engines for r in engine.best_routes()]
        self._since += iterations
        if self._since >= EPOCH:
            self._share(self.routes())

    def routes(self) -> list[np.ndarray]:
        """Return the current plan; of engines that work apart, the first one's."""
        engines = self._engines if self.split else self._engines[:1]
        return [route for engine in engines for route in engine.routes()]

    def plans(self) -> list[list[np.ndarray]]:
        """Return all complete current plans."""
        if self.split:
            return [self.routes()]
        return [engine.routes() for engine in self._engines]

    def best_routes(self) -> list[np.ndarray]:
        """Return the best plan."""
        return self._best

    def _share(self, routes: list[np.ndarray]) -> None:
        """Give each engine the routes of one stripe of the plane."""
        assert self._position is not None
        self._since = 0
        angle = self._random.uniform(0.0, np.pi)
        place = self._position @ np.array([np.cos(angle), np.sin(angle)])
        order = np.argsort([place[route].mean() for route in routes], kind="stable")
        clients = np.cumsum([len(routes[i]) for i in order])
        part = (clients - 1) * len(self._engines) // clients[-1]
        for number, engine in enumerate(self._engines):
            engine.load_part([routes[i] for i in order[part == number]])
