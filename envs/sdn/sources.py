"""Where environments take their instances from."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from netroute.core.errors import InputError
from netroute.problems.sdn import SdnInstance

if TYPE_CHECKING:
    import numpy as np

Source = SdnInstance | str | Path | Callable[["np.random.Generator"], SdnInstance] | None
"""An instance, its file, a function that draws one for each episode, or None."""


def instance_of(source: Source) -> SdnInstance:
    """Return the instance that a source means; without one a small generated network.

    Examples
    --------
    >>> instance_of(None).size
    400
    """
    if source is None:
        from netroute.datasets.sdn.priority_flows import generate_priority_flows

        return generate_priority_flows(nodes=20, flows=400)
    if isinstance(source, str | Path):
        from netroute.formats import read_instance

        return require_instance(read_instance(str(source)))
    return require_instance(source)


def require_instance(value: object) -> SdnInstance:
    """Raise `InputError` unless ``value`` is an instance of flow admission."""
    if not isinstance(value, SdnInstance):
        raise InputError(
            f"found {type(value).__name__}, expected an instance of sdn or its file",
            code="env",
            where="instance",
        )
    return value
