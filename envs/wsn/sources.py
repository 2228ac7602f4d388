"""Where environments of sensor fields take their instances from."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from netroute.envs.sources import Sources
from netroute.problems.wsn import WsnInstance

if TYPE_CHECKING:
    import numpy as np

Source = WsnInstance | str | Path | Callable[["np.random.Generator"], WsnInstance] | None
"""A field, its file, a function that draws one for each episode, or None."""


def small_field() -> WsnInstance:
    """Generate the field of environments that are made without one.

    Examples
    --------
    >>> small_field().size
    20
    """
    from netroute.datasets.wsn.generate import generate_field

    return generate_field(nodes=20, setting="far", energy=0.05)


SOURCES = Sources(WsnInstance, "wsn", small_field)
