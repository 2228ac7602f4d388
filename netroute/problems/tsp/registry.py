"""Registry entries of the travelling salesman family."""

from __future__ import annotations

from dataclasses import replace

from netroute.core.problem import Problem
from netroute.problems.tsp.instance import ASYMMETRIC, FEATURES

_SOLVERS = "netroute.solvers.tsp"

_SEARCHES = {
    "auto": f"{_SOLVERS}.auto:AutoSolver",
    "eax": f"{_SOLVERS}.eax:EaxSolver",
    "lin-kernighan": f"{_SOLVERS}.lin_kernighan:LinKernighanSolver",
    "or-opt": f"{_SOLVERS}.or_opt:OrOptSolver",
}

_CONSTRUCTIONS = {
    "nearest": f"{_SOLVERS}.nearest:NearestSolver",
    "space-filling": f"{_SOLVERS}.space_filling:SpaceFillingSolver",
    "greedy": f"{_SOLVERS}.greedy:GreedySolver",
    "savings": f"{_SOLVERS}.savings:SavingsSolver",
    "random-insertion": f"{_SOLVERS}.random_insertion:RandomInsertionSolver",
}

_REFERENCES = {
    "ilp": f"{_SOLVERS}.ilp:IlpSolver",
    "ortools": f"{_SOLVERS}.peers.ortools:OrtoolsSolver",
    "elkai": f"{_SOLVERS}.peers.elkai:ElkaiSolver",
}

TSP = Problem(
    name="tsp",
    family="tsp",
    title="symmetric travelling salesman",
    sense="min",
    instance="netroute.problems.tsp.instance:TspInstance",
    solution="netroute.problems.tsp.solution:TspSolution",
    check="netroute.problems.tsp.check:check",
    verify_bound="netroute.problems.tsp.verify_bound:verify_bound",
    bounds={"held-karp": f"{_SOLVERS}.bound.held_karp:HeldKarpBound"},
    default_bound=f"{_SOLVERS}.bound.rule:default_bound",
    describe="netroute.problems.tsp.describe:describe",
    summary="netroute.problems.tsp.describe:summary",
    features=FEATURES - {ASYMMETRIC},
    solvers={
        **_SEARCHES,
        **_CONSTRUCTIONS,
        "policy": f"{_SOLVERS}.policy:PolicySolver",
        "tree-search": f"{_SOLVERS}.tree_search:TreeSearchSolver",
        "christofides": f"{_SOLVERS}.christofides:ChristofidesSolver",
        "branch-and-cut": f"{_SOLVERS}.branch_and_cut:BranchAndCutSolver",
        **_REFERENCES,
    },
    default_solver="auto",
    generators={
        "points": "netroute.datasets.tsp.points:generate_points",
        "mixture": "netroute.datasets.tsp.mixture:generate_mixture",
    },
    plots={
        "tour": "netroute.viz.tsp:plot_tour",
        "convergence": "netroute.viz.convergence:plot_convergence",
    },
    environment="netroute/Tsp-v0",
    warmup="netroute.envs.tsp.warmup:warmup",
)

ATSP = replace(
    TSP,
    name="atsp",
    title="asymmetric travelling salesman",
    features=FEATURES,
    solvers={
        **_SEARCHES,
        **_CONSTRUCTIONS,
        "policy": f"{_SOLVERS}.policy:AsymmetricPolicySolver",
        "patching": f"{_SOLVERS}.patching:PatchingSolver",
        **_REFERENCES,
    },
    generators={
        "roads": "netroute.datasets.tsp.roads:generate_roads",
    },
)
