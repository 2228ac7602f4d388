"""Any of the environments as a task: a generic policy that learns by its rewards."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, ClassVar

import gymnasium
import numpy as np
import torch
from pydantic import Field

from netroute.core.errors import InputError, UnsupportedError
from netroute.experiments.config import InstanceSpec
from netroute.experiments.settings import Settings, validate
from netroute.experiments.sources import load
from netroute.experiments.training.distributions import distribution_of
from netroute.experiments.training.objectives.ppo import tensors
from netroute.experiments.training.task import build_policy
from netroute.solvers.neural.observations.layout import layout_of_space
from netroute.solvers.neural.observations.model import ObservationCritic

if TYPE_CHECKING:
    from collections.abc import Callable

    from gymnasium.vector import VectorEnv

    from netroute.experiments.training.config import PolicySpec
    from netroute.experiments.training.labels import LabelStore
    from netroute.experiments.training.task import Report
    from netroute.solvers.neural.policy import Policy

PROBLEMS = {
    "netroute/Cvrp-v0": "cvrp",
    "netroute/Tsp-v0": "tsp",
    "netroute/SdnAdmission-v0": "sdn",
    "netroute/WsnClusterHead-v0": "wsn",
    "netroute/CollectivePlacement-v0": "collective",
}
"""Environments and the problems whose instances they play."""


class EnvironmentParameters(Settings):
    """Parameters of the task.

    Attributes
    ----------
    id : str
        Of the environment, such as ``netroute/Cvrp-v0``.
    options : dict
        Its keyword arguments, without ``instance``.
    instance : str, dict or None
        A file or a name of the catalogue, or ``{generator: uniform, n: 10}`` with its parameters:
        another instance for each episode, unless they contain a ``seed``. Without it the
        environment's own.
    episodes : int
        Episodes of the validation, always the same.
    """

    id: str
    options: dict[str, Any] = Field(default_factory=dict)
    instance: str | dict[str, Any] | None = None
    episodes: int = Field(default=64, ge=1)


class EnvironmentTask:
    """Learns to act in an environment, ``environment``, for the objective ``ppo``.

    The ``gap`` of the validation is how much lower the mean return is than that of random
    actions, in percent of its absolute value: the lower the better, and negative for a policy
    that has learned something.
    """

    Parameters: ClassVar[type[Settings]] = EnvironmentParameters
    architectures: ClassVar[tuple[str, ...]] = ("observation-scorer",)
    solver: ClassVar[str | None] = None

    def __init__(self, parameters: EnvironmentParameters) -> None:
        import netroute.envs  # noqa: F401 - registers the environments

        if parameters.id not in PROBLEMS:
            raise InputError(
                f"found {parameters.id!r}, expected one of: {', '.join(PROBLEMS)}", where="task.id"
            )
        self.problem = PROBLEMS[parameters.id]
        self._parameters = parameters
        self._instance = self._source(parameters.instance)
        self._made: dict[int, VectorEnv[Any, Any, Any]] = {}
        self._random = 0.0

    def environments(self, rng: np.random.Generator, count: int) -> VectorEnv[Any, Any, Any]:
        """Return the environments, made at the first call."""
        if count not in self._made:
            options = dict(self._parameters.options)
            if self._instance is not None:
                options["instance"] = self._instance
            try:
                self._made[count] = gymnasium.make_vec(
                    self._parameters.id, count, vectorization_mode="vector_entry_point", **options
                )
            except TypeError as error:
                raise InputError(str(error), code="train.task", where="task.options") from None
        return self._made[count]

    def make_policy(self, spec: PolicySpec) -> Policy:
        """Return a network with random weights that fits the environment."""
        actions, layout = self._layout()
        return build_policy(spec, actions=actions, layout=layout)

    def make_critic(self, policy: Policy) -> torch.nn.Module:
        """Return a critic as wide as the policy."""
        settings = policy.settings()
        return ObservationCritic(
            int(settings["actions"]), str(settings["layout"]), int(settings["width"])
        )

    def prepare(self, labels: LabelStore, report: Report) -> str:
        """Measure what random actions attain."""
        report(f"{self._parameters.episodes} episodes of random actions")
        self._random, returns = self._mean_return(None)
        text = self._parameters.model_dump_json()
        return hashlib.sha256(text.encode() + returns.tobytes()).hexdigest()

    def validate(self, policy: Policy) -> dict[str, float]:
        """Return the mean return of the likeliest actions, and by how much random ones differ."""
        attained, _ = self._mean_return(policy)
        scale = max(abs(self._random), 1e-9)
        return {
            "gap": 100.0 * (self._random - attained) / scale,
            "return": attained,
            "random_return": self._random,
        }

    def _mean_return(self, policy: Policy | None) -> tuple[float, np.ndarray]:
        """Play each episode of the validation once."""
        envs = self.environments(np.random.default_rng(0), self._parameters.episodes)
        make = distribution_of(envs.single_action_space)
        seen, _ = envs.reset(seed=0)
        source = torch.Generator().manual_seed(0)
        returns = np.zeros(envs.num_envs)
        over = np.zeros(envs.num_envs, bool)
        while not over.all():
            mask = torch.from_numpy(np.asarray(seen["action_mask"])) != 0
            scores = torch.zeros(mask.shape).masked_fill_(~mask, -torch.inf)
            if policy is not None:
                scores = policy(tensors(seen))
            chances = make(scores, torch.tensor(0.0))
            action = (chances.sample(source) if policy is None else chances.mode()).numpy()
            seen, reward, ended, cut, _ = envs.step(action.astype(envs.single_action_space.dtype))
            returns += reward * ~over
            over |= ended | cut
        return float(returns.mean()), returns

    def _layout(self) -> tuple[int, str]:
        envs = self.environments(np.random.default_rng(0), self._parameters.episodes)
        space, actions = envs.single_observation_space, envs.single_action_space
        if not isinstance(space, gymnasium.spaces.Dict):
            raise UnsupportedError(f"observations {space} are not supported, only a Dict of arrays")
        if isinstance(actions, gymnasium.spaces.Discrete):
            count = int(actions.n)
        else:
            count = int((actions.shape or (0,))[0])
        return count, layout_of_space(space, count).text()

    def _source(self, given: str | dict[str, Any] | None) -> Any:
        """Return the instance, or what draws one."""
        if given is None or isinstance(given, str):
            return given
        generator = given.get("generator")
        parameters = {name: value for name, value in given.items() if name != "generator"}
        data = {"generator": generator, "parameters": parameters}
        spec = validate(InstanceSpec, data, "task.instance")
        if "seed" in parameters:
            return load(self.problem, spec)
        return _drawing(self.problem, spec)


def _drawing(problem: str, spec: InstanceSpec) -> Callable[[np.random.Generator], Any]:
    def draw(rng: np.random.Generator) -> Any:
        seed = int(rng.integers(2**31 - 1))
        return load(
            problem, spec.model_copy(update={"parameters": spec.parameters | {"seed": seed}})
        )

    return draw
