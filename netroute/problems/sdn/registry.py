"""Registry entry of priority flow admission and routing."""

from netroute.core.problem import Problem
from netroute.problems.sdn.features import FEATURES

_SOLVERS = "netroute.solvers.sdn"

SDN = Problem(
    name="sdn",
    family="sdn",
    title="priority flow admission and routing",
    sense="max",
    instance="netroute.problems.sdn.instance:SdnInstance",
    solution="netroute.problems.sdn.solution:SdnSolution",
    check="netroute.problems.sdn.check:check",
    verify_bound="netroute.problems.sdn.verify_bound:verify_bound",
    describe="netroute.problems.sdn.describe:describe",
    summary="netroute.problems.sdn.describe:summary",
    reasons="netroute.problems.sdn.rejections:reasons",
    features=FEATURES,
    solvers={
        "auto": f"{_SOLVERS}.auto:AutoSolver",
        "colgen": f"{_SOLVERS}.colgen:ColgenSolver",
        "greedy": f"{_SOLVERS}.greedy:GreedySolver",
        "greedy-density": f"{_SOLVERS}.greedy_density:GreedyDensitySolver",
        "rounding": f"{_SOLVERS}.rounding:RoundingSolver",
        "randomized-rounding": f"{_SOLVERS}.randomized_rounding:RandomizedRoundingSolver",
        "ejection": f"{_SOLVERS}.ejection:EjectionSolver",
        "genetic": f"{_SOLVERS}.genetic:GeneticSolver",
        "ilp-arc": f"{_SOLVERS}.ilp_arc:IlpArcSolver",
        "ilp-path": f"{_SOLVERS}.ilp_path:IlpPathSolver",
        "branch-and-price": f"{_SOLVERS}.branch_and_price:BranchAndPriceSolver",
        "first-fit": f"{_SOLVERS}.first_fit:FirstFitSolver",
        "least-loaded": f"{_SOLVERS}.least_loaded:LeastLoadedSolver",
        "exponential-cost": f"{_SOLVERS}.exponential_cost:ExponentialCostSolver",
        "bid-price": f"{_SOLVERS}.bid_price:BidPriceSolver",
        "adaptive-bid-price": f"{_SOLVERS}.adaptive_bid_price:AdaptiveBidPriceSolver",
        "policy": f"{_SOLVERS}.policy:PolicySolver",
    },
    default_solver="auto",
    bounds={"lp": f"{_SOLVERS}.bound.lp:LpBound"},
    default_bound="netroute.problems.sdn.registry:default_bound",
    generators={"priority-flows": "netroute.datasets.sdn.priority_flows:generate_priority_flows"},
    plots={
        "network": "netroute.viz.sdn:plot_network",
        "convergence": "netroute.viz.convergence:plot_convergence",
    },
    environment="netroute/SdnAdmission-v0",
    warmup="netroute.envs.sdn.warmup:warmup",
)


def default_bound(instance: object) -> str:
    """Return the bound method that is used unless one is asked for."""
    return "lp"
