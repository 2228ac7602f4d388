"""Many networks under admission at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netroute.envs.batch import OnlineVectorEnv
from netroute.envs.sdn.engine import AdmissionEngine
from netroute.envs.sdn.sources import SOURCES

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np

    from netroute.problems.sdn import SdnInstance, SdnSolution


class SdnAdmissionVectorEnv(OnlineVectorEnv[AdmissionEngine]):
    """A batch of `SdnAdmissionEnv` on one network, in compiled code.

    The i-th environment does what `SdnAdmissionEnv` does with the i-th seed; a single seed ``s``
    stands for ``s``, ``s + 1`` … The step after the last arrival of an episode begins the next
    one, whatever the action, with reward 0 (`AutoresetMode.NEXT_STEP`).

    Parameters
    ----------
    num_envs : int
    instance : SdnInstance or path, optional
        Network and flows; a small generated network without it.
    k, order, holding, prices
        As of `SdnAdmissionEnv`.

    Raises
    ------
    InputError
        A parameter out of its range.
    UnsupportedError
        The instance asks for protection or has a lexicographic objective.

    Examples
    --------
    >>> import numpy as np
    >>> envs = SdnAdmissionVectorEnv(num_envs=3, k=2, order="shuffled")
    >>> seen, info = envs.reset(seed=1)
    >>> seen["paths"].shape, envs.step(np.zeros(3, np.int64))[1].shape
    ((3, 2, 3), (3,))
    """

    def __init__(
        self,
        num_envs: int = 1,
        instance: SdnInstance | str | Path | None = None,
        *,
        k: int = 8,
        order: str = "file",
        holding: float | None = None,
        prices: np.ndarray | None = None,
    ) -> None:
        super().__init__(
            AdmissionEngine(
                SOURCES.instance(instance),
                count=num_envs,
                k=k,
                order=order,
                holding=holding,
                prices=prices,
            )
        )

    def instance(self, b: int) -> SdnInstance:
        """Network and flows of the episode of environment ``b``."""
        return self._engine.day(b)

    def solution(self, b: int) -> SdnSolution:
        """Paths of the flows in the network of environment ``b``, as a plan of its instance."""
        return self._engine.plan(b)
