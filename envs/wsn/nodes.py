"""The multi-agent environment of sensor fields: each node decides whether to lead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netroute.envs.agents import TeamEnv
from netroute.envs.wsn.sources import SOURCES
from netroute.envs.wsn.team import NodeTeam

if TYPE_CHECKING:
    from pathlib import Path

    from netroute.problems.wsn import WsnInstance, WsnSolution


class WsnNodesEnv(TeamEnv):
    """Each round every node says whether it leads, 1, or follows, 0.

    An environment of PettingZoo's parallel API. Followers join the nearest head, as in
    `WsnClusterHeadEnv`. The reward is common: 1 for each round that all nodes live, so that the
    return of each node is the checker's objective. The observation of a node is a dict:

    - ``own`` (float32, (4,)): its residual energy over that at the start; its distance to the base
      station over the largest one; other nodes within ``radius`` over all others; rounds since it
      led over 100, at most 1, as if it never led.
    - ``around`` (float32, (3,)): of the nodes within ``radius``, the mean share of energy left and
      the share that led in the last round; distance to the nearest head of that round over the
      radius, at most 1.
    - ``action_mask`` (int8, (2,)): ones; also in ``info``.

    `state` gives all nodes, for a central critic. At the end ``info`` has ``fnd``, the objective.

    Parameters
    ----------
    instance : WsnInstance or path, optional
        The field; a small generated one without it.
    hold : int
        Rounds that the configuration of a step is kept.
    radius : float
        How far a node hears others, in metres.

    Raises
    ------
    MissingExtraError
        When the module is imported: PettingZoo is not installed (extra ``agents``).
    InputError
        A parameter out of its range, or more memory than 4 GiB.

    Examples
    --------
    >>> env = WsnNodesEnv()
    >>> seen, _ = env.reset(seed=1)
    >>> seen, reward, *_ = env.step({name: int(name == "node_3") for name in env.agents})
    >>> reward["node_0"], round(float(seen["node_3"]["own"][3]), 3)
    (1.0, 0.01)
    """

    def __init__(
        self,
        instance: WsnInstance | str | Path | None = None,
        *,
        hold: int = 1,
        radius: float = 25.0,
    ) -> None:
        self._nodes = NodeTeam(SOURCES.instance(instance), hold=hold, radius=radius)
        super().__init__(self._nodes, name="netroute/WsnNodes-v0")

    @property
    def instance(self) -> WsnInstance:
        """The field."""
        return self._nodes.engine.instance

    @property
    def solution(self) -> WsnSolution:
        """Rounds played so far, as a schedule for `instance`."""
        return self._nodes.plan()
