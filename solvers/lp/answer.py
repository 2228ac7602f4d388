"""What an engine found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True, slots=True)
class Answer:
    """What the engine found.

    Attributes
    ----------
    values : ndarray or None
        Of the variables, in the model's order.
    duals : ndarray
        Of the rows that the model names, where the engine has them.
    optimal, infeasible : bool
        What the engine claims.
    bound : float or None
        On the objective, where the engine tells.
    fault : str
        Why there is no answer.
    """

    values: np.ndarray | None = None
    duals: np.ndarray | None = None
    optimal: bool = False
    infeasible: bool = False
    bound: float | None = None
    fault: str = ""
