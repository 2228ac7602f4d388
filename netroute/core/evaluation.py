"""The verdict of an independent checker on one solution."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Violation:
    """One rule that a solution breaks.

    Attributes
    ----------
    code : str
        Stable identifier, such as ``"client.missing"`` or ``"route.capacity"``.
    message : str
        One line that names the client or route, what was found and what is allowed.
    amount : float
        By how much, in the rule's own unit; 1 where it can only be broken or kept.
    """

    code: str
    message: str
    amount: float = 1.0


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Objective, feasibility and figures of one solution, recomputed from the instance alone."""

    objective: float
    feasible: bool
    violations: tuple[Violation, ...] = ()
    metrics: dict[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Plain data, ready for JSON."""
        return {
            "objective": self.objective,
            "feasible": self.feasible,
            "violations": [
                {"code": v.code, "message": v.message, "amount": v.amount} for v in self.violations
            ],
            "metrics": self.metrics,
        }
