"""The search of `BranchAndCutSolver`: root, reduced-cost fixing, tree."""

from __future__ import annotations

import heapq
import math
from typing import TYPE_CHECKING

import numpy as np

from netroute.solvers.tsp.cut_programme import EXACT, CutProgramme
from netroute.solvers.tsp.cut_proof import Proof

if TYPE_CHECKING:
    from collections.abc import Callable

    from netroute.core.recorder import Recorder
    from netroute.problems.tsp import TspInstance
    from netroute.solvers.tsp.cut_lp import Point

ROUNDS, PATIENCE, PROGRESS = 400, 12, 2e-5
"""Rounds of cuts at the root; so many without this progress, relative to the tour, end them."""

PRICING = 15
"""Rounds after which all edges are looked at, besides when no cuts are found."""

TREE_ROUNDS, TREE_PATIENCE = 20, 3
"""Rounds of cuts below the root."""

TRIALS = 6
"""Edges whose branches are solved before one is chosen."""

REPORT_SECONDS = 1.0
"""Least time between two certificates."""


class CutSearch:
    """Proves how short tours can be at best.

    Parameters
    ----------
    instance : TspInstance
        With symmetric distances.
    tour : ndarray of int64
        The best one known.
    offer : callable
        Takes a tour, records it and returns its length.
    """

    def __init__(
        self,
        instance: TspInstance,
        recorder: Recorder,
        tour: np.ndarray,
        offer: Callable[[np.ndarray], float],
    ) -> None:
        self._recorder, self._offer = recorder, offer
        self._best = instance.length(tour)
        self._integral = instance.integral()
        self._scale = max(1e-300, abs(self._best), float(np.abs(instance.distances(0, 1))))
        self._programme = CutProgramme(instance, tour, self._halted)
        self._reported = -math.inf
        self._proof: Proof | None = None

    def run(self) -> None:
        """Solve the root, drop edges, search the tree; report bounds on the way."""
        programme = self._programme
        root = self._root()
        if root is None:
            return
        bound, reduced = programme.evaluate(root)
        self._note(root, bound)
        self._report(force=True)
        proof = self._proof
        if proof is None or self._closed(proof.bound) or self._recorder.stop():
            return
        value = bound + np.maximum(0.0, reduced) - self._margin()
        keep = programme.must | (value <= self._best - (1.0 if self._integral else 0.0))
        if bound < proof.bound:
            # The edges are dropped by this point's reduced costs.
            proof.tighten(0, root, bound)
        programme.keep(keep)
        self._recorder.metrics["edges"] = int(keep.sum())
        self._tree(proof, proof.reduce(0))
        self._report(force=True)

    def _root(self) -> Point | None:
        """Add cuts and edges until neither is of use; return the last point."""
        best, since = -math.inf, 0
        point = None
        for rounds in range(1, ROUNDS + 1):
            found = self._solve()
            if found is None:
                break
            point = found
            if point.objective > best + PROGRESS * self._scale:
                best, since = point.objective, 0
            else:
                since += 1
            cut = since < PATIENCE and not self._closed(point.objective)
            added = self._cut(point) if cut else 0
            if added and rounds % PRICING:
                continue
            if self._price(point):
                best, since = min(best, point.objective), 0
            elif not added:
                break
        return point

    def _price(self, point: Point) -> int:
        """Note what a point proves of all edges; add those of negative reduced cost."""
        bound, reduced = self._programme.evaluate(point)
        self._note(point, bound)
        self._report()
        return self._programme.add(reduced, -1e-7 * self._scale / len(point.nodes))

    def _note(self, point: Point, bound: float) -> None:
        if self._proof is None:
            self._proof = Proof(point, bound)
        elif bound > self._proof.bound:
            self._proof.tighten(0, point, bound)

    def _tree(self, proof: Proof, first: int) -> None:
        """Take the leaf of the least bound, cut, and branch, until none is open."""
        waiting: list[tuple[float, int, dict[int, bool]]] = [(proof.bounds[first], first, {})]
        nodes = 0
        while waiting:
            bound, leaf, decided = heapq.heappop(waiting)
            if self._closed(bound):
                continue
            nodes += 1
            self._recorder.metrics["tree_nodes"] = nodes
            self._programme.decide(decided)
            point = self._node(proof, leaf)
            if point is None:
                return
            self._report()
            if self._closed(proof.bounds[leaf]):
                continue
            children = self._branch(proof, leaf, point, decided)
            if children is None:
                return
            for child in children:
                heapq.heappush(waiting, child)

    def _node(self, proof: Proof, leaf: int) -> Point | None:
        """Add cuts at a leaf as long as they are of use; return the last point."""
        best, since = -math.inf, 0
        point = None
        for _ in range(TREE_ROUNDS):
            point = self._solve()
            if point is None:
                return None
            if point.objective > best + PROGRESS * self._scale:
                best, since = point.objective, 0
            else:
                since += 1
            fractional = (np.abs(point.values - np.rint(point.values)) > EXACT).any()
            if self._closed(point.objective) or (since >= TREE_PATIENCE and fractional):
                break
            if not self._cut(point):
                break
        if point is not None:
            self._settle(proof, leaf, point)
        return point

    def _branch(
        self, proof: Proof, leaf: int, point: Point, decided: dict[int, bool]
    ) -> list[tuple[float, int, dict[int, bool]]] | None:
        """Divide a leaf by the edge whose branches gain most; return them, None when stopped."""
        programme = self._programme
        off = np.abs(point.values - 0.5)
        order = np.lexsort((-programme.lp.length, np.round(off, 2)))[:TRIALS]
        order = order[off[order] < 0.5 - EXACT]
        chosen: tuple[int, list[Point]] | None = None
        best = -math.inf
        for number in programme.numbers[order].tolist():
            tried = []
            for value in (False, True):
                programme.decide({**decided, number: value})
                found = self._solve()
                if found is None:
                    return None
                tried.append(found)
            gains = [max(1e-9, min(p.objective, self._best) - point.objective) for p in tried]
            score = min(gains) + 1e-2 * max(gains)
            if score > best:
                best, chosen = score, (number, tried)
            if all(self._closed(p.objective) for p in tried):
                break
        if chosen is None:
            # A tour as short as the bound, up to rounding.
            return []
        number, tried = chosen
        leaves = proof.branch(leaf, programme.edge(number))
        children = []
        for child, value, found in zip(leaves, (False, True), tried, strict=True):
            state = {**decided, number: value}
            programme.decide(state)
            self._settle(proof, child, found)
            children.append((proof.bounds[child], child, state))
        return children

    def _settle(self, proof: Proof, leaf: int, point: Point) -> None:
        """Give a leaf the bound of a point, if that is better."""
        bound = self._programme.evaluate_here(point)
        if bound > proof.bounds[leaf]:
            proof.tighten(leaf, point, bound)

    def _solve(self) -> Point | None:
        """Solve the programme, which is an iteration; None when stopped or where that fails."""
        point = self._programme.lp.solve()
        done = self._recorder.iterations + (point is not None)
        return None if self._recorder.stop(done) else point

    def _cut(self, point: Point) -> int:
        """Add violated cuts; where there are none, record the tour that the point may be."""
        added = self._programme.cut(point)
        tour = None if added else self._programme.tour(point)
        if tour is not None:
            self._best = min(self._best, self._offer(tour))
        return added

    def _margin(self) -> float:
        return 1e-9 * max(1.0, abs(self._best))

    def _closed(self, bound: float) -> bool:
        """Whether a leaf of such a bound needs no more work."""
        if self._integral:
            return bound > self._best - 1.0 + self._margin()
        return bound >= self._best - 0.5 * self._margin()

    def _halted(self) -> bool:
        return self._recorder.stopped_by is not None or self._recorder.clock.expired()

    def _report(self, *, force: bool = False) -> None:
        """Record the bound of all leaves, with its certificate."""
        proof, now = self._proof, self._recorder.clock.elapsed()
        if proof is None or (not force and now - self._reported < REPORT_SECONDS):
            return
        value = min(proof.bound, self._best)
        value -= 1e-12 * max(1.0, abs(value))
        if self._integral:
            value = float(math.ceil(value - self._margin()))
        known = self._recorder.best_bound
        if known is None or value > known:
            self._reported = now
            data = proof.data(self._best)
            self._recorder.bound(value, {"method": "cuts", "value": value, "data": data})
