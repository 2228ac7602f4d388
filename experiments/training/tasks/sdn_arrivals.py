"""Days of random networks whose arrivals are decided one by one, many days side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from gymnasium import spaces

from netroute.experiments.training.tasks.sdn_labels import LONGEST
from netroute.experiments.training.tasks.sdn_networks import K
from netroute.solvers.sdn._kernels.learned import (
    ARC_FEATURES,
    LARGEST_FEATURE,
    PATH_FEATURES,
    describe,
)
from netroute.solvers.sdn._kernels.online import CHEAPEST, decide, occupy
from netroute.solvers.sdn.learned.day import drawn_menu, new_bench
from netroute.solvers.sdn.learned.model import SHARPNESS
from netroute.solvers.sdn.online import Day

if TYPE_CHECKING:
    from collections.abc import Sequence

    from netroute.experiments.training.tasks.sdn_networks import Site
    from netroute.solvers.sdn._kernels.learned import Bench
    from netroute.solvers.sdn._kernels.online import Menu

OUTLOOK = 10
"""Features of what is still to come, which the critic sees."""


@dataclass(frozen=True, slots=True)
class Valued:
    """A site, and what everything there costs at the prices that days have in the mean.

    Attributes
    ----------
    site : Site
    worth : ndarray of float64, shape (m,)
        Of a unit of capacity.
    cost : ndarray of float64
        Of a unit of bandwidth along each candidate path.
    cheapest : ndarray of float64, shape (F,)
        The least cost that a flow may choose.
    number : int
        Of the site among all.
    """

    site: Site
    worth: np.ndarray
    cost: np.ndarray
    cheapest: np.ndarray
    number: int


def valued(site: Site, number: int = 0) -> Valued:
    """Value the capacity and the paths of a site at its mean prices."""
    menu, worth = site.menu, site.prices.level * site.prices.base
    total = np.concatenate([[0.0], np.cumsum(worth[menu.arc])])
    cost = np.maximum(0.0, total[menu.start[1:]] - total[menu.start[:-1]])
    open_to = np.where(menu.allowed, cost.reshape(-1, K)[menu.pair], np.inf)
    return Valued(site, worth, cost, open_to.min(axis=1), number)


@dataclass(slots=True)
class _Place:
    """How far a day has come."""

    menu: Menu
    day: Day
    bench: Bench
    at: int
    percent: float
    """Of a unit of weight, of all that is offered that day."""
    hoped: np.ndarray
    """What each arrival's weight exceeds its least cost by, at least 0."""
    attained: float = 0.0


