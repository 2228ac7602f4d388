"""What a user adds to files of networks and traffic, which were not made for flow admission."""

from __future__ import annotations

import math
from dataclasses import dataclass

from netroute.formats.sdn_variant import LEAST, MOST, SdnVariant, fault
from netroute.formats.text import parse_float
from netroute.problems.sdn.draw import CLASSES

MODULES = ("smallest", "largest")


@dataclass(frozen=True, slots=True, kw_only=True)
class SdnOptions(SdnVariant):
    """Options of every reader of networks; values may be text, as on the command line.

    Parameters
    ----------
    capacity : float or str
        Of links for which the file states none: a number in the file's unit, or which of the link's
        capacity modules is installed, ``smallest`` or ``largest``.
    demand_scale : float
        Factor on all demands.
    split : float or str, optional
        Largest bandwidth of a flow, in the file's unit; a larger demand becomes several flows of
        equal size (within 1). With a percent sign, such as ``"10%"``: of the smallest capacity.
    unit : float
        One unit of bandwidth in the file's unit: capacities are divided by it and rounded down,
        demands are divided by it and rounded to the nearest integer, at least 1.
    priorities : int
        Number of classes.
    classes : str
        How demands get their priorities: ``uniform``, or ``gold`` for 5 % of the highest class,
        15 % of the middle one and 80 % of the lowest. The flows of one demand have the same.
    flows : int, optional
        How many flows to draw for a file without demands: ends by gravity, and bandwidths from 1 to
        100 units with a uniform logarithm, times ``demand_scale``.
    seed : int
        Of all that is drawn.
    demands : str, optional
        File of demands, for formats that keep them apart; the one beside the network without it.
    objective, weighting, protection, max_hops, stretch, table_size
        As in `netroute.formats.sdn_variant.SdnVariant`.

    Raises
    ------
    InputError
        With the name of the option.

    Examples
    --------
    >>> SdnOptions.of({"demand_scale": "2", "split": "10%"}).demand_scale
    2.0
    >>> SdnOptions(priorities=0)
    Traceback (most recent call last):
    netroute.core.errors.InputError: priorities: found 0, expected an integer from 1 to 1000000
    """

    capacity: float | str = "largest"
    demand_scale: float = 1.0
    split: float | str | None = None
    unit: float = 1.0
    priorities: int = 8
    classes: str = "uniform"
    flows: int | None = None
    seed: int = 0
    demands: str | None = None

    def __post_init__(self) -> None:
        SdnVariant.__post_init__(self)
        if self.capacity not in MODULES:
            self._number("capacity", ", smallest or largest")
        self._number("demand_scale")
        self._number("unit")
        if self.split is not None:
            self._split()
        self._integer("priorities", 1, 10**6)
        if self.flows is not None:
            self._integer("flows", 1, 10**7)
        self._integer("seed", 0, 2**63)
        if self.classes not in CLASSES:
            raise fault("classes", self.classes, f"one of: {', '.join(CLASSES)}")
        if self.demands is not None:
            self._put("demands", str(self.demands))

    def largest(self, smallest_capacity: float) -> float:
        """Return the largest bandwidth of a flow, in the file's unit; inf without a limit."""
        if self.split is None:
            return math.inf
        if isinstance(self.split, str):
            return float(self.split.rstrip("%")) / 100.0 * smallest_capacity
        return self.split

    def suffix(self) -> str:
        """Return what tells instances of one file from each other by name.

        Examples
        --------
        >>> SdnOptions(demand_scale=2, split=5).suffix(), SdnOptions().suffix()
        ('-x2', '')
        """
        scale = "" if self.demand_scale == 1.0 else f"-x{self.demand_scale:g}"
        return scale + (f"-s{self.seed}" if self.seed else "")

    def _split(self) -> None:
        text = self.split.strip() if isinstance(self.split, str) else ""
        if text.endswith("%"):
            share = parse_float(text[:-1].strip())
            if share is None or not LEAST <= share <= MOST:
                raise fault("split", text, "a positive percentage")
            self._put("split", f"{share:g}%")
        else:
            self._number("split", " or percentage")
