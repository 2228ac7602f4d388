"""A field of battery-powered sensors, the radio that they have and the rules of a round."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from dataclasses import field as attribute
from dataclasses import replace as dataclass_replace
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from netroute.core.arrays import fingerprint, frozen
from netroute.problems.wsn.validate import convert

if TYPE_CHECKING:
    import numpy.typing as npt

FEATURES = frozenset(
    {
        "control packets",
        "imperfect aggregation",
        "silent rounds",
        "tree routing",
        "threshold reporting",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WsnInstance:
    """Sensors that each report to a base station once a round until their batteries are empty.

    In a round each node is a cluster head, or reports to one, or reports to the base station by
    itself. A head receives the reports of its members, fuses them with its own and sends the
    result to the base station. The radio is of first order: to send b bits over a distance d costs
    ``b * (electronics + free_space * d**2)`` below the crossover distance and
    ``b * (electronics + multipath * d**4)`` from it on; to receive them ``b * electronics``; a
    head pays ``b * aggregation`` for each signal that it fuses. The objective, to be maximised, is
    the number of rounds before the first death in which every node reports.

    Conventions in which published studies differ are fields. All arrays are read-only and checked
    on construction.

    Parameters
    ----------
    name : str
        For people.
    position : array, shape (n, 2)
        In metres. Nodes may coincide, and be outside of the field (see `warnings`).
    base_station : array, shape (2,)
        In metres.
    energy : array, shape (n,), or float
        Joules that each node has at the start; above 0.
    field : array, shape (2,)
        Width and height in metres, from the origin.
    electronics : float
        Of sender and receiver, in joules a bit; above 0.
    free_space : float
        Of the amplifier at short distances, in joules a bit and square metre.
    multipath : float
        Of the amplifier at long distances, in joules a bit and metre to the fourth; 0: distances
        are all short.
    aggregation : float
        In joules a bit and signal.
    message_bits : int
        Length of a report.
    control_bits : int
        Length of a control packet. Each round a head sends an announcement as far as to the
        farthest node, each member receives its head's and sends a join packet, which the head
        receives. 0: set-up costs nothing.
    headless : str
        ``direct``: in a round without heads all nodes report to the base station by themselves.
        ``silent``: such a round may be empty; then it does not count.
    base_if_nearer : bool
        Whether protocols let a node that is nearer to the base station than to any head report
        there. The checker allows direct reports always.
    head_aggregates_own : bool
        Whether a head pays aggregation for its own signal, too.
    aggregation_ratio : float
        From 0 to 1: a head of m members sends ``message_bits * (1 + aggregation_ratio * m)`` bits.
        0: everything is fused into one report. Clusters only.
    death_test : str
        When a node runs empty within a round. ``strict``: the round does not count as lived, a node
        must be able to pay all of it. ``end``: it counts, as in studies that look at the batteries
        at the end of rounds.
    routing : str
        ``clusters``, or ``tree``: nodes report along any tree towards the base station, and each
        inner node fuses.
    hard_threshold, soft_threshold : float, optional
        With the first one, nodes only report readings of at least that, and then only if they
        differ by at least the second from what they have reported last, see
        `netroute.problems.wsn.readings`.
    readings_seed : int
        Which readings there are.

    Raises
    ------
    InputError
        For the first thing that is wrong, with field and index.

    Examples
    --------
    >>> field = WsnInstance(
    ...     position=[[10, 20], [30, 40]], base_station=[50, 175], energy=0.5, field=[100, 100]
    ... )
    >>> field.size, round(field.crossover, 1), sorted(field.features())
    (2, 87.7, [])
    """

    name: str = "unnamed"
    position: np.ndarray
    base_station: np.ndarray
    energy: np.ndarray
    field: np.ndarray
    electronics: float = 50e-9
    free_space: float = 10e-12
    multipath: float = 1.3e-15
    aggregation: float = 5e-9
    message_bits: int = 4000
    control_bits: int = 0
    headless: str = "direct"
    base_if_nearer: bool = False
    head_aggregates_own: bool = True
    aggregation_ratio: float = 0.0
    death_test: str = "strict"
    routing: str = "clusters"
    hard_threshold: float | None = None
    soft_threshold: float = 0.0
    readings_seed: int = 0
    fingerprint: str = attribute(init=False, default="")
    """Hash of everything but the name."""

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            name: str = ...,
            position: npt.ArrayLike,
            base_station: npt.ArrayLike,
            energy: npt.ArrayLike,
            field: npt.ArrayLike,
            electronics: float = ...,
            free_space: float = ...,
            multipath: float = ...,
            aggregation: float = ...,
            message_bits: int = ...,
            control_bits: int = ...,
            headless: str = ...,
            base_if_nearer: bool = ...,
            head_aggregates_own: bool = ...,
            aggregation_ratio: float = ...,
            death_test: str = ...,
            routing: str = ...,
            hard_threshold: float | None = ...,
            soft_threshold: float = ...,
            readings_seed: int = ...,
        ) -> None: ...

    def __post_init__(self) -> None:
        convert(self)
        object.__setattr__(self, "fingerprint", fingerprint(self._content()))

    def __setstate__(self, state: list[Any]) -> None:
        # Arrays come out of a pickle writable.
        for entry, value in zip(fields(self), state, strict=True):
            if isinstance(value, np.ndarray):
                value = frozen(value)
            object.__setattr__(self, entry.name, value)

    def __getstate__(self) -> list[Any]:
        return [getattr(self, entry.name) for entry in fields(self)]

    @property
    def size(self) -> int:
        """Number of nodes."""
        return len(self.position)

    @property
    def crossover(self) -> float:
        """Distance in metres from which the amplifier pays for multipath fading."""
        if self.multipath == 0.0:
            return math.inf
        return math.sqrt(self.free_space / self.multipath)

    def features(self) -> frozenset[str]:
        """Names of the features in use beyond fused reports in clusters, each round, for free."""
        tests = {
            "control packets": self.control_bits > 0,
            "imperfect aggregation": self.aggregation_ratio > 0.0,
            "silent rounds": self.headless == "silent",
            "tree routing": self.routing == "tree",
            "threshold reporting": self.hard_threshold is not None,
        }
        return frozenset(name for name, used in tests.items() if used)

    def warnings(self) -> tuple[str, ...]:
        """Say what is allowed but seldom meant."""
        outside = ((self.position < 0.0) | (self.position > self.field)).any(axis=1)
        if not outside.any():
            return ()
        first = int(np.argmax(outside))
        x, y = self.position[first].tolist()
        width, height = self.field.tolist()
        more = int(outside.sum()) - 1
        rest = f" (and {more} more nodes)" if more else ""
        return (
            f"node {first} at ({x:g}, {y:g}) is outside of the field of "
            f"{width:g} by {height:g} m{rest}",
        )

    def replace(self, **changes: Any) -> Self:
        """Return a validated copy with some fields changed."""
        return dataclass_replace(self, **changes)

    def _content(self) -> list[Any]:
        names = [entry.name for entry in fields(self) if entry.name not in ("name", "fingerprint")]
        return [part for name in names for part in (name, getattr(self, name))]
