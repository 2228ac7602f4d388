"""A network small enough that a test can read all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("safetensors")

from netroute.solvers.neural.policy import Policy  # noqa: E402
from netroute.solvers.neural.policy_file import save_policy  # noqa: E402
from netroute.solvers.neural.registry import ARCHITECTURES  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class TwoLayers(Policy):
    """Scores each action from two figures of it."""

    architecture = "two-layers"

    def __init__(self, *, width: int = 3, scale: float = 1.0, name: str = "a") -> None:
        super().__init__()
        if width < 1:
            raise ValueError("width must be positive\nand small")
        self.kept = {"width": width, "scale": scale, "name": name}
        self.first = torch.nn.Linear(2, width)
        self.normed = torch.nn.BatchNorm1d(width)
        self.second = torch.nn.Linear(width, 1, bias=False)
        self.register_buffer("ramp", torch.arange(width, dtype=torch.float32), persistent=False)

    def settings(self):
        return dict(self.kept)

    def forward(self, seen):
        hidden = torch.relu(self.first(seen["x"])) + self.ramp * self.kept["scale"]
        return self.second(hidden).squeeze(-1)


@pytest.fixture(autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def network(monkeypatch) -> type[Policy]:
    """The network's class, known to the registry."""
    monkeypatch.setitem(ARCHITECTURES, "two-layers", f"{TwoLayers.__module__}:TwoLayers")
    return TwoLayers


@pytest.fixture
def make_policy(network, tmp_path) -> Callable[..., tuple[Path, Policy]]:
    """Write a policy with random weights to a folder; return both."""

    def make(seed: int = 0, folder: str = "policy", **settings):
        torch.manual_seed(seed)
        policy = network(**settings)
        save_policy(
            tmp_path / folder,
            policy,
            problem="tsp",
            seed=7,
            data_hash=64 * "d",
            config="name: a\n",
            log='{"step": 1}\n',
            figures={"gap": 1.5},
        )
        return tmp_path / folder, policy

    return make
