"""Figures of an instance for people and programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from netroute.problems.sdn.cheapest import cheapest
from netroute.problems.sdn.rejections import unroutable

if TYPE_CHECKING:
    from netroute.problems.sdn.instance import SdnInstance

MOST_CLASSES = 12
"""Up to this many classes, people are told what each one has got."""

_OBJECTIVES = {
    "priority": "admitted priority",
    "revenue": "admitted priority x bandwidth",
    "count": "admitted flows",
    "throughput": "admitted bandwidth",
    "given": "admitted weight",
}


def describe(instance: SdnInstance) -> dict[str, Any]:
    """Size, objective, features, capacities, flows and classes of an instance, as plain data.

    ``brief`` is one line, ``costs`` says what the objective counts. ``load`` is the bandwidth of
    all flows, each on as few arcs as possible, relative to the capacity of the whole network;
    ``unroutable`` counts the flows that could not even be routed in the empty network.

    Examples
    --------
    >>> from netroute.problems.sdn import SdnInstance
    >>> net = SdnInstance(
    ...     nodes=["a", "b", "c"], tail=[0, 1], head=[1, 2], capacity=[5, 3],
    ...     source=[0, 0], target=[2, 1], bandwidth=[3, 4], priority=[2, 1],
    ... )
    >>> figures = describe(net)
    >>> figures["brief"], figures["costs"], figures["load"]
    ('2 flows on 3 nodes and 2 arcs', 'admitted priority, to be maximised', 1.25)
    """
    n, m, flows = len(instance.nodes), len(instance.tail), instance.size
    figures: dict[str, Any] = {
        "brief": f"{_count(flows, 'flow')} on {_count(n, 'node')} and {_count(m, 'arc')}",
        "costs": f"{_objective(instance)}, to be maximised",
        "flows": flows,
        "nodes": n,
        "arcs": m,
        "features": sorted(instance.features()),
        "priorities": instance.priorities,
    }
    for name, values in (
        ("capacity", instance.capacity),
        ("delay", instance.delay),
        ("bandwidth", instance.bandwidth),
    ):
        if len(values):
            figures[name] = _spread(values)
    if flows:
        count = np.bincount(instance.priority, minlength=instance.priorities + 1)
        figures["classes"] = {
            f"priority {p}": int(count[p]) for p in range(instance.priorities, 0, -1) if count[p]
        }
        figures["weight"] = float(instance.weights().sum())
        found = {reason: number for reason, number in unroutable(instance).items() if number}
        figures["unroutable"] = found or 0
        if m:
            figures["load"] = _needed(instance) / float(instance.capacity.sum())
    return figures


def summary(metrics: dict[str, Any]) -> dict[str, str]:
    """Say of a plan what people want to know first, from the checker's metrics.

    Examples
    --------
    >>> from netroute.problems.sdn import SdnInstance, SdnSolution
    >>> from netroute.problems.sdn.check import check
    >>> net = SdnInstance(
    ...     nodes=["a", "b"], tail=[0], head=[1], capacity=[5],
    ...     source=[0, 0], target=[1, 1], bandwidth=[3, 4],
    ... )
    >>> summary(check(net, SdnSolution.of(2, {1: [0]})).metrics)["admitted"]
    '1 of 2 flows (50.0 %), 57.1 % of the bandwidth'
    """
    used = metrics["utilisation"]
    share = metrics["admitted"] / max(1, metrics["flows"])
    thick = metrics["bandwidth"] / max(1, metrics["bandwidth_offered"])
    lines = {
        "admitted": f"{metrics['admitted']} of {_count(metrics['flows'], 'flow')} "
        f"({100 * share:.1f} %), {100 * thick:.1f} % of the bandwidth"
    }
    if 1 < len(metrics["classes"]) <= MOST_CLASSES:
        bounds = {stage["priority"]: stage.get("bound") for stage in metrics.get("stages", ())}
        lines["priorities"] = ", ".join(
            _class(row, bounds.get(row["priority"])) for row in metrics["classes"]
        )
    if used["busiest"] is not None:
        lines["utilisation"] = (
            f"mean {100 * used['mean']:.1f} %, highest {100 * used['maximum']:.1f} % "
            f"of {used['busiest']}"
        )
    if "percent_of_bound" in metrics:
        lines["online"] = f"{metrics['percent_of_bound']:.1f} % of the bound of hindsight"
    return lines


def _class(row: dict[str, Any], bound: float | None) -> str:
    """Admitted and offered flows of a class, with the bound of its stage if it had one."""
    limit = "" if bound is None else f" (at most {bound:g})"
    return f"{row['priority']}: {row['admitted']} of {row['flows']}{limit}"


def _objective(instance: SdnInstance) -> str:
    if instance.objective == "lexicographic":
        return "admitted flows of the highest class, then of the next ones"
    return _OBJECTIVES[instance.weighting]


def _needed(instance: SdnInstance) -> float:
    """Bandwidth that all flows take up, each on as few arcs as possible."""
    plain = instance.replace(max_delay=None, max_hops=None, protection="none")
    endless = np.full(len(instance.tail), np.iinfo(np.int64).max)
    taken = cheapest(plain, np.ones(len(instance.tail)), room=endless)
    return float(taken[np.isfinite(taken)].sum())


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _spread(values: np.ndarray) -> dict[str, float]:
    return {
        "total": float(values.sum()),
        "min": float(values.min()),
        "mean": float(values.mean()),
        "max": float(values.max()),
    }
