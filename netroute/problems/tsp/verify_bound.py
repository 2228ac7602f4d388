"""Recompute a bound from its certificate, with nothing of what produced it.

The certificate names a multiplier for each node and no more; the tree that makes a bound of them is
built here anew, over all edges. A tampered certificate therefore yields the bound that its numbers
are truly worth.

The argument
------------
Add p(i) + p(j) to the distance of each pair: every tour grows by the same 2 sum p. A tour is a path
through all nodes but one, and two edges at that one. No path is shorter than the shortest spanning
tree, and both must have the fixed edges. So, for any p, every tour costs at least ::

    tree over all nodes but the root + two cheapest edges at the root - 2 sum p

Where distances are asymmetric each node becomes two, one that is reached and one that is left, with
a fixed edge of length 0 between them: a tour of the pairs is a symmetric tour of twice the nodes.

Source: M. Held, R. Karp, The traveling-salesman problem and minimum spanning trees (Operations
Research 1970); R. Jonker, T. Volgenant, Transforming asymmetric into symmetric traveling salesman
problems (Operations Research Letters 1983).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from netroute.core.errors import InputError
from netroute.problems.geometry import EARTH_RADIUS_KM, Metric, measure
from netroute.problems.tsp.verify_cuts import cuts_bound

if TYPE_CHECKING:
    from netroute.problems.tsp.instance import TspInstance

LARGEST = 1e15
"""Of multipliers, as of distances."""

FINEST = 20
"""Beside integers multipliers are rounded to multiples of 2^-20, so that sums are exact."""


def verify_bound(instance: TspInstance, certificate: dict[str, Any]) -> float:
    """Return the lower bound that a certificate proves.

    Time grows with the square of the number of nodes, memory linearly: two seconds for 10 000
    nodes, minutes for 100 000.

    Parameters
    ----------
    instance : TspInstance
        The problem.
    certificate : dict
        From ``Certificate.to_dict()``: ``method`` "held-karp", ``value`` (not used) and ``data``
        with ``multipliers``: one a node; where distances are asymmetric one a node as it is
        reached, then one a node as it is left. ``root`` may name the node outside the tree. Or
        "cuts", see `netroute.problems.tsp.verify_cuts`.

    Raises
    ------
    InputError
        The certificate does not fit the instance.

    Examples
    --------
    >>> from netroute.problems.tsp import TspInstance
    >>> points = [[0, 0], [9, 0], [0, 9], [3, 3]]
    >>> instance = TspInstance(coordinates=points, rounding="nearest")
    >>> verify_bound(instance, {"method": "held-karp", "data": {"multipliers": [0, 0, 0, 0]}})
    27.0
    >>> verify_bound(instance, {"method": "held-karp", "data": {"multipliers": [0, 0, 0, 3]}})
    30.0
    >>> instance.length([0, 1, 3, 2])
    32.0
    """
    method = certificate.get("method")
    if method == "cuts":
        data = certificate.get("data")
        if not isinstance(data, dict):
            raise _fault("found no data")
        return cuts_bound(instance, data)
    if method != "held-karp":
        raise _fault(f"found method {method!r}, expected 'held-karp' or 'cuts'")
    multipliers, root = _read(instance, certificate.get("data"))
    largest = _largest(instance)
    reach = largest + 2.0 * float(np.abs(multipliers).max())
    scale, price = 1.0, multipliers
    if instance.integral():
        scale = 2.0 ** min(FINEST, 52 - math.frexp(reach)[1])
        price = np.floor(multipliers * scale) / scale
    graph = _Arcs(instance, price) if not instance.symmetric else _Edges(instance, price)
    lengths = _one_tree(graph, root)
    if instance.integral():
        # Multiples of 1 / scale below 2^52 of them: nothing has been rounded so far.
        total = sum(int(x) for x in lengths * scale) - 2 * sum(int(x) for x in price * scale)
        return float(-(-total // int(scale)) if scale >= 1.0 else total / scale)
    total_length = math.fsum(lengths) - 2.0 * math.fsum(price)
    # Each of the edges' lengths is off by two roundings at most, and so is the better tree's.
    return total_length - 4.0 * len(lengths) * math.ulp(reach)


def _read(instance: TspInstance, data: Any) -> tuple[np.ndarray, int]:
    expected = instance.size if instance.symmetric else 2 * instance.size
    if not isinstance(data, dict) or not isinstance(data.get("multipliers"), list):
        raise _fault("found no 'multipliers'")
    values = data["multipliers"]
    if len(values) != expected:
        raise _fault(f"found {len(values)} multipliers, expected {expected}")
    if not {type(value) for value in values} <= {int, float}:
        raise _fault("expected multipliers that are numbers")
    if not all(-LARGEST <= value <= LARGEST for value in values):
        raise _fault(f"expected multipliers of at most {LARGEST:g} in size")
    root = data.get("root", 0)
    if type(root) is not int or not 0 <= root < expected:
        raise _fault(f"found root {str(root)[:20]!r}, expected a node from 0 to {expected - 1}")
    return np.array(values, np.float64), root


def _fault(message: str) -> InputError:
    return InputError(message, code="tsp.certificate", where="certificate")


def _largest(instance: TspInstance) -> float:
    """Return what no distance exceeds in size."""
    if instance.matrix is not None:
        return max(1.0, float(np.abs(instance.matrix).max()))
    points = np.asarray(instance.coordinates)
    if instance.metric is Metric.GEOGRAPHIC:
        return 2.0 * math.pi * EARTH_RADIUS_KM
    # Rounding adds 1 at most.
    return 1.0 + float(np.ptp(points, axis=0).sum())


class _Edges:
    """Lengths of edges with the prices of their ends, and the fixed edges."""

    def __init__(self, instance: TspInstance, price: np.ndarray) -> None:
        self.size = instance.size
        self._instance = instance
        self._price = price
        self.fixed: dict[int, list[int]] = {}
        for a, b in instance.fixed_edges.tolist():
            self.fixed.setdefault(a, []).append(b)
            self.fixed.setdefault(b, []).append(a)

    def lengths(self, node: int, others: np.ndarray) -> np.ndarray:
        """Return the lengths of the edges from a node to others."""
        if self._instance.matrix is not None:
            found = self._instance.matrix[node, others]
        else:
            points = np.asarray(self._instance.coordinates)
            rules = (self._instance.metric, self._instance.rounding)
            found = measure(points[node], points[others], *rules)
        return np.asarray(found + self._price[node] + self._price[others])


class _Arcs:
    """The same of the symmetric problem with 2n nodes: n that are reached, then n that are left."""

    def __init__(self, instance: TspInstance, price: np.ndarray) -> None:
        self.size = 2 * instance.size
        self._half = instance.size
        self._matrix = np.asarray(instance.matrix)
        self._price = price
        self.fixed = {k: [(k + self._half) % self.size] for k in range(self.size)}
        for a, b in instance.fixed_edges.tolist():
            self.fixed[a + self._half].append(b)
            self.fixed[b].append(a + self._half)

    def lengths(self, node: int, others: np.ndarray) -> np.ndarray:
        """Return the lengths of the edges from a node to others, infinite where there is none."""
        n = self._half
        reached = node < n
        opposite = (others >= n) if reached else (others < n)
        ends = others % n
        found = self._matrix[ends, node] if reached else self._matrix[node - n, ends]
        found = np.where(ends == node % n, 0.0, found)
        found = np.where(opposite, found, np.inf)
        return np.asarray(found + self._price[node] + self._price[others])


def _one_tree(graph: _Edges | _Arcs, root: int) -> np.ndarray:
    """Return the lengths of the edges of the shortest one-tree that has all fixed edges.

    Prim's algorithm on the complete graph; the nodes outside the tree are kept together in front.
    """
    n = graph.size
    nodes = np.delete(np.arange(n), root)
    at_root = graph.lengths(root, nodes)
    must = np.isin(nodes, graph.fixed.get(root, []))
    order = np.lexsort((at_root, ~must))[:2]
    lengths = np.empty(n)
    lengths[:2] = at_root[order]
    place = np.full(n, -1, np.int64)
    outside = nodes[1:].copy()
    place[outside] = np.arange(n - 2)
    best = np.full(n - 2, np.inf)
    key = np.full(n - 2, np.inf)
    node = int(nodes[0])
    for left in range(n - 2, 0, -1):
        found = graph.lengths(node, outside[:left])
        closer = found < key[:left]
        np.copyto(best[:left], found, where=closer)
        np.copyto(key[:left], found, where=closer)
        for mate in graph.fixed.get(node, ()):
            # A fixed edge goes before all others, and counts with its own length.
            if mate != root and place[mate] >= 0:
                best[place[mate]] = found[place[mate]]
                key[place[mate]] = -np.inf
        k = int(np.argmin(key[:left]))
        lengths[n - left] = best[k]
        node = int(outside[k])
        place[node] = -1
        last = left - 1
        outside[k], best[k], key[k] = outside[last], best[last], key[last]
        if k != last:
            place[outside[k]] = k
    return lengths
