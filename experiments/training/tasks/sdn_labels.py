"""Labels of online admission: prices of other days, bounds of a day, advantages in hindsight."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from netroute.datasets.sdn.priority_flows import generate_priority_flows
from netroute.experiments.training.tasks.sdn_networks import (
    LEARNING_DAYS,
    K,
    Site,
    draw_network,
    make_site,
    never,
)
from netroute.solvers.sdn._kernels.learned import ARC_FEATURES, PATH_FEATURES, describe
from netroute.solvers.sdn._kernels.online import CHEAPEST, Prices, decide
from netroute.solvers.sdn.candidates import candidate_paths
from netroute.solvers.sdn.learned.day import drawn_menu, new_bench
from netroute.solvers.sdn.learned.knowledge import Relaxed, knowledge
from netroute.solvers.sdn.online import Day, menu_of
from netroute.solvers.sdn.online_days import Draw, day_of
from netroute.solvers.sdn.path_lp import PathLpSolver

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    Arrays = dict[str, np.ndarray]

LONGEST = 12
"""Paths of more arcs are left out of what is imitated."""


def make_networks(parameters: dict[str, Any], rng: np.random.Generator, count: int) -> Arrays:
    """Generate networks, learn their prices, and bound ``days`` test days of each."""
    specs, sites, relaxed, seeds, bounds = [], [], [], [], []
    for _ in range(count):
        spec, learning, testing = _draw(parameters, rng)
        site, days = make_site(spec, learning)
        specs.append(json.dumps(spec))
        sites.append(site)
        relaxed.append(days)
        seeds.append(testing)
        bounds.append([_bound(site, seed) for seed in testing])
    return {
        "spec": np.array(specs),
        "arcs": np.array([len(site.instance.tail) for site in sites]),
        "level": np.array([site.prices.level for site in sites]),
        "gain": np.array([site.prices.gain for site in sites]),
        "prices": np.concatenate([days.prices.T for days in relaxed]),
        "usage": np.concatenate([days.usage.T for days in relaxed]),
        "day": np.array(seeds, np.int64),
        "bound": np.array(bounds, np.float64),
    }


def specs(
    seed: int, count: int, *, nodes: tuple[int, int] = (10, 30), days: int = 0, stops: int = 0,
    chunk: int = 8,
) -> list[dict[str, Any]]:  # fmt: skip
    """Return the parameters of the networks that labels are made of in chunks under a seed.

    Those of `make_networks`, or with ``stops`` those of `make_advantages`.

    Examples
    --------
    >>> len(specs(1, 10)), specs(1, 10)[:8] == specs(1, 8)
    (10, True)
    """
    found: list[dict[str, Any]] = []
    while len(found) < count:
        rng = np.random.default_rng([seed, len(found) // chunk])
        for _ in range(chunk):
            found.append(_draw({"nodes": nodes, "days": days}, rng)[0])
            for _ in range(days):
                _moments(rng, found[-1]["flows"], stops)
    return found[:count]


def networks_of(chunk: Mapping[str, np.ndarray]) -> Iterator[tuple[Site, list[Draw], np.ndarray]]:
    """Make networks of a chunk again, each with its test days and their bounds."""
    ends = np.cumsum(chunk["arcs"])
    for i, text in enumerate(chunk["spec"].tolist()):
        instance = generate_priority_flows(**json.loads(text))
        menu = menu_of(instance, candidate_paths(instance, K))
        part = slice(ends[i] - chunk["arcs"][i], ends[i])
        relaxed = Relaxed(chunk["prices"][part].T.copy(), chunk["usage"][part].T.copy())
        base = relaxed.prices.mean(axis=0)
        prices = Prices(base, float(chunk["level"][i]), float(chunk["gain"][i]), 0.0, 0.0)
        site = Site(instance, menu, prices, knowledge(instance, menu, relaxed, prices))
        days = [site.day(np.random.default_rng(seed)) for seed in chunk["day"][i].tolist()]
        yield site, days, chunk["bound"][i]


def make_advantages(parameters: dict[str, Any], rng: np.random.Generator, count: int) -> Arrays:
    """Describe decisions on days at adaptive bid prices, and what each action is worth.

    At ``stops`` random moments of each of ``days`` days the relaxation of what is still to come, on
    what is still free, is solved in hindsight; at its duals a path is worth the flow's weight minus
    the bandwidth times the sum of the duals, for each of the ``window`` arrivals that follow.
    """
    found: list[Arrays] = []
    for _ in range(count):
        spec, learning, testing = _draw(parameters, rng)
        site, _ = make_site(spec, learning)
        for seed in testing:
            found += _day_advantages(site, site.day(np.random.default_rng(seed)), parameters, rng)
    return {name: np.stack([entry[name] for entry in found]) for name in found[0]}


def _day_advantages(
    site: Site, draw: Draw, parameters: Mapping[str, Any], rng: np.random.Generator
) -> list[Arrays]:
    menu, size = drawn_menu(site.menu, draw), site.instance.size
    flows, choice = np.arange(size, dtype=np.uint32), np.full(size, -1, np.int64)
    day, at = Day(site.instance, menu), 0
    bench = new_bench(len(site.instance.tail))
    found = []
    for stop in _moments(rng, size, int(parameters["stops"])):
        stop = max(stop, at)
        decide(menu, CHEAPEST, site.prices, flows, at, stop, day.capacity, day.entries, choice)
        at = min(stop + int(parameters["window"]), size)
        duals = _duals(site, draw, stop, day.capacity)
        for i in range(stop, at):
            entry = new_entry()
            described = (entry[n] for n in ("arc", "price", "path", "on_path", "mask"))
            describe(
                menu, site.known, bench, flows[i], i / size, day.capacity, day.entries, *described
            )
            entry["bandwidth"][()] = menu.bandwidth[i] * site.known.level
            entry["typical"][()] = site.known.typical
            entry["weight"][()] = menu.weight[i]
            for j in np.flatnonzero(entry["mask"]).tolist():
                here = int(menu.pair[i]) * K + j
                arcs = menu.arc[menu.start[here] : menu.start[here + 1]]
                entry["advantage"][j] = menu.weight[i] - menu.bandwidth[i] * duals[arcs].sum()
            found.append(entry)
            decide(menu, CHEAPEST, site.prices, flows, i, i + 1, day.capacity, day.entries, choice)
    return found


def new_entry() -> Arrays:
    """Return what `BidPriceCorrection` sees of one decision, all zero."""
    return {
        "arc": np.zeros((K, LONGEST, ARC_FEATURES), np.float32),
        "price": np.zeros((K, LONGEST), np.float32),
        "path": np.zeros((K, PATH_FEATURES), np.float32),
        "on_path": np.zeros((K, LONGEST), bool),
        "mask": np.zeros(K, bool),
        "bandwidth": np.zeros((), np.float32),
        "typical": np.zeros((), np.float32),
        "weight": np.zeros((), np.float32),
        "advantage": np.zeros(K, np.float32),
    }


def _draw(
    parameters: Mapping[str, Any], rng: np.random.Generator
) -> tuple[dict[str, Any], list[int], list[int]]:
    """Draw a network, and the seeds of its days to learn from and to test on."""
    low, high = parameters["nodes"]
    spec = draw_network(rng, nodes=(int(low), int(high)))
    seeds = rng.integers(0, 1 << 62, LEARNING_DAYS + int(parameters["days"])).tolist()
    return spec, seeds[:LEARNING_DAYS], seeds[LEARNING_DAYS:]


def _moments(rng: np.random.Generator, flows: int, stops: int) -> list[int]:
    """Draw the arrivals at which hindsight is asked, in order."""
    found: list[int] = np.sort(rng.integers(0, flows, stops)).tolist()
    return found


def _bound(site: Site, seed: int) -> float:
    solver = PathLpSolver(day_of(site.instance, site.day(np.random.default_rng(seed))))
    solver.run(never)
    return solver.bound


def _duals(site: Site, draw: Draw, first: int, capacity: np.ndarray) -> np.ndarray:
    """Return the duals of the relaxation of the arrivals from ``first`` on."""
    rest = day_of(site.instance, Draw(draw.ends[first:], draw.size[first:]))
    solver = PathLpSolver(rest.replace(capacity=np.maximum(capacity, 1)))
    solver.run(never)
    return solver.prices
