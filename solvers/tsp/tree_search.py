"""Monte-Carlo tree search that follows weights of edges, of neighbour ranks or of a policy."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from netroute.core.errors import InputError
from netroute.core.solver import parameter
from netroute.problems.tsp.instance import FIXED, NEGATIVE
from netroute.solvers.tsp._kernels.tree_search import Tree, simulate
from netroute.solvers.tsp.base import halted
from netroute.solvers.tsp.edge_prior import EdgePrior
from netroute.solvers.tsp.local_search import REACH, SLICE, LocalSearch
from netroute.solvers.tsp.search_base import SearchSolver

if TYPE_CHECKING:
    from netroute.core.recorder import Recorder
    from netroute.problems.tsp import TspInstance, TspSolution
    from netroute.solvers.tsp.search_space import SearchSpace


class TreeSearch(LocalSearch):
    """One tour under kicks that are repaired along edges drawn by their weights."""

    def __init__(
        self,
        space: SearchSpace,
        prior: EdgePrior,
        *,
        seed: int,
        depth: int,
        explore: float,
        reward: float,
    ) -> None:
        super().__init__(space, seed=seed)
        here = np.empty(space.size, np.uint32)
        here[space.nodes] = np.arange(space.size, dtype=np.uint32)
        weight = prior.weight[space.nodes]
        self.tree = Tree(
            here[prior.near[space.nodes]],
            weight,
            weight.sum(axis=1),
            np.zeros_like(weight),
            np.zeros((depth, 2), np.int64),
            np.zeros(1),
        )
        self._explore = explore
        self._reward = reward

    def kick(self, most: int) -> tuple[int, float]:
        """Simulate for a slice, at most ``most`` times; return how often, and the gain."""
        count = min(self._kicks, most)
        began = time.perf_counter()
        gain = simulate(
            self._tour,
            self.space.source,
            self._moves,
            self.tree,
            self._queue,
            self._rng,
            self._explore,
            self._reward,
            np.int64(REACH),
            np.int64(count),
        )
        pace = SLICE * count / max(time.perf_counter() - began, 1e-6)
        self._kicks = max(1, min(int(pace), 2 * self._kicks))
        return count, float(gain)


@dataclass(frozen=True, kw_only=True)
class TreeSearchSolver(SearchSolver):
    """Kicks a tour, and repairs it along edges that are drawn by weight and by how seldom tried.

    A chain of exchanges that way begins at one of the kick's long edges, a Lin-Kernighan descent
    mends the rest, and edges of chains that made the tour shorter gain weight. An iteration is one
    chain. First weights are shares of neighbour ranks in optimal tours, or a policy's. Sources: Z.
    Fu, K. Qiu and H. Zha, Generalize a small pre-trained model to arbitrarily large TSP instances
    (AAAI 2021); X. Pan et al., Rethinking the heatmap and Monte Carlo tree search paradigm for
    solving large scale TSP (2024), whose finding is that ranks do what learned weights do.

    Examples
    --------
    >>> from netroute.core.budget import Budget
    >>> from netroute.problems.tsp import TspInstance
    >>> instance = TspInstance(coordinates=[[k % 4, k // 4] for k in range(12)])
    >>> TreeSearchSolver().solve(instance, budget=Budget(iterations=50)).objective
    12.0
    """

    name: ClassVar[str] = "tree-search"
    summary: ClassVar[str] = "Monte-Carlo tree search by neighbour ranks or a policy's weights"
    supports: ClassVar[frozenset[str]] = frozenset({FIXED, NEGATIVE})

    prior: EdgePrior | str | None = parameter(  # noqa: RUF009
        None, "weights of edges: an .npz file with heat, or near and weight; ranks without it"
    )
    depth: int = parameter(4, "exchanges of a chain", low=1, high=100)
    explore: float = parameter(0.1, "weight of edges seldom tried", low=0.0, high=100.0)
    reward: float = parameter(0.1, "growth of weights by what edges gain", low=0.0, high=100.0)

    def __post_init__(self) -> None:
        super().__post_init__()
        if not isinstance(self.prior, EdgePrior | str | None):
            raise InputError(
                f"found {type(self.prior).__name__}, expected a file's name or an EdgePrior",
                where=f"{self.name}.prior",
            )

    def parameters(self) -> dict[str, Any]:
        """All parameters by name; of a given prior its shape."""
        found = super().parameters()
        if isinstance(self.prior, EdgePrior):
            found["prior"] = "given, shape {} x {}".format(*self.prior.near.shape)
        return found

    def compile(self, instance: TspInstance) -> None:
        """Compile what all searches use, and the chains."""
        from netroute.solvers.tsp.warmup import compile_kind

        super().compile(instance)
        compile_kind(instance, compile_chains)

    def search(
        self, instance: TspInstance, recorder: Recorder, *, seed: int, start: TspSolution | None
    ) -> None:
        """Refuse a prior that does not fit before anything else is done."""
        prior = EdgePrior.read(self.prior) if isinstance(self.prior, str) else self.prior
        if prior is not None and len(prior.near) != instance.size:
            raise InputError(
                f"found weights of {len(prior.near)} nodes, expected {instance.size}",
                where=f"{self.name}.prior",
            )
        super().search(instance, recorder, seed=seed, start=start)

    def improve(
        self, space: SearchSpace, local: LocalSearch, recorder: Recorder, *, seed: int
    ) -> None:
        """Simulate until the budget ends."""
        prior = self.prior
        if prior is None:
            prior = EdgePrior.of_ranks(space.instance)
        elif isinstance(prior, str):
            prior = EdgePrior.read(prior)
        if halted(recorder):
            return
        tree = TreeSearch(
            space,
            prior,
            seed=seed,
            depth=self.depth,
            explore=self.explore,
            reward=self.reward,
        )
        tree.load(local.order)
        tree.descend(lambda: halted(recorder))
        self.kick(tree, recorder)


@cache
def compile_chains(kind: str) -> None:
    """Compile the chains for a kind of distances: integers, floats, points."""
    from netroute.solvers.tsp.warmup import tiny_space

    space = tiny_space(kind)
    prior = EdgePrior.of_ranks(space.instance)
    tree = TreeSearch(space, prior, seed=0, depth=2, explore=0.1, reward=0.1)
    tree.load(space.random_order(np.random.default_rng(0)))
    tree.descend()
    tree.kick(1)
