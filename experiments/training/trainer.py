"""The trainer: reads from top to bottom."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from netroute.core.errors import InputError, NetrouteError
from netroute.core.interrupt import first_interrupt
from netroute.experiments.settings import find_config, load_settings
from netroute.experiments.training.checkpoint import (
    Progressed,
    load_checkpoint,
    save_checkpoint,
)
from netroute.experiments.training.config import Part, TrainConfig
from netroute.experiments.training.descent import Descent, NotFiniteError
from netroute.experiments.training.labels import LabelStore
from netroute.experiments.training.log import Log
from netroute.experiments.training.progress import TrainProgress, say
from netroute.experiments.training.randomness import torch_seed
from netroute.experiments.training.registry import OBJECTIVES, TASKS, read_part
from netroute.experiments.training.run_folder import RunFolder
from netroute.solvers.neural.extra import torch_threads
from netroute.solvers.neural.policy_file import load_policy, save_policy

if TYPE_CHECKING:
    from collections.abc import Iterable

    from netroute.experiments.training.task import Task
    from netroute.solvers.neural.policy import Policy

LOG_LINES = 500
"""Lines of the log for a whole training, beside those of the validations."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainReport:
    """What a training came to.

    Attributes
    ----------
    name, problem : str
        The policy's, and the problem that it is for.
    gap : float
        Lowest on the validation set, in percent.
    step, steps : int
        When it was reached, and the length of the training.
    seconds : float
        Over all sessions, without making labels.
    policy : Path
        Folder of the weights.
    """

    name: str
    problem: str
    gap: float
    step: int
    steps: int
    seconds: float
    policy: Path

    def __str__(self) -> str:
        return (
            f"{self.name}: gap {self.gap:.3f} % at step {self.step} of {self.steps}, "
            f"{self.seconds:.0f} s; the weights are in {self.policy}\n"
            f"netroute solve {self.problem} FILE --solver policy --set weights={self.policy}"
        )


def run_training(
    config: str | Path,
    out: str | Path,
    *,
    overrides: Iterable[str] = (),
    progress: bool | None = None,
) -> TrainReport:
    """Train a policy; see `netroute.experiments.training.train`."""
    path = find_config(config, "train")
    settings = load_settings(TrainConfig, path, overrides)
    try:
        settings, task, make_objective = _resolved(settings)
    except InputError as error:
        raise error.at(str(path)) from None
    folder = RunFolder(Path(out), settings)
    try:
        with torch_threads(settings.threads), torch.random.fork_rng(devices=[]):
            torch.manual_seed(torch_seed(settings.seed, 0))
            policy = _make_policy(settings, task, str(path))
            return _Training(settings, folder, task, policy, make_objective, progress).run()
    finally:
        folder.close()


def _resolved(config: TrainConfig) -> tuple[TrainConfig, Any, Any]:
    """Return the configuration with all defaults, the task, and what makes the objective."""
    task_class, task_parameters = read_part("task", config.task, TASKS)
    objective_class, parameters = read_part("objective", config.objective, OBJECTIVES)
    task = task_class(task_parameters)
    architecture = config.policy.architecture or task.architectures[0]
    if architecture not in task.architectures:
        raise InputError(
            f"found {architecture!r}, expected one of: {', '.join(task.architectures)}",
            where="policy.architecture",
        )
    changes = {
        "task": Part(name=config.task.name, parameters=task_parameters.model_dump(mode="json")),
        "objective": Part(
            name=config.objective.name, parameters=parameters.model_dump(mode="json")
        ),
        "policy": config.policy.model_copy(update={"architecture": architecture}),
    }
    config = config.model_copy(update=changes)

    def make(policy: Policy) -> Any:
        return objective_class(task, policy, parameters=parameters, config=config)

    return config, task, make


def _make_policy(config: TrainConfig, task: Task, where: str) -> Policy:
    """Return a new policy, or the one to go on from."""
    if config.start is None:
        return task.make_policy(config.policy)
    policy = load_policy(
        config.start, problem=task.problem, architectures=[str(config.policy.architecture)]
    )
    made = policy.settings()
    for name, value in config.policy.settings.items():
        if made.get(name) != value:
            raise InputError(
                f"found {value!r}, but the policy to start from has {made.get(name)!r}",
                where=f"{where}: policy.settings.{name}",
            )
    return policy


