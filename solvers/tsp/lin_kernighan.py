"""Chained Lin-Kernighan as a solver of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from netroute.solvers.tsp.search_base import SearchSolver

if TYPE_CHECKING:
    from netroute.core.recorder import Recorder
    from netroute.solvers.tsp.local_search import LocalSearch
    from netroute.solvers.tsp.search_space import SearchSpace


@dataclass(frozen=True, kw_only=True)
class LinKernighanSolver(SearchSolver):
    """Descends from a greedy tour, then kicks a few edges, mends, and keeps what is not worse.

    Steps exchange up to three edges, chains have three steps. An iteration is one kick. Sources: S.
    Lin and B. Kernighan, An effective heuristic algorithm for the traveling-salesman problem
    (Operations Research 1973); D. Applegate, W. Cook and A. Rohe, Chained Lin-Kernighan for large
    traveling salesman problems (INFORMS Journal on Computing 2003).

    Examples
    --------
    >>> from netroute.core.budget import Budget
    >>> from netroute.problems.tsp import TspInstance
    >>> instance = TspInstance(coordinates=[[k % 4, k // 4] for k in range(12)])
    >>> LinKernighanSolver().solve(instance, budget=Budget(iterations=50)).objective
    12.0
    """

    name: ClassVar[str] = "lin-kernighan"
    summary: ClassVar[str] = "chained Lin-Kernighan; what is used for very many nodes"

    def improve(
        self, space: SearchSpace, local: LocalSearch, recorder: Recorder, *, seed: int
    ) -> None:
        """Kick until the budget ends."""
        self.kick(local, recorder)
