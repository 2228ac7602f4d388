"""Many tours built node by node at once: the plain form of the environment, for training loops."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from netroute.core.errors import InputError
from netroute.envs.engine import require, whole
from netroute.envs.tsp._kernels import tours as kernels

if TYPE_CHECKING:
    from netroute.envs.tsp.data import TspData
    from netroute.problems.tsp import TspSolution

MOST_MEMORY = 4 * 2**30
"""Bytes that the state may take."""


class TspBatch:
    """S tours of each of B problems, one decision in each of them at a time.

    The arrays are views of the state: they change with each step.

    Parameters
    ----------
    data : TspData
        The problems.
    starts : int
        Number of tours of each problem, S.
    start : int or None
        Node at which all tours begin; None: the first decision chooses it, and costs nothing.

    Attributes
    ----------
    mask : ndarray of bool, shape (B, S, n)
        Nodes that may come next, never none: those not visited. A complete tour stays at its
        first node.
    node, first : ndarray of int64, shape (B, S)
        The last and the first node, -1 before there is one.
    cost : ndarray of float64, shape (B, S)
        Distance of all legs so far; at the end it is what the checker computes.
    left : ndarray of int64, shape (B, S)
        Nodes that are not visited; 0 in a complete tour.

    Raises
    ------
    InputError
        A parameter out of its range, or more memory than 4 GiB.

    Examples
    --------
    >>> from netroute.datasets.points import draw_points
    >>> from netroute.envs.tsp.data import TspData
    >>> points = draw_points(np.random.default_rng(1), 4, 20)
    >>> tours = TspBatch(TspData.of_arrays(points), starts=20, start=None)
    >>> reward = tours.step(tours.nodes())
    >>> while not tours.done:
    ...     reward = tours.step(tours.mask.argmax(axis=2))
    >>> tours.cost.shape, bool((tours.node == tours.first).all())
    ((4, 20), True)
    """

    def __init__(self, data: TspData, *, starts: int = 1, start: int | None = 0) -> None:
        require("starts", starts, whole(starts) and starts >= 1, "an integer >= 1")
        count, nodes = data.count, data.nodes
        rows = count * starts
        needed = rows * (5 * nodes + 40)
        if needed > MOST_MEMORY:
            raise InputError(
                f"{rows} tours of {nodes} nodes would take {needed / 2**30:.1f} GiB, of "
                f"which at most {MOST_MEMORY / 2**30:.0f} are used",
                code="tsp.memory",
            )
        self.data = data
        self.starts = starts
        self.start = self.require_start(start)
        self._tours = kernels.Tours(
            mask=np.zeros((rows, nodes), np.int8),
            node=np.zeros(rows, np.int64),
            first=np.zeros(rows, np.int64),
            left=np.zeros(rows, np.int64),
            length=np.zeros(rows, np.int64),
            cost=np.zeros(rows),
            taken=np.zeros((nodes, rows), np.uint32),
            owner=np.repeat(np.arange(count, dtype=np.uint32), starts),
            fetched=np.zeros(1),
        )
        self._all, self._never = np.ones(rows, bool), np.zeros(rows, bool)
        shape = (count, starts)
        self.mask = self._tours.mask.view(bool).reshape(*shape, nodes)
        self.node = self._tours.node.reshape(shape)
        self.first = self._tours.first.reshape(shape)
        self.cost = self._tours.cost.reshape(shape)
        self.left = self._tours.left.reshape(shape)
        self.reset()

    @property
    def done(self) -> bool:
        """Whether all tours are complete."""
        return not self.left.any()

    def nodes(self) -> np.ndarray:
        """Return a first node for each tour, another one for each start: int64, shape (B, S).

        Multi-start training (POMO) begins with them after ``start=None``; with more starts than
        nodes they begin anew at 0.
        """
        first = np.arange(self.starts) % self.data.nodes
        return np.tile(first, (self.data.count, 1))

    def reset(self) -> None:
        """Begin all tours anew."""
        self.renew(self._all, start=np.full(len(self._all), code(self.start)))

    def step(self, actions: np.ndarray) -> np.ndarray:
        """Go to a node in each tour; complete ones stay as they are.

        Parameters
        ----------
        actions : ndarray of int64, shape (B, S)
            A node that the mask forbids stands for the next one by number that it allows.

        Returns
        -------
        ndarray of float64, shape (B, S)
            Minus the distance; the way back from the last node included.

        Raises
        ------
        InputError
            Actions of another shape, or out of range.
        """
        chosen = np.ascontiguousarray(actions, np.int64)
        if chosen.shape != self.node.shape:
            raise InputError(
                f"found shape {chosen.shape}, expected {self.node.shape}",
                code="env",
                where="actions",
            )
        return self.advance(chosen.reshape(-1), self._never)[0].reshape(self.node.shape)

    def advance(self, action: np.ndarray, idle: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Do as `step` in the tours that are not ``idle``, all in one row.

        Returns
        -------
        reward : ndarray of float64, shape (B * S,)
        done : ndarray of bool, shape (B * S,)
            Whether this step completed the tour.
        """
        reward, done = np.empty(len(action)), np.empty(len(action), bool)
        wrong = kernels.step(self.data.legs, self._tours, action, idle, reward, done)
        if wrong >= 0:
            require("action", int(action[wrong]), False, f"a node from 0 to {self.data.nodes - 1}")
        return reward, done

    def renew(self, which: np.ndarray, *, start: np.ndarray) -> None:
        """Begin some tours anew: ``which`` is bool, ``start`` int64, -1 for any, (B * S,)."""
        kernels.clear(self._tours, which, start)

    def require_start(self, start: int | None) -> int | None:
        """Return ``start``; raise `InputError` unless it is a node or None."""
        most = self.data.nodes - 1
        holds = start is None or (whole(start) and 0 <= start <= most)
        require("start", start, holds, f"a node from 0 to {most}, or None")
        return start

    def solution(self, b: int, s: int = 0) -> TspSolution:
        """Return the nodes of start ``s`` of problem ``b`` so far, in order of visit."""
        from netroute.problems.tsp import TspSolution

        row = b * self.starts + s
        return TspSolution.of(self._tours.taken[: self._tours.length[row], row].astype(np.int64))


def code(start: int | None) -> int:
    """Return a first node as kernels take it: -1 for any."""
    return -1 if start is None else start
