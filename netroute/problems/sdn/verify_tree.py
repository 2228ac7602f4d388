"""The proof of a search tree: every plan is in one of its leaves, each of which has a bound.

The certificate has a list of points ``prices`` and a list of nodes ``tree``, the first one being
the root. Nodes refer to others by their number, to prices by their place in that list. A node is
one of ::

    {"prices": 3}                                                a leaf
    {"prices": 0, "rejected": [5], "admitted": [7], "child": 1}  flows that are decided
    {"flow": 5, "children": [1, 2]}                              5 is rejected, or admitted
    {"flow": 5, "avoid": [[4, 9], [11]], "children": [1, 2]}     5 does without some, or others

- The bound of a leaf is the Lagrangian bound at its prices, given all that was decided above it.
- Flows are decided one by one: the bound of the plans in which *one* of ``rejected`` is admitted
  after all, or one of ``admitted`` rejected, counts like that of a leaf.
- The arcs to be avoided leave one node, which a simple path does only once: it does without the
  ones or without the others. This does not hold for pairs of paths.

The bound of the tree is the largest one of all that counts.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Self

from netroute.core.errors import InputError
from netroute.problems.sdn.lagrangian import Lagrangian, Prices, rounded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from netroute.problems.sdn.instance import SdnInstance


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One node of the tree; what it lacks is None or empty."""

    prices: int | None = None
    rejected: tuple[int, ...] = ()
    admitted: tuple[int, ...] = ()
    flow: int | None = None
    avoid: tuple[tuple[int, ...], tuple[int, ...]] | None = None
    children: tuple[int, ...] = ()

    @classmethod
    def from_dict(cls, instance: SdnInstance, points: int, data: Any) -> Self:
        """Read a node of a certificate with ``points`` prices; children are checked later."""
        try:
            values: dict[str, Any] = {}
            if "prices" in data:
                values["prices"] = _below(points, data["prices"])
            for name in ("rejected", "admitted"):
                values[name] = tuple(_below(instance.size, flow) for flow in data.get(name, ()))
            children = [data["child"]] if "child" in data else data.get("children", ())
            values["children"] = tuple(int(child) for child in children)
            if "flow" in data:
                values["flow"] = _below(instance.size, data["flow"])
            if "avoid" in data:
                one, two = data["avoid"]
                arcs = len(instance.tail)
                values["avoid"] = tuple(tuple(_below(arcs, a) for a in side) for side in (one, two))
        except (AttributeError, KeyError, TypeError, ValueError, OverflowError) as error:
            raise _fault(f"found a node {str(data)[:60]}: {error!r}") from None
        node = cls(**values)
        wanted = 2 if node.flow is not None else 1 if node.rejected or node.admitted else 0
        if "child" in data:
            wanted = 1
        if len(node.children) != wanted or (node.flow is None and node.prices is None):
            raise _fault(f"found a node {str(data)[:60]}, which is of no known kind")
        if node.avoid is not None:
            _require_one_tail(instance, node.avoid)
        return node


@dataclass(slots=True)
class State:
    """What has been decided above a node."""

    decided: dict[int, bool] = field(default_factory=dict)
    without: dict[int, frozenset[int]] = field(default_factory=dict)


def tree_bound(instance: SdnInstance, points: Sequence[Prices], nodes: Sequence[Node]) -> float:
    """Return the upper bound that a tree proves."""
    if not nodes:
        raise _fault("found a tree without nodes")
    known: dict[int, _Evaluator] = {}
    best = Fraction(0)
    waiting = [(0, State())]
    seen = 0
    while waiting:
        number, state = waiting.pop()
        seen += 1
        if not 0 <= number < len(nodes) or seen > len(nodes):
            raise _fault("the nodes are no tree")
        node = nodes[number]
        if node.prices is not None:
            if node.prices not in known:
                known[node.prices] = _Evaluator(instance, points[node.prices])
            evaluator = known[node.prices]
            if not node.children:
                best = max(best, evaluator.bound(state))
                continue
            best = max(best, evaluator.otherwise(state, node))
            more = [(f, False) for f in node.rejected] + [(f, True) for f in node.admitted]
            waiting += _child(node.children[0], state, more)
        else:
            waiting += _branches(node, state)
    return rounded(instance, best)


