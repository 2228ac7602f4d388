"""What each convention of sensor fields does to a protocol's lifetime, as a table.

``python -m netroute.experiments.wsn_conventions leach --fields 30`` prints the table of
``docs/wsn.md``: rounds until the first, half of and all nodes are dead, means over the fields.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from netroute.core.registry import problem
from netroute.datasets.wsn.generate import generate_field
from netroute.solvers.wsn.batch import lifetimes

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from netroute.solvers.wsn.protocol import ProtocolSolver

STATIONS = ("centre", "edge", "far")

CONVENTIONS: dict[str, dict[str, Any]] = {
    "none of these": {},
    "`headless`: silent": {"headless": "silent"},
    "`base_if_nearer`: true": {"base_if_nearer": True},
    "`head_aggregates_own`: false": {"head_aggregates_own": False},
    "`control_bits`: 200": {"control_bits": 200},
    "`aggregation_ratio`: 0.1": {"aggregation_ratio": 0.1},
    "`death_test`: end": {"death_test": "end"},
    "`advanced`: 0.2, `advanced_extra`: 3": {"advanced": 0.2, "advanced_extra": 3.0},
    "`spread`: 1": {"spread": 1.0},
}
"""What a row changes, by its title."""


def measure(
    solver: ProtocolSolver, changes: dict[str, Any], *, setting: str, fields: int
) -> tuple[float, float, float]:
    """Return the mean rounds until the first, half of and all nodes are dead.

    Fields have the seeds from 1, all runs the seed 1.

    Examples
    --------
    >>> solver = problem("wsn").solver("direct")()
    >>> measure(solver, {"nodes": 10, "energy": 0.01}, setting="far", fields=2)
    (1.5, 5.0, 16.5)
    """
    instances = [generate_field(setting=setting, seed=s + 1, **changes) for s in range(fields)]
    found = lifetimes(solver, instances, seeds=(1,))
    first, half, last = (float(part.mean()) for part in (found.fnd, found.hnd, found.lnd))
    return first, half, last


def table(name: str, *, fields: int, settings: Sequence[str] = STATIONS) -> Iterable[str]:
    """Yield the lines of a table in Markdown, each as soon as it is known."""
    yield f"| {name} | " + " | ".join(settings) + " |"
    yield "| --- " * (1 + len(settings)) + "|"
    solver = problem("wsn").solver(name)()
    for title, changes in CONVENTIONS.items():
        cells = [
            " / ".join(f"{v:.0f}" for v in measure(solver, changes, setting=s, fields=fields))
            for s in settings
        ]
        yield f"| {title} | " + " | ".join(cells) + " |"


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table of one solver."""
    parser = argparse.ArgumentParser(description="Effect of conventions on a protocol's lifetime.")
    parser.add_argument("solver", nargs="?", default="leach", help="a protocol")
    parser.add_argument("--fields", type=int, default=30, help="fields of 100 nodes; default 30")
    chosen = parser.parse_args(arguments)
    for line in table(chosen.solver, fields=chosen.fields):
        print(line, flush=True)


if __name__ == "__main__":
    main()
