from __future__ import annotations

import subprocess
import sys

import pytest
import torch

from netroute.core.budget import Budget
from netroute.core.errors import InputError, NetrouteError
from netroute.solvers.neural import registry
from netroute.solvers.neural.extra import torch_threads
from netroute.solvers.neural.policy_file import load_policy
from netroute.solvers.neural.shipped import SHIPPED_BYTES, policy_folder, weights_folder

SHIPPED = sorted(path for path in weights_folder().glob("*") if path.is_dir())


def test_threads_are_put_back():
    with torch_threads(2):
        assert torch.get_num_threads() == 2
        with pytest.raises(KeyError), torch_threads(1):
            raise KeyError
        assert torch.get_num_threads() == 2
    assert torch.get_num_threads() == 1


def test_only_the_first_import_is_off_the_budget():
    clock = Budget(seconds=60).start()
    with clock.importing("torch"):
        sum(range(100_000))
    assert clock.compile_seconds == 0.0
    program = (
        "from netroute.core.budget import Budget\n"
        "from netroute.solvers.neural.extra import require_torch\n"
        "clock = Budget().start()\n"
        "with clock.importing('torch'):\n"
        "    require_torch()\n"
        "print(clock.compile_seconds > 10 * clock.elapsed())\n"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout == "True\n"


def test_a_package_that_is_not_there_is_not_charged():
    clock = Budget(seconds=60).start()
    with pytest.raises(ModuleNotFoundError), clock.importing("no_such_package"):
        __import__("no_such_package")
    assert clock.compile_seconds == 0.0


def test_unknown_architecture(network):
    assert registry.architecture("two-layers") is network
    with pytest.raises(InputError, match=r"did you mean 'two-layers'\?"):
        registry.architecture("two-layer")


def test_plugin_that_cannot_be_loaded(monkeypatch):
    monkeypatch.setattr(registry, "plugin_architectures", lambda: {"theirs": "no_such:Network"})
    with pytest.raises(NetrouteError, match=r"plug-in architecture 'theirs' \(no_such:Network\)"):
        registry.architecture("theirs")


def test_a_folder_of_a_shipped_name(make_policy, tmp_path, monkeypatch):
    folder, _ = make_policy()
    monkeypatch.chdir(tmp_path)
    assert policy_folder("policy").resolve() == folder
    for name in ("", "../policy", "no/such", "policy/policy.json"):
        with pytest.raises(InputError, match="no such policy"):
            policy_folder(name)


@pytest.mark.parametrize("folder", SHIPPED, ids=lambda folder: folder.name)
def test_shipped(folder):
    """Each policy that comes along is whole, small, and says where it comes from."""
    from netroute.core.registry import PROBLEMS
    from netroute.solvers.neural.policy_card import read_card

    card = read_card(folder)
    files = {path.name: path.stat().st_size for path in folder.iterdir()}
    assert set(files) == {"policy.json", card.weights, "config.yaml", "log.jsonl"}
    assert sum(files.values()) <= SHIPPED_BYTES
    assert card.problem in PROBLEMS
    assert len(card.data_hash) == 64
    assert card.figures["gap"] >= 0.0
    policy = load_policy(
        folder.name, problem=card.problem, architectures=frozenset({card.architecture})
    )
    assert not policy.training
