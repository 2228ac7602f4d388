"""Connection matrices of the simulator htsim (``.cm``): flows between numbered hosts.

One statement a line::

    Nodes 16
    Connections 2
    0->9 id 1 start 0 size 2000000
    3->4 start 1000 size 500

``size`` is in bytes. A file has no fabric: options give it. Flows of one start make a phase, in the
order of the starts. Flows that others trigger when they end come in the phase after the latest of
those; nothing else of the timing is kept::

    Triggers 1
    0->9 id 1 start 0 size 2000000 recv_done_trigger 1
    9->0 id 2 trigger 1 size 2000000
    trigger id 1 oneshot

``id`` and ``prio`` are skipped; failures, which some versions have, are refused.

References
----------
C. Raiciu and others: Improving datacenter performance and robustness with multipath TCP.
SIGCOMM 2011 (the simulator). The grammar: its function ``ConnectionMatrix::load``.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from netroute.core.errors import InputError, UnsupportedError
from netroute.formats.collective_options import whole_number
from netroute.formats.htsim_triggers import Statement, phases_of, trigger_of
from netroute.formats.text import read_text
from netroute.problems.collective.fabric import MOST_HOSTS, Fabric
from netroute.problems.collective.instance import CollectiveInstance

_PAIR = re.compile(r"([0-9]{1,18})->([0-9]{1,18})\Z")
_WHOLE = re.compile(r"[0-9]{1,18}\Z")
_SKIPPED = ("id", "prio", "flowid")
_FIRES = ("send_done_trigger", "recv_done_trigger")
_HEADS = ("Nodes", "Connections", "Triggers", "Failures")


def read_cm(
    path: str | Path,
    *,
    leaves: int | str | None = None,
    spines: int | str | None = None,
    fat_tree: int | str | None = None,
    hosts_per_leaf: int | str | None = None,
    capacity: int | str = 1,
    nic: int | str = 1,
) -> CollectiveInstance:
    """Read flows onto a fabric that the options describe.

    Parameters
    ----------
    path : str or Path
        The file.
    leaves, spines : int, optional
        Of a leaf-spine fabric.
    fat_tree : int, optional
        Ports of the switches of a fat tree, in place of them.
    hosts_per_leaf : int, optional
        As many as the nodes need without it; k/2 in a fat tree.
    capacity, nic : int
        Of links between switches and of hosts' links, in bytes a unit of time.

    Raises
    ------
    InputError
        With file, line, what was found and what was expected; or no fabric that fits.
    UnsupportedError
        The file has failures of links.

    Notes
    -----
    Numbers may be given as text, as the command line does.
    """
    where = str(path)
    nodes, flows = _parse(read_text(path), where)
    try:
        fabric = _fabric(
            nodes,
            leaves=whole_number("leaves", leaves),
            spines=whole_number("spines", spines),
            fat_tree=whole_number("fat_tree", fat_tree),
            hosts_per_leaf=whole_number("hosts_per_leaf", hosts_per_leaf),
            capacity=whole_number("capacity", capacity) or 0,
            nic=whole_number("nic", nic) or 0,
        )
        if nodes > fabric.hosts:
            message = f"found {nodes} nodes, more than the {fabric.hosts} hosts of the fabric"
            raise InputError(message, code="cm.nodes")
        return CollectiveInstance(name=Path(path).stem, fabric=fabric, flows=flows)
    except InputError as error:
        raise error.at(where) from None


def _fabric(
    nodes: int,
    *,
    leaves: int | None,
    spines: int | None,
    fat_tree: int | None,
    hosts_per_leaf: int | None,
    capacity: int,
    nic: int,
) -> Fabric:
    pair = leaves is not None and spines is not None
    if (fat_tree is not None) == pair or (fat_tree is not None and (leaves or spines)):
        message = "the file has no fabric: expected the options leaves and spines, or fat_tree"
        raise InputError(message, code="cm.fabric")
    if fat_tree is not None:
        return Fabric.fat_tree(fat_tree, hosts_per_leaf=hosts_per_leaf, capacity=capacity, nic=nic)
    per = hosts_per_leaf
    if per is None:
        per = -(-nodes // max(1, leaves or 1))
    return Fabric.leaf_spine(
        leaves or 0, spines or 0, hosts_per_leaf=per, capacity=capacity, nic=nic
    )


def _parse(text: str, where: str) -> tuple[int, np.ndarray]:
    stated: dict[str, int] = {}
    flows: list[Statement] = []
    triggers: dict[int, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        place = f"{where}:{number}"
        if words[0] in _HEADS:
            value = _whole(words[1] if len(words) == 2 else line.strip(), words[0], place)
            if words[0] == "Nodes" and not 2 <= value <= MOST_HOSTS:
                raise _fault(place, f"found {value} nodes, expected 2 to {MOST_HOSTS}")
            if words[0] == "Failures" and value:
                raise UnsupportedError(f"{place}: failures of links are not read")
            stated[words[0]] = value
        elif "Nodes" not in stated:
            raise _fault(place, f"found {_shown(line)}, expected Nodes first")
        elif words[0] == "trigger":
            trigger = trigger_of(words, place)
            if trigger in triggers:
                raise _fault(place, f"trigger {trigger} is there twice")
            triggers[trigger] = place
        else:
            flows.append(_flow(words, stated["Nodes"], place))
    if "Nodes" not in stated:
        raise _fault(where, "found no line with Nodes")
    for head, found in (("Connections", len(flows)), ("Triggers", len(triggers))):
        expected = stated.get(head, 0 if head == "Triggers" else None)
        if expected != found:
            what = "flows" if head == "Connections" else "triggers"
            raise _fault(where, f"found {found} {what}, expected {expected} by the line {head}")
    rows = [(flow.source, flow.target, flow.size) for flow in flows]
    table = np.empty((len(flows), 4), np.int64)
    table[:, 0] = phases_of(flows, triggers)
    table[:, 1:] = np.array(rows, np.int64).reshape(-1, 3)
    return stated["Nodes"], table


def _flow(words: list[str], nodes: int, place: str) -> Statement:
    pair = _PAIR.match(words[0])
    if pair is None:
        raise _fault(place, f"found {_shown(words[0])}, expected source->target")
    source, target = int(pair[1]), int(pair[2])
    for host in (source, target):
        if host >= nodes:
            raise _fault(place, f"found host {host}, expected 0 to {nodes - 1}")
    if source == target:
        raise _fault(place, f"host {source} sends to itself")
    values: dict[str, int] = {}
    for key, value in zip(words[1::2], [*words[2::2], ""], strict=False):
        if key not in ("start", "size", "trigger", *_FIRES, *_SKIPPED):
            raise _fault(place, f"found {_shown(key)}, expected id, start or size")
        if key in values:
            raise _fault(place, f"found {key} twice")
        values[key] = _whole(value, key, place)
    if "size" not in values:
        raise _fault(place, "found no size")
    if values["size"] == 0:
        raise _fault(place, "found size 0, expected at least 1 byte")
    if values.get("trigger") and "start" in values:
        raise _fault(place, "found start and trigger, expected one of both")
    fires = tuple(values[key] for key in _FIRES if values.get(key))
    start, trigger = values.get("start", 0), values.get("trigger", 0)
    return Statement(place, source, target, values["size"], start, trigger, fires)


def _whole(text: str, key: str, place: str) -> int:
    if not _WHOLE.match(text):
        raise _fault(place, f"{key}: found {_shown(text)}, expected an integer >= 0")
    return int(text)


def _shown(text: str) -> str:
    return repr(text.strip()[:40])


def _fault(where: str, message: str) -> InputError:
    return InputError(message, code="cm", where=where)
