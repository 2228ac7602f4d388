"""What is known of instances with a depot before a vehicle leaves it."""

from __future__ import annotations

import numpy as np

NEIGHBOURS = 30
"""Nearest clients whose savings are looked at; the others of a large instance gain little."""

SHAPES = (1.0, 1.2, 1.4)
"""Weights of the distance between two clients in their saving: an order of the pairs each."""


def directions(x: np.ndarray, y: np.ndarray, sizes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the directions of all nodes from the depot, and the clients in their order.

    Parameters
    ----------
    x, y : ndarray of float64, shape (I, N)
        The depot first.
    sizes : ndarray of int64, shape (I,)
        Nodes of each instance; those behind them are left out.

    Returns
    -------
    turn : ndarray of float64, shape (I, N)
        In radians, counter-clockwise.
    around : ndarray of int32, shape (I, N - 1)
        Clients by direction, then -1.

    Examples
    --------
    >>> x, y = np.array([[0.0, 0.0, 1.0, -1.0]]), np.array([[0.0, 1.0, 0.0, -1.0]])
    >>> directions(x, y, np.array([4]))[1].tolist()
    [[3, 2, 1]]
    """
    count, most = len(sizes), x.shape[1]
    if not count:
        return np.zeros((0, 0)), np.zeros((0, 0), np.int32)
    turn = np.arctan2(y - y[:, :1], x - x[:, :1])
    absent = np.arange(1, most) >= sizes[:, None]
    around = 1 + np.argsort(np.where(absent, np.inf, turn[:, 1:]), axis=1, kind="stable")
    # Those that are absent come last.
    return turn, np.where(absent, -1, around).astype(np.int32)


def savings(
    x: np.ndarray, y: np.ndarray, matrix: np.ndarray, sizes: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return pairs of clients by what it saves to serve them one after the other.

    The orders differ by how much short ways between clients count, against long ones to the depot.

    Parameters
    ----------
    x, y, matrix : ndarray
        See `Tables`; of the two directions of a pair the mean counts.
    sizes : ndarray of int64, shape (I,)
        Nodes of each instance.

    Returns
    -------
    pairs : ndarray of uint32, shape (I, L, P, 2)
        Largest savings first, then zeros, for each of the `SHAPES`. Pairs that save nothing are
        left out, and those where neither is one of the `NEIGHBOURS` nearest of the other.
    saved : ndarray of float64, shape (I, L, P)
        By how much the way gets shorter.

    References
    ----------
    G. Clarke, J. Wright (Operations Research 1964); the weights are those of P. Yellow, A
    computational modification to the savings method of vehicle scheduling (Operational Research
    Quarterly 1970).

    Examples
    --------
    >>> x, y = np.array([[0.0, 1.0, 2.0, -1.0]]), np.zeros((1, 4))
    >>> savings(x, y, np.zeros((1, 0, 0)), np.array([4]))[0][0, 0].tolist()
    [[1, 2]]
    """
    found = [_savings(x[b], y[b], matrix[b], int(size)) for b, size in enumerate(sizes)]
    most = max((saved.shape[1] for _, saved in found), default=0)
    pairs = np.zeros((len(found), len(SHAPES), most, 2), np.uint32)
    gains = np.zeros(pairs.shape[:3])
    for b, (some, saved) in enumerate(found):
        pairs[b, :, : some.shape[1]] = some
        gains[b, :, : some.shape[1]] = saved
    return pairs, gains


def _savings(
    x: np.ndarray, y: np.ndarray, matrix: np.ndarray, size: int
) -> tuple[np.ndarray, np.ndarray]:
    if len(matrix):
        one_way = matrix[:size, :size].astype(np.float64)
        apart = 0.5 * (one_way + one_way.T)
    else:
        apart = np.hypot(x[:size, None] - x[:size], y[:size, None] - y[:size])
    clients = apart[1:, 1:]
    if size - 2 > NEIGHBOURS:
        limit = np.partition(clients, NEIGHBOURS, axis=1)[:, NEIGHBOURS]
        near = np.triu(clients <= np.maximum(limit[:, None], limit), 1)
    else:
        near = np.triu(np.ones(clients.shape, bool), 1)
    first, second = np.nonzero(near)
    far = apart[0, 1:][first] + apart[0, 1:][second]
    between = clients[first, second]
    some = far > between
    pairs = np.column_stack([first[some], second[some]]) + 1
    saved = far[some] - between[some]
    ranked = np.array(SHAPES)[:, None] * between[some] - far[some]
    order = np.argsort(ranked, axis=1, kind="stable")
    return pairs[order], saved[order]
