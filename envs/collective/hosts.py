"""The multi-agent environment of collective traffic: each host places its own flows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netroute.envs.agents import TeamEnv
from netroute.envs.collective.sources import SOURCES
from netroute.envs.collective.team import HostTeam

if TYPE_CHECKING:
    from pathlib import Path

    from netroute.problems.collective import CollectiveInstance, CollectiveSolution


class CollectiveHostsEnv(TeamEnv):
    """Each host that sends between leaves puts one flow after the other on a spine.

    An environment of PettingZoo's parallel API. In a step all hosts place their next flow of the
    phase at once; one that has none left waits, whatever its action, until the phase ends. The
    reward is common: the growth of the objective, negative, over its lower bound, so that the
    return of each host is the checker's objective of the plan over `bound`, negative, at best -1.
    Action ``a`` is a spine; one to which a link of either leaf failed stands for the next one with
    both links up.

    The observation of a host is a dict of its own traffic of this phase, and of marks such as
    switches set on packets:

    - ``own`` (float32, (s,)): bytes it has put on each spine, over all of its bytes between leaves.
    - ``marks`` (int8, (s,)): whether a link of the path of its last flow over each spine was loaded
      by more than the share of the phase's bytes that was placed, plus ``threshold``, of the
      phase's lower bound.
    - ``flow`` (float32, (2,)): bytes of the flow at hand over those of the largest, and share of
      its flows that are placed; ``target`` (int64): target leaf. Both 0 for a waiting host, but
      for the share.
    - ``remaining`` (float32, (L,)): its bytes still to be placed by target leaf, over all of them;
      with ``information`` ``host`` or ``full``.
    - ``up``, ``down`` (float32, (s,)): load over capacity from its leaf to each spine and from each
      spine to the target leaf, over the phase's lower bound, at most 100; with ``full``.
    - ``action_mask`` (int8, (s,)): spines with both links up; also in ``info``.

    `state` gives all loads, for a central critic. At the end ``info`` has ``theta``, the objective.

    Parameters
    ----------
    instance : CollectiveInstance or path, optional
        Leaf-spine fabric and flows; a small generated job without it.
    order : str
        ``file`` or ``shuffled``, as of `CollectivePlacementEnv`.
    information : str
        What a host knows beside its marks: ``none``, ``host`` or ``full``.
    threshold : float
        Of the marks, at least 0.

    Raises
    ------
    MissingExtraError
        When the module is imported: PettingZoo is not installed (extra ``agents``).
    InputError
        A parameter out of its range, no flows between leaves, or more memory than 4 GiB.
    UnsupportedError
        The fabric is a fat tree.

    Notes
    -----
    Marks stand for explicit congestion notification (RFC 3168) as far as a model without packets
    can show it; the split of knowledge is that of end-host load balancing (arXiv:2407.00550).

    Examples
    --------
    >>> env = CollectiveHostsEnv(information="none")
    >>> seen, _ = env.reset(seed=1)
    >>> len(env.agents), sorted(seen["host_0"])
    (16, ['action_mask', 'flow', 'marks', 'own', 'target'])
    >>> seen, reward, *_ = env.step(dict.fromkeys(env.agents, 0))
    >>> int(seen["host_0"]["own"].argmax()), bool(reward["host_0"] < 0)
    (0, True)
    """

    def __init__(
        self,
        instance: CollectiveInstance | str | Path | None = None,
        *,
        order: str = "file",
        information: str = "host",
        threshold: float = 0.05,
    ) -> None:
        self._hosts = HostTeam(
            SOURCES.instance(instance), order=order, information=information, threshold=threshold
        )
        super().__init__(self._hosts, name="netroute/CollectiveHosts-v0")

    @property
    def instance(self) -> CollectiveInstance:
        """Fabric and flows."""
        return self._hosts.instance

    @property
    def bound(self) -> float:
        """Lower bound of the objective by which rewards are divided."""
        return self._hosts.bound

    @property
    def solution(self) -> CollectiveSolution:
        """Spines of the flows that are placed, as a solution of `instance`."""
        return self._hosts.plan()
