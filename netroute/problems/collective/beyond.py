"""What is left of jobs on the fabric, once flows within servers are off it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from netroute.core.errors import InputError
from netroute.problems.collective.patterns import Block
from netroute.problems.collective.phase import MOST_LISTED, unrolled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from netroute.problems.collective.job import Job
    from netroute.problems.collective.patterns import Part


def beyond_servers(
    jobs: Sequence[Job], flows: np.ndarray, servers: np.ndarray
) -> tuple[tuple[Job, ...], np.ndarray]:
    """Leave out flows within servers, which have links of their own (NVLink, for one).

    Jobs that have none of them stay as they are; of others the flows that are left are listed.
    Phases of which nothing is left are left out too.

    Parameters
    ----------
    jobs : sequence of Job
        Patterns of communication.
    flows : array of int64, shape (F, 4)
        Further flows: phase, source host, target host, bytes.
    servers : array of int64, shape (V, r)
        Hosts of each server.

    Returns
    -------
    tuple
        Jobs and flows.

    Raises
    ------
    InputError
        Nothing is left, or there is too much to be listed.

    Examples
    --------
    >>> from netroute.problems.collective import Job
    >>> none = np.zeros((0, 4), np.int64)
    >>> job = Job(pattern="ring", hosts=range(4), size=9)
    >>> jobs, flows = beyond_servers([job], none, np.arange(4).reshape(2, 2))
    >>> jobs, flows.tolist()
    ((), [[0, 1, 2, 9], [0, 3, 0, 9]])
    """
    server = np.zeros(servers.size, np.int64)
    server[servers] = np.arange(len(servers))[:, None]
    whole: list[Job] = []
    used: list[np.ndarray] = []
    rows = [flows[server[flows[:, 1]] != server[flows[:, 2]]]]
    for job in jobs:
        expanded = job.expand()
        parts = [(n, part) for n, phase in enumerate(expanded) for part in phase]
        if all(_outside(part, server) for _, part in parts):
            whole.append(job)
            used.append(np.arange(job.start, len(expanded)))
            continue
        _require_listed([part for _, part in parts])
        rows += [_rows(number, part, server) for number, part in parts]
    left = np.concatenate(rows)
    phases = np.unique(np.concatenate([left[:, 0], *used]))
    if not len(phases):
        message = "found groups within servers only, of which nothing comes to the fabric"
        raise InputError(message, code="collective.traffic", where="server")
    left[:, 0] = np.searchsorted(phases, left[:, 0])
    moved = [replace(job, start=int(np.searchsorted(phases, job.start))) for job in whole]
    return tuple(moved), left


def _outside(part: Part, server: np.ndarray) -> bool:
    """Whether no flow is within a server."""
    if isinstance(part, Block):
        return len(np.unique(server[part.hosts])) == len(part.hosts)
    return bool((server[part.source] != server[part.target]).all())


def _rows(number: int, part: Part, server: np.ndarray) -> np.ndarray:
    if isinstance(part, Block) and len(np.unique(server[part.hosts])) == 1:
        return np.zeros((0, 4), np.int64)
    pairs = unrolled(part)
    out = server[pairs.source] != server[pairs.target]
    columns = (pairs.source[out], pairs.target[out], pairs.size[out])
    return np.column_stack([np.full(int(out.sum()), number), *columns])


def _require_listed(parts: Sequence[Part]) -> None:
    flows = 0
    for part in parts:
        flows += len(part.hosts) ** 2 if isinstance(part, Block) else len(part.source)
    if flows > MOST_LISTED:
        raise InputError(
            f"found {flows} flows, of which at most {MOST_LISTED} are listed one by one",
            code="collective.memory",
            where="server",
            hint="rail-all-to-all needs no list",
        )
