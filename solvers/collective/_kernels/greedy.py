"""Flows put one by one onto the path whose most loaded link is least loaded."""

from typing import NamedTuple

import numpy as np

from netroute.core.jit import kernel


class Demand(NamedTuple):
    """Rows of a phase: leaves, pods, and bytes of a flow."""

    source: np.ndarray
    target: np.ndarray
    source_pod: np.ndarray
    target_pod: np.ndarray
    size: np.ndarray


class Links(NamedTuple):
    """Time that a byte takes on each link (inf if failed), and the load so far in time.

    A leaf-spine fabric has one pod and one core.
    """

    up: np.ndarray
    down: np.ndarray
    core_up: np.ndarray
    core_down: np.ndarray
    up_load: np.ndarray
    down_load: np.ndarray
    core_up_load: np.ndarray
    core_down_load: np.ndarray


@kernel(_nrt=False)
def place(order, row_of, demand, links, path):
    """Choose a path for each flow in order; of equals the one with the smaller sum, then the first.

    ``path`` gets plane times cores + core by flow.
    """
    for t in range(order.shape[0]):
        f = order[t]
        path[f] = add_least(row_of[f], demand, links)


@kernel(_nrt=False)
def add_least(row, demand, links):
    """Put one flow of a row onto the best path and return it."""
    i, j = demand.source[row], demand.target[row]
    p, q = demand.source_pod[row], demand.target_pod[row]
    size = demand.size[row]
    cores = links.core_up.shape[2]
    best, second, chosen = np.inf, np.inf, np.uint32(0)
    for a in range(links.up.shape[1]):
        up = links.up_load[i, a] + size * links.up[i, a]
        down = links.down_load[a, j] + size * links.down[a, j]
        edge = max(up, down)
        if p == q:
            if edge < best or (edge == best and up + down < second):
                best, second, chosen = edge, up + down, np.uint32(a * cores)
            continue
        if edge > best:
            continue
        for c in range(cores):
            rise = links.core_up_load[p, a, c] + size * links.core_up[p, a, c]
            fall = links.core_down_load[a, c, q] + size * links.core_down[a, c, q]
            most = max(edge, max(rise, fall))
            total = up + down + rise + fall
            if most < best or (most == best and total < second):
                best, second, chosen = most, total, np.uint32(a * cores + c)
    a, c = chosen // np.uint32(cores), chosen % np.uint32(cores)
    links.up_load[i, a] += size * links.up[i, a]
    links.down_load[a, j] += size * links.down[a, j]
    if p != q:
        links.core_up_load[p, a, c] += size * links.core_up[p, a, c]
        links.core_down_load[a, c, q] += size * links.core_down[a, c, q]
    return chosen
