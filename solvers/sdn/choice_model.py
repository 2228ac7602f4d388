"""All plans worth at least so much, as far as scarce arcs tell them apart: a small programme.

Only the capacities of scarce arcs are kept, so that no plan is lost. At prices of these arcs a plan
is worth the Lagrangian bound less what it loses: by free capacity, by flows rejected that would
gain, and by flows on paths that are dearer than what they are worth, or than their cheapest one. A
plan worth at least ``least`` loses at most the difference. This fixes most flows: a flow whose
rejection loses more is admitted, one whose admission loses more is rejected, and of its sets of
scarce arcs (`row_sets`) only those remain that lose no more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from netroute.solvers.lp.mip import Mip
from netroute.solvers.sdn.row_sets import row_sets

if TYPE_CHECKING:
    from collections.abc import Callable

    from netroute.problems.sdn import SdnInstance
    from netroute.solvers.sdn.lagrangian import Lagrangian

MOST = 150_000
"""Variables with which the programme is not even tried."""

SAFETY = 1e-9
"""Rounding errors of the Lagrangian bound, relative to it."""

Kept = list[tuple[np.ndarray, float]]
"""Weights of flows, and what the admitted ones must weigh at least."""


@dataclass(frozen=True, slots=True, eq=False)
class ChoiceModel:
    """The programme and what its variables stand for.

    Attributes
    ----------
    mip : Mip
    base : float
        Weight of the flows that are admitted without a variable.
    settled : dict of int to int
        These flows, and the bits of the scarce arcs that they use.
    chosen : list of (int, int)
        Flow and bits of each variable.
    """

    mip: Mip
    base: float
    settled: dict[int, int]
    chosen: list[tuple[int, int]]

    def rights(self, values: np.ndarray) -> dict[int, int]:
        """Return the flows that a solution admits, and the bits of the arcs they may use."""
        taken = np.flatnonzero(values > 0.5).tolist()
        return self.settled | {self.chosen[k][0]: self.chosen[k][1] for k in taken}


def choice_model(
    instance: SdnInstance,
    lagrangian: Lagrangian,
    prices: np.ndarray,
    scarce: np.ndarray,
    *,
    least: float,
    width: float,
    kept: Kept,
    stop: Callable[[], bool],
) -> ChoiceModel | None:
    """Build the programme.

    Parameters
    ----------
    lagrangian : Lagrangian
        Evaluated at ``prices``.
    prices : ndarray of float64, shape (m,)
        0 on all arcs that are not scarce.
    scarce : ndarray of int, shape (S,)
    least : float
        What plans must be worth.
    width : float
        What they may lose: the bound less ``least`` for all of them; with less the programme has
        some of them only.
    kept : Kept
        What plans must keep beside that.

    Returns
    -------
    ChoiceModel or None
        None where it is too large, or ``stop()`` came true.
    """
    weights, pairs = lagrangian.weights, lagrangian.pairs
    bandwidth = instance.bandwidth.astype(np.float64)
    width += SAFETY * max(1.0, abs(lagrangian.value))
    gain = weights - bandwidth * lagrangian.paths.cost[pairs.of_flow]
    gain[weights == 0.0] = -np.inf
    worth = np.maximum(gain, 0.0)
    rejected, admitted = worth - gain > width, worth > width
    limit = np.full(len(pairs.source), -1.0)
    affordable = np.where(rejected, -1.0, (weights - worth + width) / bandwidth)
    np.maximum.at(limit, pairs.of_flow, affordable)
    sets = row_sets(instance, pairs, prices, scarce, limit, stop)
    if sets is None:
        return None
    mip = Mip("choices")
    base, settled, chosen = 0.0, dict[int, int](), list[tuple[int, int]]()
    used = np.zeros(len(scarce))
    loads: list[list[tuple[int, float]]] = [[] for _ in scarce]
    groups = [(worths, value, list[tuple[int, float]]()) for worths, value in kept]
    for flow in np.flatnonzero(~rejected).tolist():
        b, weight = bandwidth[flow], float(weights[flow])
        most = (weight - worth[flow] + width) / b
        options = [s.bits for s in sets[pairs.of_flow[flow]] if s.cost <= most]
        if 0 in options or (admitted[flow] and len(options) == 1):
            bits = 0 if 0 in options else options[0]
            settled[flow] = bits
            base += weight
            used[_places(bits)] += b
            continue
        first = len(mip.gain)
        for bits in options:
            variable = mip.variable(f"x_{flow}_{len(mip.gain) - first}", weight)
            chosen.append((flow, bits))
            for k in _places(bits):
                loads[k].append((variable, b))
        entries = [(x, 1.0) for x in range(first, len(mip.gain))]
        if entries or admitted[flow]:
            mip.constrain(f"flow_{flow}", entries, least=float(admitted[flow]), most=1.0)
        for worths, _, terms in groups:
            if worths[flow]:
                terms += [(x, float(worths[flow])) for x, _ in entries]
        if len(mip.gain) > MOST:
            return None
    for k, arc in enumerate(scarce.tolist()):
        free = float(instance.capacity[arc] - used[k])
        # Free capacity loses its price.
        lowest = free - width / prices[arc] if prices[arc] > 0.0 else -np.inf
        mip.constrain(f"capacity_{arc}", loads[k], least=lowest, most=free)
    mip.constrain("least", [(x, g) for x, g in enumerate(mip.gain)], least=least - base)
    for number, (worths, value, terms) in enumerate(groups):
        inside = float(worths[list(settled)].sum())
        mip.constrain(f"keep_{number}", terms, least=value - inside)
    return ChoiceModel(mip, base, settled, chosen)


def _places(bits: int) -> list[int]:
    """Return the numbers of the bits that are set.

    Examples
    --------
    >>> _places(0b1010)
    [1, 3]
    """
    found = []
    while bits:
        lowest = bits & -bits
        found.append(lowest.bit_length() - 1)
        bits ^= lowest
    return found
