"""Many fabrics that get flows one by one at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netroute.envs.batch import OnlineVectorEnv
from netroute.envs.collective.engine import PlacementEngine
from netroute.envs.collective.sources import SOURCES

if TYPE_CHECKING:
    from pathlib import Path

    from netroute.problems.collective import CollectiveInstance, CollectiveSolution


class CollectivePlacementVectorEnv(OnlineVectorEnv[PlacementEngine]):
    """A batch of `CollectivePlacementEnv` on one instance, in compiled code.

    The i-th environment does what `CollectivePlacementEnv` does with the i-th seed; a single seed
    ``s`` stands for ``s``, ``s + 1`` … The step after the last flow of an episode begins the next
    one, whatever the action, with reward 0 (`AutoresetMode.NEXT_STEP`).

    Parameters
    ----------
    num_envs : int
    instance : CollectiveInstance or path, optional
        Leaf-spine fabric and flows; a small generated job without it.
    order, information, noise, delay, refresh, hidden
        As of `CollectivePlacementEnv`.

    Raises
    ------
    InputError
        A parameter out of its range, no flows between leaves, or more memory than 4 GiB.
    UnsupportedError
        The fabric is a fat tree.

    Examples
    --------
    >>> import numpy as np
    >>> envs = CollectivePlacementVectorEnv(num_envs=3, order="shuffled")
    >>> seen, info = envs.reset(seed=1)
    >>> seen["up"].shape, envs.step(np.zeros(3, np.int64))[1].shape
    ((3, 4), (3,))
    """

    def __init__(
        self,
        num_envs: int = 1,
        instance: CollectiveInstance | str | Path | None = None,
        *,
        order: str = "file",
        information: str = "host",
        noise: float = 0.0,
        delay: int = 0,
        refresh: int = 1,
        hidden: bool = False,
    ) -> None:
        super().__init__(
            PlacementEngine(
                SOURCES.instance(instance),
                count=num_envs,
                order=order,
                information=information,
                noise=noise,
                delay=delay,
                refresh=refresh,
                hidden=hidden,
            )
        )

    @property
    def instance(self) -> CollectiveInstance:
        """Fabric and flows of all environments."""
        return self._engine.instance

    @property
    def bound(self) -> float:
        """Lower bound of the objective by which rewards are divided."""
        return self._engine.bound

    def solution(self, b: int) -> CollectiveSolution:
        """Spines of the flows that are placed in environment ``b``, as a solution."""
        return self._engine.plan(b)
