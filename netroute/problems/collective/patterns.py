"""Collective operations as flows: who sends how much to whom, phase by phase."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from netroute.core.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Flows from ``source`` to ``target`` hosts, each of ``size`` bytes (one, or one a flow)."""

    source: np.ndarray
    target: np.ndarray
    size: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """A flow of ``size`` bytes from each of ``hosts`` to each other one."""

    hosts: np.ndarray
    size: int


Part = Pairs | Block


def all_to_all(hosts: np.ndarray, size: int, channels: int) -> list[Part]:
    """Every host sends to every other one directly, all at the same time."""
    return [Block(hosts, size * channels)]


def ring(hosts: np.ndarray, size: int, channels: int) -> list[Part]:
    """Return one step of a ring; all steps are alike.

    Of several channels, ring ``c`` goes on by the ``c``-th number that is coprime to the number of
    hosts, so that each is a ring through all hosts, and no two share a link.
    """
    n = len(hosts)
    coprime = (g for g in range(1, n) if math.gcd(g, n) == 1)
    strides = list(islice(coprime, channels))
    if channels > len(strides):
        most = f"at most {len(strides)} for {n} hosts"
        raise _fault("channels", f"found {channels}, expected {most}")
    at = np.arange(n)
    target = np.concatenate([hosts[(at + g) % n] for g in strides])
    return [_pairs(np.tile(hosts, channels), target, size)]


def pipeline(hosts: np.ndarray, size: int, channels: int) -> list[Part]:
    """Every host but the last one sends to the next one."""
    return [_pairs(np.tile(hosts[:-1], channels), np.tile(hosts[1:], channels), size)]


def halving_doubling(hosts: np.ndarray, size: int, channels: int) -> list[Part]:
    """Exchange by recursive halving, then by recursive doubling; for powers of two.

    The smallest message has ``size`` bytes, the first one n/2 times as many.

    References
    ----------
    R. Thakur, R. Rabenseifner, W. Gropp: Optimization of collective communication operations in
    MPICH. International Journal of High Performance Computing Applications 19(1), 2005.
    """
    n = len(hosts)
    if n & (n - 1):
        raise _fault("hosts", f"found {n} of them, expected a power of two")
    at = np.arange(n)
    halving = [_pairs(hosts, hosts[at ^ d], size * d * channels) for d in _powers(n)[::-1]]
    return [*halving, *halving[::-1]]


def double_binary_tree(hosts: np.ndarray, size: int, channels: int) -> list[Part]:
    """Reduce up two trees at once, then broadcast down: half of the data in each of them.

    A host is inside of one tree only, if their number is even; all messages of a direction are
    under way together, since large data are pipelined.

    References
    ----------
    P. Sanders, J. Speck, J. L. Träff: Two-tree algorithms for full bandwidth broadcast, reduction
    and scan. Parallel Computing 35(12), 2009.
    """
    n = len(hosts)
    child = np.arange(1, n)
    bit = child & -child
    parent = (child ^ bit) | (bit << 1)
    parent = np.where(parent < n, parent, child ^ bit)
    # The second tree is the first one mirrored, or shifted by one.
    mirror, shift = (-1, n - 1) if n % 2 == 0 else (1, 1)
    low = hosts[np.concatenate([child, (mirror * child + shift) % n])]
    high = hosts[np.concatenate([parent, (mirror * parent + shift) % n])]
    return [_pairs(low, high, size * channels), _pairs(high, low, size * channels)]


def bruck(hosts: np.ndarray, size: int, channels: int) -> list[Part]:
    """All-to-all in a logarithmic number of steps, in which messages travel together.

    References
    ----------
    J. Bruck et al.: Efficient algorithms for all-to-all communications in multiport
    message-passing systems. IEEE Transactions on Parallel and Distributed Systems 8(11), 1997.
    """
    n = len(hosts)
    at = np.arange(n)
    return [
        _pairs(hosts, hosts[(at + d) % n], size * channels * int(((at & d) > 0).sum()))
        for d in _powers(n)
    ]


PATTERNS: dict[str, Callable[[np.ndarray, int, int], list[Part]]] = {
    "all-to-all": all_to_all,
    "ring": ring,
    "halving-doubling": halving_doubling,
    "double-binary-tree": double_binary_tree,
    "bruck": bruck,
    "pipeline": pipeline,
}
"""Pattern to the function of hosts, bytes and channels that returns a part for each phase."""


def listed_flows(pattern: str, n: int, channels: int) -> int:
    """Flows of a pattern, over all phases, that are listed one by one.

    Examples
    --------
    >>> listed_flows("ring", 8, 2), listed_flows("bruck", 8, 1), listed_flows("all-to-all", 8, 1)
    (16, 24, 0)
    """
    phases = (n - 1).bit_length()
    each = {"all-to-all": 0, "halving-doubling": 2 * phases, "double-binary-tree": 4}
    return n * (each | {"bruck": phases}).get(pattern, channels)


def _powers(n: int) -> list[int]:
    """Powers of two below n."""
    return [1 << i for i in range((n - 1).bit_length())]


def _pairs(source: np.ndarray, target: np.ndarray, size: int) -> Pairs:
    return Pairs(source, target, np.full(len(source), size, np.int64))


def _fault(where: str, message: str) -> InputError:
    return InputError(message, code="collective.job", where=where)
