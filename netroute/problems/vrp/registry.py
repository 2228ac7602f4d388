"""Registry entries of the vehicle-routing family."""

from netroute.core.problem import Problem

_SOLVERS = "netroute.solvers.vrp"

CVRP = Problem(
    name="cvrp",
    family="vrp",
    title="capacitated vehicle routing",
    sense="min",
    instance="netroute.problems.vrp.instance:VrpInstance",
    solution="netroute.problems.vrp.solution:VrpSolution",
    check="netroute.problems.vrp.check:check",
    verify_bound="netroute.problems.vrp.verify_bound:verify_bound",
    describe="netroute.problems.vrp.describe:describe",
    summary="netroute.problems.vrp.describe:summary",
    features=frozenset({"limited fleet", "asymmetric distances"}),
    solvers={
        "auto": f"{_SOLVERS}.auto:AutoSolver",
        "hgs": f"{_SOLVERS}.hgs:HgsSolver",
        "sisr": f"{_SOLVERS}.sisr:SisrSolver",
        "savings": f"{_SOLVERS}.savings:SavingsSolver",
        "sweep": f"{_SOLVERS}.sweep:SweepSolver",
        "nearest": f"{_SOLVERS}.nearest:NearestSolver",
        "random-insertion": f"{_SOLVERS}.random_insertion:RandomInsertionSolver",
        "policy": f"{_SOLVERS}.policy:PolicySolver",
        "ilp": f"{_SOLVERS}.ilp:IlpSolver",
        "pyvrp": f"{_SOLVERS}.peers.pyvrp:PyvrpSolver",
        "ortools": f"{_SOLVERS}.peers.ortools:OrtoolsSolver",
        "vroom": f"{_SOLVERS}.peers.vroom:VroomSolver",
    },
    default_solver="auto",
    bounds={
        "instant": f"{_SOLVERS}.bound.instant:InstantBound",
        "ng": f"{_SOLVERS}.bound.ng:NgBound",
    },
    default_bound=f"{_SOLVERS}.bound.rule:default_bound",
    generators={
        "uchoa": "netroute.datasets.vrp.uchoa:generate_uchoa",
        "uniform": "netroute.datasets.vrp.uniform:generate_uniform",
        "mixture": "netroute.datasets.vrp.mixture:generate_mixture",
        "roads": "netroute.datasets.vrp.roads:generate_roads",
    },
    plots={
        "routes": "netroute.viz.vrp:plot_routes",
        "convergence": "netroute.viz.convergence:plot_convergence",
    },
    environment="netroute/Cvrp-v0",
    warmup="netroute.envs.vrp.warmup:warmup",
)
