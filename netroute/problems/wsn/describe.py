"""Figures of a field for `netroute info`, and of a schedule for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from netroute.problems.wsn.energy import tables, to_base

if TYPE_CHECKING:
    from netroute.problems.wsn.instance import WsnInstance


def describe(instance: WsnInstance) -> dict[str, Any]:
    """Return figures of a field as plain data; distances in metres, energies in joules.

    Examples
    --------
    >>> from netroute.problems.wsn import WsnInstance
    >>> net = WsnInstance(
    ...     position=[[0, 0], [3, 4]], base_station=[0, 0], energy=0.5, field=[100, 100]
    ... )
    >>> describe(net)["brief"]
    '2 nodes on 100 by 100 m, base station at (0, 0)'
    """
    width, height = instance.field.tolist()
    x, y = instance.base_station.tolist()
    costs = tables(instance)
    away = to_base(instance)
    return {
        "brief": f"{instance.size} nodes on {width:g} by {height:g} m, "
        f"base station at ({x:g}, {y:g})",
        "costs": f"rounds before the first death, {_death(instance)}",
        "nodes": instance.size,
        "field": [width, height],
        "base_station": [x, y],
        "distance_to_base": {"least": float(away.min()), "most": float(away.max())},
        "crossover": float(instance.crossover) if np.isfinite(instance.crossover) else None,
        "energy": {
            "least": float(instance.energy.min()),
            "most": float(instance.energy.max()),
            "total": float(instance.energy.sum()),
        },
        "message_bits": instance.message_bits,
        "direct_life": int((instance.energy / costs.direct).min()),
        "conventions": conventions(instance),
        "features": sorted(instance.features()),
        "warnings": list(instance.warnings()),
    }


def conventions(instance: WsnInstance) -> dict[str, Any]:
    """Return the fields that say what a round is."""
    names = (
        "headless",
        "base_if_nearer",
        "head_aggregates_own",
        "control_bits",
        "aggregation_ratio",
        "death_test",
        "routing",
    )
    return {name: getattr(instance, name) for name in names}


def summary(metrics: dict[str, Any]) -> dict[str, str]:
    """Say of a schedule what people want to know first, from the checker's metrics.

    Examples
    --------
    >>> from netroute.problems.wsn import WsnInstance, WsnSolution
    >>> from netroute.problems.wsn.check import check
    >>> net = WsnInstance(
    ...     position=[[0, 0], [0, 10]], base_station=[0, 0], energy=0.5, field=[10, 10]
    ... )
    >>> plan = WsnSolution([[-1, -1]], [[False, False]], [2451])
    >>> summary(check(net, plan).metrics)["deaths"]
    'first 2450, half 2450, last after 2451'
    """
    after = f"after {metrics['rounds']}"
    first, half, last = (
        after if metrics[name] is None else str(metrics[name]) for name in ("fnd", "hnd", "lnd")
    )
    lines = {
        "deaths": f"first {first}, half {half}, last {last}",
        "heads": f"{metrics['mean_heads']:.3g} a round on average",
        "packets": f"{metrics['packets_to_base']} to the base station, "
        f"{metrics['node_rounds']} reports of nodes",
    }
    if metrics["silent_rounds"]:
        lines["silent"] = f"{metrics['silent_rounds']} rounds without any report"
    return lines


def _death(instance: WsnInstance) -> str:
    if instance.death_test == "strict":
        return "each paid in full"
    return "that in which a node runs empty included"
