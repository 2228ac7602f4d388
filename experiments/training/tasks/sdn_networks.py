"""Networks on which online admission is learned: what is generated, and what is labelled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from netroute.datasets.sdn.priority_flows import generate_priority_flows
from netroute.solvers.sdn.adaptive_bid_price import adapted
from netroute.solvers.sdn.candidates import candidate_paths
from netroute.solvers.sdn.learned.knowledge import Relaxed, knowledge, relax_days
from netroute.solvers.sdn.online import menu_of
from netroute.solvers.sdn.online_days import Draw, draw_day

if TYPE_CHECKING:
    from netroute.problems.sdn import SdnInstance
    from netroute.solvers.sdn._kernels.learned import Knowledge
    from netroute.solvers.sdn._kernels.online import Menu, Prices

K = 8
"""Candidate paths of each pair."""

LEARNING_DAYS = 4
"""Other days that the prices come from."""

CLASSES = ("uniform", "uniform", "gold")
BANDWIDTHS = (30, 60, 100, 100, 150)


def never() -> bool:
    """Return False: work goes on to its end."""
    return False


def draw_network(rng: np.random.Generator, *, nodes: tuple[int, int]) -> dict[str, Any]:
    """Draw the parameters of a generated network.

    Examples
    --------
    >>> drawn = draw_network(np.random.default_rng(0), nodes=(10, 20))
    >>> 10 <= drawn["nodes"] <= 20, sorted(drawn)
    (True, ['bandwidth', 'classes', 'flows', 'links', 'load', 'nodes', 'seed'])
    """
    size = int(rng.integers(nodes[0], nodes[1] + 1))
    return {
        "nodes": size,
        "links": int(size * rng.uniform(1.5, 2.5)),
        "flows": int(size * rng.uniform(25.0, 60.0)),
        "load": float(rng.uniform(0.5, 0.9)),
        "seed": int(rng.integers(1 << 30)),
        "bandwidth": int(rng.choice(BANDWIDTHS)),
        "classes": CLASSES[int(rng.integers(len(CLASSES)))],
    }


@dataclass(frozen=True, slots=True)
class Site:
    """A network, its candidate paths, and what other days told of it.

    Attributes
    ----------
    instance : SdnInstance
    menu : Menu
    prices : Prices
        Of the adaptive bid price.
    known : Knowledge
    """

    instance: SdnInstance
    menu: Menu
    prices: Prices
    known: Knowledge

    def day(self, rng: np.random.Generator) -> Draw:
        """Draw a day of this network's traffic."""
        return draw_day(self.instance.size, rng)


def make_site(parameters: dict[str, Any], days: list[int]) -> tuple[Site, Relaxed]:
    """Generate a network and learn its prices from days, drawn with these seeds."""
    instance = generate_priority_flows(**parameters)
    menu = menu_of(instance, candidate_paths(instance, K))
    draws = [draw_day(instance.size, np.random.default_rng(seed)) for seed in days]
    relaxed = relax_days(instance, draws, [never] * len(draws))
    prices = adapted(instance, menu, draws, relaxed.prices.mean(axis=0), never)
    return Site(instance, menu, prices, knowledge(instance, menu, relaxed, prices)), relaxed
