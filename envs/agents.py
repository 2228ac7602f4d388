"""The frame of environments in which many agents decide at once (PettingZoo's parallel API)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from gymnasium.utils import seeding

from netroute.core.errors import InputError, MissingExtraError

if TYPE_CHECKING:
    import numpy as np
    from gymnasium import spaces

    from netroute.envs.engine import Observation

try:
    from pettingzoo import ParallelEnv
except ModuleNotFoundError as error:
    raise MissingExtraError("pettingzoo", extra="agents") from error


class Team(Protocol):
    """What agents do together: A of them, each with its own view of one instance."""

    names: list[str]

    def spaces(self) -> tuple[spaces.Space[Observation], spaces.Space[Any]]:
        """Observation and action space of one agent; all are alike."""

    def begin(self, rng: np.random.Generator) -> None:
        """Begin an episode."""

    def act(self, actions: list[Any]) -> tuple[float, bool]:
        """Decide for all agents, in the order of their names; return common reward and end."""

    def observe(self) -> Observation:
        """Observations of all agents in new arrays of shape (A, …)."""

    def state(self) -> np.ndarray:
        """Return what a central critic may see."""

    def outcome(self) -> dict[str, Any]:
        """Return what ``info`` tells of an episode at its end, by name."""


class TeamEnv(ParallelEnv):  # type: ignore[type-arg, unused-ignore]
    """Agents that decide at once, get the same reward and stay until the end.

    Parameters
    ----------
    team : Team
        What they do together.
    name : str
        Of the environment, for ``metadata``.

    Raises
    ------
    MissingExtraError
        When the module is imported: PettingZoo is not installed.
    """

    def __init__(self, team: Team, *, name: str) -> None:
        self.metadata: dict[str, Any] = {"name": name, "render_modes": []}
        self.render_mode = None
        self.possible_agents = list(team.names)
        self.agents: list[str] = []
        self._team = team
        pairs = [team.spaces() for _ in self.possible_agents]
        self.observation_spaces = dict(
            zip(self.possible_agents, (seen for seen, _ in pairs), strict=True)
        )
        self.action_spaces = dict(
            zip(self.possible_agents, (action for _, action in pairs), strict=True)
        )
        self._rng: np.random.Generator | None = None

    def observation_space(self, agent: str) -> spaces.Space[Observation]:
        """Return the observation space of an agent, always the same object."""
        return self.observation_spaces[agent]

    def action_space(self, agent: str) -> spaces.Space[Any]:
        """Return the action space of an agent, always the same object."""
        return self.action_spaces[agent]

    def reset(
        self, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[dict[str, Observation], dict[str, dict[str, Any]]]:
        """Begin an episode with all agents; there are no options."""
        if seed is not None or self._rng is None:
            self._rng = seeding.np_random(seed)[0]
        self._team.begin(self._rng)
        self.agents = self.possible_agents[:]
        seen = self._observe()
        return seen, self._infos(seen)

    def step(
        self, actions: dict[str, Any]
    ) -> tuple[
        dict[str, Observation],
        dict[str, float],
        dict[str, bool],
        dict[str, bool],
        dict[str, dict[str, Any]],
    ]:
        """Decide for all agents at once.

        Raises
        ------
        InputError
            The episode is over, or an agent has no action or is not there.
        """
        if not self.agents:
            raise InputError("the episode is over or has not begun: call reset", where="step")
        live = self.agents
        wrong = sorted({*live} ^ {*actions})
        if wrong:
            missing = wrong[0] in self.possible_agents
            raise InputError(
                f"{'has no action' if missing else 'is not an agent'}",
                code="env",
                where=str(wrong[0]),
            )
        reward, done = self._team.act([actions[name] for name in live])
        seen = self._observe()
        infos = self._infos(seen)
        if done:
            for info in infos.values():
                info |= self._team.outcome()
            self.agents = []
        return (
            seen,
            dict.fromkeys(live, reward),
            dict.fromkeys(live, done),
            dict.fromkeys(live, False),
            infos,
        )

    def state(self) -> np.ndarray:
        """Return what a central critic may see."""
        return self._team.state()

    def close(self) -> None:
        """Do nothing: there is nothing to let go."""

    def _observe(self) -> dict[str, Observation]:
        table = self._team.observe()
        return {
            name: {key: values[a] for key, values in table.items()}
            for a, name in enumerate(self.possible_agents)
        }

    def _infos(self, seen: dict[str, Observation]) -> dict[str, dict[str, Any]]:
        return {name: {"action_mask": row["action_mask"].copy()} for name, row in seen.items()}
