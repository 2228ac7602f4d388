"""Phases of flows in connection matrices, from their starts and from what triggers them."""

from __future__ import annotations

import re
from typing import NamedTuple

import numpy as np

from netroute.core.errors import InputError

KINDS = ("oneshot", "multishot", "barrier")
_WHOLE = re.compile(r"[1-9][0-9]{0,17}\Z")


class Statement(NamedTuple):
    """A flow: its start, or 0 and the trigger that it waits for (0: none); which ones it fires."""

    place: str
    source: int
    target: int
    size: int
    start: int
    trigger: int
    fires: tuple[int, ...]


def trigger_of(words: list[str], place: str) -> int:
    """Return the number that a line ``trigger id 1 barrier count 16`` gives its trigger.

    Examples
    --------
    >>> trigger_of("trigger id 7 oneshot".split(), "a.cm:4")
    7
    """
    found: dict[str, str] = {}
    rest = iter(words[1:])
    for word in rest:
        key = "kind" if word in KINDS else word
        if key not in ("id", "count", "kind") or key in found:
            raise _fault(place, f"found {word[:40]!r}, expected id, count or a kind of trigger")
        found[key] = word if key == "kind" else next(rest, "")
    if "kind" not in found:
        raise _fault(place, f"found no kind of trigger, expected one of: {', '.join(KINDS)}")
    for key in ("id", "count"):
        if (key == "id" or key in found) and not _WHOLE.match(found.get(key, "")):
            shown = found.get(key, "")[:40]
            raise _fault(place, f"{key}: found {shown!r}, expected an integer >= 1")
    return int(found["id"])


def phases_of(flows: list[Statement], triggers: dict[int, str]) -> np.ndarray:
    """Return each flow's phase: by its start, or after all flows that trigger it.

    Parameters
    ----------
    flows : list of Statement
        In the order of the file.
    triggers : dict
        Number of each trigger to its place in the file.

    Returns
    -------
    array of int64, shape (F,)
        The phase of each flow: of those with a start the rank of the start; of others one more than
        the latest flow that fires their trigger.

    Raises
    ------
    InputError
        A trigger that is not there, that nothing fires, or that waits for itself.

    Examples
    --------
    >>> first = Statement("a:1", 0, 1, 9, 0, 0, (5,))
    >>> phases_of([first, first._replace(trigger=5, fires=())], {5: "a:3"}).tolist()
    [0, 1]
    """
    waiting: dict[int, list[int]] = {trigger: [] for trigger in triggers}
    open_ends = dict.fromkeys(triggers, 0)
    for index, flow in enumerate(flows):
        for trigger in (*flow.fires, flow.trigger):
            if trigger and trigger not in triggers:
                raise _fault(flow.place, f"trigger {trigger} is nowhere in the file")
        if flow.trigger:
            waiting[flow.trigger].append(index)
        for trigger in flow.fires:
            open_ends[trigger] += 1
    starts = sorted({flow.start for flow in flows if not flow.trigger})
    rank = {start: number for number, start in enumerate(starts)}
    phases = np.full(len(flows), -1, np.int64)
    latest = dict.fromkeys(triggers, 0)
    ready = [index for index, flow in enumerate(flows) if not flow.trigger]
    for index in ready:
        phases[index] = rank[flows[index].start]
    while ready:
        index = ready.pop()
        for trigger in flows[index].fires:
            latest[trigger] = max(latest[trigger], int(phases[index]) + 1)
            open_ends[trigger] -= 1
            if open_ends[trigger] == 0:
                phases[waiting[trigger]] = latest[trigger]
                ready += waiting[trigger]
    left = np.flatnonzero(phases < 0)
    if len(left):
        flow = flows[int(left[0])]
        fired = any(flow.trigger in other.fires for other in flows)
        words = "waits for itself" if fired else "is fired by no flow"
        raise _fault(flow.place, f"trigger {flow.trigger} {words}")
    return phases


def _fault(where: str, message: str) -> InputError:
    return InputError(message, code="cm", where=where)
