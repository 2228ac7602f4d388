"""The environment of tours that are built node by node."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from netroute.core.errors import InputError
from netroute.envs.single import OnlineEnv
from netroute.envs.tsp.data import TspData
from netroute.envs.tsp.engine import TspEngine
from netroute.envs.tsp.sources import SOURCES, Source

if TYPE_CHECKING:
    import numpy as np

    from netroute.envs.engine import Observation
    from netroute.problems.tsp import TspInstance, TspSolution


class TspEnv(OnlineEnv[TspEngine]):
    """A salesman goes from node to node until all are visited, and home.

    Action j goes to node j. One that the mask forbids stands for the next one by number that it
    allows. The reward is minus the distance by the instance's own convention of rounding; the way
    home is part of the last step, so that the return of an episode is the checker's length of the
    tour, negative.

    The observation is a dict:

    - ``coordinates`` (float32, (n, 2)): scaled alike in both directions to fit into the unit
      square; or, where distances are an explicit matrix or not measured in the plane,
      ``distances`` (float32, (n, n)), row to column, over the largest one by absolute value.
    - ``node``, ``first`` (int64): where the salesman is, and where the tour began; n before the
      first node is chosen.
    - ``action_mask`` (int8, (n,)): nodes that are not visited; also in ``info`` and, as bool, by
      `action_masks`.

    At the end the salesman is at the first node, the mask allows it alone, and ``info`` has
    ``cost``.

    Parameters
    ----------
    instance : TspInstance, path or callable, optional
        The problem, symmetric or not: an instance, a file, a name of the catalogue such as
        ``tsplib:eil51``, or ``draw(rng) -> TspInstance``, asked at each reset; all its instances
        need as many nodes. 20 uniform points without it.
    start : int or None
        Node at which tours begin; None: the first action chooses it, with reward 0.
        ``reset(options={"start": …})`` sets it for one episode.
    render_mode : str, optional
        ``rgb_array``: a picture of the tour so far, closed; needs the extra ``plot``.

    Raises
    ------
    InputError
        ``start`` is no node, or a render mode that does not exist.
    UnsupportedError
        The instance has fixed edges.

    Examples
    --------
    >>> import gymnasium, netroute.envs
    >>> env = gymnasium.make("netroute/Tsp-v0")
    >>> seen, info = env.reset(seed=1)
    >>> sorted(seen)
    ['action_mask', 'coordinates', 'first', 'node']
    >>> int(info["action_mask"].sum()), env.step(7)[0]["node"]
    (19, np.int64(7))
    """

    metadata: dict[str, Any] = {"render_modes": ["rgb_array"], "render_fps": 4}  # noqa: RUF012

    def __init__(
        self, instance: Source = None, *, start: int | None = 0, render_mode: str | None = None
    ) -> None:
        if render_mode not in (None, *self.metadata["render_modes"]):
            raise InputError(f"found {render_mode!r}, expected 'rgb_array'", where="render_mode")
        self.render_mode = render_mode

        def engine(problem: TspInstance) -> TspEngine:
            return TspEngine(TspData.of_instances([problem]), count=1, start=start)

        super().__init__(instance, sources=SOURCES, engine=engine)

    @property
    def instance(self) -> TspInstance:
        """The problem of this episode."""
        found: TspInstance = self._played
        return found

    @property
    def solution(self) -> TspSolution:
        """Nodes so far, in order of visit."""
        return self._engine.plan(0)

    def render(self) -> np.ndarray | None:
        """Return the tour so far as a picture: uint8, shape (height, width, 3)."""
        if self.render_mode is None:
            return None
        from netroute.envs.picture import pixels
        from netroute.viz.tsp import plot_tour

        return pixels(lambda file: plot_tour(self.instance, self.solution, file))

    def _observe(self) -> Observation:
        # The engine shares what does not change; Gymnasium wants new arrays.
        return {name: values.copy() for name, values in super()._observe().items()}
