"""What a training came to."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainReport:
    """What a training came to.

    Attributes
    ----------
    name, problem : str
        The policy's, and the problem that it is for.
    solver : str or None
        The solver that takes the weights, where there is one.
    gap : float
        Lowest on the validation set, in percent.
    step, steps : int
        When it was reached, and the length of the training.
    seconds : float
        Over all sessions, without making labels.
    policy : Path
        Folder of the weights.

    Examples
    --------
    >>> from pathlib import Path
    >>> print(TrainReport(name="mini", problem="tsp", solver="policy", gap=4.5, step=90,
    ...                   steps=100, seconds=75.0, policy=Path("runs/mini/policy")))
    mini: gap 4.50 % on the validation set at step 90 of 100, 1 min 15 s
    netroute solve tsp FILE --solver policy --set weights=runs/mini/policy
    """

    name: str
    problem: str
    solver: str | None
    gap: float
    step: int
    steps: int
    seconds: float
    policy: Path

    def __str__(self) -> str:
        what = (
            f"{self.name}: gap {self.gap:.2f} % on the validation set "
            f"at step {self.step} of {self.steps}, {duration(self.seconds)}\n"
        )
        if self.solver is None:
            return f"{what}the weights are in {self.policy}"
        return (
            f"{what}netroute solve {self.problem} FILE --solver {self.solver} "
            f"--set {shlex.quote(f'weights={self.policy}')}"
        )


def duration(seconds: float) -> str:
    """Write a time for people.

    Examples
    --------
    >>> duration(7.4), duration(75), duration(7380)
    ('7.4 s', '1 min 15 s', '2 h 3 min')
    """
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    return f"{minutes // 60} h {minutes % 60} min"
