"""A phase whose flows arrive one by one, and what the leaves know of it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from netroute.core.errors import InputError
from netroute.core.rng import kernel_state
from netroute.problems.collective import CollectiveInstance, Fabric
from netroute.problems.collective.bounds import degree_bounds
from netroute.solvers.collective.paths import of_paths

if TYPE_CHECKING:
    from collections.abc import Callable

    from netroute.problems.collective import Placement
    from netroute.problems.collective.phase import Phase
    from netroute.solvers.collective._kernels.scorer import Desk, Scorer

INFORMATION = ("full", "stale", "hidden")
"""What leaves know: all; loads as published last; and not the capacities of links either."""

MOST_MEMORY = 4 * 2**30
"""Bytes that the state may take."""

SLICE = 1000
"""Flows placed by one kernel call: less than 50 ms."""


class LeafPhase:
    """A phase on empty links, whose flows leaves place in an order of arrival.

    Parameters
    ----------
    instance : CollectiveInstance
        On a leaf-spine fabric.
    phase : Phase
        One of its phases, with flows between leaves.
    order : array of int, shape (F,)
        Its flows between leaves, of `Phase.listing`, as they arrive.
    information : str
        One of `INFORMATION`.
    refresh : int
        Arrivals between two publications of the loads; at ``full`` they are always up to date.

    Raises
    ------
    InputError
        It would take more memory than 4 GiB.
    """

    def __init__(
        self,
        instance: CollectiveInstance,
        phase: Phase,
        *,
        order: np.ndarray,
        information: str,
        refresh: int,
    ) -> None:
        from netroute.solvers.collective._kernels.leaf import Ledger, Sight
        from netroute.solvers.collective._kernels.online import Demand, Links, Loads, View

        fabric = instance.fabric
        leaves, spines = fabric.up.shape
        needed = 16 * leaves * leaves * (spines + 1)
        if needed > MOST_MEMORY:
            raise InputError(
                f"what {leaves} leaves remember of {spines} spines would take "
                f"{needed / 2**30:.1f} GiB, of which at most {MOST_MEMORY / 2**30:.0f} are used",
                code="collective.memory",
            )
        self._fabric, self._phase = fabric, phase
        self._row = np.asarray(phase.listing(fabric).row)[order]
        row = self._row
        size = phase.size[row]
        self._demand = Demand(
            phase.source[row].astype(np.uint32), phase.target[row].astype(np.uint32), size
        )
        up, down = (np.ascontiguousarray(x, np.float64) for x in (fabric.up, fabric.down.T))
        fastest = max(float(up.max()), float(down.max()))
        low = float(max(degree_bounds(fabric, phase, whole=instance.extra_pieces == 0).values()))
        up_time, down_time = (
            np.divide(1.0, x, out=np.zeros(x.shape), where=x > 0) for x in (up, down)
        )
        up_rate, down_rate = (
            np.asarray(x > 0 if information == "hidden" else x / fastest, np.float32)
            for x in (up, down)
        )
        self._links = Links(
            up_time=up_time,
            down_time=down_time,
            up_rate=up_rate,
            down_rate=down_rate,
            low=low,
            unit=1.0 / (fastest * low),
            mean=float(size.mean()) / (fastest * low),
            refresh=1 if information == "full" else refresh,
        )
        links = (1, leaves, spines)
        now = [np.zeros(links, np.int64) for _ in range(2)]
        always = self._links.refresh == 1
        seen = now if always else [np.zeros(links, np.int64) for _ in range(2)]
        self._loads = Loads(*now, *seen)
        pairs = (1, leaves, leaves)
        self._ledger = Ledger(
            sent=np.zeros((*pairs, spines), np.int64),
            before=np.zeros((*pairs, spines), np.int64),
            stamp=np.full(pairs, -1, np.int64),
            flows=np.zeros(pairs, np.int64),
        )
        self._view = View(*(np.zeros((1, spines), np.float32) for _ in View._fields))
        widths = [4 if name == "scale" else spines for name in Sight._fields]
        self._sight = Sight(*(np.zeros((1, width), np.float32) for width in widths))

    def by_rule(
        self, rule: int, dice: np.ndarray, stop: Callable[[], bool] | None = None
    ) -> Placement | None:
        """Place all flows by a rule of the kernels; None where ``stop`` ended it."""
        from netroute.solvers.collective._kernels.online import place_by_rule

        def place(first: int, last: int, spine: np.ndarray) -> None:
            place_by_rule(first, last, *self._state(), rule, dice, spine)

        return self._placed(place, stop)

    def by_scorer(self, scorer: Scorer, stop: Callable[[], bool] | None = None) -> Placement | None:
        """Place each flow where the scorer's score is highest; None where ``stop`` ended it."""
        from netroute.solvers.collective._kernels.online import place_by_scorer

        desk = desk_of(self._fabric.planes, len(scorer.last))

        def place(first: int, last: int, spine: np.ndarray) -> None:
            place_by_scorer(first, last, *self._state(), scorer, desk, spine)

        return self._placed(place, stop)

    def clear(self) -> None:
        """Empty the links, and forget all."""
        from netroute.solvers.collective._kernels.leaf import open_ledger

        for array in self._loads:
            array.fill(0)
        open_ledger(self._ledger, 0)

    @property
    def loads(self) -> np.ndarray:
        """Load of each link between switches in time over the lower bound, up and down."""
        links, loads = self._links, self._loads
        up, down = loads.up[0] * links.up_time, loads.down[0] * links.down_time
        return np.stack([up, down]) / links.low

    @property
    def theta(self) -> float:
        """Highest load of a link between switches, over the lower bound of the phase."""
        return float(self.loads.max())

    def _state(self) -> tuple[object, ...]:
        return self._demand, self._links, self._loads, self._ledger, self._view, self._sight

    def _placed(
        self, place: Callable[[int, int, np.ndarray], None], stop: Callable[[], bool] | None
    ) -> Placement | None:
        flows = len(self._row)
        spine = np.zeros(flows, np.int64)
        for first in range(0, flows, SLICE):
            if first and stop is not None and stop():
                return None
            place(first, min(flows, first + SLICE), spine)
        return of_paths(self._fabric, self._phase, self._row, spine)


