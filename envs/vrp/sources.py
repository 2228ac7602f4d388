"""Where environments of capacitated routing take their problems from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from netroute.envs.sources import Sources
from netroute.envs.vrp.data import CvrpData
from netroute.problems.vrp import VrpInstance

if TYPE_CHECKING:
    import numpy as np

Source = VrpInstance | str | Path | Callable[["np.random.Generator"], VrpInstance] | None
"""An instance, its file or name, a function that draws one for each episode, or None."""

Problems = Source | Sequence[VrpInstance] | CvrpData
"""The same of many environments, or a problem for each of them."""


def small_problem() -> VrpInstance:
    """Generate the problem of environments that are made without one.

    Examples
    --------
    >>> small_problem().size
    21
    """
    from netroute.datasets.vrp.uniform import generate_uniform

    return generate_uniform(20)


SOURCES = Sources(VrpInstance, "vrp", small_problem)


def data_of(source: Any) -> CvrpData:
    """Return the problems that a source means.

    Examples
    --------
    >>> data_of([small_problem()] * 3).count
    3
    """
    if isinstance(source, CvrpData):
        return source
    several = isinstance(source, Sequence) and not isinstance(source, str)
    found = map(SOURCES.require, source) if several else [SOURCES.instance(source)]
    return CvrpData.of_instances(list(found))
