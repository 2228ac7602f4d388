"""What importing netroute loads, and what it offers."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import netroute

ROOT = Path(__file__).resolve().parents[2]
HEAVY = {
    *("numba", "llvmlite", "scipy", "networkx", "torch", "ortools", "pulp", "gymnasium", "joblib"),
    *("pooch", "matplotlib", "pandas", "pydantic", "typer", "rich", "yaml", "pyvrp", "vroom"),
}
LEARNING = {"torch", "safetensors", "tensorboard", "stable_baselines3", "sb3_contrib", "ray"}


def python(*arguments: str, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], cwd=folder, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    "program",
    [
        "import netroute",
        "from netroute import VrpBuilder, read, solve, check",
        "import netroute.problems.vrp.check",
        "import netroute; netroute.VrpBuilder().add_depot(0, 0).add_client(1, 1).build()",
        "from netroute.core.registry import problem; problem('cvrp'), problem('sdn')",
        "import netroute; netroute.TspInstance(matrix=[[0, 1, 2], [1, 0, 3], [2, 3, 0]]).size",
        "import netroute; arc = {'tail': [0], 'head': [1], 'capacity': [1]}; netroute.SdnInstance("
        "nodes='ab', source=[0], target=[1], bandwidth=[1], **arc).features()",
    ],
)
def test_nothing_heavy_is_loaded(program):
    done = python("-P", "-c", f"{program}\nimport sys\nprint(*sys.modules)")
    assert done.returncode == 0, done.stderr
    assert not {name.partition(".")[0] for name in done.stdout.split()} & (HEAVY | LEARNING)


@pytest.mark.parametrize("command", [["--help"], ["train", "--help"], ["solvers"], ["bench", "-h"]])
def test_commands_that_use_no_policy_do_not_load_torch(command):
    done = python(
        "-P",
        "-c",
        f"from netroute.cli import main\ncode = main({command})\n"
        "import sys\nprint()\nprint(code, *sys.modules)",
    )
    code, *modules = done.stdout.splitlines()[-1].split()
    assert code == "0", done.stderr
    assert not {name.partition(".")[0] for name in modules} & LEARNING


def test_every_learned_solver_is_there_without_torch():
    """Its class has no use for PyTorch: parameters can be listed and checked without it."""
    program = (
        "import sys\n"
        "from netroute.core.registry import PROBLEMS, problem\n"
        "for name in PROBLEMS:\n"
        "    for solver in problem(name).solvers:\n"
        "        found = problem(name).solver(solver)\n"
        "        if found.kind == 'learned':\n"
        "            print(name, found().parameters()['weights'])\n"
        "assert 'torch' not in sys.modules\n"
    )
    done = python("-P", "-c", program)
    assert done.returncode == 0, done.stderr
    problems = {line.split()[0] for line in done.stdout.splitlines()}
    assert {"sdn", "collective"} <= problems


def test_every_public_name_is_there_and_documented():
    for name in netroute.__all__:
        value = getattr(netroute, name)
        assert name in dir(netroute)
        assert name.startswith("__") or value.__doc__
    with pytest.raises(AttributeError, match="no attribute 'slove'"):
        netroute.slove  # noqa: B018


@pytest.mark.parametrize("room", ["solvers", "envs", "datasets", "experiments"])
def test_rooms_refuse_to_be_imported_under_their_folder_name(room):
    """Without this a program started in the checkout would load modules twice."""
    done = python("-c", f"import {room}", folder=ROOT)
    assert done.returncode != 0
    assert f"netroute.{room}" in done.stderr


def test_version_is_the_installed_one():
    from importlib.metadata import version

    assert netroute.__version__ == version("netroute")


def test_logging_is_silent_unless_asked():
    done = python(
        "-P", "-c", "import netroute, logging; logging.getLogger('netroute.x').error('quiet')"
    )
    assert (done.returncode, done.stderr) == (0, "")
