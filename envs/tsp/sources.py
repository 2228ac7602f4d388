"""Where environments of tours take their problems from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from netroute.envs.sources import Sources
from netroute.envs.tsp.data import TspData
from netroute.problems.tsp import TspInstance

if TYPE_CHECKING:
    import numpy as np

Source = TspInstance | str | Path | Callable[["np.random.Generator"], TspInstance] | None
"""An instance, its file or name, a function that draws one for each episode, or None."""

Problems = Source | Sequence[TspInstance] | TspData
"""The same of many environments, or a problem for each of them."""


def small_problem() -> TspInstance:
    """Generate the problem of environments that are made without one.

    Examples
    --------
    >>> small_problem().size
    20
    """
    from netroute.datasets.tsp.points import generate_points

    return generate_points(nodes=20, side=1.0, rounding="exact")


SOURCES = Sources(TspInstance, "tsp", small_problem)


def data_of(source: Any) -> TspData:
    """Return the problems that a source means.

    Examples
    --------
    >>> data_of([small_problem()] * 3).count
    3
    """
    if isinstance(source, TspData):
        return source
    several = isinstance(source, Sequence) and not isinstance(source, str)
    found = map(SOURCES.require, source) if several else [SOURCES.instance(source)]
    return TspData.of_instances(list(found))
