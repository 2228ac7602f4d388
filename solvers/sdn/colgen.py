"""Column generation: the linear relaxation over paths, and a plan rounded from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from netroute.problems.sdn.features import FEATURES
from netroute.solvers.sdn.base import SdnSolver, offer

if TYPE_CHECKING:
    from netroute.core.bound import Certificate
    from netroute.core.recorder import Recorder
    from netroute.problems.sdn import SdnInstance, SdnSolution
    from netroute.solvers.sdn.path_lp import PathLp
    from netroute.solvers.sdn.residual import Residual, Routes

RESERVE = 0.2
"""Part of the time that is kept for rounding."""


@dataclass(frozen=True, kw_only=True)
class ColgenSolver(SdnSolver):
    """Solves the relaxation to optimality and rounds it: proven bounds, plans close to them.

    Flows that the relaxation admits go onto the paths that it uses, as long as there is room; all
    others follow by falling weight per bandwidth. The relaxation counts as one iteration.

    Examples
    --------
    >>> from netroute.problems.sdn import SdnInstance
    >>> net = SdnInstance(
    ...     nodes=["a", "b"], tail=[0], head=[1], capacity=[5],
    ...     source=[0, 0, 0], target=[1, 1, 1], bandwidth=[2, 3, 4], priority=[3, 3, 4],
    ... )
    >>> result = ColgenSolver().solve(net)
    >>> result.objective, result.bound
    (6.0, 6.0)
    """

    name: ClassVar[str] = "colgen"
    summary: ClassVar[str] = "column generation: the bound of the relaxation and a rounded plan"
    kind: ClassVar = "exact"
    supports: ClassVar[frozenset[str]] = FEATURES
    proves: ClassVar[bool] = True

    def search(
        self, instance: SdnInstance, recorder: Recorder, *, seed: int, start: SdnSolution | None
    ) -> None:
        """Report ever better bounds, then the plan."""
        from netroute.solvers.sdn.bound.lp import improve
        from netroute.solvers.sdn.greedy import halted
        from netroute.solvers.sdn.greedy_density import density_order
        from netroute.solvers.sdn.path_lp import PathLpSolver
        from netroute.solvers.sdn.residual import Residual, to_solution
        from netroute.solvers.sdn.warmup import compile_lp, compile_residual

        recorder.phase("compiling")
        with recorder.clock.compiling():
            compile_residual()
            compile_lp()
        self.offer_start(instance, recorder, start)
        routes = Residual(instance).admit(density_order(instance), stop=lambda: halted(recorder))
        offer(instance, recorder, to_solution(instance, routes))
        recorder.phase("relaxation")
        solver = PathLpSolver(instance)
        reserve = RESERVE * recorder.clock.remaining()

        def report(certificate: Certificate) -> None:
            recorder.bound(certificate.value, certificate.to_dict())

        improve(solver, report, lambda: halted(recorder) or recorder.clock.remaining() < reserve)
        if not halted(recorder):
            offer(
                instance, recorder, to_solution(instance, round_paths(instance, solver.solution()))
            )
        recorder.stop(1)


def round_paths(instance: SdnInstance, relaxed: PathLp) -> Routes:
    """Put the flows that the relaxation admits onto its paths, then others where there is room.

    Examples
    --------
    >>> from netroute.problems.sdn import SdnInstance
    >>> from netroute.solvers.sdn.path_lp import PathLpSolver
    >>> net = SdnInstance(
    ...     nodes=["a", "b"], tail=[0], head=[1], capacity=[5],
    ...     source=[0, 0], target=[1, 1], bandwidth=[3, 4], priority=[2, 1],
    ... )
    >>> solver = PathLpSolver(net)
    >>> solver.run(lambda: False)
    >>> round_paths(net, solver.solution()).flow.tolist()
    [0]
    """
    from netroute.solvers.sdn.greedy_density import density_order
    from netroute.solvers.sdn.residual import Residual, Routes

    residual = Residual(instance)
    pairs, left = relaxed.pairs, relaxed.amount.copy()
    first = np.searchsorted(relaxed.pair, np.arange(len(pairs.source) + 1))
    flows: list[int] = []
    chosen: list[int] = []
    order = np.argsort(-relaxed.flow_value[pairs.flow], kind="stable")
    for flow in pairs.flow[order].tolist():
        if relaxed.flow_value[flow] < 0.5:
            break
        pair, bandwidth = pairs.of_flow[flow], int(instance.bandwidth[flow])
        columns = np.arange(first[pair], first[pair + 1])
        for column in columns[np.argsort(-left[columns], kind="stable")].tolist():
            arcs = relaxed.arcs[relaxed.start[column] : relaxed.start[column + 1]]
            if _fits(instance, residual, arcs, bandwidth):
                residual.take(arcs, bandwidth)
                left[column] -= bandwidth
                flows.append(flow)
                chosen.append(column)
                break
    rejected = np.ones(instance.size, bool)
    rejected[flows] = False
    others = density_order(instance)
    rest = residual.admit(others[rejected[others]])
    parts = [relaxed.arcs[relaxed.start[c] : relaxed.start[c + 1]] for c in chosen]
    size = np.array([len(part) for part in parts], np.int64)
    start = np.concatenate([[0], np.cumsum(size)]).astype(np.int64)
    return Routes(
        flow=np.concatenate([np.array(flows, np.uint32), rest.flow]),
        start=np.concatenate([start, rest.start[1:] + start[-1]]),
        split=np.concatenate([start[:-1] + relaxed.split[chosen], rest.split + start[-1]]),
        arc=np.concatenate([*parts, rest.arc]).astype(np.uint32),
    )


def _fits(instance: SdnInstance, residual: Residual, arcs: np.ndarray, bandwidth: int) -> bool:
    if (residual.room.capacity[arcs] < bandwidth).any():
        return False
    if instance.table_size is None:
        return True
    nodes, entries = np.unique(instance.tail[arcs], return_counts=True)
    return bool((residual.room.entries[nodes] >= entries).all())
