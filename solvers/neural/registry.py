"""Which networks there are, by the name under which policy files know them."""

from __future__ import annotations

from functools import cache
from importlib import metadata
from typing import TYPE_CHECKING

from netroute.core.errors import NetrouteError
from netroute.core.problem import resolve, unknown_name

if TYPE_CHECKING:
    from netroute.solvers.neural.policy import Policy

ARCHITECTURES: dict[str, str] = {
    "tail-transformer": "netroute.solvers.neural.routing.model:TailTransformer",
    "attention": "netroute.solvers.neural.attention.model:AttentionPolicy",
    "bid-price-correction": "netroute.solvers.sdn.learned.model:BidPriceCorrection",
    "node-attention": "netroute.solvers.wsn.learned.model:NodeAttention",
    "spine-scorer": "netroute.solvers.collective.learned.model:SpineScorer",
    "observation-scorer": "netroute.solvers.neural.observations.model:ObservationScorer",
}
"""Architecture to the dotted path of its `Policy`, imported on use."""


@cache
def plugin_architectures() -> dict[str, str]:
    """Architectures of third parties: entry points in the group netroute.architectures."""
    return {
        entry.name: entry.value for entry in metadata.entry_points(group="netroute.architectures")
    }


def architecture(name: str) -> type[Policy]:
    """Return the network class called ``name``.

    A file can name an architecture only, never a class to import.

    Raises
    ------
    InputError
        No architecture has this name.
    NetrouteError
        A plug-in cannot be imported.
    """
    known = plugin_architectures() | ARCHITECTURES
    if name not in known:
        raise unknown_name("architecture", name, known)
    try:
        found: type[Policy] = resolve(known[name])
    except (ImportError, AttributeError) as error:
        if name in ARCHITECTURES:
            raise
        raise NetrouteError(
            f"the installed plug-in architecture {name!r} ({known[name]}) cannot be loaded: {error}"
        ) from error
    return found
