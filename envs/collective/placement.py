"""The environment of online placement of collective traffic."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from netroute.envs.collective.engine import PlacementEngine
from netroute.envs.collective.sources import SOURCES, Source
from netroute.envs.single import OnlineEnv

if TYPE_CHECKING:
    from netroute.problems.collective import CollectiveInstance, CollectiveSolution


class CollectivePlacementEnv(OnlineEnv[PlacementEngine]):
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

    Where loads are published (``refresh`` above 1) or capacities are ``hidden``, it also tells what
    the source leaf itself has sent in this phase, in bytes at the highest capacity over the phase's
    lower bound:

    - ``own_up``, ``own_down`` (float32, (s,)): since loads were published, over each spine in all
      and to the target leaf; ``sent_up``, ``sent_down``: until then.
    - ``turn`` (float32, (s,)): turns that each spine has to wait, over s, in a rota that leaves
      keep without talking: the n-th flow from leaf i to leaf j begins with spine i + j + n.
    - ``scale`` (float32, (4,)): load of the flow at hand; of a flow of mean size; and what all
      leaves have sent since loads were published, and until then, in flows of mean size, spread
      over all links.

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
    refresh : int
        The loads that are seen are those published last, at the begin of a phase and after each
        ``refresh`` of its decisions; 1 beside a delay.
    hidden : bool
        All links that are up seem to have the largest capacity; loads are still true times.

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
        instance: Source = None,
        *,
        order: str = "file",
        information: str = "host",
        noise: float = 0.0,
        delay: int = 0,
        refresh: int = 1,
        hidden: bool = False,
    ) -> None:
        def engine(job: CollectiveInstance) -> PlacementEngine:
            return PlacementEngine(
                job,
                count=1,
                order=order,
                information=information,
                noise=noise,
                delay=delay,
                refresh=refresh,
                hidden=hidden,
            )

        super().__init__(instance, sources=SOURCES, engine=engine)

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
