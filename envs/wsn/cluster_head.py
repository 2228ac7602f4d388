"""The environment of cluster heads: the base station decides round by round."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from netroute.envs.single import OnlineEnv
from netroute.envs.wsn.engine import HeadsEngine
from netroute.envs.wsn.sources import SOURCES, Source

if TYPE_CHECKING:
    from netroute.problems.wsn import WsnInstance, WsnSolution


class WsnClusterHeadEnv(OnlineEnv[HeadsEngine]):
    """Each step plays a round; the episode ends with the first death.

    The reward is 1 for each round that all nodes live and report in, so that the return of an
    episode is the checker's objective of the schedule.

    With ``action="heads"`` an action is the set of heads, int8 (n,): others join the nearest head,
    or, where the instance says so, the base station if that is nearer; without heads all report to
    it by themselves, also where the instance would allow silence. With ``"prices"`` it holds a
    number ``a`` for each node, float32 (n,), cut off at -1 and 1, that makes its whole battery
    worth ``exp(10 a)``: a local search, which begins with the heads of the last step, looks for the
    configuration that costs least.

    The observation is a dict:

    - ``nodes`` (float32, (n, 7)): x and y over the extent of the field; residual energy over that
      at the start; distance to the base station over the largest one; other nodes within ``radius``
      over all others; rounds since it led over 100, at most 1, as if it never led; 1 if it is
      alive.
    - ``action_mask`` (int8, (n,)): nodes alive; also in ``info`` and, as bool, by `action_masks`.

    At the end ``info`` has ``fnd``, the objective.

    Parameters
    ----------
    instance : WsnInstance, path or callable, optional
        The field, or ``draw(rng) -> WsnInstance``, asked at each reset; all its instances need as
        many nodes. A small generated field without it.
    action : str
        ``heads`` or ``prices``.
    hold : int
        Rounds that the configuration of a step is kept.
    radius : float
        In metres.

    Raises
    ------
    InputError
        A parameter out of its range, or more memory than 4 GiB.
    UnsupportedError
        Prices with trees or thresholds.

    Examples
    --------
    >>> import gymnasium, netroute, netroute.envs
    >>> env = gymnasium.make("netroute/WsnClusterHead-v0", action="prices", hold=10)
    >>> seen, info = env.reset(seed=1)
    >>> seen["nodes"].shape
    (20, 7)
    >>> done, total = False, 0.0
    >>> while not done:
    ...     seen, reward, done, truncated, info = env.step(1 - 2 * seen["nodes"][:, 2])
    ...     total += reward
    >>> verdict = netroute.check(env.unwrapped.instance, env.unwrapped.solution)
    >>> bool(total == info["fnd"] == verdict.objective)
    True
    """

    metadata: dict[str, Any] = {"render_modes": []}  # noqa: RUF012

    def __init__(
        self,
        instance: Source = None,
        *,
        action: str = "heads",
        hold: int = 1,
        radius: float = 25.0,
    ) -> None:
        def engine(field: WsnInstance) -> HeadsEngine:
            return HeadsEngine(field, count=1, action=action, hold=hold, radius=radius)

        super().__init__(instance, sources=SOURCES, engine=engine)

    @property
    def instance(self) -> WsnInstance:
        """The field of this episode."""
        return self._engine.instance

    @property
    def solution(self) -> WsnSolution:
        """Rounds played so far, as a schedule for `instance`."""
        return self._engine.plan()
