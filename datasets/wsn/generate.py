"""The generator of sensor fields."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from netroute.core.errors import InputError
from netroute.core.problem import unknown_name
from netroute.core.rng import generator
from netroute.datasets.wsn import energies
from netroute.datasets.wsn.layout import LAYOUTS
from netroute.datasets.wsn.settings import SETTINGS, setting
from netroute.problems.wsn.instance import WsnInstance

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_NODES = 10**7

_MIX = ("advanced", "advanced_extra", "super_share", "super_extra", "spread")


def generate_field(
    *,
    nodes: int | None = None,
    field: str | Sequence[float] | None = None,
    base_station: str | Sequence[float] | None = None,
    setting: str = "centre",
    layout: str | None = None,
    seed: int = 0,
    energy: float | None = None,
    advanced: float | None = None,
    advanced_extra: float | None = None,
    super_share: float | None = None,
    super_extra: float | None = None,
    spread: float | None = None,
    message_bits: int | None = None,
    control_bits: int | None = None,
    headless: str | None = None,
    base_if_nearer: bool | None = None,
    head_aggregates_own: bool | None = None,
    aggregation_ratio: float | None = None,
    death_test: str | None = None,
    routing: str | None = None,
    hard_threshold: float | None = None,
    soft_threshold: float | None = None,
    electronics: float | None = None,
    free_space: float | None = None,
    multipath: float | None = None,
    aggregation: float | None = None,
    name: str | None = None,
) -> WsnInstance:
    """Make a random field of sensors.

    Positions depend on seed, nodes, field and layout alone, so that stations, energies and
    conventions are compared on the same field.

    Parameters
    ----------
    nodes : int, optional
        Number of nodes; 100 unless the setting says otherwise.
    field : pair of float, optional
        Width and height in metres, such as 100,100.
    base_station : pair of float, optional
        Where it is in metres, such as 50,175; it may be outside of the field.
    setting : str
        Of a study: centre, edge, far, leach, pegasis, sep, edeec or teen; other options change it.
    layout : str, optional
        uniform; clustered, around five centres; or grid, with jitter.
    seed : int
        Same seed, same field.
    energy : float, optional
        Joules that a normal node has at the start.
    advanced, advanced_extra : float, optional
        Share of advanced nodes, and how many times the energy of a normal one they have on top.
    super_share, super_extra : float, optional
        Share of super nodes among the advanced ones, and what they have on top.
    spread : float, optional
        Energies are uniform from ``energy`` to 1 + ``spread`` times that, in place of tiers.
    message_bits, control_bits : int, optional
        Length of a report, and of a control packet (0: set-up costs nothing).
    headless : str, optional
        What nodes do in a round without heads: direct or silent.
    base_if_nearer : bool, optional
        Whether nodes that are nearer to the base station than to any head report there.
    head_aggregates_own : bool, optional
        Whether a head pays for the aggregation of its own signal.
    aggregation_ratio : float, optional
        What each member adds to a head's message, as a share of a report.
    death_test : str, optional
        Whether the round in which a node runs empty counts as lived: strict (no) or end (yes).
    routing : str, optional
        clusters or tree.
    hard_threshold, soft_threshold : float, optional
        Of threshold reporting: readings are uniform from 0 to 200.
    electronics, free_space, multipath, aggregation : float, optional
        Of the radio, in joules a bit (and square metre, metre to the fourth, signal).
    name : str, optional
        Made of setting, size and seed without it.

    Raises
    ------
    InputError
        A number out of its range, or a name that does not exist.

    Examples
    --------
    >>> instance = generate_field(setting="far", seed=3)
    >>> instance.name, instance.size, instance.base_station.tolist()
    ('far-n100-s3', 100, [50.0, 175.0])
    >>> generate_field(nodes=7, base_station="10,20", spread=1).energy.min() >= 0.5
    np.True_
    """
    given = {key: value for key, value in locals().items() if value is not None}
    del given["setting"], given["seed"]
    given.pop("name", None)
    if setting not in SETTINGS:
        raise unknown_name("setting", setting, SETTINGS)
    values = _values(setting, given)
    count, place = values.pop("nodes"), values.pop("layout")
    _require("nodes", count, 1 <= count <= MOST_NODES, f"an integer from 1 to {MOST_NODES}")
    if place not in LAYOUTS:
        raise unknown_name("layout", place, LAYOUTS)
    size = _pair("field", values.pop("field"))
    if not (size > 0.0).all():
        raise InputError(f"found {size.tolist()}, expected sides above 0", where="field")
    station = _pair("base_station", values.pop("base_station"))
    have = _energies(generator(seed, 1), count, values)
    if "hard_threshold" in values:
        values["readings_seed"] = seed
    return WsnInstance(
        name=name or f"{setting}-n{count}{_mixed(given)}-s{seed}",
        position=LAYOUTS[place](generator(seed, 0), count, size),
        base_station=station,
        energy=have,
        field=size,
        **values,
    )


def _values(name: str, given: dict[str, Any]) -> dict[str, Any]:
    values = setting(name)
    if given.get("spread") and any(given.get(key) for key in ("advanced", "super_share")):
        raise InputError("found beside tiers of energy, expected one of both", where="spread")
    if given.get("spread"):
        # It takes the place of a setting's tiers.
        values = {key: value for key, value in values.items() if key not in _MIX}
    return values | given


def _mixed(given: dict[str, Any]) -> str:
    """Say in a name how energies differ from those of the setting."""
    if given.get("spread"):
        return f"-u{given['spread']:g}"
    if given.get("advanced"):
        return f"-a{100.0 * given['advanced']:g}x{given.get('advanced_extra', 0.0):g}"
    return ""


def _energies(rng: np.random.Generator, nodes: int, values: dict[str, Any]) -> np.ndarray:
    """Draw energies, and take their options out of ``values``."""
    energy = values.pop("energy")
    _require("energy", energy, 0.0 < energy < math.inf, "joules above 0")
    mix = {key: float(values.pop(key, 0.0)) for key in _MIX}
    for key in ("advanced", "super_share"):
        _require(key, mix[key], 0.0 <= mix[key] <= 1.0, "a share from 0 to 1")
    for key in ("advanced_extra", "super_extra", "spread"):
        _require(key, mix[key], 0.0 <= mix[key] <= 1e6, "a number from 0 to 1000000")
    spread = mix.pop("spread")
    if spread:
        return energies.uniform(rng, nodes, energy, spread)
    return energies.tiers(rng, nodes, energy, **mix)


def _pair(where: str, value: str | Sequence[float]) -> np.ndarray:
    parts = value.split(",") if isinstance(value, str) else value
    try:
        numbers = np.array([float(part) for part in parts])
    except (TypeError, ValueError):
        numbers = np.zeros(0)
    if numbers.shape != (2,) or not np.isfinite(numbers).all():
        raise InputError(f"found {value!r}, expected two numbers such as 100,50", where=where)
    return numbers


def _require(where: str, value: object, holds: bool, expected: str) -> None:
    if not holds:
        raise InputError(f"found {value!r}, expected {expected}", where=where)
