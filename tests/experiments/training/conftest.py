"""A task of its own for the trainer: which of five points is the nearest one?"""

import sys
from pathlib import Path

import pytest
import yaml

LABELS = """
import os
import time

import numpy as np


def label(parameters, rng, count):
    log = parameters.get("log")
    if log:
        with open(log, "a") as stream:
            stream.write(f"{os.getpid()} {os.environ.get('OMP_NUM_THREADS')}\\n")
    time.sleep(parameters.get("rest", 0.0))
    if parameters.get("fault"):
        raise ZeroDivisionError("a bug")
    shift = float(os.environ.get("LABEL_SHIFT", 0))
    points = shift + rng.uniform(-1, 1, (count, parameters["points"], 2))
    return {"points": points.astype(np.float32), "nearest": (points**2).sum(-1).argmin(-1)}
"""

PLUGIN = """
import time
from typing import ClassVar

import numpy as np
import torch

from netroute.experiments.settings import Settings
from netroute.experiments.training.task import build_policy
from netroute.solvers.neural.policy import Policy
from netroute.solvers.neural.registry import ARCHITECTURES


class Nearest(Policy):
    architecture = "nearest"

    def __init__(self, *, width: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.layers = torch.nn.Sequential(
            torch.nn.Linear(2, width), torch.nn.ReLU(), torch.nn.Dropout(dropout),
            torch.nn.Linear(width, 1),
        )

    def settings(self):
        return {"width": self.layers[0].out_features, "dropout": self.layers[2].p}

    def forward(self, seen):
        return self.layers(seen["points"]).squeeze(-1)


ARCHITECTURES["nearest"] = "train_plugin:Nearest"


class Parameters(Settings):
    points: int = 5
    rest: float = 0.0
    fault: str = ""
    fault_step: int = 0
    log: str = ""
    seed: int = 0
    problem: str = "tsp"


class NearestTask:
    Parameters: ClassVar = Parameters
    architectures = ("nearest", "tail-transformer")

    def __init__(self, parameters):
        self.parameters = parameters
        self.problem = parameters.problem
        self.batches = 0

    def make_policy(self, spec):
        return build_policy(spec)

    def prepare(self, labels, report):
        p = self.parameters
        made = labels.make(
            "label_plugin:label",
            version=1,
            seed=p.seed,
            parameters={
                "points": p.points, "log": p.log, "rest": p.rest, "fault": p.fault == "label"
            },
        )
        self.points, self.nearest = made.stacked("points"), made.stacked("nearest")
        return made.digest

    def batch(self, rng, size):
        pick = rng.integers(len(self.points), size=size)
        self.batches += 1
        points = torch.from_numpy(self.points[pick])
        if self.parameters.fault == "nan" and self.batches == self.parameters.fault_step:
            points = points * float("nan")
        return {"points": points, "target": torch.from_numpy(self.nearest[pick])}

    def loss(self, policy, batch):
        if self.parameters.fault == "slow":
            time.sleep(0.005)
        logits = policy(batch)
        hit = (logits.argmax(-1) == batch["target"]).float().mean()
        return torch.nn.functional.cross_entropy(logits, batch["target"]), {"hit": float(hit)}

    def validate(self, policy):
        logits = policy({"points": torch.from_numpy(self.points)})
        miss = (logits.argmax(-1) != torch.from_numpy(self.nearest)).float().mean()
        return {"gap": float("nan") if self.parameters.fault == "gap" else 100 * float(miss)}
"""


class Training:
    """A folder with the plugin and a configuration to be varied."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.out = folder / "out"
        self.config = folder / "nearest.yaml"
        (folder / "label_plugin.py").write_text(LABELS)
        (folder / "train_plugin.py").write_text(PLUGIN)
        self.data: dict[str, object] = {
            "name": "nearest",
            "task": "train_plugin:NearestTask",
            "policy": {"settings": {"width": 16}},
            "labels": {"count": 200, "chunk": 50, "jobs": 1},
            "steps": 60,
            "batch": 32,
            "learning_rate": 0.02,
            "validate_every": 10,
            "seed": 3,
        }
        self.write()

    def write(self, **changes: object) -> Path:
        self.data |= changes
        self.config.write_text(yaml.safe_dump(self.data))
        return self.config

    def task(self, **parameters: object) -> dict[str, object]:
        return {"name": "train_plugin:NearestTask", **parameters}


@pytest.fixture
def training(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Training:
    pytest.importorskip("torch")
    from netroute.solvers.neural.registry import ARCHITECTURES

    monkeypatch.syspath_prepend(str(tmp_path))
    for name in ("label_plugin", "train_plugin"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setitem(ARCHITECTURES, "nearest", "train_plugin:Nearest")
    monkeypatch.setenv("NETROUTE_CACHE", str(tmp_path / "cache"))
    return Training(tmp_path)
