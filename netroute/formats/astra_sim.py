"""Topologies of ASTRA-sim's packet simulation: hosts, leaves and spines as a list of links.

Numbers of nodes, of switches and of links; the switches; then a link a line, each for both
directions::

    6 2 5
    4 5
    0 4 200Gbps 0.0005ms 0
    1 4 200Gbps 0.0005ms 0
    ...
    4 5 400Gbps 0.0005ms 0

Latencies and error rates are skipped. Parallel links are added up.

References
----------
W. Won, T. Heo, S. Rashidi, S. Sridharan, S. Srinivasan, T. Krishna: ASTRA-sim2.0: modeling
hierarchical networks and disaggregated systems for large-model training at scale. ISPASS 2023.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from netroute.core.errors import InputError, UnsupportedError
from netroute.formats.text import read_text
from netroute.problems.collective.fabric import MOST, MOST_HOSTS, Fabric

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_WHOLE = re.compile(r"[0-9]{1,9}\Z")
_RATE = re.compile(r"([0-9]{1,9})([KMGT])bps\Z")
_MEGABITS = {"K": 0.001, "M": 1, "G": 1000, "T": 1_000_000}


def read_astra_sim(path: str | Path) -> Fabric:
    """Read a leaf-spine fabric; capacities are in megabits a second.

    Leaves are the switches with hosts, spines the others, each in the order of its number. Hosts
    must be numbered leaf by leaf, as many on each. Where two switches have no link it counts as
    failed.

    Parameters
    ----------
    path : str or Path
        The file.

    Raises
    ------
    InputError
        With file, line, what was found and what was expected.
    UnsupportedError
        The network is no leaf-spine fabric.
    """
    where = str(path)
    links: dict[tuple[int, int], int] = {}
    rows = _rows(read_text(path), where)
    place, words = next(rows, (where, []))
    if len(words) != 3:
        raise _fault(place, f"found {len(words)} words, expected nodes, switches and links")
    nodes, count, number = (_whole(word, place) for word in words)
    if not 2 <= nodes <= MOST_HOSTS:
        raise _fault(place, f"found {nodes} nodes, expected 2 to {MOST_HOSTS}")
    place, words = next(rows, (where, []))
    switches = sorted({_node(word, nodes, place) for word in words})
    if len(words) != count or len(switches) != count:
        raise _fault(place, f"found {len(switches)} different switches, expected {count}")
    lines = 0
    for place, words in rows:
        if len(words) != 5:
            raise _fault(place, f"found {len(words)} words, expected 5: ends, rate, latency, error")
        a, b = sorted(_node(word, nodes, place) for word in words[:2])
        if a == b:
            raise _fault(place, f"node {a} has a link to itself")
        links[a, b] = links.get((a, b), 0) + _rate(words[2], place)
        if links[a, b] > MOST:
            raise _fault(place, f"found {links[a, b]} Mbps between two nodes, more than {MOST}")
        lines += 1
    if lines != number:
        raise _fault(where, f"found {lines} links, expected {number}")
    return _fabric(links, nodes, switches, where)


def _fabric(
    links: dict[tuple[int, int], int], nodes: int, switches: list[int], where: str
) -> Fabric:
    is_switch = np.zeros(nodes, bool)
    is_switch[switches] = True
    leaf_of: dict[int, int] = {}
    speeds = set()
    between = []
    for (a, b), rate in links.items():
        if is_switch[a] and is_switch[b]:
            between.append((a, b, rate))
            continue
        if not is_switch[a] and not is_switch[b]:
            raise UnsupportedError(f"{where}: hosts {a} and {b} are linked without a switch")
        host, leaf = (b, a) if is_switch[a] else (a, b)
        if host in leaf_of:
            raise UnsupportedError(f"{where}: host {host} is linked to several switches")
        leaf_of[host] = leaf
        speeds.add(rate)
    hosts = np.flatnonzero(~is_switch).tolist()
    alone = [host for host in hosts if host not in leaf_of]
    if alone or not hosts:
        raise _fault(where, f"host {alone[0]} has no link" if alone else "found no hosts")
    if len(speeds) > 1:
        raise UnsupportedError(f"{where}: hosts have links of {len(speeds)} different rates")
    leaves = sorted(set(leaf_of.values()))
    spines = sorted(set(switches) - set(leaves))
    per, rest = divmod(len(hosts), len(leaves))
    expected = [leaves[min(i // max(1, per), len(leaves) - 1)] for i in range(len(hosts))]
    if rest or [leaf_of[host] for host in hosts] != expected:
        message = "hosts are not numbered leaf by leaf, as many on each"
        raise UnsupportedError(f"{where}: {message}")
    if not spines:
        raise UnsupportedError(f"{where}: found no switch without hosts, expected spines")
    if len(leaves) * len(spines) > 2**26:
        raise _fault(where, f"found {len(leaves)} leaves and {len(spines)} spines, too many")
    row = {leaf: i for i, leaf in enumerate(leaves)}
    column = {spine: k for k, spine in enumerate(spines)}
    up = np.zeros((len(leaves), len(spines)), np.int64)
    for a, b, rate in between:
        leaf, spine = (a, b) if a in row else (b, a)
        if leaf not in row or spine not in column:
            raise UnsupportedError(f"{where}: switches {a} and {b} are of one tier, but linked")
        up[row[leaf], column[spine]] = rate
    return Fabric(hosts_per_leaf=per, nic=speeds.pop(), up=up, down=up.T)


def _rows(text: str, where: str) -> Iterator[tuple[str, list[str]]]:
    for number, line in enumerate(text.splitlines(), start=1):
        if words := line.split():
            yield f"{where}:{number}", words


def _whole(text: str, place: str) -> int:
    if not _WHOLE.match(text):
        raise _fault(place, f"found {text[:40]!r}, expected an integer >= 0")
    return int(text)


def _node(text: str, nodes: int, place: str) -> int:
    node = _whole(text, place)
    if node >= nodes:
        raise _fault(place, f"found node {node}, expected 0 to {nodes - 1}")
    return node


def _rate(text: str, place: str) -> int:
    found = _RATE.match(text)
    megabits = int(found[1]) * _MEGABITS[found[2]] if found else 0
    if megabits < 1 or megabits != int(megabits) or megabits > MOST:
        message = f"found {text[:40]!r}, expected whole megabits a second, such as 400Gbps"
        raise _fault(place, message)
    return int(megabits)


def _fault(where: str, message: str) -> InputError:
    return InputError(message, code="astra-sim", where=where)
