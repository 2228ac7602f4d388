"""What a training consists of: the model behind the YAML file of `netroute train`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Self

from pydantic import Field, model_serializer, model_validator

from netroute.experiments.overrides import apply_overrides
from netroute.experiments.settings import Settings, read_fields, validate

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


class Part(Settings):
    """A task or an objective by name, with its own parameters.

    In YAML either a name (``imitation``) or ``{name: reinforce, starts: 20}``; one that is not
    registered is named by its dotted path ``package.module:Class``.
    """

    name: str
    parameters: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _gather(cls, value: Any) -> Any:
        if isinstance(value, str):
            return {"name": value}
        if isinstance(value, dict) and "name" in value and "parameters" not in value:
            own = {key: entry for key, entry in value.items() if key != "name"}
            return {"name": value["name"], "parameters": own}
        return value

    @model_serializer
    def _flat(self) -> dict[str, Any]:
        return {"name": self.name, **self.parameters}


class PolicySpec(Settings):
    """The network: a name of `ARCHITECTURES` and the keyword arguments that make it.

    Without ``architecture`` it is the first of those that the task names.
    """

    architecture: str | None = None
    settings: dict[str, bool | int | float | str] = Field(default_factory=dict)


class LabelSpec(Settings):
    """How labels are made: their number, and the processes that share the work.

    ``jobs`` is 0 for one process a core; it has no influence on the labels.
    """

    count: int = Field(default=1000, ge=1)
    chunk: int = Field(default=50, ge=1)
    jobs: int = Field(default=0, ge=0)


class TrainConfig(Settings):
    """A training, from the labels to the weights.

    Attributes
    ----------
    name : str
        Name of the policy.
    task : Part
        What is learned: instances, labels, network and validation.
    objective : Part
        How: ``imitation``, ``reinforce`` or ``ppo``.
    start : str or None
        Weights to go on from: the name of a shipped policy or the folder of one.
    steps : int
        Length of the training; it is never given in time.
    batch : int
        Instances or decisions a step.
    learning_rate : float
        At the start; ``schedule`` says whether it falls to zero with the cosine.
    clip : float or None
        Largest norm of the gradient.
    average : float or None
        Decay of a running mean of the weights, which is then what is validated and kept.
    seed : int
        All random numbers follow from it and from the number of the step.
    threads : int
        Threads of torch; weights are the same, bit for bit, for the same number only.
    validate_every, checkpoint_every : int
        Steps; 0 for a fiftieth of the training, and for the same as ``validate_every``.
    """

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")
    task: Part
    objective: Part = Part(name="imitation")
    policy: PolicySpec = PolicySpec()
    labels: LabelSpec = LabelSpec()
    start: str | None = None
    steps: int = Field(ge=1)
    batch: int = Field(ge=1)
    learning_rate: float = Field(default=3e-4, gt=0, allow_inf_nan=False)
    schedule: Literal["cosine", "constant"] = "cosine"
    weight_decay: float = Field(default=0.01, ge=0, allow_inf_nan=False)
    clip: float | None = Field(default=1.0, gt=0, allow_inf_nan=False)
    average: float | None = Field(default=None, gt=0, lt=1)
    seed: int = Field(default=0, ge=0)
    threads: int = Field(default=1, ge=1)
    validate_every: int = Field(default=0, ge=0)
    checkpoint_every: int = Field(default=0, ge=0)

    @model_validator(mode="after")
    def _fill(self) -> Self:
        # Resolved at once, so that the saved file states what was done.
        if self.validate_every == 0:
            object.__setattr__(self, "validate_every", max(1, self.steps // 50))
        if self.checkpoint_every == 0:
            object.__setattr__(self, "checkpoint_every", self.validate_every)
        return self


def load_config(path: Path, overrides: Iterable[str] = ()) -> TrainConfig:
    """Read the YAML file ``path``, apply ``overrides`` and validate it.

    Raises
    ------
    InputError
        With the file and the line, or the path of the field, at fault.
    """
    data = read_fields(path)
    data.setdefault("objective", "imitation")
    for name in ("task", "objective"):
        # So that ``--set task.nodes=50`` finds its place in ``task: tsp`` too.
        if isinstance(data.get(name), str):
            data[name] = {"name": data[name]}
    return validate(TrainConfig, apply_overrides(data, overrides), str(path))
