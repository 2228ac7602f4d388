"""Registry entry of the placement of collective traffic."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netroute.core.problem import Problem
from netroute.problems.collective.instance import FEATURES

if TYPE_CHECKING:
    from netroute.problems.collective.instance import CollectiveInstance

_SOLVERS = "netroute.solvers.collective"

MOST_VARIABLES = 300_000
"""Pairs of leaves times planes up to which the relaxation is solved."""

MOST_TREE_VARIABLES = 40_000
"""The same of a fat tree, with pairs of pods times paths."""

COLLECTIVE = Problem(
    name="collective",
    family="collective",
    title="placement of collective traffic on a data centre's fabric",
    sense="min",
    instance="netroute.problems.collective.instance:CollectiveInstance",
    solution="netroute.problems.collective.solution:CollectiveSolution",
    check="netroute.problems.collective.check:check",
    verify_bound="netroute.problems.collective.verify_bound:verify_bound",
    describe="netroute.problems.collective.describe:describe",
    summary="netroute.problems.collective.describe:summary",
    features=FEATURES,
    solvers={
        "auto": f"{_SOLVERS}.auto:AutoSolver",
        "koenig": f"{_SOLVERS}.koenig:KoenigSolver",
        "rounding": f"{_SOLVERS}.rounding:RoundingSolver",
        "local-search": f"{_SOLVERS}.rounding:LocalSearchSolver",
        "ilp": f"{_SOLVERS}.ilp:IlpSolver",
        "greedy": f"{_SOLVERS}.greedy:GreedySolver",
        "greedy-longest": f"{_SOLVERS}.greedy:GreedyLongestSolver",
        "incremental": f"{_SOLVERS}.incremental:IncrementalSolver",
        "policy": f"{_SOLVERS}.policy:PolicySolver",
        "online-greedy": f"{_SOLVERS}.online_rules:OnlineGreedySolver",
        "online-two-choices": f"{_SOLVERS}.online_rules:OnlineTwoChoicesSolver",
        "online-turns": f"{_SOLVERS}.online_rules:OnlineTurnsSolver",
        "online-weighted": f"{_SOLVERS}.online_rules:OnlineWeightedSolver",
        "hedera-first-fit": f"{_SOLVERS}.hedera:HederaFirstFitSolver",
        "hedera-annealing": f"{_SOLVERS}.hedera:HederaAnnealingSolver",
        "ecmp-hash": f"{_SOLVERS}.hashing:EcmpHashSolver",
        "flowlets": f"{_SOLVERS}.hashing:FlowletSolver",
        "ecmp": f"{_SOLVERS}.ecmp:EcmpSolver",
        "ecmp-pieces": f"{_SOLVERS}.ecmp:EcmpPiecesSolver",
        "round-robin": f"{_SOLVERS}.round_robin:RoundRobinSolver",
        "random-split": f"{_SOLVERS}.round_robin:RandomSplitSolver",
        "spray": f"{_SOLVERS}.spray:SpraySolver",
        "weighted-spray": f"{_SOLVERS}.weighted_spray:WeightedSpraySolver",
        "ethereal": f"{_SOLVERS}.spray:EtherealSolver",
        "ethereal-min": f"{_SOLVERS}.spray:EtherealMinSolver",
    },
    default_solver="auto",
    bounds={
        "degree": f"{_SOLVERS}.bound.degree:DegreeBound",
        "lp": f"{_SOLVERS}.bound.lp:LpBound",
    },
    default_bound="netroute.problems.collective.registry:default_bound",
    generators={
        "fabric": "netroute.datasets.collective.generate:generate_collective",
    },
    plots={
        "loads": "netroute.viz.collective:plot_loads",
        "hash-seeds": "netroute.viz.collective_seeds:plot_hash_seeds",
        "convergence": "netroute.viz.convergence:plot_convergence",
    },
    comparisons={"schemes": "netroute.viz.collective_schemes:plot_schemes"},
    environment="netroute/CollectivePlacement-v0",
    warmup="netroute.envs.collective.warmup:warmup",
)


def default_bound(instance: CollectiveInstance) -> str:
    """Return the bound method that is used unless one is asked for."""
    uneven = instance.features() & {"unequal capacities", "unequal sizes"}
    return "lp" if uneven and within_reach(instance) else "degree"


def within_reach(instance: CollectiveInstance) -> bool:
    """Whether the relaxation of all phases is small enough to be solved."""
    fabric = instance.fabric
    rows = max((len(phase.size) for phase in instance.phases), default=0)
    if fabric.tiers == 2:
        return rows * fabric.planes <= MOST_VARIABLES
    return rows * fabric.planes + fabric.pods**2 * fabric.paths <= MOST_TREE_VARIABLES
