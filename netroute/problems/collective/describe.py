"""Figures of instances and placements for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from netroute.problems.collective.bounds import degree_bounds

if TYPE_CHECKING:
    from netroute.problems.collective.instance import CollectiveInstance


def describe(instance: CollectiveInstance) -> dict[str, Any]:
    """Figures of an instance for `netroute info`.

    Examples
    --------
    >>> from netroute.problems.collective import CollectiveInstance, Fabric, Job
    >>> fabric = Fabric.leaf_spine(4, 2, hosts_per_leaf=2)
    >>> job = Job(pattern="all-to-all", hosts=range(8))
    >>> figures = describe(CollectiveInstance(fabric=fabric, jobs=[job]))
    >>> figures["brief"], figures["bounds"]["leaf"], figures["oversubscription"]
    ('56 flows of 8 hosts, 4 leaves and 2 spines', 6.0, 1.0)
    """
    fabric = instance.fabric
    planes = "spines" if fabric.tiers == 2 else f"planes of {fabric.cores} cores"
    links = [fabric.up, fabric.down]
    if fabric.core_up is not None and fabric.core_down is not None:
        links += [fabric.core_up, fabric.core_down]
    speeds, number = np.unique(np.concatenate([x.ravel() for x in links]), return_counts=True)
    bounds = dict.fromkeys(("nic", "leaf", "flow", "pod"), 0.0)
    for phase in instance.phases:
        for name, value in degree_bounds(
            instance.fabric, phase, whole=instance.extra_pieces == 0
        ).items():
            bounds[name] += float(value)
    usable = int(fabric.up.sum(axis=1).max())
    above = fabric.planes if usable or fabric.planes > 1 else 0
    split = {0: "none", None: "any"}.get(instance.extra_pieces, f"{instance.extra_pieces} pieces")
    return {
        "brief": f"{instance.size} flows of {fabric.hosts} hosts, {fabric.leaves} leaves and "
        f"{above} {planes}",
        "costs": "highest load over capacity of a link, summed over phases",
        "flows": instance.size,
        "crossing": sum(phase.crossing for phase in instance.phases),
        "hosts": fabric.hosts,
        "leaves": fabric.leaves,
        "planes": above,
        "cores": fabric.planes * fabric.cores if fabric.tiers == 3 else None,
        "pods": fabric.pods if fabric.tiers == 3 else None,
        "oversubscription": fabric.hosts_per_leaf * fabric.nic / usable if usable else None,
        "nic": fabric.nic,
        "links": {str(c): int(n) for c, n in zip(speeds, number, strict=True)},
        "jobs": _patterns(instance),
        "phases": len(instance.phases),
        "split": split,
        "features": sorted(instance.features()),
        "bounds": bounds,
    }


def summary(metrics: dict[str, Any]) -> dict[str, str]:
    """Say of a placement what people want to know first, from the checker's metrics.

    Examples
    --------
    >>> from netroute.problems.collective import CollectiveInstance, CollectiveSolution
    >>> from netroute.problems.collective import Fabric, Job, Placement
    >>> from netroute.problems.collective.check import check
    >>> instance = CollectiveInstance(
    ...     fabric=Fabric.leaf_spine(2, 2, hosts_per_leaf=2),
    ...     jobs=[Job(pattern="all-to-all", hosts=range(4))],
    ... )
    >>> plan = CollectiveSolution.of([Placement(counts=[[1, 2], [3, 2]])])
    >>> summary(check(instance, plan).metrics)["fabric"]
    '3, bound 2 (leaf); busiest phase 0: leaf 0 to plane 1'
    """
    bounds = metrics["bounds"]
    inner = {name: value for name, value in bounds.items() if name != "nic"}
    name = max(inner, key=lambda key: inner[key])
    lines = {
        "fabric": f"{metrics['fabric']:g}, bound {inner[name]:g} ({name}); "
        f"busiest {metrics['busiest']}",
        "hosts": f"{metrics['nic']:g} on the busiest host's link",
    }
    if metrics["extra_pieces"]:
        lines["pieces"] = f"{metrics['pieces']} of {metrics['crossing']} flows between leaves"
    return lines


def _patterns(instance: CollectiveInstance) -> dict[str, int]:
    found: dict[str, int] = {}
    for job in instance.jobs:
        found[job.pattern] = found.get(job.pattern, 0) + 1
    if len(instance.flows):
        found["single flows"] = len(instance.flows)
    return found