def _child(number: int, state: State, more: Sequence[tuple[int, bool]]) -> list[tuple[int, State]]:
    """Return a node with its state; none if decisions contradict each other, so no plan is left."""
    decided = dict(state.decided)
    for flow, taken in more:
        if decided.setdefault(flow, taken) != taken:
            return []
    return [(number, State(decided, state.without))]


def _branches(node: Node, state: State) -> list[tuple[int, State]]:
    """Return the children of a node with their states."""
    assert node.flow is not None
    if node.avoid is None:
        rejected, admitted = node.children
        flow = node.flow
        return _child(rejected, state, [(flow, False)]) + _child(admitted, state, [(flow, True)])
    found = []
    for child, side in zip(node.children, node.avoid, strict=True):
        arcs = state.without.get(node.flow, frozenset()) | set(side)
        found.append((child, State(state.decided, {**state.without, node.flow: arcs})))
    return found


class _Evaluator:
    """The Lagrangian at one point, and how decisions change it."""

    def __init__(self, instance: SdnInstance, prices: Prices) -> None:
        self._point = Lagrangian(instance, prices, exact=True)
        self._gain = self._point.gains()
        self._paid = self._point.paid + int(self._gain.sum())
        self._costs: dict[tuple[int, frozenset[int]], float] = {}

    def bound(self, state: State) -> Fraction:
        """Bound of all plans that obey the decisions; no plan at all is worth nothing."""
        total = self._total(state)
        return Fraction(0) if total is None else total * self._point.unit

    def otherwise(self, state: State, node: Node) -> Fraction:
        """Bound of the plans that obey the decisions, but not those of the node itself."""
        total = self._total(state)
        if total is None:
            return Fraction(0)
        best = 0
        for flows, taken in ((node.rejected, True), (node.admitted, False)):
            for flow in flows:
                if state.decided.get(flow, taken) != taken:
                    continue
                change = self._part(flow, state, taken)
                if change is not None:
                    best = max(best, total - self._own(flow, state) + change)
        return best * self._point.unit

    def _total(self, state: State) -> int | None:
        """Paid and gained by all flows; None if a flow that must be admitted cannot be."""
        total = self._paid
        for flow in state.decided.keys() | state.without.keys():
            part = self._part(flow, state, state.decided.get(flow))
            if part is None:
                return None
            total += part - int(self._gain[flow])
        return total

    def _own(self, flow: int, state: State) -> int:
        """Return what a flow adds to the total of a state."""
        part = self._part(flow, state, state.decided.get(flow))
        return 0 if part is None else part

    def _part(self, flow: int, state: State, taken: bool | None) -> int | None:
        """Return what a flow adds if admitted, rejected or (None) either; None if impossible."""
        if taken is False:
            return 0
        without = state.without.get(flow, frozenset())
        cost = float(self._point.cost[flow])
        if without:
            if (flow, without) not in self._costs:
                self._costs[flow, without] = self._point.cost_of(flow, without=without)
            cost = self._costs[flow, without]
        gain = None if cost == float("inf") else int(self._point.worth[flow]) - int(cost)
        if taken is None:
            return 0 if gain is None else max(0, gain)
        return gain


def _require_one_tail(instance: SdnInstance, avoid: Sequence[Sequence[int]]) -> None:
    if instance.protection != "none":
        raise _fault("arcs to be avoided do not divide pairs of paths")
    if len({int(instance.tail[arc]) for side in avoid for arc in side}) > 1:
        raise _fault("arcs to be avoided leave several nodes")
    if set(avoid[0]) & set(avoid[1]):
        raise _fault("an arc is to be avoided on both sides")


def _below(limit: int, value: Any) -> int:
    if type(value) is not int or not 0 <= value < limit:
        raise ValueError(f"found {value!r}, expected 0 to {limit - 1}")
    return value


def _fault(message: str) -> InputError:
    return InputError(message, code="sdn.certificate", where="certificate")
