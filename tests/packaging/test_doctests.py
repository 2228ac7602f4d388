"""Run the examples in the docstrings of every module, under its installed name.

``pytest --doctest-modules`` would import the rooms a second time under their folder names.
"""

from __future__ import annotations

import doctest
import importlib
from pathlib import Path

import pytest

from netroute.core.errors import MissingExtraError

ROOT = Path(__file__).resolve().parents[2]
ROOMS = {
    "netroute": "netroute",
    "solvers": "netroute.solvers",
    "envs": "netroute.envs",
    "datasets": "netroute.datasets",
    "experiments": "netroute.experiments",
}
EXTRAS = {
    *("matplotlib", "pyvrp", "vroom", "torch", "safetensors", "tensorboard", "ray", "pettingzoo"),
    *("stable_baselines3", "sb3_contrib"),
}


def modules():
    for folder, package in ROOMS.items():
        for path in sorted((ROOT / folder).glob("**/*.py")):
            parts = path.relative_to(ROOT / folder).with_suffix("").parts
            if parts[-1] == "__init__":
                parts = parts[:-1]
            # Importing it would start the command line.
            if parts != ("__main__",):
                yield ".".join((package, *parts))


@pytest.mark.parametrize("name", list(modules()))
def test_examples(name):
    try:
        module = importlib.import_module(name)
    except MissingExtraError as error:
        pytest.skip(str(error))
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in EXTRAS:
            raise
        pytest.skip(f"{error.name} is not installed")
    runner, said = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS), []
    for examples in doctest.DocTestFinder().find(module, name):
        runner.run(examples, out=said.append)
    text = "".join(said)
    if "MissingExtraError: " in text:
        pytest.skip(text.strip().splitlines()[-1].strip())
    assert runner.failures == 0, text


def test_rooms_of_learning_are_among_them():
    """New folders are found by themselves; this says so of those that matter most."""
    found = set(modules())
    for package in ("netroute.solvers.neural", "netroute.experiments.training"):
        assert sum(name.startswith(f"{package}.") for name in found) >= 6
    assert "netroute.solvers.sdn.learned.model" in found


def test_public_functions_have_examples():
    """The face of the library shows by example what it does."""
    import netroute

    builder = netroute.VrpBuilder
    assert ">>>" in (builder.__doc__ or "")
    for name in ("solve", "check", "read", "write"):
        assert ">>>" in (getattr(netroute, name).__doc__ or ""), name
