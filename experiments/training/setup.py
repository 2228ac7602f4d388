"""From the configuration to the task, the network and the objective."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from netroute.core.errors import InputError
from netroute.experiments.training.config import Part, TrainConfig
from netroute.experiments.training.registry import OBJECTIVES, TASKS, read_part
from netroute.solvers.neural.policy_file import load_policy
from netroute.solvers.neural.shipped import shipped_names

if TYPE_CHECKING:
    from collections.abc import Callable

    from netroute.experiments.training.objectives.objective import Objective
    from netroute.experiments.training.task import Task
    from netroute.solvers.neural.policy import Policy

    MakeObjective = Callable[[Policy], Objective]


def resolve_config(config: TrainConfig, folder: Path) -> tuple[TrainConfig, Task, MakeObjective]:
    """Fill all defaults in, and make what the configuration names.

    Parameters
    ----------
    config : TrainConfig
        As read from the file.
    folder : Path
        Where ``start`` is sought too: that of the file.

    Returns
    -------
    tuple
        The configuration with nothing left open, the task, and what makes the objective.
    """
    task_class, task_parameters = read_part("task", config.task, TASKS)
    objective_class, parameters = read_part("objective", config.objective, OBJECTIVES)
    task: Task = task_class(task_parameters)
    architecture = config.policy.architecture or task.architectures[0]
    if architecture not in task.architectures:
        raise InputError(
            f"found {architecture!r}, expected one of: {', '.join(task.architectures)}",
            where="policy.architecture",
        )
    config = config.model_copy(
        update={
            "task": _full(config.task, task_parameters),
            "objective": _full(config.objective, parameters),
            "policy": config.policy.model_copy(update={"architecture": architecture}),
            "start": _find(config.start, folder),
        }
    )

    def make(policy: Policy) -> Objective:
        found: Objective = objective_class(task, policy, parameters=parameters, config=config)
        return found

    return config, task, make


def make_policy(config: TrainConfig, task: Task) -> Policy:
    """Return a network with random weights, or the trained one that ``start`` names."""
    if config.start is None:
        return task.make_policy(config.policy)
    try:
        policy = load_policy(
            config.start, problem=task.problem, architectures=[str(config.policy.architecture)]
        )
    except InputError as error:
        raise error.at("start") from None
    made = policy.settings()
    for name, value in config.policy.settings.items():
        if made.get(name) != value:
            raise InputError(
                f"found {value!r}, but the policy to start from has {made.get(name)!r}",
                where=f"policy.settings.{name}",
            )
    return policy


def _full(part: Part, parameters: Any) -> Part:
    return Part(name=part.name, parameters=parameters.model_dump(mode="json"))


def _find(start: str | None, folder: Path) -> str | None:
    """Make a folder absolute, so that the saved configuration works from anywhere."""
    if start is None or start in shipped_names():
        return start
    for path in (Path(start), folder / start):
        if path.is_dir():
            return str(path.resolve())
    return start
