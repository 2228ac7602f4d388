"""What a result is worth, and apart from it why the search ended."""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    """What is known about the answer."""

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    INFEASIBLE = "infeasible"
    UNKNOWN = "unknown"


class StoppedBy(StrEnum):
    """Why the search ended."""

    TIME = "time"
    ITERATIONS = "iterations"
    TARGET = "target"
    PROOF = "proof"
    INTERRUPT = "interrupt"
    COMPLETED = "completed"
