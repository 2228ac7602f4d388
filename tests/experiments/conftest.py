"""A solver of its own for the benchmark runner: instant, and able to fail in every way."""

import sys
from pathlib import Path

import pytest
import yaml

PLUGIN = """
import os
import time
from dataclasses import dataclass
from typing import ClassVar

from netroute.core.errors import NetrouteError
from netroute.core.solver import parameter
from netroute.problems.vrp import VrpSolution
from netroute.solvers.vrp.base import VrpSolver


@dataclass(frozen=True, kw_only=True)
class Tiny(VrpSolver):
    name: ClassVar[str] = "tiny"
    summary: ClassVar[str] = "one route a client, or all clients in one route"
    kind: ClassVar[str] = "baseline"

    threads: int = parameter(1, "threads", low=1)
    together: bool = parameter(False, "all clients in one route")
    rest: float = parameter(0.0, "seconds of rest")
    fault: str = parameter("", "what goes wrong")
    log: str = parameter("", "file that gets a line at the begin of a run")

    def search(self, instance, recorder, *, seed, start):
        if self.log:
            with open(self.log, "a") as stream:
                cores = sorted(os.sched_getaffinity(0))
                stream.write(f"{os.getpid()} {instance.name} {seed} {cores}\\n")
        # The seed of the warm-up is 0, which the tests never use.
        if self.fault == "refuse":
            raise NetrouteError("no wish to work")
        if self.fault == "bug" and seed:
            raise ZeroDivisionError("a bug")
        if self.fault == "die" and seed:
            os._exit(7)
        if self.fault == "hang" and seed:
            time.sleep(60)
        clients = list(instance.clients)
        plans = [[client] for client in clients]
        recorder.incumbent(self.cost(instance, plans), VrpSolution.of(plans))
        until = time.monotonic() + (self.rest if seed else 0.0)
        while time.monotonic() < until and not recorder.stop():
            time.sleep(0.01)
        if self.together:
            recorder.incumbent(self.cost(instance, [clients]), VrpSolution.of([clients]))

    def cost(self, instance, plans):
        stops = [(0, *plan, 0) for plan in plans]
        return sum(instance.distance(a, b) for s in stops for a, b in zip(s, s[1:]))
"""

VRP = """NAME : {name}
TYPE : CVRP
DIMENSION : 4
EDGE_WEIGHT_TYPE : EUC_2D
CAPACITY : 10
NODE_COORD_SECTION
1 0 0
2 {x} 0
3 {x} 10
4 0 10
DEMAND_SECTION
1 0
2 1
3 1
4 1
DEPOT_SECTION
1
-1
EOF
"""


class Bench:
    """A folder with the plugin, three instances and a configuration to be varied."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.out = folder / "out"
        self.config = folder / "study.yaml"
        (folder / "bench_plugin.py").write_text(PLUGIN)
        for number in range(3):
            text = VRP.format(name=f"box{number}", x=10 * (number + 1))
            (folder / f"box{number}.vrp").write_text(text)
        self.data = {
            "name": "study",
            "problem": "cvrp",
            "instances": ["box*.vrp"],
            "solvers": [self.tiny()],
            "seeds": [1, 2],
            "budgets": [5],
        }
        self.write()

    @staticmethod
    def tiny(label: str = "tiny", **parameters: object) -> dict[str, object]:
        return {"label": label, "solver": "bench_plugin:Tiny", "parameters": parameters}

    def write(self, **changes: object) -> Path:
        self.data |= changes
        self.config.write_text(yaml.safe_dump(self.data))
        return self.config


@pytest.fixture(scope="session")
def plugin() -> str:
    """Return the source of the module ``bench_plugin``."""
    return PLUGIN


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "bench_plugin", raising=False)
    return Bench(tmp_path)
