"""The environment of capacitated routes that are built node by node."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from netroute.core.errors import InputError
from netroute.envs.single import OnlineEnv
from netroute.envs.vrp.data import CvrpData
from netroute.envs.vrp.engine import CvrpEngine
from netroute.envs.vrp.sources import SOURCES, Source

if TYPE_CHECKING:
    import numpy as np

    from netroute.envs.engine import Observation
    from netroute.problems.vrp import VrpInstance, VrpSolution


class CvrpEnv(OnlineEnv[CvrpEngine]):
    """A vehicle goes from node to node, and by the depot to begin another route, to the last one.

    Action j > 0 serves client j next, action 0 returns to the depot. A node that the mask forbids
    stands for the next one by number that it allows. The reward is minus the distance by the
    instance's own convention of rounding; the way back from the last client is part of its step,
    so that the return of an episode is the checker's cost of the plan, negative.

    The observation is a dict:

    - ``coordinates`` (float32, (n + 1, 2)): depot first, scaled alike in both directions to fit
      into the unit square; or, where distances are an explicit matrix or not measured in the
      plane, ``distances`` (float32, (n + 1, n + 1)), row to column, over the largest one.
    - ``demand`` (float32, (n + 1,)): over the capacity.
    - ``node`` (int64): where the vehicle is.
    - ``load`` (float32, (1,)): demand of the clients on this route over the capacity.
    - ``unserved`` (int8, (n + 1,)): 1 for clients that are still to be served.
    - ``action_mask`` (int8, (n + 1,)): clients to be served that fit into the vehicle, and the
      depot unless the vehicle is there; also in ``info`` and, as bool, by `action_masks`.

    At the end the vehicle is at the depot, the mask allows it alone, and ``info`` has ``cost``.

    Parameters
    ----------
    instance : VrpInstance, path or callable, optional
        The problem: an instance, a file, a name of the catalogue such as ``cvrplib:X-n101-k25``,
        or ``draw(rng) -> VrpInstance``, asked at each reset; all its instances need as many
        clients. Uniform points with 20 clients without it.
    render_mode : str, optional
        ``rgb_array``: a picture of the routes so far; needs the extra ``plot``.

    Raises
    ------
    InputError
        No client, or a render mode that does not exist.
    UnsupportedError
        The instance has features beyond capacities and asymmetric distances, or fewer vehicles
        than clients: with a limited fleet a plan could come to an end that serves nobody else.

    Examples
    --------
    >>> import gymnasium, netroute.envs
    >>> env = gymnasium.make("netroute/Cvrp-v0")
    >>> seen, info = env.reset(seed=1)
    >>> sorted(seen)
    ['action_mask', 'coordinates', 'demand', 'load', 'node', 'unserved']
    >>> int(info["action_mask"].sum()), env.step(7)[0]["node"]
    (20, np.int64(7))
    """

    metadata: dict[str, Any] = {"render_modes": ["rgb_array"], "render_fps": 4}  # noqa: RUF012

    def __init__(self, instance: Source = None, *, render_mode: str | None = None) -> None:
        if render_mode not in (None, *self.metadata["render_modes"]):
            raise InputError(f"found {render_mode!r}, expected 'rgb_array'", where="render_mode")
        self.render_mode = render_mode

        def engine(problem: VrpInstance) -> CvrpEngine:
            return CvrpEngine(CvrpData.of_instances([problem]), count=1)

        super().__init__(instance, sources=SOURCES, engine=engine)

    @property
    def instance(self) -> VrpInstance:
        """The problem of this episode."""
        found: VrpInstance = self._played
        return found

    @property
    def solution(self) -> VrpSolution:
        """Routes so far, the last one as it is, as a plan of `instance`."""
        return self._engine.plan(0)

    def render(self) -> np.ndarray | None:
        """Return the routes so far as a picture: uint8, shape (height, width, 3)."""
        if self.render_mode is None:
            return None
        from netroute.envs.picture import pixels
        from netroute.viz.vrp import plot_routes

        return pixels(lambda file: plot_routes(self.instance, self.solution, file))

    def _observe(self) -> Observation:
        # The engine shares what does not change; Gymnasium wants new arrays.
        return {name: values.copy() for name, values in super()._observe().items()}
