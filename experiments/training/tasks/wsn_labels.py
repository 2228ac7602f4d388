"""Sensor fields for training, with the prices of energy that prove the bound on their lifetime."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from netroute.datasets.wsn.generate import generate_field
from netroute.problems.wsn import WsnInstance
from netroute.solvers.wsn.price_bound import PriceBound

if TYPE_CHECKING:
    from collections.abc import Iterator

MAKER = "netroute.experiments.training.tasks.wsn_labels:make_fields"
VERSION = 1

SIDE = (60.0, 140.0)
"""Width and height of fields, in metres."""

PLACE = (0.5, 1.75)
"""Distance of the base station from the lower side, over the height."""

LAYOUTS = ("uniform", "uniform", "clustered", "grid")


def make_fields(parameters: dict[str, Any], rng: np.random.Generator, count: int) -> dict[str, Any]:
    """Make fields of ``nodes`` to twice as many nodes, padded to the largest, and their prices.

    Parameters
    ----------
    parameters : dict
        ``nodes``: least and largest number; ``energy``: least and largest in joules; ``turns``:
        how often prices are improved.
    rng : Generator
    count : int
        Number of fields.

    Returns
    -------
    dict of str to array
        ``position`` (count, N, 2), ``energy`` (count, N), ``base`` and ``field`` (count, 2),
        ``nodes`` (count,), ``price`` (count, N): share of the batteries' worth; ``bound`` (count,).
    """
    least, most = parameters["nodes"]
    low, high = np.log(parameters["energy"])
    made = {
        "position": np.zeros((count, most, 2)),
        "energy": np.zeros((count, most)),
        "price": np.zeros((count, most)),
        "base": np.zeros((count, 2)),
        "field": np.zeros((count, 2)),
        "nodes": np.zeros(count, np.int64),
        "bound": np.zeros(count),
    }
    for row in range(count):
        n, side = int(rng.integers(least, most + 1)), float(rng.uniform(*SIDE))
        net = generate_field(
            nodes=n,
            field=(side, side),
            base_station=(side * rng.random(), side * rng.uniform(*PLACE)),
            layout=LAYOUTS[rng.integers(len(LAYOUTS))],
            energy=float(np.exp(rng.uniform(low, high))),
            spread=float(rng.random() < 0.5) * float(rng.random()),
            seed=int(rng.integers(2**31)),
        )
        bound = PriceBound(net)
        for _ in range(parameters["turns"]):
            bound.turn(lambda: False)
        worth = bound.pairs.prices() * net.energy
        made["position"][row, :n] = net.position
        made["energy"][row, :n] = net.energy
        made["price"][row, :n] = worth / worth.sum()
        made["base"][row], made["field"][row] = net.base_station, net.field
        made["nodes"][row], made["bound"][row] = n, bound.bound
    return made


def fields_of(made: dict[str, np.ndarray]) -> Iterator[tuple[WsnInstance, np.ndarray, float]]:
    """Yield each field with its prices, shape (n,), and its bound."""
    for row, n in enumerate(made["nodes"].tolist()):
        net = WsnInstance(
            name=f"training-{row}",
            position=made["position"][row, :n],
            base_station=made["base"][row],
            energy=made["energy"][row, :n],
            field=made["field"][row],
        )
        yield net, made["price"][row, :n], float(made["bound"][row])
