from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from netroute.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class Outcome(NamedTuple):
    code: int
    out: str
    err: str

    def json(self) -> Any:
        assert self.out, self.err
        return json.loads(self.out)

    def line(self) -> str:
        """The one line that an error is allowed."""
        lines = self.err.splitlines()
        assert len(lines) == 1, self.err
        assert "Traceback" not in self.err
        return lines[0]


@pytest.fixture
def netroute(capsys: pytest.CaptureFixture[str]) -> Callable[..., Outcome]:
    """Run the command line in this process."""

    def call(*arguments: object) -> Outcome:
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        return Outcome(code, *capsys.readouterr())

    return call


def vrp_text(clients: int = 12, *, capacity: int = 4, **changes: str) -> str:
    """A ring of clients of demand 1 around the depot; ``changes`` replace header lines."""
    header = {
        "NAME": "ring",
        "TYPE": "CVRP",
        "DIMENSION": str(clients + 1),
        "EDGE_WEIGHT_TYPE": "EUC_2D",
        "CAPACITY": str(capacity),
    } | changes
    angles = [2 * math.pi * i / clients for i in range(clients)]
    points = [(500, 500), *((500 + 400 * math.cos(a), 500 + 400 * math.sin(a)) for a in angles)]
    lines = [f"{key} : {value}" for key, value in header.items()]
    lines += ["NODE_COORD_SECTION", *(f"{i} {x:.0f} {y:.0f}" for i, (x, y) in enumerate(points, 1))]
    lines += ["DEMAND_SECTION", "1 0", *(f"{i} 1" for i in range(2, clients + 2))]
    lines += ["DEPOT_SECTION", "1", "-1", "EOF", ""]
    return "\n".join(lines)


@pytest.fixture
def ring(tmp_path: Path) -> Path:
    """Twelve clients, capacity four: three routes are best."""
    path = tmp_path / "ring.vrp"
    path.write_text(vrp_text())
    return path


@pytest.fixture
def make_vrp(tmp_path: Path) -> Callable[..., Path]:
    """Write an instance with changes."""

    def make(text: str | None = None, **changes: Any) -> Path:
        path = tmp_path / "case.vrp"
        path.write_text(vrp_text(**changes) if text is None else text)
        return path

    return make