def desk_of(spines: int, width: int) -> Desk:
    """Return room for the intermediate results of a scorer of ``width`` hidden units."""
    from netroute.solvers.collective._kernels.scorer import FEATURES, GLOBALS, Desk

    return Desk(
        features=np.zeros((spines, FEATURES)),
        globals=np.zeros(GLOBALS),
        hidden=np.zeros((spines, width)),
        mean=np.zeros(width),
        most=np.zeros(width),
        common=np.zeros(width),
        up=np.zeros(spines),
        down=np.zeros(spines),
        both=np.zeros(spines),
    )


def _tiny() -> LeafPhase:
    fabric = Fabric.leaf_spine(2, 2, hosts_per_leaf=2)
    instance = CollectiveInstance(fabric=fabric, flows=[(0, 0, 3, 1), (0, 2, 1, 1)])
    phase = instance.phases[0]
    return LeafPhase(instance, phase, order=np.arange(2), information="stale", refresh=2)


@cache
def compile_rules() -> None:
    """Compile the kernel of rules on two flows."""
    tiny = _tiny()
    tiny.by_rule(0, kernel_state(0))
    tiny.clear()


@cache
def compile_scorer() -> None:
    """Compile the kernel of learned scores on two flows."""
    from netroute.solvers.collective._kernels.scorer import FEATURES, GLOBALS, Scorer

    width = 2
    shapes = {
        "first": (width, FEATURES),
        "moment": (width, GLOBALS),
        "direct": (FEATURES,),
        **dict.fromkeys(("own", "mean", "most"), (width, width)),
    }
    _tiny().by_scorer(Scorer(*(np.zeros(shapes.get(name, (width,))) for name in Scorer._fields)))
