"""Where environments of traffic placement take their instances from."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from netroute.core.errors import InputError
from netroute.problems.collective import CollectiveInstance

if TYPE_CHECKING:
    import numpy as np

Source = CollectiveInstance | str | Path | Callable[["np.random.Generator"], CollectiveInstance]
"""An instance, its file, or a function that draws one for each episode."""


def instance_of(source: Source | None) -> CollectiveInstance:
    """Return the instance that a source means; without one a small generated job.

    Examples
    --------
    >>> instance_of(None).size
    240
    """
    if source is None:
        from netroute.datasets.collective.generate import generate_collective

        return generate_collective(leaves=4, spines=4, group=16, placement="random")
    if isinstance(source, str | Path):
        from netroute.formats import read_instance

        return require_instance(read_instance(str(source)))
    return require_instance(source)


def require_instance(value: object) -> CollectiveInstance:
    """Raise `InputError` unless ``value`` is an instance of traffic placement."""
    if not isinstance(value, CollectiveInstance):
        raise InputError(
            f"found {type(value).__name__}, expected an instance of collective or its file",
            code="env",
            where="instance",
        )
    return value
