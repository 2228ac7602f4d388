"""The environment of online flow admission."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from netroute.core.errors import InputError
from netroute.envs.sdn.engine import AdmissionEngine
from netroute.envs.sdn.sources import SOURCES, Source
from netroute.envs.single import OnlineEnv

if TYPE_CHECKING:
    import numpy as np

    from netroute.problems.sdn import SdnInstance, SdnSolution


class SdnAdmissionEnv(OnlineEnv[AdmissionEngine]):
    """Flows arrive one by one and are put on one of k paths or rejected, once and for all.

    Action j < k admits the flow on the j-th of its candidate paths, which have the fewest hops and
    among equals the least delay; action k rejects it. A path without room counts as a rejection;
    the mask tells beforehand. The reward is the weight of the flow if it is admitted, so that the
    return of an episode without departures is the objective of its plan.

    The observation is a dict:

    - ``paths`` (float32, (k, 3)): hops over those of the longest candidate; free bandwidth on the
      narrowest arc over the largest capacity; bandwidth times the sum of bid prices, over weight,
      at most 10. All 0 where there are fewer paths.
    - ``flow`` (float32, (4,)): bandwidth over the largest capacity, at most 1; weight over the
      largest weight; priority over the number of classes; share of the arrivals decided.
    - ``ends`` (int64, (2,)): source and target.
    - ``utilisation`` (float32, (m,)): of each arc.
    - ``action_mask`` (int8, (k + 1,)): what is possible; also in ``info`` and, as bool, by
      `action_masks`.

    At the end ``info`` has ``offered`` and ``admitted``, flows by class, lowest first.

    Parameters
    ----------
    instance : SdnInstance, path or callable, optional
        Network and flows, or ``draw(rng) -> SdnInstance``, asked at each reset; all its instances
        need as many nodes and arcs. A small generated network without it.
    k : int
        Candidate paths of each source-target pair.
    order : str
        ``file``: arrivals as in the instance; ``shuffled``: in another order each episode;
        ``resampled``: another day of the same traffic each episode, see
        `netroute.solvers.sdn.online_days.resampled_day`.
    holding : float, optional
        Mean of the exponential times for which admitted flows stay. Arrivals are then a Poisson
        process of rate 1. Without it flows stay.
    prices : array of float, shape (m,), optional
        Bid prices of arcs; without it the duals of the relaxation of one resampled day.
    render_mode : str, optional
        ``rgb_array``: a picture of the network; needs the extra ``plot``.

    Raises
    ------
    InputError
        A parameter out of its range.
    UnsupportedError
        The instance asks for protection or has a lexicographic objective.

    Notes
    -----
    ``reset(options={"order": s})`` takes the order in which the online solvers see the flows with
    their parameter ``order`` of ``s``.

    Examples
    --------
    >>> import gymnasium, netroute.envs
    >>> env = gymnasium.make("netroute/SdnAdmission-v0", k=2)
    >>> seen, info = env.reset(seed=1)
    >>> sorted(seen), info["action_mask"].tolist()
    (['action_mask', 'ends', 'flow', 'paths', 'utilisation'], [1, 1, 1])
    >>> reward = env.step(0)[1]
    >>> reward == float(env.unwrapped.instance.weights()[0])
    True
    """

    metadata: dict[str, Any] = {"render_modes": ["rgb_array"], "render_fps": 4}  # noqa: RUF012

    def __init__(
        self,
        instance: Source = None,
        *,
        k: int = 8,
        order: str = "file",
        holding: float | None = None,
        prices: np.ndarray | None = None,
        render_mode: str | None = None,
    ) -> None:
        if render_mode not in (None, *self.metadata["render_modes"]):
            raise InputError(f"found {render_mode!r}, expected 'rgb_array'", where="render_mode")
        self.render_mode = render_mode

        def engine(net: SdnInstance) -> AdmissionEngine:
            return AdmissionEngine(net, count=1, k=k, order=order, holding=holding, prices=prices)

        super().__init__(instance, sources=SOURCES, engine=engine)

    @property
    def instance(self) -> SdnInstance:
        """Network and flows of this episode."""
        return self._engine.day(0)

    @property
    def solution(self) -> SdnSolution:
        """Paths of the flows that are in the network, as a plan of `instance`."""
        return self._engine.plan(0)

    def render(self) -> np.ndarray | None:
        """Return the network under its flows as a picture: uint8, shape (height, width, 3)."""
        if self.render_mode is None:
            return None
        from netroute.envs.sdn.picture import picture

        return picture(self.instance, self.solution)