class ArrivalsEngine:
    """One day of each of some sites, another one in each episode; see `Engine`.

    An observation is what `BidPriceCorrection` sees of an arrival, its paths padded to `LONGEST`
    arcs, and ``outlook`` for a critic. The first actions take a candidate path, the last one
    rejects, as does a path without room.

    Mean prices prove a bound on each day: all capacity at its worth, and what each arrival's weight
    exceeds its least cost by. A reward is by how much a decision falls short of its part of it: the
    weight admitted, less the cost of its path, less what was to be hoped for; and at the end less
    the worth of what is left. So the rewards of a day add up to the weight admitted less the bound,
    in percent of all that is offered; what a flow is like by chance does not blur them.

    Parameters
    ----------
    sites : sequence of Valued
    late : float
        Episodes begin at a random moment up to this share of the day; what came before has been
        decided at adaptive bid prices.
    sharpness : float
        How surely the cheapest path is taken; see `BidPriceCorrection`.

    Examples
    --------
    >>> from netroute.envs.batch import OnlineVectorEnv
    >>> from netroute.experiments.training.tasks.sdn_networks import draw_network, make_site
    >>> site, _ = make_site(draw_network(np.random.default_rng(1), nodes=(6, 6)), [1, 2])
    >>> envs = OnlineVectorEnv(ArrivalsEngine([valued(site)] * 2))
    >>> seen, _ = envs.reset(seed=1)
    >>> seen["arc"].shape, envs.step(np.array([0, 8]))[1].round(3).tolist()
    ((2, 8, 12, 9), [-1.624, -0.063])
    """

    extent = "a day of generated networks"

    def __init__(
        self, sites: Sequence[Valued], *, late: float = 0.0, sharpness: float = SHARPNESS
    ) -> None:
        self.count = len(sites)
        self._sites = sites
        self._late = late
        self._sharpness = sharpness
        self._places: list[_Place | None] = [None] * self.count
        self._mask = np.zeros((self.count, K + 1), bool)

    def spaces(self) -> tuple[spaces.Space[dict[str, np.ndarray]], spaces.Discrete]:
        """Observation and action space of one site."""

        def box(*shape: int, low: float = 0.0, high: float = np.inf) -> spaces.Box:
            return spaces.Box(low, high, shape, np.float32)

        edge = LARGEST_FEATURE
        seen: Any = spaces.Dict(
            {
                "arc": box(K, LONGEST, ARC_FEATURES, low=-edge, high=edge),
                "price": box(K, LONGEST),
                "path": box(K, PATH_FEATURES, low=-edge, high=edge),
                "on_path": spaces.MultiBinary((K, LONGEST)),
                "mask": spaces.MultiBinary(K),
                "bandwidth": box(),
                "typical": box(),
                "weight": box(),
                "sharpness": box(),
                "outlook": box(OUTLOOK, low=-np.inf),
                "site": spaces.Box(0, 2**31 - 1, (), np.int64),
                "action_mask": spaces.MultiBinary(K + 1),
            }
        )
        return seen, spaces.Discrete(K + 1)

    def begin(self, b: int, rng: np.random.Generator, options: dict[str, Any]) -> None:
        """Draw a day of site ``b``, and the moment from which on it is to be decided."""
        site = self._sites[b].site
        draw = site.day(rng)
        menu, day = drawn_menu(site.menu, draw), Day(site.instance, site.menu)
        size = len(menu.weight)
        at = min(int(rng.random() * self._late * size), size - 1)
        flows, choice = np.arange(size, dtype=np.uint32), np.full(size, -1, np.int64)
        decide(menu, CHEAPEST, site.prices, flows, 0, at, day.capacity, day.entries, choice)
        percent = 100.0 / max(float(menu.weight.sum()), 1e-300)
        hoped = menu.weight - menu.bandwidth * self._sites[b].cheapest[draw.ends]
        bench = new_bench(len(menu.capacity))
        self._places[b] = _Place(menu, day, bench, at, percent, np.maximum(0.0, hoped))

    def act(self, action: np.ndarray, idle: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Decide an arrival of each day that is not ``idle``; return rewards and ends."""
        reward, done = np.zeros(self.count), np.zeros(self.count, bool)
        for b, place in enumerate(self._places):
            if place is None or idle[b]:
                continue
            menu, at, own, j = place.menu, place.at, self._sites[b], int(action[b])
            found = -place.hoped[at]
            if j < K and self._mask[b, j]:
                path, bandwidth = int(menu.pair[at]) * K + j, menu.bandwidth[at]
                occupy(menu, place.day.capacity, place.day.entries, path, bandwidth, 1)
                place.attained += place.percent * menu.weight[at]
                found += menu.weight[at] - bandwidth * own.cost[path]
            place.at += 1
            done[b] = place.at == len(menu.weight)
            if done[b]:
                found -= own.worth @ place.day.capacity
            reward[b] = place.percent * found
        return reward, done

    def observe(self) -> dict[str, np.ndarray]:
        """Observations of all days, in new arrays; all 0 but the mask where a day is over."""
        count = self.count
        arc = np.zeros((count, K, LONGEST, ARC_FEATURES), np.float32)
        price = np.zeros((count, K, LONGEST), np.float32)
        path = np.zeros((count, K, PATH_FEATURES), np.float32)
        on_path = np.zeros((count, K, LONGEST), bool)
        flow = np.zeros((3, count), np.float32)
        outlook = np.zeros((count, OUTLOOK), np.float32)
        self._mask = np.zeros((count, K + 1), bool)
        self._mask[:, -1] = True
        mask = np.zeros((count, K), bool)
        for b, (place, own) in enumerate(zip(self._places, self._sites, strict=True)):
            if place is None or place.at >= len(place.menu.weight):
                continue
            known, menu, day = own.site.known, place.menu, place.day
            number, time = np.uint32(place.at), place.at / len(menu.weight)
            describe(
                menu, known, place.bench, number, time, day.capacity, day.entries,
                arc[b], price[b], path[b], on_path[b], mask[b],
            )  # fmt: skip
            weight = menu.weight[place.at]
            flow[:, b] = menu.bandwidth[place.at] * known.level, known.typical, weight
            outlook[b] = _outlook(own, place, time)
        self._mask[:, :-1] = mask
        return {
            "arc": arc,
            "price": price,
            "path": path,
            "on_path": on_path.view(np.int8),
            "mask": mask.view(np.int8),
            "bandwidth": flow[0],
            "typical": flow[1],
            "weight": flow[2],
            "sharpness": np.full(count, self._sharpness, np.float32),
            "outlook": outlook,
            "site": np.array([own.number for own in self._sites], np.int64),
            "action_mask": self._mask.astype(np.int8),
        }

    def over(self) -> np.ndarray:
        """Whether each day has no arrival left, or has not begun: bool, shape (B,)."""
        return np.array([p is None or p.at >= len(p.menu.weight) for p in self._places])

    def masks(self) -> np.ndarray:
        """Actions that are possible now: bool, shape (B, K + 1)."""
        return self._mask.copy()

    def outcome(self) -> dict[str, np.ndarray]:
        """Return what each day's admitted flows weigh since it began, in percent."""
        return {"attained": np.array([p.attained if p is not None else 0.0 for p in self._places])}


def _outlook(own: Valued, place: _Place, time: float) -> tuple[float, ...]:
    """Describe what is still to come.

    Time left; worth of what is free at mean prices, of that beyond what other days still use, and
    of what is free at adaptive prices, each as a share of all that is offered; mean use of
    capacity; three measures of how far arcs are from being used evenly over the day, each by its
    worth or, as a price of 0 may be wrong, alike; the weight at hand, and what is hoped for from
    it, in mean weights.
    """
    menu, free, known = place.menu, place.day.capacity, own.site.known
    used = 1.0 - free / menu.capacity
    share, size = 0.01 * place.percent, len(menu.weight)
    ahead = used - time
    beyond = np.maximum(0.0, free - (1.0 - time) * known.usage * menu.capacity)
    uneven = float((own.worth * menu.capacity) @ np.square(ahead))
    alike = float(menu.capacity @ np.square(np.maximum(0.0, ahead)))
    return (
        1.0 - time,
        share * float(own.worth @ free),
        share * float(own.worth @ beyond),
        share * float((own.worth * np.exp(known.gain * ahead)) @ free),
        float(used.mean()),
        10.0 * share * uneven,
        share * uneven / (1.02 - time),
        share * known.level * known.typical * alike,
        share * size * menu.weight[place.at],
        share * size * place.hoped[place.at],
    )
