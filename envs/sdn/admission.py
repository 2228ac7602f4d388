"""The environment of online flow admission."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gymnasium
import numpy as np

from netroute.core.errors import InputError
from netroute.envs.sdn.engine import AdmissionEngine
from netroute.envs.sdn.sources import Source, instance_of, require_instance

if TYPE_CHECKING:
    from netroute.problems.sdn import SdnInstance, SdnSolution

Observation = dict[str, np.ndarray]


class SdnAdmissionEnv(gymnasium.Env[Observation, np.int64]):
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
        self._draw = instance if callable(instance) else None
        self._settings: dict[str, Any] = {
            "count": 1, "k": k, "order": order, "holding": holding, "prices": prices,
        }  # fmt: skip
        # The spaces follow from any one network that the function draws.
        first = self._draw(np.random.default_rng(0)) if self._draw else instance_of(instance)
        self._engine = AdmissionEngine(require_instance(first), **self._settings)
        self.observation_space, self.action_space = self._engine.spaces()
        self._mask = np.zeros(k + 1, bool)

    @property
    def instance(self) -> SdnInstance:
        """Network and flows of this episode."""
        return self._engine.day(0)

    @property
    def solution(self) -> SdnSolution:
        """Paths of the flows that are in the network, as a plan of `instance`."""
        return self._engine.plan(0)

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Observation, dict[str, Any]]:
        """Begin an episode with an empty network."""
        super().reset(seed=seed)
        if self._draw is not None:
            self._enter(require_instance(self._draw(self.np_random)))
        order = (options or {}).get("order")
        self._engine.begin(0, self.np_random, order)
        seen = self._observe()
        return seen, self._info(seen)

    def step(self, action: np.int64) -> tuple[Observation, float, bool, bool, dict[str, Any]]:
        """Decide the flow at hand."""
        if self._engine.over()[0]:
            raise InputError("the episode is over or has not begun: call reset", where="step")
        chosen, idle = np.array([action], np.int64), np.zeros(1, bool)
        reward, done = self._engine.act(chosen, idle)
        seen = self._observe()
        info = self._info(seen)
        if done[0]:
            offered, admitted = self._engine.classes()
            info |= {"offered": offered[0], "admitted": admitted[0]}
        return seen, float(reward[0]), bool(done[0]), False, info

    def action_masks(self) -> np.ndarray:
        """Actions that are possible now: bool, shape (k + 1,)."""
        found: np.ndarray = self._engine.masks()[0]
        return found

    def render(self) -> np.ndarray | None:
        """Return the network under its flows as a picture: uint8, shape (height, width, 3)."""
        if self.render_mode is None:
            return None
        from netroute.envs.sdn.picture import picture

        return picture(self.instance, self.solution)

    def _enter(self, instance: SdnInstance) -> None:
        before = self._engine.instance
        sizes = [(len(net.nodes), len(net.tail)) for net in (before, instance)]
        if sizes[0] != sizes[1]:
            raise InputError(
                f"found a network of {sizes[1][0]} nodes and {sizes[1][1]} arcs, "
                f"expected {sizes[0][0]} and {sizes[0][1]} as in the first one",
                code="env",
                where="instance",
            )
        if instance.fingerprint != before.fingerprint:
            self._engine = AdmissionEngine(instance, **self._settings)

    def _observe(self) -> Observation:
        return {name: values[0] for name, values in self._engine.observe().items()}

    def _info(self, seen: Observation) -> dict[str, Any]:
        return {"action_mask": seen["action_mask"].copy()}
