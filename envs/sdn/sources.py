"""Where environments of flow admission take their instances from."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from netroute.envs.sources import Sources
from netroute.problems.sdn import SdnInstance

if TYPE_CHECKING:
    import numpy as np

Source = SdnInstance | str | Path | Callable[["np.random.Generator"], SdnInstance] | None
"""An instance, its file, a function that draws one for each episode, or None."""


def small_network() -> SdnInstance:
    """Generate the network of environments that are made without one.

    Examples
    --------
    >>> small_network().size
    400
    """
    from netroute.datasets.sdn.priority_flows import generate_priority_flows

    return generate_priority_flows(nodes=20, flows=400)


SOURCES = Sources(SdnInstance, "sdn", small_network)
