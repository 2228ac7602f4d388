"""Many tours built node by node at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from netroute.envs.batch import OnlineVectorEnv
from netroute.envs.tsp.engine import TspEngine
from netroute.envs.tsp.sources import SOURCES, Problems, data_of

if TYPE_CHECKING:
    from netroute.envs.engine import Observation
    from netroute.problems.tsp import TspInstance, TspSolution


class TspVectorEnv(OnlineVectorEnv[TspEngine]):
    """A batch of `TspEnv` on one problem or on as many as environments, in compiled code.

    The i-th environment does what `TspEnv` does with the i-th seed; a single seed ``s`` stands
    for ``s``, ``s + 1`` … The step after the last decision of an episode begins the next one,
    whatever the action, with reward 0 (`AutoresetMode.NEXT_STEP`). What observations tell of
    problems that stay the same is not copied: these arrays are read-only.

    Parameters
    ----------
    num_envs : int
    instance : TspInstance, path, callable, sequence of TspInstance or TspData, optional
        As of `TspEnv`, where a function draws another problem for each environment and episode; or
        a problem for each environment, all of one size.
    start : int or None
        As of `TspEnv`.

    Raises
    ------
    InputError
        ``start`` is no node, a number of problems that does not fit, problems of several sizes, or
        more memory than 4 GiB.
    UnsupportedError
        As of `TspEnv`.

    Examples
    --------
    >>> from netroute.datasets.points import draw_points
    >>> from netroute.envs.tsp.data import TspData
    >>> problems = TspData.of_arrays(draw_points(np.random.default_rng(1), 3, 20))
    >>> envs = TspVectorEnv(3, problems)
    >>> seen, info = envs.reset(seed=1)
    >>> seen["action_mask"].shape, envs.step(np.array([1, 2, 3]))[1].shape
    ((3, 20), (3,))
    """

    def __init__(
        self, num_envs: int = 1, instance: Problems = None, *, start: int | None = 0
    ) -> None:
        if not callable(instance):
            super().__init__(TspEngine(data_of(instance), count=num_envs, start=start))
            return
        first = SOURCES.require(instance(np.random.default_rng(0)))

        def draw(rng: np.random.Generator) -> TspInstance:
            return SOURCES.require(instance(rng))

        super().__init__(
            TspEngine(data_of([first] * num_envs), count=num_envs, start=start, draw=draw)
        )

    def instance(self, b: int) -> TspInstance:
        """Return the problem of environment ``b``."""
        return self._engine.problem(b)

    def solution(self, b: int) -> TspSolution:
        """Nodes of environment ``b`` so far, in order of visit."""
        return self._engine.plan(b)

    def _info(self, seen: Observation) -> dict[str, Any]:
        # A mask may be larger than all else: the observation's own one will do.
        return {"action_mask": seen["action_mask"], "_action_mask": np.ones(self.num_envs, bool)}
