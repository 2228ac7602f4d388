"""Connection matrices of the simulator htsim (``.cm``): flows between numbered hosts.

One statement a line::

    Nodes 16
    Connections 2
    0->9 id 1 start 0 size 2000000
    3->4 start 1000 size 500

``size`` is in bytes. A file has no fabric: options give it. Flows of one start make a phase, in the
order of the starts. ``id`` and ``prio`` are skipped; triggers, which start flows when others end,
are refused.

References
----------
C. Raiciu and others: Improving datacenter performance and robustness with multipath TCP.
SIGCOMM 2011 (the simulator).
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from netroute.core.errors import InputError, UnsupportedError
from netroute.core.files import write_atomic
from netroute.formats.collective_options import whole_number
from netroute.formats.text import read_text
from netroute.problems.collective.fabric import MOST_HOSTS, Fabric
from netroute.problems.collective.instance import CollectiveInstance
from netroute.problems.collective.phase import MOST_LISTED, unrolled

if TYPE_CHECKING:
    from netroute.problems.collective.patterns import Part

_PAIR = re.compile(r"([0-9]{1,18})->([0-9]{1,18})\Z")
_WHOLE = re.compile(r"[0-9]{1,18}\Z")
_SKIPPED = ("id", "prio", "flowid")
_TRIGGERS = ("trigger", "send_done_trigger", "recv_done_trigger")


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
        The file has triggers.

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


def write_cm(path: str | Path, instance: CollectiveInstance) -> None:
    """Write the flows of an instance, each with start 0; its fabric is not written.

    Raises
    ------
    UnsupportedError
        The instance has several phases: in such a file nothing waits for the end of a flow.
    InputError
        More flows than are listed one by one.
    """
    if len(instance.phases) > 1:
        raise UnsupportedError(
            f"instance {instance.name!r} has {len(instance.phases)} phases, of which a connection "
            "matrix holds one"
        )
    if instance.size > MOST_LISTED:
        raise InputError(
            f"found {instance.size} flows, of which at most {MOST_LISTED} are written one by one",
            code="collective.memory",
        )
    parts: tuple[Part, ...] = instance.phases[0].parts if instance.phases else ()
    lines = [f"Nodes {instance.fabric.hosts}", f"Connections {instance.size}"]
    for part in parts:
        pairs = unrolled(part)
        columns = (pairs.source.tolist(), pairs.target.tolist(), pairs.size.tolist())
        for source, target, size in zip(*columns, strict=True):
            lines.append(f"{source}->{target} id {len(lines) - 1} start 0 size {size}")
    write_atomic(path, "\n".join(lines) + "\n")


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
    nodes = stated = None
    rows: list[tuple[int, int, int, int]] = []
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        place = f"{where}:{number}"
        if words[0] in ("Nodes", "Connections", "Triggers"):
            value = _whole(words[1] if len(words) == 2 else line.strip(), words[0], place)
            if words[0] == "Nodes":
                nodes = value
                if not 2 <= value <= MOST_HOSTS:
                    raise _fault(place, f"found {value} nodes, expected 2 to {MOST_HOSTS}")
            elif words[0] == "Connections":
                stated = value
            elif value:
                raise UnsupportedError(f"{place}: flows that others trigger are not supported")
            continue
        if words[0] == "trigger":
            raise UnsupportedError(f"{place}: flows that others trigger are not supported")
        if nodes is None:
            raise _fault(place, f"found {_shown(line)}, expected Nodes first")
        rows.append(_flow(words, nodes, place))
    if nodes is None:
        raise _fault(where, "found no line with Nodes")
    if stated is None or stated != len(rows):
        raise _fault(where, f"found {len(rows)} flows, expected {stated} by the line Connections")
    flows = np.array(rows, np.int64).reshape(-1, 4)
    flows[:, 0] = np.unique(flows[:, 0], return_inverse=True)[1]
    return nodes, flows


def _flow(words: list[str], nodes: int, place: str) -> tuple[int, int, int, int]:
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
        if key in _TRIGGERS:
            raise UnsupportedError(f"{place}: flows that others trigger are not supported")
        if key not in ("start", "size", *_SKIPPED):
            raise _fault(place, f"found {_shown(key)}, expected id, start or size")
        if key in values:
            raise _fault(place, f"found {key} twice")
        values[key] = _whole(value, key, place)
    if "size" not in values:
        raise _fault(place, "found no size")
    if values["size"] == 0:
        raise _fault(place, "found size 0, expected at least 1 byte")
    return values.get("start", 0), source, target, values["size"]


def _whole(text: str, key: str, place: str) -> int:
    if not _WHOLE.match(text):
        raise _fault(place, f"{key}: found {_shown(text)}, expected an integer >= 0")
    return int(text)


def _shown(text: str) -> str:
    return repr(text.strip()[:40])


def _fault(where: str, message: str) -> InputError:
    return InputError(message, code="cm", where=where)
