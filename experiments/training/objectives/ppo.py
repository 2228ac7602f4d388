"""Proximal policy optimisation on many copies of an environment that decides step by step."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import numpy as np
import torch
from pydantic import Field
from torch import nn

from netroute.experiments.settings import Settings
from netroute.experiments.training.distributions import Distribution, distribution_of
from netroute.experiments.training.randomness import step_rng, torch_rng

if TYPE_CHECKING:
    from gymnasium.vector import VectorEnv
    from torch import Tensor

    from netroute.experiments.training.config import TrainConfig
    from netroute.experiments.training.descent import Descent
    from netroute.experiments.training.task import SequentialTask
    from netroute.solvers.neural.policy import Policy

ACTIONS, ORDER = 2, 3
"""Streams of random numbers of a step: actions, and the order of what is learned from."""

Seen = dict[str, "Tensor"]


class PpoParameters(Settings):
    """Parameters of PPO; the batch of the training is the number of environments.

    Attributes
    ----------
    horizon : int or None
        Decisions in each environment before an update; without it until all episodes have ended.
        Where an episode has not, the critic says what is still to come.
    skip : int
        Up to so many decisions, drawn at random, are made before those that are learned from, so
        that later parts of episodes longer than the horizon are seen too.
    epochs, minibatch : int
        How often what was played is learned from, and in parts of how many decisions.
    discount, smoothing : float
        Gamma and lambda of generalised advantage estimation.
    ratio : float
        Probabilities change by at most about this share in an update.
    value_weight, entropy_weight : float
        Weights of the critic's error, and of the entropy of actions, in the loss.
    anchor_weight : float
        Weight of the divergence from the policy of ``start``, or from the random one of the first
        step: keeps what an imitation has learned.
    deviation : float
        Standard deviation of actions that are numbers, at the start.
    """

    horizon: int | None = Field(default=None, ge=1)
    skip: int = Field(default=0, ge=0)
    epochs: int = Field(default=4, ge=1)
    minibatch: int = Field(default=256, ge=2)
    discount: float = Field(default=1.0, gt=0, le=1)
    smoothing: float = Field(default=0.95, ge=0, le=1)
    ratio: float = Field(default=0.2, gt=0, lt=1)
    value_weight: float = Field(default=0.5, ge=0, allow_inf_nan=False)
    entropy_weight: float = Field(default=0.0, ge=0, allow_inf_nan=False)
    anchor_weight: float = Field(default=0.0, ge=0, allow_inf_nan=False)
    deviation: float = Field(default=0.3, gt=0, allow_inf_nan=False)


class ActorCritic(nn.Module):
    """All that is trained, and the scale of returns. Only the policy is kept in the end."""

    scale: Tensor

    def __init__(self, policy: Policy, critic: nn.Module, deviation: float) -> None:
        super().__init__()
        self.policy = policy
        self.critic = critic
        # One number, which is a weight of its own: deviations of the actions that are numbers.
        self.log_deviation = nn.Parameter(torch.tensor(deviation).log())
        # Mean and deviation of returns, and the number of updates that they are taken over.
        self.register_buffer("scale", torch.tensor([0.0, 1.0, 0.0]))

    def values(self, seen: Seen) -> Tensor:
        """Return what is still to come, in the environment's rewards: shape (B,)."""
        found: Tensor = self.critic(seen) * self.scale[1] + self.scale[0]
        return found

    def adjust(self, returns: Tensor) -> None:
        """Take new returns into their mean and deviation."""
        self.scale[2] = (self.scale[2] + 1.0).clamp_max(10.0)
        share = 1.0 / self.scale[2]
        self.scale[0].lerp_(returns.mean(), share)
        self.scale[1].lerp_(returns.std(correction=0).clamp_min(1e-6), share)


class Played(NamedTuple):
    """What T decisions in B environments were: arrays begin with (T, B)."""

    seen: Seen
    actions: Tensor
    log_prob: Tensor
    rewards: Tensor
    values: Tensor
    """One row more: of what is seen after the last decision."""
    ended: Tensor
    """Whether the decision ended its episode: bool."""
    counts: Tensor
    """False in steps that begin another episode and decide nothing: bool."""


def advantages(played: Played, *, discount: float, smoothing: float) -> Tensor:
    """Return by how much each decision was better than expected: shape (T, B).

    Generalised advantage estimation: J. Schulman et al., High-dimensional continuous control
    using generalized advantage estimation, ICLR 2016.

    Examples
    --------
    >>> one = torch.ones(2, 1)
    >>> played = Played({}, one, one, one, torch.zeros(3, 1), one.bool(), one.bool())
    >>> advantages(played._replace(ended=torch.tensor([[False], [True]])), discount=1.0,
    ...     smoothing=1.0).tolist()
    [[2.0], [1.0]]
    """
    found = torch.zeros_like(played.rewards)
    carried = torch.zeros_like(played.rewards[0])
    for t in reversed(range(len(found))):
        goes_on = (~played.ended[t]).float()
        expected = discount * goes_on * played.values[t + 1] - played.values[t]
        carried = played.rewards[t] + expected + discount * smoothing * goes_on * carried
        carried = carried * played.counts[t]
        found[t] = carried
    return found


