"""A search tree's proof while it grows: at any time each leaf has a point that bounds it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from netroute.solvers.tsp.cut_lp import Cut, Point


class Proof:
    """The tree of `netroute.problems.tsp.verify_cuts`, leaf by leaf.

    Attributes
    ----------
    bounds : dict
        The bound of each leaf by its number.
    """

    def __init__(self, point: Point, bound: float) -> None:
        self._points = [point]
        self._tree: list[dict[str, Any]] = [{"point": 0}]
        self.bounds = {0: bound}

    @property
    def bound(self) -> float:
        """The least bound of all leaves."""
        return min(self.bounds.values())

    def tighten(self, leaf: int, point: Point, bound: float) -> None:
        """Give a leaf a better point."""
        self._tree[leaf] = {"point": self._place(point)}
        self.bounds[leaf] = bound

    def reduce(self, leaf: int) -> int:
        """Drop edges by the leaf's reduced costs; return the leaf that takes its place."""
        number = len(self._tree)
        self._tree.append(dict(self._tree[leaf]))
        self._tree[leaf]["child"] = number
        self.bounds[number] = self.bounds.pop(leaf)
        return number

    def branch(self, leaf: int, edge: tuple[int, int]) -> tuple[int, int]:
        """Divide a leaf; return those of the tours without and with the edge."""
        number, old = len(self._tree), dict(self._tree[leaf])
        self._tree += [dict(old), dict(old)]
        self._tree[leaf] = {"edge": list(edge), "children": [number, number + 1]}
        bound = self.bounds.pop(leaf)
        self.bounds[number] = self.bounds[number + 1] = bound
        return number, number + 1

    def data(self, cutoff: float) -> dict[str, Any]:
        """Return the certificate's data."""
        used = sorted({node["point"] for node in self._tree if "point" in node})
        place = {point: k for k, point in enumerate(used)}
        number: dict[Cut, int] = {}
        points = []
        for point in used:
            found = self._points[point]
            prices = [[number.setdefault(c, len(number)), q] for c, q in found.cuts.items()]
            points.append({"nodes": found.nodes.tolist(), "cuts": prices})
        tree = [
            {**node, "point": place[node["point"]]} if "point" in node else node
            for node in self._tree
        ]
        cuts = [[list(members) for members in cut] for cut in number]
        return {"cuts": cuts, "points": points, "tree": tree, "cutoff": cutoff}

    def _place(self, point: Point) -> int:
        self._points.append(point)
        return len(self._points) - 1
