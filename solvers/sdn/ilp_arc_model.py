"""The arc formulation: a unit flow from source to target for every admitted flow.

``admit_f`` is 1 where flow f is admitted, ``x_f_e`` where its path runs over arc e and, with
protection, ``z_f_e`` where its backup path does::

    maximise  sum_f weight_f admit_f
    what leaves a node minus what enters it:  admit_f at the source, 0 at nodes between
    sum_f bandwidth_f (x_f_e + z_f_e) <= capacity_e             for each arc
    sum_e delay_e x_f_e <= max_delay_f admit_f, sum_e x_f_e <= max_hops_f admit_f
    sum_f sum_(e leaves v) (x_f_e + z_f_e) <= table_v           for each node
    x_f_e + z_f_e <= 1 for each arc; with protected nodes what enters an inner node is <= 1

Cycles beside a path do no harm and are left out of the plan.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import numpy as np

from netroute.core.errors import UnsupportedError
from netroute.problems.sdn import SdnSolution
from netroute.solvers.lp.mip import Mip
from netroute.solvers.sdn.ilp_model import FlowModel, limit_rows

if TYPE_CHECKING:
    from collections.abc import Callable

    from netroute.problems.sdn import SdnInstance

SIZE_LIMIT = 1_000_000
"""Most variables: one for each flow and arc."""


ASKED = 16
"""Flows between two looks at the clock: some tens of milliseconds."""


def arc_model(
    instance: SdnInstance, *, stop: Callable[[], bool] = lambda: False
) -> FlowModel | None:
    """Build the arc formulation; None if ``stop()`` came true before it was built.

    Raises
    ------
    UnsupportedError
        It would have more than `SIZE_LIMIT` variables.

    Examples
    --------
    >>> from netroute.problems.sdn import SdnInstance
    >>> net = SdnInstance(
    ...     nodes=["a", "b", "c"], tail=[0, 1, 0], head=[1, 2, 2], capacity=[5, 5, 3],
    ...     source=[0, 0], target=[2, 2], bandwidth=[3, 5],
    ... )
    >>> model = arc_model(net)
    >>> model.mip.names if model else None
    ['admit_0', 'x_0_0', 'x_0_1', 'x_0_2', 'admit_1', 'x_1_0', 'x_1_1']
    """
    kinds = "x" if instance.protection == "none" else "xz"
    if instance.size * len(instance.tail) * len(kinds) > SIZE_LIMIT:
        raise UnsupportedError(
            f"the arc formulation takes at most {SIZE_LIMIT} variables, instance "
            f"{instance.name!r} needs {instance.size * len(instance.tail) * len(kinds)}"
        )
    builder = _Builder(instance)
    for flow in range(instance.size):
        if flow % ASKED == 0 and stop():
            return None
        builder.add(flow, kinds)
    limit_rows(instance, builder.mip, builder.loads, builder.entries)
    return FlowModel(
        mip=builder.mip,
        admitting=[[variable] for variable in builder.admit],
        spending=builder.spending,
        read=builder.read,
        complete=True,
    )


class _Builder:
    def __init__(self, instance: SdnInstance) -> None:
        self.instance = instance
        self.mip = Mip("flow_admission")
        self.admit: list[int] = []
        self.spending: list[float] = []
        self.loads: list[list[tuple[int, float]]] = [[] for _ in instance.tail]
        self.entries: list[list[tuple[int, float]]] = [[] for _ in instance.nodes]
        # Variables of each flow's paths, and their arcs.
        self.used: dict[str, list[tuple[range, np.ndarray]]] = {"x": [], "z": []}

    def add(self, flow: int, kinds: str) -> None:
        """Add the variables of a flow, and the rows that are its own."""
        instance, mip = self.instance, self.mip
        source, target = int(instance.source[flow]), int(instance.target[flow])
        wide = instance.capacity >= instance.bandwidth[flow]
        wide &= (instance.head != source) & (instance.tail != target)
        arcs = np.flatnonzero(wide)
        admit = mip.variable(f"admit_{flow}")
        self.admit.append(admit)
        self.spending.append(0.0)
        ways = []
        for kind in kinds:
            first = len(mip.gain)
            for arc in arcs.tolist():
                self._add_arc(flow, arc, mip.variable(f"{kind}_{flow}_{arc}"))
            variables = range(first, len(mip.gain))
            self.used[kind].append((variables, arcs))
            ways.append(variables)
            self._conserve(flow, f"{kind}_{flow}", admit, variables, arcs)
            self._limit(flow, f"{kind}_{flow}", admit, variables, arcs)
        if len(ways) == 2:
            self._separate(flow, ways[0], ways[1], arcs)

    def _add_arc(self, flow: int, arc: int, variable: int) -> None:
        bandwidth = float(self.instance.bandwidth[flow])
        self.loads[arc].append((variable, bandwidth))
        self.entries[self.instance.tail[arc]].append((variable, 1.0))
        self.spending.append(bandwidth * float(self.instance.delay[arc]))

    def _conserve(
        self, flow: int, name: str, admit: int, variables: range, arcs: np.ndarray
    ) -> None:
        instance = self.instance
        source, target = instance.source[flow], instance.target[flow]
        terms: dict[int, list[tuple[int, float]]] = {int(source): [(admit, -1.0)]}
        tails, heads = instance.tail[arcs].tolist(), instance.head[arcs].tolist()
        for variable, tail, head in zip(variables, tails, heads, strict=True):
            terms.setdefault(tail, []).append((variable, 1.0))
            if head != target:
                terms.setdefault(head, []).append((variable, -1.0))
        for node, entries in sorted(terms.items()):
            self.mip.constrain(f"{name}_node_{node}", entries, least=0.0, most=0.0)

    def _limit(self, flow: int, name: str, admit: int, variables: range, arcs: np.ndarray) -> None:
        instance = self.instance
        if instance.max_delay is not None and np.isfinite(instance.max_delay[flow]):
            terms = list(zip(variables, instance.delay[arcs].tolist(), strict=True))
            terms.append((admit, -float(instance.max_delay[flow])))
            self.mip.constrain(f"{name}_delay", terms, most=0.0)
        if instance.max_hops is not None and instance.max_hops[flow]:
            terms = [(variable, 1.0) for variable in variables]
            terms.append((admit, -float(instance.max_hops[flow])))
            self.mip.constrain(f"{name}_hops", terms, most=0.0)

    def _separate(self, flow: int, first: range, second: range, arcs: np.ndarray) -> None:
        """Keep the backup path apart from the primary one."""
        instance = self.instance
        target = instance.target[flow]
        entering: dict[int, list[tuple[int, float]]] = {}
        for arc, x, z in zip(arcs.tolist(), first, second, strict=True):
            if instance.protection == "node" and instance.head[arc] != target:
                entering.setdefault(int(instance.head[arc]), []).extend(((x, 1.0), (z, 1.0)))
            else:
                self.mip.constrain(f"apart_{flow}_{arc}", [(x, 1.0), (z, 1.0)], most=1.0)
        for node, terms in sorted(entering.items()):
            self.mip.constrain(f"apart_{flow}_node_{node}", terms, most=1.0)

    def read(self, values: np.ndarray) -> SdnSolution:
        """Follow the arcs of each admitted flow."""
        paths: dict[str, dict[int, list[int]]] = {"x": {}, "z": {}}
        for kind, found in paths.items():
            for flow, (variables, arcs) in enumerate(self.used[kind]):
                if values[self.admit[flow]] > 0.5:
                    chosen = values[variables.start : variables.stop] > 0.5
                    path = self._follow(flow, arcs[chosen].tolist())
                    if path:
                        found[flow] = path
        backups = None if self.instance.protection == "none" else paths["z"]
        return SdnSolution.of(self.instance.size, paths["x"], backups=backups)

    def _follow(self, flow: int, arcs: list[int]) -> list[int]:
        """Return a path over some of the arcs; empty where there is none."""
        instance = self.instance
        source, target = int(instance.source[flow]), int(instance.target[flow])
        into: dict[int, int] = {}
        waiting = deque([source])
        while waiting:
            node = waiting.popleft()
            for arc in arcs:
                head = int(instance.head[arc])
                if instance.tail[arc] == node and head != source and head not in into:
                    into[head] = arc
                    waiting.append(head)
        path: list[int] = []
        node = target
        while node in into:
            path.append(into[node])
            node = int(instance.tail[into[node]])
        return path[::-1]