class Ppo:
    """Clipped policy gradients with a critic, over fresh episodes at each update.

    Source: J. Schulman, F. Wolski, P. Dhariwal, A. Radford, O. Klimov: Proximal policy
    optimization algorithms, 2017.
    """

    Parameters: ClassVar[type[Settings]] = PpoParameters

    def __init__(
        self,
        task: SequentialTask,
        policy: Policy,
        *,
        parameters: PpoParameters,
        config: TrainConfig,
    ) -> None:
        self._task = task
        self._parameters = parameters
        self._config = config
        self._learner = ActorCritic(policy, task.make_critic(policy), parameters.deviation)
        self.module: nn.Module = self._learner
        # Made before a checkpoint is read, so that it is the policy of the beginning in any case.
        self._anchor = deepcopy(policy).requires_grad_(False) if parameters.anchor_weight else None

    def update(self, step: int, descent: Descent) -> dict[str, float]:
        """Play, then learn from what was played in several epochs of minibatches."""
        parameters, learner = self._parameters, self._learner
        rng = step_rng(self._config.seed, step)
        envs = self._task.environments(rng, self._config.batch)
        distribution = distribution_of(envs.single_action_space)
        with torch.no_grad():
            played = self._play(envs, rng, torch_rng(self._config.seed, step, ACTIONS))
            advantage = advantages(
                played, discount=parameters.discount, smoothing=parameters.smoothing
            )
            target = (advantage + played.values[:-1])[played.counts]
            learner.adjust(target)
        counted = played.counts
        seen = {name: values[counted] for name, values in played.seen.items()}
        actions, log_prob = played.actions[counted], played.log_prob[counted]
        advantage = advantage[counted]
        advantage = (advantage - advantage.mean()) / advantage.std(correction=0).clamp_min(1e-8)
        target = (target - learner.scale[0]) / learner.scale[1]

        shuffle = torch_rng(self._config.seed, step, ORDER)
        sums: dict[str, float] = {}
        rounds = 0
        for _ in range(parameters.epochs):
            order = torch.randperm(len(actions), generator=shuffle)
            for rows in torch.split(order, parameters.minibatch):
                part = {name: values[rows] for name, values in seen.items()}
                now = distribution(learner.policy(part), learner.log_deviation)
                ratio = (now.log_prob(actions[rows]) - log_prob[rows]).exp()
                near = ratio.clamp(1.0 - parameters.ratio, 1.0 + parameters.ratio)
                gain = torch.minimum(ratio * advantage[rows], near * advantage[rows]).mean()
                error = 0.5 * (learner.critic(part) - target[rows]).square().mean()
                entropy = now.entropy().mean()
                loss = parameters.value_weight * error - gain - parameters.entropy_weight * entropy
                if self._anchor is not None:
                    began = distribution(self._anchor(part), learner.log_deviation.detach())
                    apart = began.divergence(now).mean()
                    loss = loss + parameters.anchor_weight * apart
                descent.follow(loss)
                rounds += 1
                clipped = ((ratio - 1.0).abs() > parameters.ratio).float().mean()
                for name, value in (
                    ("loss", loss),
                    ("value_error", error),
                    ("entropy", entropy),
                    ("clipped", clipped),
                ):
                    sums[name] = sums.get(name, 0.0) + float(value.detach())
        figures = {name: value / rounds for name, value in sums.items()}
        figures["reward"] = float(played.rewards[counted].mean())
        if parameters.horizon is None and parameters.skip == 0:
            figures["return"] = float((played.rewards * counted).sum(dim=0).mean())
        return {**figures, "instances": float(counted.sum())}

    def _play(
        self, envs: VectorEnv[Any, Any, Any], rng: np.random.Generator, source: torch.Generator
    ) -> Played:
        """Decide in all environments, from the beginning of an episode on."""
        parameters, learner = self._parameters, self._learner
        distribution = distribution_of(envs.single_action_space)
        dtype = envs.single_action_space.dtype
        found, _ = envs.reset(seed=int(rng.integers(2**31 - 1)))
        skipped = int(rng.integers(parameters.skip + 1))
        over = np.zeros(envs.num_envs, bool)
        rows: list[tuple[Any, ...]] = []
        seen = tensors(found)
        for t in range(skipped + (parameters.horizon or 2**62)):
            chances: Distribution = distribution(learner.policy(seen), learner.log_deviation)
            actions = chances.sample(source)
            found, reward, ended, cut, _ = envs.step(actions.numpy().astype(dtype, copy=False))
            done = ended | cut
            if t >= skipped:
                rows.append(
                    (
                        seen,
                        actions,
                        chances.log_prob(actions),
                        torch.from_numpy(np.asarray(reward, np.float32)),
                        learner.values(seen),
                        torch.from_numpy(done & ~over),
                        torch.from_numpy(~over),
                    )
                )
            # The step after the end of an episode begins the next one and decides nothing; where
            # whole episodes are played, what comes after the first one does not count either.
            over = done if parameters.horizon else over | done
            seen = tensors(found)
            if parameters.horizon is None and over.all():
                break
        columns = list(zip(*rows, strict=True))
        stacked = [torch.stack(column) for column in columns[1:]]
        stacked[3] = torch.cat([stacked[3], learner.values(seen)[None]])
        history = {name: torch.stack([row[name] for row in columns[0]]) for name in seen}
        return Played(history, *stacked)


def tensors(seen: dict[str, np.ndarray]) -> Seen:
    """Return observations as the network takes them: integers as int64, all else as float32.

    Examples
    --------
    >>> found = tensors({"node": np.array([3]), "action_mask": np.ones((1, 2), np.int8)})
    >>> [str(values.dtype) for values in found.values()]
    ['torch.int64', 'torch.float32']
    """
    return {
        name: torch.from_numpy(
            np.array(values, np.int64 if values.dtype == np.int64 else np.float32)
        )
        for name, values in seen.items()
    }
