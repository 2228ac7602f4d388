"""Run by CI in an environment without extras: everything but them must work."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

import netroute
from netroute.core.registry import PROBLEMS, problem

EXTRAS = (
    *("matplotlib", "pyvrp", "vroom", "pettingzoo", "torch", "safetensors", "tensorboard"),
    *("stable_baselines3", "sb3_contrib", "ray", "pytest", "hypothesis"),
)


def require(holds: bool, what: str) -> None:
    if not holds:
        sys.exit(f"core-only: {what}")


def rejected(call) -> netroute.MissingExtraError:
    try:
        call()
    except netroute.MissingExtraError as error:
        return error
    sys.exit("core-only: expected a MissingExtraError")


def netroute_command(*arguments: object) -> subprocess.CompletedProcess[str]:
    program = shutil.which("netroute", path=sysconfig.get_path("scripts"))
    require(program is not None, "the netroute command is not installed")
    return subprocess.run(
        [str(program), *map(str, arguments)], capture_output=True, text=True, check=False
    )


def unlearned(folder: Path, routes: netroute.VrpInstance) -> None:
    """Every learned solver, and training, says what to install."""
    for name in PROBLEMS:
        entry = problem(name)
        for solver in entry.solvers:
            if entry.solver(solver).kind != "learned":
                continue
            instance = routes
            if name != "cvrp":
                instance = entry.generator(next(iter(entry.generators)))(seed=1)
            error = rejected(
                lambda i=instance, n=name, s=solver: netroute.solve(i, problem=n, solver=s)
            )
            require(error.extra == "learn", str(error))
            file = folder / "learned.json"
            netroute.write(file, instance)
            done = netroute_command("solve", name, file, "--solver", solver, "--time", 2)
            wanted = done.returncode == 2 and "netroute[learn]" in done.stderr
            require(wanted and "Traceback" not in done.stderr, done.stderr)
            print(done.stderr.strip())


def main() -> None:
    for name in EXTRAS:
        require(importlib.util.find_spec(name) is None, f"{name} is installed")
    builder = netroute.VrpBuilder("core").add_depot(0, 0)
    for i in range(12):
        builder.add_client(i * 7 % 12, i * 5 % 12, delivery=1 + i % 3)
    instance = builder.add_vehicle_type(capacity=8).build()
    for solver in ("savings", "auto"):
        result = netroute.solve(instance, solver=solver, seconds=2)
        require(netroute.check(instance, result.solution).feasible, f"{solver} is not feasible")
        require(result.bound is not None, f"{solver} comes without a bound")
        print(f"{solver}: {result.objective:.3f}, bound {result.bound:.3f}")
    for solver in ("pyvrp", "vroom"):
        error = rejected(lambda name=solver: netroute.solve(instance, solver=name, seconds=1))
        require(error.extra == "peers", str(error))
        print(error)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "a.vrp"
        cities, tour = Path(folder) / "cities.tsp", Path(folder) / "cities.tour"
        network, answer = Path(folder) / "network.json", Path(folder) / "answer.json"
        for arguments in (
            ("--help",),
            ("solvers",),
            ("generate", "cvrp", "--n", 20, "--seed", 1, "--out", file),
            ("solve", "cvrp", file, "--time", 2, "--out", file.with_suffix(".sol")),
            ("check", "cvrp", file, file.with_suffix(".sol")),
            ("generate", "tsp", "--nodes", 40, "--seed", 1, "--out", cities),
            ("solve", "tsp", cities, "--solver", "christofides", "--bound", "none", "--out", tour),
            ("check", "tsp", cities, tour),
            ("generate", "sdn", "--nodes", 12, "--seed", 1, "--out", network),
            ("solve", "sdn", network, "--time", 2, "--out", answer),
            ("check", "sdn", network, answer),
        ):
            done = netroute_command(*arguments)
            require(done.returncode == 0, f"netroute {arguments}: {done.stderr}")
        unlearned(Path(folder), instance)
        done = netroute_command("plot", "cvrp", file, "--out", file.with_suffix(".png"))
        require(done.returncode == 2 and "netroute[plot]" in done.stderr, done.stderr)
        print(done.stderr.strip())


if __name__ == "__main__":
    main()
