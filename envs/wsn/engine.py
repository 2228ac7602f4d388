"""Any number of copies of a sensor field: what the single and the batched environment share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from netroute.core.errors import InputError, UnsupportedError
from netroute.core.rng import kernel_state
from netroute.envs.engine import Observation, require, whole
from netroute.envs.wsn._kernels.rounds import look, play_heads, play_parents
from netroute.solvers.wsn._kernels.world import HEAD
from netroute.solvers.wsn.around import around_of
from netroute.solvers.wsn.location import CLUSTERS, Location, make_clusters
from netroute.solvers.wsn.world import (
    WORDS,
    field_of,
    log_of,
    require_memory,
    run_of,
    schedule_of,
)

if TYPE_CHECKING:
    from gymnasium import spaces

    from netroute.problems.wsn import WsnInstance, WsnSolution

ACTIONS = ("heads", "prices")
"""What an action says."""

STEEPEST = 10.0
"""Logarithm of the price that the action 1 means."""

LONGEST = 100.0
"""Rounds since a node led that look like never."""

ROWS = 256
"""Configurations after which the log is emptied."""


class HeadsEngine:
    """``count`` copies of a field, all nodes of which live until the episode ends.

    Parameters
    ----------
    instance : WsnInstance
        The field.
    count : int
    action : str
        One of `ACTIONS`.
    hold : int
        Rounds that a configuration is kept.
    radius : float
        Within which nodes count for the density, in metres.

    Raises
    ------
    InputError
        A parameter out of its range, or too much memory.
    UnsupportedError
        Prices, and a field whose rounds are no facility locations.
    """

    def __init__(
        self, instance: WsnInstance, *, count: int, action: str, hold: int, radius: float
    ) -> None:
        require("num_envs", count, whole(count) and count >= 1, "an integer >= 1")
        require("action", action, action in ACTIONS, f"one of: {', '.join(ACTIONS)}")
        require("hold", hold, whole(hold) and 1 <= hold < 2**31, "an integer >= 1")
        number = isinstance(radius, int | float) and not isinstance(radius, bool)
        require("radius", radius, number and radius >= 0.0, "a number of metres >= 0")
        missing = sorted(instance.features() - CLUSTERS)
        if action == "prices" and missing:
            raise UnsupportedError(
                f"netroute/WsnClusterHead-v0 with prices does not support {', '.join(missing)} "
                f"(instance {instance.name!r})"
            )
        self.instance, self.count, self.action = instance, count, action
        self._hold = int(hold)
        # Two environments' worth: runs, and what is seen of them.
        require_memory(16 * WORDS * count * instance.size, f"{count} fields")
        # A round without heads that costs nothing would never end.
        self._field = field_of([instance] * count)._replace(silent=0)
        if action == "prices":
            # The search decides itself who reports directly.
            self._field = self._field._replace(to_base=0)
            self._location = Location(instance)
            self._clusters = [make_clusters(instance.size) for _ in range(count)]
        self._fixed = _fixed(instance, float(radius))
        self._run = run_of(self._field, [kernel_state(0)] * count)
        self._over = np.ones(count, bool)
        self._log = log_of(ROWS if count == 1 else 0, instance.size)
        self._rows: list[tuple[np.ndarray, np.ndarray]] = []

    @property
    def extent(self) -> str:
        """Size of the observations."""
        return f"a field of {self.instance.size} nodes"

    def spaces(self) -> tuple[spaces.Space[Observation], spaces.Space[Any]]:
        """Observation and action space of one field."""
        from gymnasium import spaces

        n = self.instance.size
        seen: dict[str, Any] = {
            "nodes": spaces.Box(-1.0, 1.0, (n, 7), np.float32),
            "action_mask": spaces.MultiBinary(n),
        }
        space: Any = spaces.Dict(seen)
        if self.action == "heads":
            return space, spaces.MultiBinary(n)
        return space, spaces.Box(-1.0, 1.0, (n,), np.float32)

    def begin(self, b: int, rng: np.random.Generator, options: dict[str, Any]) -> None:
        """Begin an episode of copy ``b`` with full batteries; nothing is random."""
        run = self._run
        run.left[b] = self._field.energy[b]
        run.last[b] = -1
        run.alive[b] = self.instance.size
        run.death[b] = -1
        for column in (run.round, run.full, run.packets, run.reports, run.led, run.mute):
            column[b] = 0
        self._over[b] = False
        self._rows = []
        if len(self._log.rounds):
            self._log.used[0] = 0
        if self.action == "prices":
            self._clusters[b] = make_clusters(self.instance.size)

    def act(self, action: np.ndarray, idle: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Play a step of each copy that is not ``idle``; return rounds gained, and ends."""
        n = self.instance.size
        shape = (self.count, n)
        require("action", action.shape, action.shape == shape, f"actions of shape {shape}")
        reward, done = np.zeros(self.count), np.zeros(self.count, bool)
        if self.action == "heads":
            zeros = (action == 0) | (action == 1)
            require("action", "others", zeros.all(), "zeros and ones")
            heads = np.ascontiguousarray(action, np.int8)
            play_heads(
                self._field, self._run, self._log, heads, idle, self._hold, reward, done
            )  # fmt: skip
        else:
            require("action", "NaN", not np.isnan(action).any(), "numbers")
            parent = self._priced(action, idle)
            play_parents(
                self._field, self._run, self._log, parent, idle, self._hold, reward, done
            )  # fmt: skip
        self._over |= done
        if self._log.used[0] == ROWS:
            self._empty_log()
        return reward, done

    def observe(self) -> Observation:
        """Observations of all copies, in new arrays."""
        shape = (self.count, self.instance.size)
        nodes, alive = np.empty((*shape, 7), np.float32), np.empty(shape, np.int8)
        look(self._run, self._fixed, self._field.energy, LONGEST, nodes, alive)
        return {"nodes": nodes, "action_mask": alive}

    def over(self) -> np.ndarray:
        """Whether a node of each copy is dead, or its episode has not begun: bool, shape (B,)."""
        return self._over.copy()

    def masks(self) -> np.ndarray:
        """Nodes alive: bool, shape (B, n)."""
        return np.asarray(self._run.left > 0.0)

    def outcome(self) -> dict[str, np.ndarray]:
        """Return the rounds before the first death."""
        return {"fnd": self._run.full.copy()}

    def plan(self) -> WsnSolution:
        """Return the rounds played so far as a schedule; only one copy keeps it."""
        if self.count > 1:
            raise InputError("schedules are kept of single environments only", where="solution")
        self._empty_log()
        return schedule_of(self._rows, self.instance.size)

    def leading(self) -> np.ndarray:
        """Return who led in the last round of the first copy: bool, shape (n,)."""
        rounds = int(self._run.round[0])
        return np.asarray((self._run.last[0] == rounds - 1) & (rounds > 0))

    def _empty_log(self) -> None:
        used = int(self._log.used[0])
        if used:
            self._rows.append((self._log.parent[:used].copy(), self._log.rounds[:used].copy()))
            self._log.used[0] = 0

    def _priced(self, action: np.ndarray, idle: np.ndarray) -> np.ndarray:
        """Return the configurations that cost least, or nearly so, at prices."""
        location = self._location
        parent = np.zeros((self.count, self.instance.size), np.int32)
        exponent = STEEPEST * np.clip(action, -1.0, 1.0).astype(np.float64)
        for b in np.flatnonzero(~idle):
            location.clusters = self._clusters[b]
            location.search(np.exp(exponent[b]) / self.instance.energy)
            parent[b] = location.parent()
            parent[b, location.heads()] = HEAD
        return parent


def _fixed(instance: WsnInstance, radius: float) -> np.ndarray:
    """Return what of the nodes does not change: place, distance to the base station, density."""
    extent = max(float(np.abs(instance.position).max()), float(instance.field.max()))
    field = field_of([instance])
    base = np.sqrt(field.base[0])
    others = around_of(field, radius).others[0] / max(1, instance.size - 1)
    columns = (*(instance.position / extent).T, base / max(float(base.max()), 1e-9), others)
    return np.ascontiguousarray(np.stack(columns, axis=1), np.float32)
