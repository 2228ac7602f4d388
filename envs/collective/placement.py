"""The environment of online placement of collective traffic."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gymnasium
import numpy as np

from netroute.core.errors import InputError
from netroute.envs.collective.engine import PlacementEngine
from netroute.envs.collective.sources import Source, instance_of, require_instance

if TYPE_CHECKING:
    from netroute.problems.collective import CollectiveInstance, CollectiveSolution

Observation = dict[str, np.ndarray]


class CollectivePlacementEnv(gymnasium.Env[Observation, np.int64]):
    """Flows between leaves arrive one by one, phase by phase, and each is put on a spine for good.

    Action ``a`` is a spine. One to which a link of either leaf failed, which the mask tells
    beforehand, stands for the next one with both links up. The reward is the growth of the
    objective (the highest load over capacity of any link, hosts' links included, summed over
    phases), negative, over its lower bound: the return of an episode is the checker's objective of
    the plan over `bound`, negative, at best -1.

    The observation is a dict of what the two leaves of the flow know. Loads are of this phase:

    - ``up``, ``down`` (float32, (s,)): load over capacity from the source leaf to each spine and
      from each spine to the target leaf, over the lower bound of the phase, at most 100; 0
      where a link failed.
    - ``up_rate``, ``down_rate`` (float32, (s,)): capacity of these links over the largest one; 0
      where a link failed.
    - ``flow`` (float32, (3,)): bytes over those of the largest flow; share of the flows of this
      phase, and of all, that are placed.
    - ``ends`` (int64, (2,)): source and target leaf.
    - ``remaining`` (float32): bytes of this phase still to be placed, this flow included, over
      all of the phase between leaves. At ``information="host"`` from the source host to each leaf,
      (L,); at ``"full"`` from each leaf to each leaf, (L, L); at ``"none"`` the key is left out.
    - ``action_mask`` (int8, (s,)): spines with both links up; also in ``info`` and, as bool, by
      `action_masks`.

    After the last flow all but the mask and ``flow`` is 0, and ``info`` has ``theta``, the
    objective.

    Parameters
    ----------
    instance : CollectiveInstance, path or callable, optional
        Leaf-spine fabric and flows, or ``draw(rng) -> CollectiveInstance``, asked at each reset;
        all its instances need as many leaves and spines. A small generated job without it.
    order : str
        ``file``: flows of a phase as in the instance; ``shuffled``: in another order each episode.
    information : str
        What is known of the demand still to come: ``full``, ``host`` (the own host's) or ``none``.
    noise : float
        Each load that is seen is off by a random share of at most this, 0 to 1.
    delay : int
        The loads that are seen lack so many of the last decisions.

    Raises
    ------
    InputError
        A parameter out of its range, no flows between leaves, or more memory than 4 GiB.
    UnsupportedError
        The fabric is a fat tree.

    Examples
    --------
    >>> import gymnasium, netroute.envs
    >>> env = gymnasium.make("netroute/CollectivePlacement-v0", information="none")
    >>> seen, info = env.reset(seed=1)
    >>> sorted(seen)
    ['action_mask', 'down', 'down_rate', 'ends', 'flow', 'up', 'up_rate']
    >>> info["action_mask"].tolist(), env.step(2)[0]["flow"].shape
    ([1, 1, 1, 1], (3,))
    """

    metadata: dict[str, Any] = {"render_modes": []}  # noqa: RUF012

    def __init__(
        self,
        instance: Source | None = None,
        *,
        order: str = "file",
        information: str = "host",
        noise: float = 0.0,
        delay: int = 0,
    ) -> None:
        self._draw = instance if callable(instance) else None
        self._settings: dict[str, Any] = {
            "count": 1, "order": order, "information": information, "noise": noise, "delay": delay,
        }  # fmt: skip
        # The spaces follow from any one fabric that the function draws.
        first = self._draw(np.random.default_rng(0)) if self._draw else instance_of(instance)
        self._engine = PlacementEngine(require_instance(first), **self._settings)
        self.observation_space, self.action_space = self._engine.spaces()

    @property
    def instance(self) -> CollectiveInstance:
        """Fabric and flows of this episode."""
        return self._engine.instance

    @property
    def solution(self) -> CollectiveSolution:
        """Spines of the flows that are placed, as a solution of `instance`."""
        return self._engine.plan(0)

    @property
    def bound(self) -> float:
        """Lower bound of the objective by which rewards are divided."""
        return self._engine.bound

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Observation, dict[str, Any]]:
        """Begin an episode with empty links; there are no options."""
        super().reset(seed=seed)
        if self._draw is not None:
            self._enter(require_instance(self._draw(self.np_random)))
        self._engine.begin(0, self.np_random)
        seen = self._observe()
        return seen, self._info(seen)

    def step(self, action: np.int64) -> tuple[Observation, float, bool, bool, dict[str, Any]]:
        """Put the flow at hand on a spine."""
        if self._engine.over()[0]:
            raise InputError("the episode is over or has not begun: call reset", where="step")
        chosen, idle = np.array([action], np.int64), np.zeros(1, bool)
        reward, done = self._engine.act(chosen, idle)
        seen = self._observe()
        info = self._info(seen)
        if done[0]:
            info["theta"] = float(self._engine.thetas()[0])
        return seen, float(reward[0]), bool(done[0]), False, info

    def action_masks(self) -> np.ndarray:
        """Spines with both links up for the flow at hand: bool, shape (s,)."""
        return np.asarray(self._observe()["action_mask"] != 0)

    def _enter(self, instance: CollectiveInstance) -> None:
        before = self._engine.instance
        sizes = [net.fabric.up.shape for net in (before, instance)]
        if sizes[0] != sizes[1]:
            raise InputError(
                f"found a fabric of {sizes[1][0]} leaves and {sizes[1][1]} spines, "
                f"expected {sizes[0][0]} and {sizes[0][1]} as in the first one",
                code="env",
                where="instance",
            )
        if instance.fingerprint != before.fingerprint:
            self._engine = PlacementEngine(instance, **self._settings)

    def _observe(self) -> Observation:
        return {name: values[0] for name, values in self._engine.observe().items()}

    def _info(self, seen: Observation) -> dict[str, Any]:
        return {"action_mask": seen["action_mask"].copy()}
