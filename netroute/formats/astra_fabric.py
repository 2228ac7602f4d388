"""From links between numbered nodes to leaves, spines, pods and cores."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from netroute.core.errors import InputError, UnsupportedError
from netroute.problems.collective.fabric import Fabric

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_LINKS = 2**26
"""Pairs of leaves and planes."""

Links = dict[tuple[int, int], int]
"""Ends to rate; the lower end comes first."""


class Topology(NamedTuple):
    """A fabric, and how many consecutive hosts are network cards of one server."""

    fabric: Fabric
    cards: int


def fabric_of(links: Links, nodes: int, switches: list[int], where: str) -> Topology:
    """Tell the tiers of a network by its links.

    Parameters
    ----------
    links : dict
        Rates of links.
    nodes : int
        Number of nodes.
    switches : list of int
        Those that are switches, in ascending order.
    where : str
        The file, for messages.

    Raises
    ------
    InputError
        A host without a link.
    UnsupportedError
        The network is no leaf-spine fabric or fat tree.
    """
    is_switch = np.zeros(nodes, bool)
    is_switch[switches] = True
    trunks = {ends: rate for ends, rate in links.items() if is_switch[list(ends)].all()}
    joined = {node for ends in trunks for node in ends}
    homes: dict[int, dict[int, int]] = {}
    for (a, b), rate in links.items():
        if (a, b) in trunks:
            continue
        if not is_switch[a] and not is_switch[b]:
            raise UnsupportedError(f"{where}: hosts {a} and {b} are linked without a switch")
        host, switch = (b, a) if is_switch[a] else (a, b)
        homes.setdefault(host, {})[switch] = rate
    hosts = np.flatnonzero(~is_switch).tolist()
    alone = [host for host in hosts if host not in homes]
    if alone or not hosts:
        message = f"host {alone[0]} has no link" if alone else "found no hosts"
        raise InputError(message, code="astra-sim", where=where)
    inner: dict[int, list[int]] = {}
    for host, home in homes.items():
        # A host with an uplink reaches the others of its server by the server's own switches.
        if any(switch in joined for switch in home):
            for switch in [switch for switch in home if switch not in joined]:
                inner.setdefault(switch, []).append(host)
                del home[switch]
    leaf_of = {}
    for host in hosts:
        if len(homes[host]) > 1:
            raise UnsupportedError(f"{where}: host {host} is linked to several switches")
        ((leaf_of[host], _),) = homes[host].items()
    speeds = {rate for home in homes.values() for rate in home.values()}
    if len(speeds) > 1:
        raise UnsupportedError(f"{where}: hosts have links of {len(speeds)} different rates")
    leaves = sorted(set(leaf_of.values()))
    per, rest = divmod(len(hosts), len(leaves))
    expected = [leaves[min(i // max(1, per), len(leaves) - 1)] for i in range(len(hosts))]
    if rest or [leaf_of[host] for host in hosts] != expected:
        message = "hosts are not numbered leaf by leaf, as many on each"
        raise UnsupportedError(f"{where}: {message}")
    other = sorted(set(switches) - set(leaves) - set(inner))
    if trunks and not other:
        a, b = min(trunks)
        raise UnsupportedError(f"{where}: switches {a} and {b} are of one tier, but linked")
    values = {"hosts_per_leaf": per, "nic": speeds.pop()}
    fabric = _tiers(trunks, leaves, other, values, where)
    return Topology(fabric, _cards(inner, hosts, where))


def _tiers(
    trunks: Links, leaves: list[int], other: list[int], values: dict[str, int], where: str
) -> Fabric:
    """Put switches without hosts above the leaves, in one tier or two."""
    if not other:
        return Fabric.leaf_spine(len(leaves), 0, **values)
    under = set(leaves)
    middle = sorted({n for ends in trunks if under & set(ends) for n in ends} - under)
    top = sorted(set(other) - set(middle))
    if len(leaves) * len(other) > MOST_LINKS:
        message = f"found {len(leaves)} leaves and {len(other)} other switches, too many"
        raise InputError(message, code="astra-sim", where=where)
    tier = dict.fromkeys(leaves, 0) | dict.fromkeys(middle, 1) | dict.fromkeys(top, 2)
    for a, b in trunks:
        if abs(tier[a] - tier[b]) != 1:
            message = f"switches {a} and {b} are of one tier, but linked"
            raise UnsupportedError(f"{where}: {message}")
    if not top:
        up = np.zeros((len(leaves), len(middle)), np.int64)
        _fill(up, trunks, _places([leaves]), _places([middle]))
        return Fabric(up=up, down=up.T, **values)
    pods = _parts(ends for ends in trunks if under & set(ends))
    planes = _parts(ends for ends in trunks if not under & set(ends))
    aggregation = [sorted(set(pod) & set(middle)) for pod in pods]
    first = [switch for pod in pods for switch in sorted(set(pod) & under)]
    cores = [sorted(set(plane) & set(top)) for plane in planes]
    number = {switch: i for i, plane in enumerate(planes) for switch in plane}
    sound = first == leaves and len({len(pod) for pod in pods}) == 1
    sound &= all(
        sorted(number.get(switch, -1) for switch in row) == list(range(len(planes)))
        for row in aggregation
    )
    if not sound or len({len(plane) for plane in cores}) > 1:
        message = "pods and planes of its aggregation switches are not alike, expected a fat tree"
        raise UnsupportedError(f"{where}: {message}")
    column = {switch: number[switch] for switch in middle}
    up = np.zeros((len(leaves), len(planes)), np.int64)
    _fill(up, trunks, _places([leaves]), column)
    core = np.zeros((len(middle), len(cores[0])), np.int64)
    row = {s: p * len(planes) + number[s] for p, pod in enumerate(aggregation) for s in pod}
    _fill(core, trunks, row, _places(cores))
    rise = core.reshape(len(pods), len(planes), -1)
    return Fabric(up=up, down=up.T, core_up=rise, core_down=rise.transpose(1, 2, 0), **values)


def _places(groups: Iterable[list[int]]) -> dict[int, int]:
    """Return each switch's place in its group."""
    return {switch: place for group in groups for place, switch in enumerate(group)}


