"""The annealed ejection search alone: from a greedy plan, without the relaxation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from netroute.core.solver import parameter
from netroute.problems.sdn.features import FEATURES
from netroute.solvers.sdn.base import SdnSolver, offer

if TYPE_CHECKING:
    from netroute.core.recorder import Recorder
    from netroute.problems.sdn import SdnInstance, SdnSolution
    from netroute.solvers.sdn.candidates import Candidates
    from netroute.solvers.sdn.path_solution import PathLp

LISTING = 0.2
"""Share of the seconds that looking for candidate paths may take."""


@dataclass(frozen=True, kw_only=True)
class EjectionSolver(SdnSolver):
    """Anneals the flows' choices among short paths with ejection chains, beginning with greedy.

    It is what `AutoSolver` does after its relaxation, here with the shortest paths as candidates
    and with prices guessed from the loads of the greedy plan. An iteration is one step of the
    annealing.

    Examples
    --------
    >>> from netroute.core.budget import Budget
    >>> from netroute.problems.sdn import SdnInstance
    >>> net = SdnInstance(
    ...     nodes=["a", "b"], tail=[0], head=[1], capacity=[5],
    ...     source=[0, 0, 0], target=[1, 1, 1], bandwidth=[4, 3, 2], priority=[6, 4, 3],
    ... )
    >>> EjectionSolver().solve(net, budget=Budget(iterations=1000)).objective
    7.0
    """

    name: ClassVar[str] = "ejection"
    summary: ClassVar[str] = "annealing with ejection chains from a greedy plan, no relaxation"
    kind: ClassVar = "heuristic"
    supports: ClassVar[frozenset[str]] = FEATURES - {
        "arc protection",
        "node protection",
        "lexicographic objective",
    }

    paths: int = parameter(8, "candidate paths of each flow, shortest first", low=1, high=64)
    threads: int = parameter(1, "threads that search side by side", low=1, high=1024)

    def search(
        self, instance: SdnInstance, recorder: Recorder, *, seed: int, start: SdnSolution | None
    ) -> None:
        """Admit greedily, then improve until the budget ends."""
        from netroute.solvers.sdn.annealing import PathAnnealing
        from netroute.solvers.sdn.candidates import candidate_paths
        from netroute.solvers.sdn.greedy import halted
        from netroute.solvers.sdn.greedy_density import density_order
        from netroute.solvers.sdn.path_set import path_set
        from netroute.solvers.sdn.residual import Residual, to_solution
        from netroute.solvers.sdn.schedule import Schedule
        from netroute.solvers.sdn.warmup import (
            compile_candidates,
            compile_residual,
            compile_search,
        )

        recorder.phase("compiling")
        with recorder.clock.compiling():
            compile_residual()
            compile_candidates()
            compile_search("flow tables" in instance.features())
        self.offer_start(instance, recorder, start)
        routes = Residual(instance).admit(density_order(instance), stop=lambda: halted(recorder))
        offer(instance, recorder, to_solution(instance, routes))
        if recorder.stop() or not instance.size:
            return
        reserve = (1.0 - LISTING) * recorder.clock.remaining()
        found = candidate_paths(
            instance,
            self.paths,
            stop=lambda: recorder.clock.remaining() < reserve,
            halt=lambda: halted(recorder),
        )
        if halted(recorder):
            return
        guess = guess_relaxation(instance, found, recorder.solution)
        PathAnnealing(
            instance,
            recorder,
            guess,
            path_set(guess, recorder.solution),
            schedule=Schedule.of(instance, guess),
            seed=seed,
            threads=self.threads,
        ).run()


def guess_relaxation(instance: SdnInstance, found: Candidates, plan: SdnSolution) -> PathLp:
    """Dress up a plan and candidate paths as a solution of the relaxation.

    Shares and bandwidths are those of the plan. Prices are in proportion to the square of the
    plan's utilisation, at the level at which the flows that pay for their cheapest path take as
    much as there is: the best Lagrangian bound among prices in these proportions.

    Parameters
    ----------
    found : Candidates
    plan : SdnSolution
        Without backup paths.

    Returns
    -------
    PathLp
        With the candidates as columns; paths of the plan that are not among them are left out.
    """
    from netroute.solvers.sdn.pairs import pairs_of
    from netroute.solvers.sdn.path_solution import PathLp

    pairs, weights = pairs_of(instance), instance.weights()
    admitted = plan.admitted
    flow = np.repeat(np.arange(instance.size), np.diff(plan.start))
    load = np.bincount(plan.arcs, instance.bandwidth[flow], minlength=len(instance.tail))
    shape = (load / instance.capacity) ** 2 + 1e-3
    pair, start, arcs = _columns(found, pairs.flow[pairs.start[:-1]])
    cost = np.add.reduceat(shape[arcs], start[:-1]) if len(arcs) else np.zeros(0)
    cheapest = np.full(len(pairs.source), np.inf)
    np.minimum.at(cheapest, pair, cost)
    prices = shape * _level(
        weights, instance.bandwidth * cheapest[pairs.of_flow], float(shape @ instance.capacity)
    )
    place = {(p, arcs[start[c] : start[c + 1]].tobytes()): c for c, p in enumerate(pair.tolist())}
    amount = np.zeros(len(pair))
    for f in np.flatnonzero(admitted).tolist():
        column = place.get((int(pairs.of_flow[f]), plan.path(f).tobytes()))
        if column is not None:
            amount[column] += instance.bandwidth[f]
    return PathLp(
        prices=prices,
        node_prices=np.zeros(len(instance.nodes)),
        pairs=pairs,
        pair=pair.astype(np.uint32),
        start=start,
        split=np.diff(start),
        arcs=arcs,
        amount=amount,
        flow_value=admitted.astype(np.float64),
        value=float(weights[admitted].sum()),
        bound=np.inf,
    )


def _columns(found: Candidates, flows: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return pair, start and arcs of the candidates of one flow of each pair."""
    parts: list[np.ndarray] = []
    pair: list[int] = []
    for number, flow in enumerate(flows.tolist()):
        for choice in np.flatnonzero(found.allowed[flow]).tolist():
            parts.append(found.path(flow, choice))
            pair.append(number)
    start = np.concatenate([[0], np.cumsum([len(part) for part in parts])]).astype(np.int64)
    arcs = np.concatenate([*parts, np.zeros(0, np.uint32)]).astype(np.uint32)
    return np.array(pair, np.int64), start, arcs


def _level(weights: np.ndarray, need: np.ndarray, supply: float) -> float:
    """Weight per unit of ``need`` from which on flows need as much as the supply.

    Examples
    --------
    >>> _level(np.array([6.0, 4.0, 3.0]), np.array([2.0, 2.0, 3.0]), 3.0)
    2.0
    """
    routable = np.isfinite(need) & (need > 0.0) & (weights > 0.0)
    density = weights[routable] / need[routable]
    order = np.argsort(-density, kind="stable")
    used = np.cumsum(need[routable][order])
    last = int(np.searchsorted(used, supply))
    if last == len(order):
        # All flows together do not need that much: nothing is scarce.
        return 1e-3 * float(density.min(initial=1.0))
    return float(density[order[last]])
