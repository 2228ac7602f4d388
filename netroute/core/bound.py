"""Proven bounds: what a bound method is and what it hands over for the check."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Certificate:
    """A proven bound with the data from which `netroute check` recomputes it.

    Attributes
    ----------
    method : str
        Name of the bound method.
    value : float
        The bound, valid in exact arithmetic under the instance's own rounding.
    data : dict
        JSON-ready numbers (duals, cuts) that suffice to recompute ``value``.
    """

    method: str
    value: float
    data: dict[str, Any]

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {"method": self.method, "value": self.value, "data": self.data}


class BoundMethod(ABC):
    """Computes ever better bounds until it converges or is told to stop.

    Attributes
    ----------
    name : str
        As ``--bound`` knows it.
    summary : str
        One line for the help.
    """

    name: ClassVar[str]
    summary: ClassVar[str]

    @abstractmethod
    def run(
        self,
        instance: Any,
        *,
        report: Callable[[Certificate], None],
        stop: Callable[[], bool],
        incumbent: Callable[[], tuple[float, Any] | None],
    ) -> None:
        """Report each better certificate; return once ``stop()`` is true or nothing is left.

        Parameters
        ----------
        instance : Instance
            The problem.
        report : callable
            Takes a `Certificate` each time the bound improves.
        stop : callable
            Asked at least every 0.2 seconds.
        incumbent : callable
            The best known (objective, solution), or None; it may change between calls.
        """
