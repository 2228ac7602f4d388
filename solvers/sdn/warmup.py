"""Compile search kernels on a tiny instance, so that no budget pays for it."""

from __future__ import annotations

from functools import cache

import numpy as np

from netroute.problems.sdn import SdnInstance


@cache
def compile_residual() -> None:
    """Compile what admits flows one by one."""
    from netroute.solvers.sdn.residual import Residual

    residual = Residual(tiny_instance())
    routes = residual.admit(np.arange(3, dtype=np.uint32))
    residual.take(routes.arc[:1], -1)


def compile_lp(instance: SdnInstance | None = None) -> None:
    """Compile what solves the relaxation over paths, and what prices paths of an instance."""
    _lp("plain")
    if instance is not None:
        features = instance.features()
        if instance.protection != "none":
            _lp("disjoint")
        if features & {"delay limits", "hop limits"}:
            _lp("limited")


@cache
def _lp(paths: str) -> None:
    from netroute.solvers.sdn.path_lp import PathLpSolver

    instance = tiny_instance()
    if paths == "limited":
        instance = instance.replace(max_hops=[1, 1, 1])
    elif paths == "disjoint":
        instance = instance.replace(protection="arc")
    PathLpSolver(instance).run(lambda: False)


@cache
def compile_online() -> None:
    """Compile what admits flows as they arrive."""
    from netroute.solvers.sdn._kernels.online import CHEAPEST
    from netroute.solvers.sdn.candidates import candidate_paths
    from netroute.solvers.sdn.online import Day, arrivals, flat_prices, menu_of

    instance = tiny_instance()
    menu = menu_of(instance, candidate_paths(instance, 2))
    Day(instance, menu).run(arrivals(instance.size, None), CHEAPEST, flat_prices(instance))


@cache
def compile_learned() -> None:
    """Compile what admits flows at prices that a network corrects."""
    from netroute.solvers.sdn._kernels.learned import ARC_FEATURES, PATH_FEATURES, Weights
    from netroute.solvers.sdn.candidates import candidate_paths
    from netroute.solvers.sdn.learned.day import Corrected, run_corrected
    from netroute.solvers.sdn.learned.knowledge import Relaxed, knowledge
    from netroute.solvers.sdn.online import arrivals, flat_prices, menu_of

    compile_online()
    instance = tiny_instance()
    menu = menu_of(instance, candidate_paths(instance, 2))
    days = np.zeros((1, len(instance.tail)))
    known = knowledge(instance, menu, Relaxed(days, days), flat_prices(instance))
    shapes = [(1, ARC_FEATURES), (1,), (2, 1), (2,), (1, PATH_FEATURES), (1,), (1, 1), (1,)]
    rule = Corrected(known, Weights(*map(np.zeros, shapes)))
    run_corrected(instance, menu, arrivals(instance.size, None), rule)


@cache
def compile_candidates() -> None:
    """Compile what finds a few short paths of each pair."""
    from netroute.solvers.sdn.candidates import candidate_paths

    candidate_paths(tiny_instance(), 2)


@cache
def compile_search(tables: bool) -> None:
    """Compile the search over candidate paths, with or without limited flow tables."""
    from netroute.solvers.sdn.path_lp import PathLpSolver
    from netroute.solvers.sdn.path_search import PathSearch
    from netroute.solvers.sdn.path_set import path_set

    instance = tiny_instance()
    if tables:
        instance = instance.replace(table_size=[9, 9, 9])
    solver = PathLpSolver(instance)
    solver.run(lambda: False)
    relaxed = solver.solution(least=-1.0)
    search = PathSearch(instance, relaxed, path_set(relaxed), weights=instance.weights(), seed=0)
    search.set_limit(9.0)
    search.anneal(1.0, 1.0, 1.0, 9.0, 100)
    search.mended()


@cache
def compile_cuts() -> None:
    """Compile what lowers the relaxation's bound by cuts."""
    from netroute.solvers.sdn.cover_cuts import CoverCuts
    from netroute.solvers.sdn.cover_separation import separate
    from netroute.solvers.sdn.path_lp import PathLpSolver

    instance = tiny_instance()
    solver = PathLpSolver(instance)
    solver.run(lambda: False)
    CoverCuts(instance, solver.solution(), None).turn(9.0)
    rng = np.random.default_rng(0)
    separate(0, np.array([1.0, 0.5, 0.0]), np.array([2, 2, 2]), 3, rng)


@cache
def compile_rounding() -> None:
    """Compile what puts flows onto the paths of a fractional plan."""
    from netroute.solvers.sdn.path_lp import PathLpSolver
    from netroute.solvers.sdn.rounding import Rounder

    instance = tiny_instance()
    solver = PathLpSolver(instance)
    solver.run(lambda: False)
    Rounder(instance, solver.solution()).round(np.arange(3, dtype=np.uint32))


@cache
def compile_negotiation() -> None:
    """Compile what routes given flows within all capacities."""
    from netroute.solvers.sdn.realise import Realisation

    Realisation(tiny_instance(), np.array([0]), {0: 1, 1: 0}).run(lambda: False)


@cache
def compile_genetic() -> None:
    """Compile what breeds and decodes plans."""
    from netroute.solvers.sdn._kernels.genetic import Room, breed, decode
    from netroute.solvers.sdn.candidates import candidate_paths
    from netroute.solvers.sdn.genetic import genome_of

    instance = tiny_instance()
    genome = genome_of(instance, candidate_paths(instance, 2))
    room = Room(genome.capacity.copy(), genome.entries.copy())
    plans, value = np.zeros((2, 3), np.uint8), np.zeros(2)
    decode(genome, room, plans[0])
    rng = np.ones(1, np.uint64)
    breed(genome, room, plans, value, plans.copy(), value.copy(), 0, 2, 2, 0.1, rng)


def tiny_instance() -> SdnInstance:
    """Return three flows on a triangle of links."""
    return SdnInstance(
        name="tiny",
        nodes=["a", "b", "c"],
        tail=[0, 1, 1, 2, 2, 0],
        head=[1, 0, 2, 1, 0, 2],
        capacity=[3, 3, 3, 3, 3, 3],
        delay=[1.0, 1.0, 1.0, 1.0, 1.0, 1.0],
        source=[0, 0, 1],
        target=[1, 2, 2],
        bandwidth=[2, 2, 2],
        priority=[1, 2, 3],
    )


def warmup() -> None:
    """Compile every kernel that the solvers and bounds of this family use."""
    compile_residual()
    for paths in ("plain", "limited", "disjoint"):
        _lp(paths)
    for tables in (False, True):
        compile_search(tables)
    compile_cuts()
    compile_learned()
    compile_rounding()
    compile_negotiation()
    compile_genetic()
