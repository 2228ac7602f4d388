"""Figures of a plan for people and programs: classes, utilisation, stretch, flow tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from netroute.problems.sdn.distances import DENSE, all_pairs

if TYPE_CHECKING:
    from netroute.problems.sdn.instance import SdnInstance


def metrics(
    instance: SdnInstance,
    admitted: np.ndarray,
    flow: np.ndarray,
    arc: np.ndarray,
    load: np.ndarray,
    rules: np.ndarray,
) -> dict[str, Any]:
    """Figures of a whole plan as plain data.

    Parameters
    ----------
    admitted : bool array, shape (F,)
    flow, arc : int array
        Which flow uses which arc on its primary path.
    load : int array, shape (m,)
        Bandwidth on each arc, backup paths included.
    rules : int array, shape (n,)
        Flow-table entries of each node, those of backup paths included.
    """
    weights = instance.weights()
    utilisation = load / instance.capacity
    busiest = int(np.argmax(utilisation)) if len(load) else None
    return {
        "flows": instance.size,
        "admitted": int(admitted.sum()),
        "rejected": int((~admitted).sum()),
        "weight": float(weights[admitted].sum()),
        "weight_offered": float(weights.sum()),
        "bandwidth": int(instance.bandwidth[admitted].sum()),
        "bandwidth_offered": int(instance.bandwidth.sum()),
        "classes": _classes(instance, admitted, weights),
        "utilisation": {
            "maximum": float(utilisation.max(initial=0.0)),
            "mean": float(utilisation.mean()) if len(load) else 0.0,
            "busiest": None if busiest is None else instance.arc_label(busiest),
        },
        "stretch": _stretch(instance, flow, arc),
        "hops": float(len(arc) / admitted.sum()) if admitted.any() else None,
        "rules": {
            "total": int(rules.sum()),
            "maximum": int(rules.max()),
            "mean": float(rules.mean()),
            "fullest": instance.nodes[int(np.argmax(rules))],
            "of_nodes": rules.tolist(),
        },
        "bandwidth_delay": float((load * instance.delay).sum()),
    }


def _classes(
    instance: SdnInstance, admitted: np.ndarray, weights: np.ndarray
) -> list[dict[str, Any]]:
    """Offered and admitted flows, bandwidth and weight of each class in use, highest first."""
    rows = []
    top = instance.priorities + 1
    columns = {
        "flows": np.ones(instance.size),
        "bandwidth": instance.bandwidth,
        "weight": weights,
    }
    sums = {
        name: [
            np.bincount(instance.priority[chosen], values[chosen], minlength=top)
            for chosen in (slice(None), admitted)
        ]
        for name, values in columns.items()
    }
    for priority in np.unique(instance.priority)[::-1].tolist():
        row: dict[str, Any] = {"priority": priority}
        for name, (offered, taken) in sums.items():
            kind = float if name == "weight" else int
            row[name] = kind(offered[priority])
            row["admitted" if name == "flows" else f"admitted_{name}"] = kind(taken[priority])
        rows.append(row)
    return rows


def _stretch(instance: SdnInstance, flow: np.ndarray, arc: np.ndarray) -> float | None:
    """Mean over admitted flows of path delay / least possible delay; of hops if delays are 0.

    Flows whose least possible delay is 0 count with hops, too.
    """
    admitted = np.unique(flow)
    if not len(admitted):
        return None
    hops = np.bincount(flow, minlength=instance.size)[admitted]
    delay = np.bincount(flow, instance.delay[arc], minlength=instance.size)[admitted]
    least_delay, least_hops = _shortest(instance, admitted)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(least_delay > 0.0, delay / least_delay, hops / least_hops)
    # A broken path may join nodes that no path joins.
    ratio = ratio[np.isfinite(ratio) & (ratio > 0.0)]
    return float(ratio.mean()) if len(ratio) else None


def _shortest(instance: SdnInstance, flows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Least delay and fewest arcs from source to target of some flows."""
    source, target = instance.source[flows], instance.target[flows]
    if len(instance.nodes) <= DENSE:
        network = (len(instance.nodes), instance.tail, instance.head)
        delays = all_pairs(*network, instance.delay)
        hops = all_pairs(*network, np.ones(len(instance.tail)))
        return delays[source, target], hops[source, target]
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import dijkstra

    n = len(instance.nodes)
    # Of parallel arcs the fastest one: a sparse matrix would add them up.
    order = np.lexsort((instance.delay, instance.head, instance.tail))
    tail, head = instance.tail[order], instance.head[order]
    first = np.ones(len(order), bool)
    first[1:] = (tail[1:] != tail[:-1]) | (head[1:] != head[:-1])
    entries = (instance.delay[order][first], (tail[first], head[first]))
    graph = csr_array(entries, shape=(n, n))
    sources, row = np.unique(source, return_inverse=True)
    delays = dijkstra(graph, indices=sources)
    hops = dijkstra(graph, indices=sources, unweighted=True)
    return delays[row, target], hops[row, target]
