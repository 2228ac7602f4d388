"""What a family gives to the trainer: instances, labels, a network and a validation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from netroute.core.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy as np
    import torch
    from gymnasium.vector import VectorEnv
    from torch import Tensor

    from netroute.experiments.settings import Settings
    from netroute.experiments.training.config import PolicySpec
    from netroute.experiments.training.labels import LabelStore
    from netroute.solvers.neural.policy import Policy

    Report = Callable[[str], None]
    """Takes a line for people on what is being prepared."""


class Task(Protocol):
    """One thing to be learned.

    A class of this kind is made from an object of its ``Parameters``, the fields of ``task`` in
    the configuration. All that it draws comes from the generators that it is given, so that a
    training that was killed repeats itself.

    Attributes
    ----------
    Parameters : type of Settings
        Pydantic model of the task's own parameters.
    problem : str
        Registry name of the problem whose solver ``policy`` will use the weights. A task whose
        weights another solver takes, or none, says so by an attribute ``solver``: its name or None.
    architectures : tuple of str
        Names of `ARCHITECTURES` that fit; the first one is the default.
    """

    Parameters: ClassVar[type[Settings]]
    problem: str
    architectures: ClassVar[tuple[str, ...]]

    def make_policy(self, spec: PolicySpec) -> Policy:
        """Return a network with random weights; see `build_policy`."""
        ...

    def prepare(self, labels: LabelStore, report: Report) -> str:
        """Make or load all data once, before the first step; return their SHA-256 in hex.

        Nothing that it keeps may depend on time. Kernels are to be compiled here, before labels
        are made in parallel.
        """
        ...

    def validate(self, policy: Policy) -> dict[str, float]:
        """Return figures of ``policy`` on the validation set: ``gap`` in percent and others.

        The weights with the lowest gap are kept. The policy comes in evaluation mode, without
        gradients; the same weights must give the same figures.
        """
        ...


class ImitationTask(Task, Protocol):
    """A task for the objective ``imitation``."""

    def batch(self, rng: np.random.Generator, size: int) -> dict[str, Tensor]:
        """Return inputs by name, and what is to be learned as ``target``."""
        ...

    def loss(self, policy: Policy, batch: Mapping[str, Tensor]) -> tuple[Tensor, dict[str, float]]:
        """Return the mean loss of a batch and figures for the log."""
        ...


class MultiStartTask(Task, Protocol):
    """A task for the objective ``reinforce``."""

    def rollout(self, policy: Policy, rng: np.random.Generator, size: int) -> tuple[Tensor, Tensor]:
        """Solve ``size`` new instances from S starts each, by sampling.

        Returns
        -------
        tuple of Tensor
            Costs (size, S), and the log-likelihoods (size, S) of what was chosen, with gradients.
        """
        ...


class SequentialTask(Task, Protocol):
    """A task for the objective ``ppo``.

    The policy maps observations by name, as the environments return them (integers int64, all
    else float32, the batch first), to scores (B, actions): logits of a ``Discrete`` or
    ``MultiBinary`` action, means of a ``Box``; minus infinity where the mask forbids an action.
    """

    def environments(self, rng: np.random.Generator, count: int) -> VectorEnv[Any, Any, Any]:
        """Return ``count`` environments, new ones or the same as before.

        They are reset with a seed at each update: their episodes then have to follow from the
        seed, and from what ``rng`` decided here.
        """
        ...

    def make_critic(self, policy: Policy) -> torch.nn.Module:
        """Return a network with random weights: observations to values of shape (B,).

        Its values are to be of the order of 1; the objective knows the scale of returns. It may
        use no weights of the policy, as it is not kept with it.
        """
        ...


def build_policy(spec: PolicySpec, **derived: Any) -> Policy:
    """Make the network of ``spec``; ``derived`` are arguments that follow from the task.

    Raises
    ------
    InputError
        An argument that the architecture does not know, or a value that it refuses.
    """
    from netroute.solvers.neural.registry import architecture

    name = str(spec.architecture)
    network = architecture(name)
    try:
        return network(**(derived | spec.settings))
    except (TypeError, ValueError) as error:
        raise InputError(
            f"{name} cannot be made: {error}", code="train.policy", where="policy.settings"
        ) from None
