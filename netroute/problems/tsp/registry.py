"""Registry entries of the travelling salesman family."""

from netroute.core.problem import Problem
from netroute.problems.tsp.instance import ASYMMETRIC, FEATURES

_SOLVERS = "netroute.solvers.tsp"

TSP = Problem(
    name="tsp",
    family="tsp",
    title="symmetric travelling salesman",
    sense="min",
    instance="netroute.problems.tsp.instance:TspInstance",
    solution="netroute.problems.tsp.solution:TspSolution",
    check="netroute.problems.tsp.check:check",
    verify_bound="netroute.problems.tsp.verify_bound:verify_bound",
    describe="netroute.problems.tsp.describe:describe",
    summary="netroute.problems.tsp.describe:summary",
    features=FEATURES - {ASYMMETRIC},
    solvers={
        "nearest": f"{_SOLVERS}.nearest:NearestSolver",
        "space-filling": f"{_SOLVERS}.space_filling:SpaceFillingSolver",
        "greedy": f"{_SOLVERS}.greedy:GreedySolver",
        "savings": f"{_SOLVERS}.savings:SavingsSolver",
        "random-insertion": f"{_SOLVERS}.random_insertion:RandomInsertionSolver",
        "christofides": f"{_SOLVERS}.christofides:ChristofidesSolver",
        "ortools": f"{_SOLVERS}.peers.ortools:OrtoolsSolver",
        "elkai": f"{_SOLVERS}.peers.elkai:ElkaiSolver",
    },
    default_solver="nearest",
    generators={
        "points": "netroute.datasets.tsp.points:generate_points",
    },
    plots={
        "tour": "netroute.viz.tsp:plot_tour",
        "convergence": "netroute.viz.convergence:plot_convergence",
    },
    warmup=f"{_SOLVERS}.warmup:warmup",
)

ATSP = Problem(
    name="atsp",
    family="tsp",
    title="asymmetric travelling salesman",
    sense="min",
    instance="netroute.problems.tsp.instance:TspInstance",
    solution="netroute.problems.tsp.solution:TspSolution",
    check="netroute.problems.tsp.check:check",
    verify_bound="netroute.problems.tsp.verify_bound:verify_bound",
    describe="netroute.problems.tsp.describe:describe",
    summary="netroute.problems.tsp.describe:summary",
    features=FEATURES,
    solvers={
        "nearest": f"{_SOLVERS}.nearest:NearestSolver",
        "space-filling": f"{_SOLVERS}.space_filling:SpaceFillingSolver",
        "greedy": f"{_SOLVERS}.greedy:GreedySolver",
        "savings": f"{_SOLVERS}.savings:SavingsSolver",
        "random-insertion": f"{_SOLVERS}.random_insertion:RandomInsertionSolver",
        "ortools": f"{_SOLVERS}.peers.ortools:OrtoolsSolver",
        "elkai": f"{_SOLVERS}.peers.elkai:ElkaiSolver",
    },
    default_solver="nearest",
    generators={
        "roads": "netroute.datasets.tsp.roads:generate_roads",
    },
    plots={
        "tour": "netroute.viz.tsp:plot_tour",
        "convergence": "netroute.viz.convergence:plot_convergence",
    },
    warmup=f"{_SOLVERS}.warmup:warmup",
)
