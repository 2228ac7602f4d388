"""Many capacitated problems solved node by node at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from netroute.envs.batch import OnlineVectorEnv
from netroute.envs.vrp.engine import CvrpEngine
from netroute.envs.vrp.sources import SOURCES, Problems, data_of

if TYPE_CHECKING:
    from netroute.envs.engine import Observation
    from netroute.problems.vrp import VrpInstance, VrpSolution


class CvrpVectorEnv(OnlineVectorEnv[CvrpEngine]):
    """A batch of `CvrpEnv` on one problem or on as many as environments, in compiled code.

    The i-th environment does what `CvrpEnv` does with the i-th seed; a single seed ``s`` stands
    for ``s``, ``s + 1`` … The step after the last decision of an episode begins the next one,
    whatever the action, with reward 0 (`AutoresetMode.NEXT_STEP`). What observations tell of
    problems that stay the same is not copied: these arrays are read-only.

    Parameters
    ----------
    num_envs : int
    instance : VrpInstance, path, callable, sequence of VrpInstance or CvrpData, optional
        As of `CvrpEnv`, where a function draws another problem for each environment and episode;
        or a problem for each environment, all of one size.

    Raises
    ------
    InputError
        A number of problems that does not fit, problems of several sizes, or more memory than
        4 GiB.
    UnsupportedError
        As of `CvrpEnv`.

    Examples
    --------
    >>> from netroute.datasets.vrp.mixture import draw_batch
    >>> from netroute.envs.vrp.data import CvrpData
    >>> problems = CvrpData.of_arrays(*draw_batch(np.random.default_rng(1), 3, 20))
    >>> envs = CvrpVectorEnv(3, problems)
    >>> seen, info = envs.reset(seed=1)
    >>> seen["unserved"].shape, envs.step(np.array([1, 2, 3]))[1].shape
    ((3, 21), (3,))
    """

    def __init__(self, num_envs: int = 1, instance: Problems = None) -> None:
        if not callable(instance):
            super().__init__(CvrpEngine(data_of(instance), count=num_envs))
            return
        first = SOURCES.require(instance(np.random.default_rng(0)))

        def draw(rng: np.random.Generator) -> VrpInstance:
            return SOURCES.require(instance(rng))

        super().__init__(CvrpEngine(data_of([first] * num_envs), count=num_envs, draw=draw))

    def instance(self, b: int) -> VrpInstance:
        """Return the problem of environment ``b``."""
        return self._engine.problem(b)

    def solution(self, b: int) -> VrpSolution:
        """Routes of environment ``b`` so far, the last one as it is, as a plan of its instance."""
        return self._engine.plan(b)

    def _info(self, seen: Observation) -> dict[str, Any]:
        # A mask may be larger than all else: the observation's own one will do.
        return {"action_mask": seen["action_mask"], "_action_mask": np.ones(self.num_envs, bool)}
