"""Many sensor fields that are played at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netroute.envs.batch import OnlineVectorEnv
from netroute.envs.wsn.engine import HeadsEngine
from netroute.envs.wsn.sources import SOURCES

if TYPE_CHECKING:
    from pathlib import Path

    from netroute.problems.wsn import WsnInstance


class WsnClusterHeadVectorEnv(OnlineVectorEnv[HeadsEngine]):
    """A batch of `WsnClusterHeadEnv` on one field, in compiled code.

    The step after the last one of an episode begins the next one, whatever the action, with reward
    0 (`AutoresetMode.NEXT_STEP`).

    Parameters
    ----------
    num_envs : int
    instance : WsnInstance or path, optional
        A small generated field without it.
    action, hold, radius
        As of `WsnClusterHeadEnv`.

    Raises
    ------
    InputError
        A parameter out of its range, or more memory than 4 GiB.
    UnsupportedError
        Prices with trees or thresholds.

    Examples
    --------
    >>> import numpy as np
    >>> envs = WsnClusterHeadVectorEnv(num_envs=3)
    >>> seen, info = envs.reset(seed=1)
    >>> seen["nodes"].shape, envs.step(np.eye(3, 20, dtype=np.int8))[1].tolist()
    ((3, 20, 7), [1.0, 1.0, 1.0])
    """

    def __init__(
        self,
        num_envs: int = 1,
        instance: WsnInstance | str | Path | None = None,
        *,
        action: str = "heads",
        hold: int = 1,
        radius: float = 25.0,
    ) -> None:
        field = SOURCES.instance(instance)
        super().__init__(
            HeadsEngine(field, count=num_envs, action=action, hold=hold, radius=radius)
        )

    @property
    def instance(self) -> WsnInstance:
        """The field of all environments."""
        return self._engine.instance
