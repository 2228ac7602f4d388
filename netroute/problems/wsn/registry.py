"""Registry entry of cluster heads in wireless sensor networks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netroute.core.problem import Problem
from netroute.problems.wsn.instance import FEATURES

if TYPE_CHECKING:
    from netroute.problems.wsn.instance import WsnInstance

_SOLVERS = "netroute.solvers.wsn"

WSN = Problem(
    name="wsn",
    family="wsn",
    title="cluster heads of wireless sensor networks",
    sense="max",
    instance="netroute.problems.wsn.instance:WsnInstance",
    solution="netroute.problems.wsn.solution:WsnSolution",
    check="netroute.problems.wsn.check:check",
    verify_bound="netroute.problems.wsn.verify_bound:verify_bound",
    describe="netroute.problems.wsn.describe:describe",
    summary="netroute.problems.wsn.describe:summary",
    features=FEATURES,
    solvers={
        "auto": f"{_SOLVERS}.auto:AutoSolver",
        "lp-schedule": f"{_SOLVERS}.lp_schedule:LpScheduleSolver",
        "tree-schedule": f"{_SOLVERS}.tree_schedule:TreeScheduleSolver",
        "dual-price": f"{_SOLVERS}.dual_price:DualPriceSolver",
        "policy": f"{_SOLVERS}.policy:PolicySolver",
        "local-policy": f"{_SOLVERS}.local_policy:LocalPolicySolver",
        "round-ilp": f"{_SOLVERS}.round_ilp:RoundIlpSolver",
        "direct": f"{_SOLVERS}.direct:DirectSolver",
        "leach": f"{_SOLVERS}.leach:LeachSolver",
        "leach-c": f"{_SOLVERS}.leach_c:LeachCSolver",
        "heed": f"{_SOLVERS}.heed:HeedSolver",
        "sep": f"{_SOLVERS}.sep:SepSolver",
        "deec": f"{_SOLVERS}.deec:DeecSolver",
        "edeec": f"{_SOLVERS}.edeec:EdeecSolver",
        "teen": f"{_SOLVERS}.teen:TeenSolver",
        "pegasis": f"{_SOLVERS}.pegasis:PegasisSolver",
        "k-means": f"{_SOLVERS}.k_means:KMeansSolver",
        "pso-c": f"{_SOLVERS}.pso_c:PsoCSolver",
        "chef": f"{_SOLVERS}.chef:ChefSolver",
        "max-residual": f"{_SOLVERS}.max_residual:MaxResidualSolver",
        "game": f"{_SOLVERS}.game:GameSolver",
        "q-learning": f"{_SOLVERS}.q_learning:QLearningSolver",
    },
    default_solver="auto",
    bounds={
        "lifetime": f"{_SOLVERS}.bound.lifetime:LifetimeBound",
        "tree": f"{_SOLVERS}.bound.tree:TreeBound",
    },
    default_bound="netroute.problems.wsn.registry:default_bound",
    generators={"field": "netroute.datasets.wsn.generate:generate_field"},
    plots={
        "field": "netroute.viz.wsn:plot_field",
        "convergence": "netroute.viz.convergence:plot_convergence",
    },
    comparisons={
        "alive": "netroute.viz.wsn_curves:plot_alive",
        "bound": "netroute.viz.wsn_curves:plot_bound",
    },
    environment="netroute/WsnClusterHead-v0",
    warmup="netroute.envs.wsn.warmup:warmup",
)


def default_bound(instance: WsnInstance) -> str:
    """Return the bound method that is used unless one is asked for."""
    return "tree" if instance.routing == "tree" else "lifetime"
