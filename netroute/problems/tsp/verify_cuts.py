"""Recompute a bound from cuts, their prices and a search tree, with nothing of what produced it.

Every tour uses two edges at each node. Of the edges within a set S of nodes that is not all of
them it uses at most ``|S| - 1``. For a comb, a handle H with an odd number t >= 3 of teeth T that
do not meet each other, each with nodes in H and others, it holds that ::

    edges in H + edges in all T <= |H| + sum |T| - (3 t + 1) / 2

So, for any prices p of the nodes and q >= 0 of such cuts, no tour is shorter than ::

    2 sum p - sum q limit + sum over all edges of min(0, reduced cost)

where the reduced cost of an edge is its length, less the prices of its ends, plus those of the
sets that hold both ends. A fixed edge counts whatever its reduced cost is.

The tree divides the tours. Its nodes refer to others by number and to prices by place ::

    {"point": 3}                              a leaf, with the bound at these prices
    {"point": 0, "child": 1}                  edges that no tour below the cutoff has are dropped
    {"edge": [4, 7], "children": [2, 3]}      tours without the edge, and tours with it

The bound is the least one of all leaves and of the cutoff, a length that need not be a tour's.

Source: M. Groetschel, M. Padberg, On the symmetric travelling salesman problem (Mathematical
Programming 1979).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from netroute.core.errors import InputError

if TYPE_CHECKING:
    from netroute.problems.tsp.instance import TspInstance

MOST_NODES = 5_000
"""All edges are in memory at once."""


def cuts_bound(instance: TspInstance, data: dict[str, Any]) -> float:
    """Return the lower bound that cuts, prices and a tree prove.

    Parameters
    ----------
    instance : TspInstance
        With symmetric distances.
    data : dict
        ``cuts``: lists of one set of nodes, or of a handle and its teeth; ``points``: objects with
        ``nodes``, a price for each node, and ``cuts``, pairs of the number and the price of a cut;
        ``tree``: as above, a leaf at the first point without it; ``cutoff``: needed with a tree.

    Raises
    ------
    InputError
        The certificate does not fit the instance.

    Examples
    --------
    >>> from netroute.problems.tsp import TspInstance
    >>> instance = TspInstance(coordinates=[[0, 0], [0, 1], [9, 0], [9, 1]], rounding="nearest")
    >>> cuts_bound(instance, {"cuts": [], "points": [{"nodes": [1] * 4, "cuts": []}]})
    6.0
    >>> point = {"nodes": [4.5, 4.5, 4.5, 4.5], "cuts": [[0, 8], [1, 8]]}
    >>> cuts_bound(instance, {"cuts": [[[0, 1]], [[2, 3]]], "points": [point]})
    20.0
    """
    n = instance.size
    if not instance.symmetric or n > MOST_NODES:
        raise _fault(f"cuts are verified for symmetric distances and up to {MOST_NODES} nodes")
    cuts = [_cut(n, k, cut) for k, cut in enumerate(_list(data, "cuts"))]
    points = [_point(n, len(cuts), k, p) for k, p in enumerate(_list(data, "points"))]
    if not points:
        raise _fault("found no points")
    tree = _list(data, "tree") if "tree" in data else [{"point": 0}]
    cutoff = data.get("cutoff", math.inf)
    if type(cutoff) not in (int, float) or math.isnan(cutoff):
        raise _fault("cutoff: expected a number")
    return _Tree(instance, cuts, points, float(cutoff)).bound(tree)


@dataclass(frozen=True, slots=True)
class _Cut:
    sets: list[np.ndarray]
    limit: int


@dataclass(frozen=True, slots=True)
class _State:
    """Edges that tours may have, in order of their numbers, and which of these they must have."""

    number: np.ndarray
    must: np.ndarray


class _Tree:
    def __init__(
        self,
        instance: TspInstance,
        cuts: list[_Cut],
        points: list[tuple[np.ndarray, dict[int, float]]],
        cutoff: float,
    ) -> None:
        self._size = n = instance.size
        self._cuts, self._points = cuts, points
        self._low, self._high = np.triu_indices(n, 1)
        self._length = instance.distances(self._low, self._high)
        self._integral = instance.integral()
        self._cutoff = math.floor(cutoff) if self._integral and cutoff < math.inf else cutoff
        self._fixed = [self._number(a, b) for a, b in instance.fixed_edges.tolist()]

    def bound(self, tree: list[Any]) -> float:
        every = np.arange(len(self._low))
        waiting = [(0, _State(every, np.isin(every, self._fixed)))]
        best, seen = float(self._cutoff), 0
        while waiting:
            number, state = waiting.pop()
            seen += 1
            if type(number) is not int or not 0 <= number < len(tree) or seen > len(tree):
                raise _fault("the nodes are no tree")
            node = tree[number]
            if not isinstance(node, dict):
                raise _fault(f"tree: found {str(node)[:40]}, expected an object")
            if "edge" in node:
                waiting += self._branch(node, state)
                continue
            point = node.get("point")
            if type(point) is not int or not 0 <= point < len(self._points):
                raise _fault(f"tree: found the point {str(point)[:20]!r}")
            value, reduced, slack = self._evaluate(point, state)
            if "child" not in node:
                lowest = value - slack
                best = min(best, float(math.ceil(lowest)) if self._integral else lowest)
                continue
            # A tour with such an edge costs so much more, and as an integer the cutoff at least.
            least = self._cutoff - 1.0 if self._integral else self._cutoff
            keep = state.must | (value - slack + np.maximum(0.0, reduced) <= least)
            waiting.append((node["child"], _State(state.number[keep], state.must[keep])))
        return best

    def _branch(self, node: dict[str, Any], state: _State) -> list[tuple[Any, _State]]:
        edge, children = node["edge"], node.get("children")
        if not (isinstance(edge, list) and isinstance(children, list)) or (
            len(edge) != 2 or len(children) != 2 or len(_nodes(self._size, "tree", edge)) != 2
        ):
            raise _fault(f"tree: found a node {str(node)[:60]}, which is of no known kind")
        number = self._number(*edge)
        chosen = state.number == number
        found = []
        if not (chosen & state.must).any():
            keep = ~chosen
            found.append((children[0], _State(state.number[keep], state.must[keep])))
        if chosen.any():
            found.append((children[1], _State(state.number, state.must | chosen)))
        return found

    def _evaluate(self, point: int, state: _State) -> tuple[float, np.ndarray, float]:
        """Return the bound at some prices, reduced costs, and what rounding may amount to."""
        price, duals = self._points[point]
        low, high = self._low[state.number], self._high[state.number]
        reduced = self._length[state.number] - price[low] - price[high]
        largest = float(np.abs(price).max()) + float(np.abs(self._length).max())
        total = 2.0 * math.fsum(price.tolist())
        limits = []
        for k, dual in duals.items():
            limits.append(-dual * self._cuts[k].limit)
            largest += dual * len(self._cuts[k].sets)
            for members in self._cuts[k].sets:
                inside = np.zeros(self._size, bool)
                inside[members] = True
                reduced += dual * (inside[low] & inside[high])
        counted = reduced[state.must | (reduced < 0.0)]
        total = math.fsum([total, *limits, *counted.tolist()])
        # Each reduced cost is off by as many roundings as it has terms.
        slack = math.ulp(largest) * (len(counted) + self._size) * (8 + len(duals))
        return total, reduced, slack

    def _number(self, a: int, b: int) -> int:
        """Return the place of an edge in the upper triangle, row by row."""
        a, b = min(a, b), max(a, b)
        return a * self._size - a * (a + 1) // 2 + b - a - 1


def _cut(n: int, index: int, data: Any) -> _Cut:
    where = f"cuts[{index}]"
    if not isinstance(data, list) or not data:
        raise _fault(f"{where}: expected a list of sets")
    sets = [_nodes(n, where, nodes) for nodes in data]
    if len(sets) == 1:
        if len(sets[0]) == n:
            raise _fault(f"{where}: the set holds all nodes")
        return _Cut(sets, len(sets[0]) - 1)
    handle, teeth = sets[0], sets[1:]
    taken = np.sort(np.concatenate(teeth))
    if len(teeth) < 3 or len(teeth) % 2 == 0 or any(a == b for a, b in pairwise(taken.tolist())):
        raise _fault(f"{where}: expected an odd number of teeth that do not meet")
    if any(np.isin(tooth, handle).all() or not np.isin(tooth, handle).any() for tooth in teeth):
        raise _fault(f"{where}: expected teeth that are partly in the handle")
    return _Cut(sets, sum(map(len, sets)) - (3 * len(teeth) + 1) // 2)


def _nodes(n: int, where: str, data: Any) -> np.ndarray:
    known = isinstance(data, list) and data and {type(node) for node in data} == {int}
    if not known or not all(0 <= node < n for node in data) or len(set(data)) != len(data):
        raise _fault(f"{where}: found {str(data)[:40]}, expected different nodes below {n}")
    return np.array(data, np.int64)


def _point(n: int, cuts: int, index: int, data: Any) -> tuple[np.ndarray, dict[int, float]]:
    where = f"points[{index}]"
    try:
        price = np.asarray(data["nodes"], np.float64)
        pairs = [(k, float(dual)) for k, dual in data["cuts"]]
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise _fault(f"{where}: {error!r}") from None
    if price.shape != (n,) or not (np.abs(price) < 1e18).all():
        raise _fault(f"{where}: expected {n} finite prices of nodes")
    for k, dual in pairs:
        if type(k) is not int or not 0 <= k < cuts or not 0.0 <= dual < 1e18:
            raise _fault(f"{where}: found the price {dual} of cut {str(k)[:20]}")
    if len(dict(pairs)) != len(pairs):
        raise _fault(f"{where}: a cut has two prices")
    return price, dict(pairs)


def _list(data: dict[str, Any], name: str) -> list[Any]:
    if not isinstance(data.get(name), list):
        raise _fault(f"found no list {name!r}")
    found: list[Any] = data[name]
    return found


def _fault(message: str) -> InputError:
    return InputError(message, code="tsp.certificate", where="certificate")
