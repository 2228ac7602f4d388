"""The Lagrangian bound at given prices in exact integers, for the checker's side."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from netroute.problems.sdn.cheapest import cheapest

if TYPE_CHECKING:
    from collections.abc import Collection

    from netroute.problems.sdn.instance import SdnInstance

FINEST = 40
"""Prices are multiples of 2^-40 at the finest."""


class Cut(NamedTuple):
    """No more than ``most`` of ``flows``, counted by ``coefficients``, use one arc together."""

    arc: int
    flows: tuple[int, ...]
    coefficients: tuple[int, ...]
    most: int
    dual: float


class Prices(NamedTuple):
    """A point of the Lagrangian: of arcs, shape (m,), of table entries, shape (n,), and of cuts."""

    arcs: np.ndarray
    tables: np.ndarray | None = None
    cuts: tuple[Cut, ...] = ()


class Lagrangian:
    """What flows pay and gain at given prices; all sums are exact.

    Prices are rounded down to multiples of a power of two and weights up to them. All figures are
    in units of that power, ``unit``.

    Parameters
    ----------
    instance : SdnInstance
    prices : Prices
        Each at least 0.
    exact : bool
        Whether costs above a flow's worth are needed, too.

    Attributes
    ----------
    paid : int
        Worth of all capacities, tables and cuts.
    worth : array of float64, shape (F,)
        Weights.
    cost : array of float64, shape (F,)
        The least that each flow pays for a path; infinite where there is none.
    """

    def __init__(self, instance: SdnInstance, prices: Prices, *, exact: bool) -> None:
        self._instance = instance
        weights = instance.weights()
        charged = exact or prices.tables is not None or bool(prices.cuts)
        # A price above every weight forbids the arc; a higher one would only cost more.
        dearest = weights.max(initial=0.0)
        highest = float(np.minimum(prices.arcs, dearest).max(initial=0.0))
        exponent = _exponent(instance, weights, highest if charged else None)
        scale = 2.0**exponent
        self.unit = Fraction(1) / Fraction(2) ** exponent
        self.worth = np.ceil(weights * scale)
        self._price = np.floor(np.minimum(prices.arcs, dearest) * scale)
        self.paid = _dot(instance.capacity, self._price)
        self._charge: np.ndarray | None = None
        if prices.tables is not None and prices.tables.any() and instance.table_size is not None:
            entries = np.floor(np.minimum(prices.tables, dearest) * scale)
            entries[instance.table_size < 0] = 0.0
            self.paid += _dot(instance.table_size, entries)
            self._charge = entries[instance.tail]
        self._cuts = [(cut, math.floor(min(cut.dual, dearest) * scale)) for cut in prices.cuts]
        self.paid += sum(dual * cut.most for cut, dual in self._cuts)
        worth = None if exact else self.worth
        self.cost = cheapest(instance, self._price, charge=self._charge, worth=worth)
        for flow in {flow for cut in prices.cuts for flow in cut.flows}:
            self.cost[flow] = self.cost_of(flow)

    def cost_of(self, flow: int, *, without: Collection[int] = ()) -> float:
        """Return the least that a flow pays for a path without some arcs."""
        instance = self._instance
        room = instance.capacity
        if without:
            room = room.copy()
            room[list(without)] = 0
        charge = self._charge
        for cut, dual in self._cuts:
            if flow in cut.flows:
                charge = np.zeros(len(room)) if charge is None else charge.copy()
                charge[cut.arc] += dual * cut.coefficients[cut.flows.index(flow)]
        if charge is not None:
            # More than any flow is worth is too much, however much it is.
            charge = np.minimum(charge, self.worth.max() + 1.0)
        one = np.array([flow])
        return float(cheapest(instance, self._price, charge=charge, room=room, flows=one)[0])

    def gains(self) -> np.ndarray:
        """Return what each flow adds to the bound if it may be admitted: int64, shape (F,)."""
        kept = self.worth - np.minimum(self.cost, self.worth)
        return np.asarray(kept, np.int64)

    def total(self) -> Fraction:
        """Return the bound."""
        return (self.paid + int(self.gains().sum())) * self.unit


def rounded(instance: SdnInstance, bound: Fraction) -> float:
    """Return a bound in exact arithmetic as a number: rounded down if weights are integers."""
    if not (instance.weights() % 1.0).any():
        return float(math.floor(bound))
    return math.nextafter(float(bound), math.inf)


def _dot(amounts: np.ndarray, units: np.ndarray) -> int:
    pairs = zip(amounts.tolist(), units.tolist(), strict=True)
    return sum(amount * int(unit) for amount, unit in pairs if unit)


def _exponent(instance: SdnInstance, weights: np.ndarray, highest: float | None) -> int:
    """Largest power of two that keeps every cost below 2^52 and every sum below 2^62.

    Costs are those of a unit of bandwidth, but of whole flows at prices up to ``highest``, where it
    is given, as there are charges besides.
    """
    arcs = 2 * len(instance.nodes) + 2  # of a pair of paths
    dearest = math.ceil(float(weights.max(initial=0.0))) + 1
    most = 3 * dearest
    if highest is not None:
        most = 2 * dearest + math.ceil(highest * float(instance.bandwidth.max(initial=1)))
    total = math.ceil(float(weights.sum())) + len(weights)
    return min(FINEST, 52 - (arcs * most).bit_length(), 61 - total.bit_length())