class _Training:
    """The loop and what it changes."""

    def __init__(
        self,
        config: TrainConfig,
        folder: RunFolder,
        task: Task,
        policy: Policy,
        make_objective: Any,
        progress: bool | None,
    ) -> None:
        self.config = config
        self.folder = folder
        self.task = task
        self.shown = progress
        self.objective = make_objective(policy)
        self.descent = Descent(self.objective.module, config)
        self.policy = policy
        self.at = Progressed()

    def run(self) -> TrainReport:
        """Train from the checkpoint, or from the beginning, to the end."""
        labels = LabelStore(self.config.labels, progress=self.shown)
        data_hash = self.task.prepare(labels, say)
        self._go_on(data_hash)
        with TrainProgress(self.config.steps, shown=self.shown) as bar:
            bar.skip(self.at.step)
            self.log = Log(self.folder.path, last_step=self.at.step if self.at.data_hash else -1)
            try:
                if not self.at.data_hash:
                    self.at.data_hash = data_hash
                    self._validate()
                    self._save()
                self._loop(bar)
            finally:
                self.log.close()
        return TrainReport(
            name=self.config.name,
            problem=self.task.problem,
            gap=float(self.at.best_gap or 0.0),
            step=self.at.best_step,
            steps=self.config.steps,
            seconds=self.at.seconds,
            policy=self.folder.policy,
        )

    def _go_on(self, data_hash: str) -> None:
        """Take over the checkpoint, if there is one."""
        found = load_checkpoint(self.folder.checkpoint)
        if found is None:
            return
        state, self.at = found
        if self.at.data_hash != data_hash:
            raise InputError(
                "the run was trained on other labels than these",
                code="train.data",
                where=str(self.folder.path),
                hint="the labels in the cache were made again; train in another folder",
            )
        self.descent.load(state)

    def _loop(self, bar: TrainProgress) -> None:
        config, at = self.config, self.at
        before, clock = at.seconds, time.perf_counter()
        with first_interrupt() as interrupted:
            for step in range(at.step + 1, config.steps + 1):
                torch.manual_seed(torch_seed(config.seed, step))
                self.objective.module.train()
                self.descent.begin(step)
                try:
                    figures = self.objective.update(step, self.descent)
                except NotFiniteError as error:
                    self._save()
                    raise self._no_number(step, error) from None
                self.descent.end(step)
                instances = figures.pop("instances", float(config.batch))
                at.step, at.instances = step, at.instances + instances
                at.seconds = before + time.perf_counter() - clock
                self._sum(figures)
                due = step % config.validate_every == 0 or step == config.steps
                if due:
                    self._validate()
                elif step % max(1, config.steps // LOG_LINES) == 0:
                    self._write_log({})
                if step % config.checkpoint_every == 0 or due or interrupted.is_set():
                    self._save()
                bar.step(loss=figures["loss"], gap=at.gap, instances=instances)
                if interrupted.is_set():
                    raise KeyboardInterrupt

    def _validate(self) -> None:
        """Measure the weights, or their mean, and keep them if they are the best so far."""
        policy = self._candidate()
        policy.eval()
        with torch.inference_mode():
            figures = self.task.validate(policy)
        at = self.at
        at.gap = float(figures["gap"])
        self._write_log(figures)
        if at.best_gap is None or at.gap < at.best_gap:
            at.best_gap, at.best_step = at.gap, at.step
            save_policy(
                self.folder.policy,
                policy,
                problem=self.task.problem,
                seed=self.config.seed,
                data_hash=at.data_hash,
                config=self.folder.config_text,
                log=self.log.text(),
                figures={"step": at.step, **figures},
            )

    def _candidate(self) -> Policy:
        """Return the policy within the running mean, where there is one."""
        if self.descent.average is None:
            return self.policy
        for name, module in self.objective.module.named_modules():
            if module is self.policy:
                return self.descent.average.get_submodule(name)  # type: ignore[return-value]
        raise TypeError("the objective's module does not contain the policy")

    def _sum(self, figures: dict[str, float]) -> None:
        pending = self.at.pending
        for name, value in {"steps": 1.0, **figures}.items():
            pending[name] = pending.get(name, 0.0) + value

    def _write_log(self, figures: dict[str, float]) -> None:
        """Log the means since the last line, and ``figures``."""
        count = self.at.pending.pop("steps", 1.0)
        means = {name: value / count for name, value in self.at.pending.items()}
        self.at.pending = {}
        row: dict[str, Any] = {"step": self.at.step, "seconds": round(self.at.seconds, 3)}
        self.log.add(row | {"instances": self.at.instances} | means | figures)

    def _save(self) -> None:
        save_checkpoint(self.folder.checkpoint, self.descent.state(), self.at)

    def _no_number(self, step: int, error: NotFiniteError) -> NetrouteError:
        return NetrouteError(
            f"step {step}, batch of seed [{self.config.seed}, {step}]: {error}; "
            f"the weights before it are kept in {self.folder.path} "
            "(try a lower learning_rate or clip)"
        )