def _fill(table: np.ndarray, trunks: Links, row: dict[int, int], column: dict[int, int]) -> None:
    for (a, b), rate in trunks.items():
        lower, upper = (a, b) if a in row and b in column else (b, a)
        if lower in row and upper in column:
            table[row[lower], column[upper]] = rate


def _parts(edges: Iterable[tuple[int, int]]) -> list[list[int]]:
    """Return what hangs together, each part and all of them in ascending order.

    Examples
    --------
    >>> _parts([(5, 1), (4, 2), (3, 1)])
    [[1, 3, 5], [2, 4]]
    """
    leader: dict[int, int] = {}

    def lead(node: int) -> int:
        leader.setdefault(node, node)
        while leader[node] != node:
            leader[node] = node = leader[leader[node]]
        return node

    for a, b in edges:
        one, other = sorted((lead(a), lead(b)))
        leader[other] = one
    parts: dict[int, list[int]] = {}
    for node in sorted(leader):
        parts.setdefault(lead(node), []).append(node)
    return sorted(parts.values())


def _cards(inner: dict[int, list[int]], hosts: list[int], where: str) -> int:
    """Return how many hosts each server has, 1 where there are no servers' switches."""
    if not inner:
        return 1
    groups = {tuple(sorted(members)) for members in inner.values()}
    cards, rest = divmod(len(hosts), len(groups))
    expected = {tuple(hosts[i : i + cards]) for i in range(0, len(hosts), max(1, cards))}
    if rest or groups != expected:
        message = "servers do not consist of consecutive hosts, as many each"
        raise UnsupportedError(f"{where}: {message}")
    return cards
