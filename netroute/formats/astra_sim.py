"""Topologies of ASTRA-sim's packet simulation: hosts and switches as a list of links.

Numbers of nodes, of switches and of links; the switches; then a link a line, each for both
directions::

    6 2 5
    4 5
    0 4 200Gbps 0.0005ms 0
    1 4 200Gbps 0.0005ms 0
    ...
    4 5 400Gbps 0.0005ms 0

Latencies and error rates are skipped, and so are further numbers in the first line, which some
versions have. Parallel links are added up. Switches that join hosts only, beside a switch with
links up, are within servers: what is sent over them does not count as traffic.

A file has no traffic: options give it, those of `netroute.problems.collective.traffic.Traffic` and
``split``. Capacities are in megabits a second, so that with sizes in bytes the unit of time is 8
microseconds.

References
----------
W. Won, T. Heo, S. Rashidi, S. Sridharan, S. Srinivasan, T. Krishna: ASTRA-sim2.0: modeling
hierarchical networks and disaggregated systems for large-model training at scale. ISPASS 2023.
The grammar: ``examples/network/ns3`` in github.com/astra-sim/astra-sim, and
``acad/scripts/generate-topology.py`` in github.com/STyGIANet/astra-sim.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from netroute.core.errors import InputError, UnsupportedError
from netroute.formats.astra_fabric import fabric_of
from netroute.formats.collective_options import switch, traffic_of
from netroute.formats.text import read_text
from netroute.problems.collective.fabric import MOST, MOST_HOSTS
from netroute.problems.collective.instance import CollectiveInstance

if TYPE_CHECKING:
    from collections.abc import Iterator

    from netroute.formats.astra_fabric import Topology

_WHOLE = re.compile(r"[0-9]{1,9}\Z")
_RATE = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,6})?)([KMGT]?)bps\Z")
_MEGABITS = {"": 1e-6, "K": 1e-3, "M": 1.0, "G": 1e3, "T": 1e6}


def read_astra_sim(path: str | Path, **options: object) -> CollectiveInstance:
    """Read a topology and put traffic on it.

    Parameters
    ----------
    path : str or Path
        The file.
    **options
        Fields of `netroute.problems.collective.traffic.Traffic`, also as text; ``server`` is as
        the file has it without one. ``split``: flows may be cut into pieces.

    Raises
    ------
    InputError
        With file, line, what was found and what was expected; or an option that does not fit.
    UnsupportedError
        The network is no leaf-spine fabric or fat tree.
    """
    topology = read_topology(path)
    try:
        split = switch("split", options.pop("split", False))
        traffic = traffic_of({"server": topology.cards, **options}, more=("split",))
        demand = traffic.place(topology.fabric)
        return CollectiveInstance(
            name=Path(path).stem,
            fabric=topology.fabric,
            jobs=demand.jobs,
            flows=demand.flows,
            extra_pieces=None if split else 0,
        )
    except InputError as error:
        raise error.at(str(path)) from None


def read_topology(path: str | Path) -> Topology:
    """Read a fabric; capacities are in megabits a second.

    Leaves are the switches with hosts and links up; switches are taken in the order of their
    numbers. Hosts must be numbered leaf by leaf, as many on each. Where two switches of tiers next
    to each other have no link it counts as failed.

    Parameters
    ----------
    path : str or Path
        The file.

    Raises
    ------
    InputError
        With file, line, what was found and what was expected.
    UnsupportedError
        The network is no leaf-spine fabric or fat tree.
    """
    where = str(path)
    links: dict[tuple[int, int], int] = {}
    rows = _rows(read_text(path), where)
    place, words = next(rows, (where, []))
    if not 3 <= len(words) <= 7:
        raise _fault(place, f"found {len(words)} words, expected nodes, switches and links")
    nodes, count, number = (_whole(word, place) for word in words[:3])
    if not 2 <= nodes <= MOST_HOSTS:
        raise _fault(place, f"found {nodes} nodes, expected 2 to {MOST_HOSTS}")
    if not count:
        raise UnsupportedError(f"{place}: hosts are linked without a switch")
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
    return fabric_of(links, nodes, switches, where)


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
    megabits = round(float(found[1]) * _MEGABITS[found[2]], 9) if found else 0.0
    if megabits < 1 or megabits != int(megabits) or megabits > MOST:
        message = f"found {text[:40]!r}, expected whole megabits a second, such as 400Gbps"
        raise _fault(place, message)
    return int(megabits)


def _fault(where: str, message: str) -> InputError:
    return InputError(message, code="astra-sim", where=where)
