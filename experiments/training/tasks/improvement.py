"""Solutions that a policy makes alone, better ones than its greedy walks: labels for itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from netroute.solvers.neural.policy_file import load_policy
from netroute.solvers.neural.routing.decoding import decode_first
from netroute.solvers.neural.routing.reconstruct import rebuild_routes, rebuild_tour, split

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np

    from netroute.solvers.neural.routing.construct import Walks
    from netroute.solvers.neural.routing.instances import Instances
    from netroute.solvers.neural.routing.model import TailTransformer

SAMPLES = 16
"""Width of the beam search after the greedy walk, where the instance is small."""


def load_labeller(parameters: Mapping[str, Any], problem: str) -> TailTransformer:
    """Return the policy that the parameters of a maker of labels name by ``weights``."""
    policy: Any = load_policy(
        parameters["weights"], problem=problem, architectures=("tail-transformer",)
    )
    found: TailTransformer = policy
    return found


def improve_tour(
    policy: TailTransformer, instances: Instances, *, rounds: int, rng: np.random.Generator
) -> np.ndarray:
    """Return a tour, int64 of shape (n,), that the policy builds, and parts of it again.

    Parameters
    ----------
    instances : Instances
        A single one, of five nodes or more.
    rounds : int
        Of reconstruction.

    References
    ----------
    F. Luo, X. Lin, Z. Wang, X. Tong, M. Yuan, Q. Zhang: Self-improved learning for scalable neural
    combinatorial optimization, arXiv:2403.19561, 2024 (parts built again are the labels there too).
    """
    tour: np.ndarray = _first(policy, instances, rng).order[0]
    for _ in range(rounds):
        tour, _ = rebuild_tour(policy, instances, tour, rng)
    return tour


def improve_routes(
    policy: TailTransformer, instances: Instances, *, rounds: int, rng: np.random.Generator
) -> list[np.ndarray]:
    """Return routes, clients in order, that the policy builds, and some of them again.

    Parameters
    ----------
    instances : Instances
        A single one, with its prices.
    rounds : int
        Of reconstruction.

    References
    ----------
    As of `improve_tour`.
    """
    walks = _first(policy, instances, rng)
    routes = split(walks.order[0, 1:], walks.via[0, 1:])
    for _ in range(rounds):
        routes, _ = rebuild_routes(policy, instances, routes, rng)
    return routes


def _first(policy: TailTransformer, instances: Instances, rng: np.random.Generator) -> Walks:
    """Return what reconstruction begins with."""
    found = decode_first(policy, instances, samples=SAMPLES, rng=rng)
    return min(found, key=lambda walks: float(walks.length[0]))
