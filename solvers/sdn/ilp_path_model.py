"""The path formulation: one variable for each flow and each of its candidate paths.

``x_f_p`` is 1 where flow f runs on its path p, with protection on its disjoint pair of paths p::

    maximise  sum_f weight_f sum_p x_f_p
    sum_p x_f_p <= 1                                     for each flow
    sum_(f, p over e) bandwidth_f x_f_p <= capacity_e    for each arc
    sum_(f, p leaves v) x_f_p <= table_v                 for each node

Limits on delay and hops rule paths out beforehand.
"""

from __future__ import annotations

from collections import Counter
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from netroute.core.errors import UnsupportedError
from netroute.problems.sdn import SdnSolution
from netroute.solvers.lp.mip import Mip
from netroute.solvers.sdn.ilp_model import FlowModel, limit_rows
from netroute.solvers.sdn.pairs import pairs_of
from netroute.solvers.sdn.short_paths import short_paths

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from netroute.problems.sdn import SdnInstance
    from netroute.solvers.sdn.pairs import Pairs

SIZE_LIMIT = 1_000_000
"""Most variables."""

ASKED = 512
"""Flows between two looks at the clock: some tens of milliseconds."""

Option = tuple[tuple[int, ...], tuple[int, ...]]
"""Arcs of the primary and of the backup path."""


class Figures(NamedTuple):
    """An option and what all flows that choose it need to know of it.

    Attributes
    ----------
    option : Option
    arcs : tuple of int
        Those of both paths.
    width : int
        Least capacity of an arc.
    delay : float
    entries : list of (int, float)
        Nodes and the flow-table entries there; empty where tables have no limits.
    """

    option: Option
    arcs: tuple[int, ...]
    width: int
    delay: float
    entries: list[tuple[int, float]]


def path_model(
    instance: SdnInstance, count: int, *, stop: Callable[[], bool] = lambda: False
) -> FlowModel | None:
    """Build the path formulation over ``count`` short paths of each pair; 0 for all paths.

    Returns None if ``stop()`` came true before it was built.

    Raises
    ------
    UnsupportedError
        It would have too many paths or variables.

    Examples
    --------
    >>> from netroute.problems.sdn import SdnInstance
    >>> net = SdnInstance(
    ...     nodes=["a", "b", "c"], tail=[0, 1, 0], head=[1, 2, 2], capacity=[5, 5, 3],
    ...     source=[0, 0], target=[2, 2], bandwidth=[3, 5],
    ... )
    >>> model = path_model(net, 0)
    >>> model.mip.names if model else None
    ['x_0_0', 'x_0_1', 'x_1_0']
    """
    pairs = pairs_of(instance)
    found = short_paths(instance, pairs, count, stop=stop)
    if found is None:
        return None
    options = [list(_options(instance, paths, count)) for paths in found]
    return option_model(instance, pairs, options, complete=count == 0, stop=stop)


def option_model(
    instance: SdnInstance,
    pairs: Pairs,
    options: list[list[Option]],
    *,
    complete: bool,
    stop: Callable[[], bool] = lambda: False,
) -> FlowModel | None:
    """Build the path formulation over given options of each pair.

    Returns None if ``stop()`` came true before it was built.

    Raises
    ------
    UnsupportedError
        It would have too many variables.
    """
    needed = sum(len(options[pair]) for pair in pairs.of_flow.tolist())
    if needed > SIZE_LIMIT:
        raise UnsupportedError(
            f"the path formulation takes at most {SIZE_LIMIT} variables, instance "
            f"{instance.name!r} needs {needed}; take fewer paths"
        )
    mip = Mip("flow_admission")
    admitting: list[list[int]] = []
    spending: list[float] = []
    chosen: list[tuple[int, Option]] = []
    loads: list[list[tuple[int, float]]] = [[] for _ in instance.tail]
    entries: list[list[tuple[int, float]]] = [[] for _ in instance.nodes]
    figures = _figures(instance, options)
    for flow, pair in enumerate(pairs.of_flow.tolist()):
        if flow % ASKED == 0 and stop():
            return None
        bandwidth = float(instance.bandwidth[flow])
        variables = []
        for number, known in enumerate(figures[pair]):
            # A pair may be a little wider than its flow: of many widths some share a pair.
            if known.width < bandwidth:
                continue
            variable = mip.variable(f"x_{flow}_{number}")
            variables.append(variable)
            chosen.append((flow, known.option))
            spending.append(bandwidth * known.delay)
            for arc in known.arcs:
                loads[arc].append((variable, bandwidth))
            for node, uses in known.entries:
                entries[node].append((variable, uses))
        if variables:
            mip.constrain(f"flow_{flow}", [(x, 1.0) for x in variables], most=1.0)
        admitting.append(variables)
    limit_rows(instance, mip, loads, entries)

    def read(values: np.ndarray) -> SdnSolution:
        taken = [chosen[k] for k in np.flatnonzero(values > 0.5).tolist()]
        paths = {flow: option[0] for flow, option in taken}
        if instance.protection == "none":
            return SdnSolution.of(instance.size, paths)
        backups = {flow: option[1] for flow, option in taken}
        return SdnSolution.of(instance.size, paths, backups=backups)

    return FlowModel(mip, admitting, spending, read, complete=complete)


def _figures(instance: SdnInstance, options: list[list[Option]]) -> list[list[Figures]]:
    """Figures of all options of each pair."""
    capacity, delay = instance.capacity.tolist(), instance.delay.tolist()
    tail, limited = instance.tail.tolist(), instance.table_size is not None

    def figures(option: Option) -> Figures:
        arcs = option[0] + option[1]
        uses = Counter(tail[arc] for arc in arcs) if limited else Counter()
        return Figures(
            option,
            arcs,
            min(capacity[arc] for arc in arcs),
            sum(delay[arc] for arc in arcs),
            [(node, float(number)) for node, number in uses.items()],
        )

    return [[figures(option) for option in some] for some in options]


def _options(instance: SdnInstance, paths: list[tuple[int, ...]], count: int) -> Iterator[Option]:
    """Paths, or with protection pairs of them that are disjoint: the first ``count`` of all."""
    if instance.protection == "none":
        yield from ((path, ()) for path in paths)
        return
    found = 0
    for first, second in combinations(paths, 2):
        if set(first) & set(second):
            continue
        if instance.protection == "node":
            inner = set(instance.head[list(first[:-1])].tolist())
            if inner & set(instance.head[list(second[:-1])].tolist()):
                continue
        yield first, second
        found += 1
        if found == count:
            return
