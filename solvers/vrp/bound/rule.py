"""Which bound an instance gets when nobody asks for one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netroute.core.errors import UnsupportedError

if TYPE_CHECKING:
    from netroute.problems.vrp import VrpInstance

NG_SIZE = 1_001
"""Locations up to which column generation starts by itself."""

NG_FEATURES = frozenset({"limited fleet", "asymmetric distances"})

RESTRICTIONS = NG_FEATURES | {
    "separate durations",
    "service times",
    "time windows",
    "several time windows",
    "release times",
    "shifts",
    "maximum distance",
    "maximum duration",
}
"""Features that only forbid routes or leave the cost of a route alone."""


def require_features(name: str, instance: VrpInstance, supported: frozenset[str]) -> None:
    """Raise `UnsupportedError` if a bound method does not cover the instance."""
    extra = sorted(instance.features() - supported)
    if extra:
        raise UnsupportedError(
            f"bound {name!r} does not support {', '.join(extra)} (instance {instance.name!r})"
        )


def default_bound(instance: VrpInstance) -> str:
    """Return ``ng``, ``instant`` or ``none``.

    Examples
    --------
    >>> from netroute.problems.vrp import VrpInstance
    >>> default_bound(VrpInstance(coordinates=[[0, 0], [1, 0]]))
    'ng'
    """
    features = instance.features()
    if features <= NG_FEATURES and instance.size <= NG_SIZE:
        return "ng"
    return "instant" if features <= RESTRICTIONS else "none"
