"""A network and the flows that ask for admission to it."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from dataclasses import replace as dataclass_replace
from typing import TYPE_CHECKING, Any, Self, SupportsIndex

import numpy as np

from netroute.core.arrays import fingerprint
from netroute.problems.sdn.convert import convert
from netroute.problems.sdn.features import features
from netroute.problems.sdn.graphs import arguments, graph_of
from netroute.problems.sdn.validate import validate

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import networkx as nx
    import numpy.typing as npt

    from netroute.problems.sdn.solution import SdnSolution


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SdnInstance:
    """A directed network with capacities, and flows of which as much as possible is admitted.

    Nodes, arcs and flows are numbered from 0. All arrays are read-only and checked on construction.
    An undirected link is two arcs, each with a capacity of its own. Parallel arcs are allowed, arcs
    from a node to itself are not.

    Parameters
    ----------
    name : str
        For people.
    nodes : sequence of n names
        As in the file; all different. Numbers are taken as their decimal names.
    tail, head : array of int, shape (m,)
        Node from which and to which each arc leads.
    capacity : array of int, shape (m,)
        In the unit of ``bandwidth``, at least 1.
    delay : array, shape (m,), optional
        Any one unit of time, at least 0; 0 without it.
    source, target : array of int, shape (F,)
        Nodes between which each flow runs, different ones.
    bandwidth : array of int, shape (F,)
        Needed on every arc of the flow's path, at least 1.
    priority : array of int, shape (F,), optional
        Class of each flow, from 1 to ``priorities``, which is the most important one; 1 without it.
    priorities : int, optional
        Number of classes; the largest priority in use without it.
    flows : sequence of F names, optional
        All different.
    weight : array, shape (F,), optional
        Value of each flow, at least 0, for ``weighting="given"``.
    max_delay : array, shape (F,), optional
        Limit on the delay of a flow's path; ``inf`` where there is none.
    max_hops : array of int, shape (F,), optional
        Limit on the arcs of a flow's path; 0 where there is none.
    table_size : array of int, shape (n,), optional
        Flow-table entries that a node holds; -1 where there is no limit. A path takes one entry at
        each of its nodes but the target.
    objective : str
        ``weighted``: the admitted weight is maximised. ``lexicographic``: the number of admitted
        flows of the highest class is, then that of the next one, and so on.
    weighting : str, optional
        Weight of a flow: ``priority`` (without it), ``revenue`` (priority times bandwidth),
        ``count`` (1), ``throughput`` (bandwidth), or ``given`` (by ``weight``; needed with it).
    protection : str
        ``none``, or 1+1 protection: an admitted flow has a primary and a backup path that share no
        ``arc``, or no inner ``node`` either. Both keep the flow's limits, each takes its full
        bandwidth.
    position : array, shape (n, 2), optional
        Coordinates for pictures.

    Raises
    ------
    InputError
        For the first thing that is wrong, with field and index.

    Examples
    --------
    >>> net = SdnInstance(
    ...     nodes=["a", "b", "c"], tail=[0, 1], head=[1, 2], capacity=[5, 3],
    ...     source=[0, 0], target=[2, 1], bandwidth=[3, 4], priority=[2, 1],
    ... )
    >>> net.size, net.priorities, net.weights().tolist()
    (2, 2, [2.0, 1.0])
    >>> net.replace(weighting="revenue").weights().tolist()
    [6.0, 4.0]
    """

    name: str = "unnamed"
    nodes: tuple[str, ...]
    tail: np.ndarray
    head: np.ndarray
    capacity: np.ndarray
    delay: np.ndarray = None  # type: ignore[assignment]  # filled by convert
    source: np.ndarray
    target: np.ndarray
    bandwidth: np.ndarray
    priority: np.ndarray = None  # type: ignore[assignment]
    priorities: int = None  # type: ignore[assignment]
    flows: tuple[str, ...] | None = None
    weight: np.ndarray | None = None
    max_delay: np.ndarray | None = None
    max_hops: np.ndarray | None = None
    table_size: np.ndarray | None = None
    objective: str = "weighted"
    weighting: str = None  # type: ignore[assignment]
    protection: str = "none"
    position: np.ndarray | None = None
    fingerprint: str = field(init=False, default="")
    """Hash of everything but the name."""
    _features: frozenset[str] | None = field(init=False, default=None, repr=False)

    if TYPE_CHECKING:
        # The fields are arrays; what they are made from may be any numbers.
        def __init__(
            self,
            *,
            name: str = ...,
            nodes: Iterable[str | int],
            tail: npt.ArrayLike,
            head: npt.ArrayLike,
            capacity: npt.ArrayLike,
            delay: npt.ArrayLike | None = ...,
            source: npt.ArrayLike,
            target: npt.ArrayLike,
            bandwidth: npt.ArrayLike,
            priority: npt.ArrayLike | None = ...,
            priorities: int | None = ...,
            flows: Iterable[str] | None = ...,
            weight: npt.ArrayLike | None = ...,
            max_delay: npt.ArrayLike | None = ...,
            max_hops: npt.ArrayLike | None = ...,
            table_size: npt.ArrayLike | None = ...,
            objective: str = ...,
            weighting: str | None = ...,
            protection: str = ...,
            position: npt.ArrayLike | None = ...,
        ) -> None: ...

    def __post_init__(self) -> None:
        convert(self)
        validate(self)
        object.__setattr__(self, "fingerprint", fingerprint(self._content()))

    def __setstate__(self, state: list[Any]) -> None:
        # Arrays come out of a pickle writable.
        for entry, value in zip(fields(self), state, strict=True):
            if isinstance(value, np.ndarray):
                value.flags.writeable = False
            object.__setattr__(self, entry.name, value)

    def __getstate__(self) -> list[Any]:
        return [getattr(self, entry.name) for entry in fields(self)]

    @property
    def size(self) -> int:
        """Number of flows."""
        return len(self.source)

    @property
    def objectives(self) -> int:
        """Number of objectives, one after the other: of classes in use if lexicographic, else 1."""
        if self.objective == "lexicographic":
            return max(1, len(np.unique(self.priority)))
        return 1

    def weights(self) -> np.ndarray:
        """Return what each admitted flow adds to the objective: float64, shape (F,).

        With the lexicographic objective, 1 for the flows of the highest class that has any.
        """
        if self.objective == "lexicographic":
            top = self.priority.max(initial=0)
            return np.asarray(self.priority == top, np.float64)
        priority, bandwidth = self.priority.astype(np.float64), self.bandwidth.astype(np.float64)
        worth: dict[str, np.ndarray | None] = {
            "priority": priority,
            "revenue": priority * bandwidth,
            "count": np.ones(self.size),
            "throughput": bandwidth,
            "given": self.weight,
        }
        return np.array(worth[self.weighting])

    def features(self) -> frozenset[str]:
        """Names of the features in use beyond weighted admission on single unlimited paths."""
        if self._features is None:
            object.__setattr__(self, "_features", features(self))
        return self._features or frozenset()

    def flow_label(self, flow: SupportsIndex) -> str:
        """Name a flow for messages: its number, its id and its ends."""
        name = "" if self.flows is None else f" {self.flows[flow]!r}"
        ends = (self.nodes[self.source[flow]], self.nodes[self.target[flow]])
        return f"flow {flow}{name} ({ends[0]} to {ends[1]})"

    def arc_label(self, arc: SupportsIndex) -> str:
        """Name an arc for messages: its number and its ends."""
        return f"arc {arc} ({self.nodes[self.tail[arc]]} to {self.nodes[self.head[arc]]})"

    @classmethod
    def from_networkx(
        cls,
        graph: nx.Graph,
        flows: Iterable[Sequence[Any] | Mapping[str, Any]] | None = None,
        *,
        capacity: str = "capacity",
        delay: str = "delay",
        position: str = "pos",
        **options: Any,
    ) -> Self:
        """Build an instance from a networkx graph of any kind.

        Parameters
        ----------
        graph : networkx.Graph, DiGraph, MultiGraph or MultiDiGraph
            An edge of an undirected one becomes two arcs, each with its capacity. Nodes may hold
            ``table_size``.
        flows : iterable, optional
            Rows (source, target, bandwidth) or (source, target, bandwidth, priority), or mappings
            with these keys and ``name``, ``weight``, ``max_delay``, ``max_hops``. Ends are nodes of
            the graph. Without it, what `to_networkx` has left in ``graph.graph["flows"]``.
        capacity, delay, position : str
            Names of the attributes; edges without a delay have 0.
        **options
            Further arguments of `SdnInstance`, such as ``objective``.

        Raises
        ------
        InputError
            An edge has no capacity, a flow an unknown end, or as of `SdnInstance`.

        Examples
        --------
        >>> import networkx as nx
        >>> graph = nx.Graph()
        >>> graph.add_edge("a", "b", capacity=10, delay=2.5)
        >>> net = SdnInstance.from_networkx(graph, [("a", "b", 4, 2), ("b", "a", 7)])
        >>> net.tail.tolist(), net.head.tolist(), net.priority.tolist()
        ([0, 1], [1, 0], [2, 1])
        """
        found = arguments(graph, flows, capacity=capacity, delay=delay, position=position)
        return cls(**found | options)

    def to_networkx(self, solution: SdnSolution | None = None) -> nx.MultiDiGraph:
        """Return a graph of the network with the flows in ``graph.graph["flows"]``.

        Edges have the number of their arc as key, ``capacity`` and ``delay``, and with a solution
        ``load`` and ``utilisation``, too. The objective and protection are not part of the graph.

        Examples
        --------
        >>> net = SdnInstance(
        ...     nodes=["a", "b"], tail=[0], head=[1], capacity=[5],
        ...     source=[0], target=[1], bandwidth=[3],
        ... )
        >>> SdnInstance.from_networkx(net.to_networkx()).fingerprint == net.fingerprint
        True
        """
        return graph_of(self, solution)

    def replace(self, **changes: Any) -> Self:
        """Return a validated copy with some fields changed."""
        return dataclass_replace(self, **changes)

    def _content(self) -> list[Any]:
        left_out = ("name", "fingerprint", "_features")
        names = [entry.name for entry in fields(self) if entry.name not in left_out]
        return [part for name in names for part in (name, getattr(self, name))]
