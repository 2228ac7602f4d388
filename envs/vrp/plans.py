"""Many plans built node by node at once: the plain form of the environment, for training loops."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from netroute.core.errors import InputError
from netroute.envs.engine import require, whole
from netroute.envs.vrp._kernels import routes as kernels

if TYPE_CHECKING:
    from netroute.envs.vrp.data import CvrpData
    from netroute.problems.vrp import VrpSolution

MOST_MEMORY = 4 * 2**30
"""Bytes that the state may take."""


class CvrpBatch:
    """S plans of each of B capacitated problems, one decision in each of them at a time.

    All plans begin at the depot. The arrays are views of the state: they change with each step.

    Parameters
    ----------
    data : CvrpData
        The problems.
    starts : int
        Number of plans of each problem, S.

    Attributes
    ----------
    mask : ndarray of bool, shape (B, S, n + 1)
        Nodes that may come next, never none: clients that are not served and fit into the vehicle,
        and the depot unless the vehicle is there. A complete plan stays at the depot.
    unserved : ndarray of bool, shape (B, S, n + 1)
        Clients that no route has visited; never the depot.
    node : ndarray of int64, shape (B, S)
        Where the vehicle is.
    load : ndarray of float64, shape (B, S)
        Demand of the clients of the route that is being built.
    cost : ndarray of float64, shape (B, S)
        Distance of all legs so far; at the end it is what the checker computes.
    left : ndarray of int64, shape (B, S)
        Clients that are not served; 0 in a complete plan.

    Raises
    ------
    InputError
        ``starts`` out of its range, or more memory than 4 GiB.

    Examples
    --------
    >>> from netroute.datasets.vrp.mixture import draw_batch
    >>> from netroute.envs.vrp.data import CvrpData
    >>> rng = np.random.default_rng(1)
    >>> plans = CvrpBatch(CvrpData.of_arrays(*draw_batch(rng, 4, 20)), starts=20)
    >>> reward = plans.step(plans.clients())
    >>> while not plans.done:
    ...     reward = plans.step(plans.mask.argmax(axis=2))
    >>> plans.cost.shape, bool((plans.node == 0).all())
    ((4, 20), True)
    """

    def __init__(self, data: CvrpData, *, starts: int = 1) -> None:
        require("starts", starts, whole(starts) and starts >= 1, "an integer >= 1")
        count, nodes = data.demand.shape
        rows = count * starts
        needed = rows * (10 * nodes + 40)
        if needed > MOST_MEMORY:
            raise InputError(
                f"{rows} plans of {nodes - 1} clients would take {needed / 2**30:.1f} GiB, of "
                f"which at most {MOST_MEMORY / 2**30:.0f} are used",
                code="vrp.memory",
            )
        self.data = data
        self.starts = starts
        self._orders = kernels.Orders(
            demand=data.demand, largest=data.largest, limit=data.limit, unit=data.unit
        )
        # One array, so that one copy will do.
        self._nodes = np.zeros((2, rows, nodes), np.int8)
        self._plans = kernels.Plans(
            mask=self._nodes[0],
            unserved=self._nodes[1],
            tight=np.zeros(rows, bool),
            node=np.zeros(rows, np.int64),
            left=np.zeros(rows, np.int64),
            length=np.zeros(rows, np.int64),
            load=np.zeros(rows),
            cost=np.zeros(rows),
            share=np.zeros(rows, np.float32),
            taken=np.zeros((2 * (nodes - 1), rows), np.uint32),
            owner=np.repeat(np.arange(count, dtype=np.uint32), starts),
            fetched=np.zeros(1),
        )
        self._all, self._never = np.ones(rows, bool), np.zeros(rows, bool)
        shape = (count, starts)
        self.mask = self._plans.mask.view(bool).reshape(*shape, nodes)
        self.unserved = self._plans.unserved.view(bool).reshape(*shape, nodes)
        self.node = self._plans.node.reshape(shape)
        self.load = self._plans.load.reshape(shape)
        self.cost = self._plans.cost.reshape(shape)
        self.left = self._plans.left.reshape(shape)
        self.reset()

    @property
    def done(self) -> bool:
        """Whether all plans are complete."""
        return not self.left.any()

    def clients(self) -> np.ndarray:
        """Return a first client for each plan, another one for each start: int64, shape (B, S).

        Multi-start training (POMO) lets start s begin with client s + 1; with more starts than
        clients they begin anew at 1.
        """
        first = np.arange(self.starts) % self.data.clients + 1
        return np.tile(first, (self.data.count, 1))

    def reset(self) -> None:
        """Begin all plans anew."""
        self.renew(self._all)

    def step(self, actions: np.ndarray) -> np.ndarray:
        """Go to a node in each plan; complete ones stay as they are.

        Parameters
        ----------
        actions : ndarray of int64, shape (B, S)
            A node that the mask forbids stands for the next one by number that it allows.

        Returns
        -------
        ndarray of float64, shape (B, S)
            Minus the distance; the way back from the last client included.

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
        """Do as `step` in the plans that are not ``idle``, all in one row.

        Returns
        -------
        reward : ndarray of float64, shape (B * S,)
        done : ndarray of bool, shape (B * S,)
            Whether this step completed the plan.
        """
        reward, done = np.empty(len(action)), np.empty(len(action), bool)
        data = self.data
        wrong = kernels.step(self._orders, data.legs, self._plans, action, idle, reward, done)
        if wrong >= 0:
            require("action", int(action[wrong]), False, f"a node from 0 to {data.clients}")
        return reward, done

    def seen(self) -> dict[str, np.ndarray]:
        """Return what changes, in new arrays of B * S rows.

        Returns
        -------
        dict of str to ndarray
            ``node`` (int64, (B * S,)); ``load`` (float32, (B * S, 1)), over the capacity, at most
            1; ``unserved`` and ``action_mask`` (int8, (B * S, n + 1)).
        """
        mask, unserved = self._nodes.copy()
        return {
            "node": self._plans.node.copy(),
            "load": self._plans.share.copy().reshape(-1, 1),
            "unserved": unserved,
            "action_mask": mask,
        }

    def renew(self, which: np.ndarray) -> None:
        """Begin some plans anew: ``which`` is bool, (B * S,)."""
        kernels.clear(self._plans, which)

    def solution(self, b: int, s: int = 0) -> VrpSolution:
        """Return the routes of start ``s`` of problem ``b`` so far, the last one as it is."""
        from netroute.problems.vrp import VrpSolution

        row = b * self.starts + s
        routes: list[list[int]] = [[]]
        for node in self._plans.taken[: self._plans.length[row], row].tolist():
            if node:
                routes[-1].append(node)
            else:
                routes.append([])
        return VrpSolution.of(routes)
