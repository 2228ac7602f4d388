"""Whether the trained policy of online admission beats the adaptive bid price, day by day.

``python -m netroute.experiments.sdn_days`` prints a Markdown table: what both attain in percent of
the proven bound of hindsight, paired over days that nothing was learned on: new days of networks
that the policy has learned on, days of other networks of that kind, of larger ones, and of such
as it has not seen in any other respect either.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from netroute.core.rng import generator
from netroute.datasets.sdn.priority_flows import generate_priority_flows
from netroute.experiments.significance import signed_rank
from netroute.experiments.tables import markdown
from netroute.solvers.sdn.adaptive_bid_price import AdaptiveBidPriceSolver
from netroute.solvers.sdn.online_days import resampled_day
from netroute.solvers.sdn.policy import PolicySolver

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from netroute.problems.sdn import SdnInstance

LEARNED_ON = 1
"""Seed of the networks that the shipped weights were trained on; another one for others."""


@dataclass(frozen=True, slots=True)
class Paired:
    """Shares of the bound on the same days, in percent.

    Attributes
    ----------
    kind : str
        Of the networks.
    adaptive, policy : tuple of float
    """

    kind: str
    adaptive: tuple[float, ...]
    policy: tuple[float, ...]

    @property
    def differences(self) -> np.ndarray:
        """What the policy attains more, in percentage points."""
        return np.subtract(self.policy, self.adaptive)

    def interval(self) -> tuple[float, float]:
        """95 % confidence interval of the mean difference (Student's t).

        Examples
        --------
        >>> [round(x, 2) for x in Paired("", (90.0, 90.0, 90.0), (90.9, 91.0, 91.1)).interval()]
        [0.75, 1.25]
        """
        from scipy.stats import t

        found = self.differences
        reach = t.ppf(0.975, len(found) - 1) * found.std(ddof=1) / np.sqrt(len(found))
        return float(found.mean() - reach), float(found.mean() + reach)

    def row(self) -> list[str]:
        """Return the line of a table."""
        found, (low, high) = self.differences, self.interval()
        return [
            self.kind,
            f"{len(found)}",
            f"{np.mean(self.adaptive):.2f}",
            f"{np.mean(self.policy):.2f}",
            f"{found.mean():+.2f} ({low:+.2f} to {high:+.2f})",
            f"{int((found > 0).sum())} / {int((found < 0).sum())}",
            f"{signed_rank(found.tolist()):.1g}",
        ]


def pair(kind: str, days: Iterator[SdnInstance], *, weights: str = "sdn") -> Paired:
    """Decide each day by both rules, each with its own four days to learn from."""
    shares: tuple[list[float], list[float]] = ([], [])
    for seed, day in enumerate(days):
        for found, solver in zip(
            shares, (AdaptiveBidPriceSolver(), PolicySolver(weights=weights)), strict=True
        ):
            found.append(solver.solve(day, seed=seed).metrics["percent_of_bound"])
    return Paired(kind, tuple(shares[0]), tuple(shares[1]))


def generated(count: int, *, stream: int) -> Iterator[SdnInstance]:
    """Yield a new day of each network that ``sdn.yaml`` learns on under a seed of labels."""
    from netroute.experiments.training.tasks.sdn_labels import specs

    for i, spec in enumerate(specs(stream, count, days=3, stops=4)):
        yield resampled_day(generate_priority_flows(**spec), generator(9, stream, i))


def larger(count: int) -> Iterator[SdnInstance]:
    """Yield a day of each of some networks of 50 nodes with 2 000 flows."""
    for seed in range(count):
        yield generate_priority_flows(nodes=50, links=100, flows=2000, seed=1000 + seed)


def unlike(count: int) -> Iterator[SdnInstance]:
    """Yield days of many small flows with three classes, on sparse networks of 40 nodes."""
    for seed in range(count):
        yield generate_priority_flows(
            nodes=40, links=50, flows=4000, load=0.4, bandwidth=10, priorities=3, seed=2000 + seed
        )


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Online admission, paired over days.")
    parser.add_argument("--days", type=int, default=24, help="days of each kind of network")
    parser.add_argument("--weights", default="sdn", help="shipped policy, or folder of one")
    given = parser.parse_args(arguments)
    kinds = {
        "learned on, new days": generated(given.days, stream=LEARNED_ON),
        "others of the kind": generated(given.days, stream=LEARNED_ON + 1000),
        "50 nodes, 2 000 flows": larger(given.days),
        "sparse, small flows, 3 classes": unlike(given.days),
    }
    head = ["networks", "days", "adaptive", "policy", "difference (95 %)", "better / worse", "p"]
    rows = [pair(kind, days, weights=given.weights).row() for kind, days in kinds.items()]
    print(markdown(head, rows))


if __name__ == "__main__":
    main()
