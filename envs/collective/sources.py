"""Where environments of traffic placement take their instances from."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from netroute.envs.sources import Sources
from netroute.problems.collective import CollectiveInstance

if TYPE_CHECKING:
    import numpy as np

Source = (
    CollectiveInstance | str | Path | Callable[["np.random.Generator"], CollectiveInstance] | None
)
"""An instance, its file, a function that draws one for each episode, or None."""


def small_job() -> CollectiveInstance:
    """Generate the job of environments that are made without one.

    Examples
    --------
    >>> small_job().size
    240
    """
    from netroute.datasets.collective.generate import generate_collective

    return generate_collective(leaves=4, spines=4, group=16, placement="random")


SOURCES = Sources(CollectiveInstance, "collective", small_job)
