"""All-reduce and all-to-all over servers with several network cards, and on a torus of ranks."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

import numpy as np

from netroute.core.errors import InputError
from netroute.problems.collective.job import Job

if TYPE_CHECKING:
    from collections.abc import Sequence


def hierarchical(hosts: np.ndarray, cards: int, *, size: int = 1, channels: int = 1) -> list[Job]:
    """All-reduce within servers, then by a ring over the servers on each rail, then back.

    What runs within servers uses their own links and puts nothing on the fabric: one flow a card
    and ring is left, to the same card of the next server.

    Parameters
    ----------
    hosts : array of int, shape (J, n)
        For each job its hosts in the order of ranks, server by server.
    cards : int
        Ranks of a server, a divisor of n.
    size, channels : int
        Bytes of a flow, and rings side by side on each rail.

    References
    ----------
    P. Goyal and others: Accurate, large minibatch SGD: training ImageNet in 1 hour.
    arXiv:1706.02677, 2017, section 4.

    Examples
    --------
    >>> hierarchical(np.arange(8)[None], 2)[0].hosts.tolist()
    [[0, 2, 4, 6], [1, 3, 5, 7]]
    """
    return [Job(pattern="ring", hosts=rails_of(hosts, cards), size=size, channels=channels)]


def rail_all_to_all(
    hosts: np.ndarray, cards: int, *, size: int = 1, channels: int = 1
) -> list[Job]:
    """All-to-all in which data change rails within the sending server, over its own links.

    Card ``r`` of each server collects what its server has for cards ``r`` elsewhere: no flow
    changes its rail, and a flow carries what ``cards`` ranks send to one. Parameters are those of
    `hierarchical`; ``size`` are the bytes from rank to rank.

    References
    ----------
    NVIDIA: Doubling all2all performance with NVIDIA Collective Communication Library 2.12.
    Technical blog, 2022 (PXN).

    Examples
    --------
    >>> job = rail_all_to_all(np.arange(8)[None], 2, size=10)[0]
    >>> job.pattern, job.size, job.hosts.tolist()
    ('all-to-all', 20, [[0, 2, 4, 6], [1, 3, 5, 7]])
    """
    groups = rails_of(hosts, cards)
    return [Job(pattern="all-to-all", hosts=groups, size=size * cards, channels=channels)]


def torus(
    hosts: np.ndarray, shape: Sequence[int], *, size: int = 1, channels: int = 1
) -> list[Job]:
    """All-reduce by rings along one dimension after the other of a torus of ranks.

    Data are scattered along the first dimension, their parts along the next one, and so on; then
    gathered in the reverse order. A phase holds all steps of the rings along a dimension, which are
    under way one after the other over the same paths.

    Parameters
    ----------
    hosts : array of int, shape (J, n)
        For each job its hosts in the order of ranks, which go along the first dimension first.
    shape : sequence of int
        Ranks along each dimension; n in all.
    size : int
        Bytes of the smallest part: a rank has n times as many.
    channels : int
        Rings side by side along each dimension.

    References
    ----------
    H. Mikami, H. Suganuma, Y. Tanaka, Y. Kageyama: Massively distributed SGD: ImageNet/ResNet-50
    training in a flash. arXiv:1811.05233, 2018.

    Examples
    --------
    >>> jobs = torus(np.arange(6)[None], (3, 2))
    >>> [(job.start, job.size, job.hosts.tolist()) for job in jobs[:2]]
    [(0, 4, [[0, 1, 2], [3, 4, 5]]), (1, 1, [[0, 3], [1, 4], [2, 5]])]
    >>> [(job.start, job.size) for job in jobs[2:]]
    [(2, 1), (3, 4)]
    """
    grid = hosts.reshape(len(hosts), *reversed(shape))
    jobs = []
    for axis, length in enumerate(shape):
        groups = np.moveaxis(grid, len(shape) - axis, -1).reshape(-1, length)
        amount = size * (length - 1) * math.prod(shape[axis + 1 :])
        for start in (axis, 2 * len(shape) - 1 - axis):
            jobs.append(
                Job(pattern="ring", hosts=groups, size=amount, channels=channels, start=start)
            )
    return sorted(jobs, key=lambda job: job.start)


def shape_of(text: str | None, ranks: int) -> tuple[int, ...]:
    """Read the dimensions of a torus; without a text those of the squarest one of two dimensions.

    Raises
    ------
    InputError
        It is no list of dimensions, or not of so many ranks.

    Examples
    --------
    >>> shape_of("4x2x8", 64), shape_of(None, 32)
    ((4, 2, 8), (8, 4))
    """
    if text is None:
        side = next(d for d in range(math.isqrt(ranks), 0, -1) if ranks % d == 0)
        if side == 1:
            message = f"found {ranks} ranks, which make no torus of two dimensions"
            raise InputError(message, where="group")
        shape: tuple[int, ...] = (ranks // side, side)
    elif not re.fullmatch(r"[0-9]{1,8}(x[0-9]{1,8}){1,5}", text):
        raise InputError(f"found {text[:40]!r}, expected dimensions such as 4x8", where="shape")
    else:
        shape = tuple(int(word) for word in text.split("x"))
    if min(shape) < 2 or math.prod(shape) != ranks:
        found = "x".join(map(str, shape))
        raise InputError(
            f"found {found}, expected dimensions from 2 on whose product is {ranks}", where="shape"
        )
    return shape


def rails_of(hosts: np.ndarray, cards: int) -> np.ndarray:
    """Return for each job and card the hosts of that card, server by server: shape (J cards, n)."""
    jobs, n = hosts.shape
    if n % cards or n < 2 * cards:
        raise InputError(
            f"found {n} hosts, expected those of 2 or more servers with {cards}", where="group"
        )
    return hosts.reshape(jobs, n // cards, cards).transpose(0, 2, 1).reshape(-1, n // cards)
