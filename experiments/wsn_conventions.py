"""What each convention of sensor fields does to a protocol's lifetime, as a table.

``python -m netroute.experiments.wsn_conventions leach --fields 30`` prints the table of
``docs/wsn.md``: rounds until the first, half of and all nodes are dead, means over the fields.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

import numpy as np

from netroute.core.registry import problem
from netroute.datasets.wsn.generate import generate_field

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from netroute.core.solver import Solver

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
    solver: Solver, changes: dict[str, Any], *, setting: str, fields: int
) -> tuple[float, float, float]:
    """Return the mean rounds until the first, half of and all nodes are dead.

    Field i has the seed i, and so has the run on it, from 1.

    Examples
    --------
    >>> solver = problem("wsn").solver("direct")()
    >>> measure(solver, {"nodes": 10, "energy": 0.01}, setting="far", fields=2)
    (1.5, 5.0, 16.5)
    """
    rows = []
    for seed in range(1, fields + 1):
        instance = generate_field(setting=setting, seed=seed, **changes)
        metrics = solver.solve(instance, seed=seed).metrics
        rows.append([metrics[name] for name in ("fnd", "hnd", "lnd")])
    first, half, last = np.mean(np.array(rows, np.float64), axis=0).tolist()
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
    parser.add_argument("solver", nargs="?", default="leach", help="a solver of wsn")
    parser.add_argument("--fields", type=int, default=30, help="fields of 100 nodes; default 30")
    chosen = parser.parse_args(arguments)
    for line in table(chosen.solver, fields=chosen.fields):
        print(line, flush=True)


if __name__ == "__main__":
    main()
