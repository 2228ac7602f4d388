"""The trainer, to be read from top to bottom."""

from __future__ import annotations

import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import torch

from netroute.core.errors import InputError, NetrouteError
from netroute.core.interrupt import first_interrupt
from netroute.experiments.settings import find_config
from netroute.experiments.training.checkpoint import Progressed, load_checkpoint, save_checkpoint
from netroute.experiments.training.config import load_config
from netroute.experiments.training.curve import draw_training
from netroute.experiments.training.descent import Descent, NotFiniteError
from netroute.experiments.training.labels import LabelStore
from netroute.experiments.training.log import Log
from netroute.experiments.training.progress import TrainProgress, say
from netroute.experiments.training.randomness import torch_seed
from netroute.experiments.training.report import TrainReport
from netroute.experiments.training.run_folder import RunFolder
from netroute.experiments.training.setup import make_policy, resolve_config
from netroute.solvers.neural.extra import torch_threads
from netroute.solvers.neural.policy_file import save_policy

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from netroute.experiments.training.config import TrainConfig
    from netroute.experiments.training.objectives.objective import Objective
    from netroute.experiments.training.task import Task
    from netroute.solvers.neural.policy import Policy

LOG_LINES = 500
"""Lines of the log for a whole training, beside those of the validations."""


def run_training(
    config: str | Path,
    out: str | Path,
    *,
    overrides: Iterable[str] = (),
    progress: bool | None = None,
) -> TrainReport:
    """Train a policy; see `netroute.experiments.training.train`."""
    path = find_config(config, "train")
    settings = load_config(path, overrides)
    with _deterministic(settings):
        try:
            settings, task, make_objective = resolve_config(settings, path.parent)
            policy = make_policy(settings, task)
            objective = make_objective(policy)
        except InputError as error:
            raise error.at(str(path)) from None
        with RunFolder(Path(out), settings) as folder:
            return Training(settings, folder, task, policy, objective, shown=progress).run()


class Training:
    """One training: what it changes, and the loop that changes it.

    Parameters
    ----------
    config : TrainConfig
        Resolved.
    folder : RunFolder
        Holds the checkpoint to go on from, if there is one.
    task, policy, objective : Task, Policy and Objective
        Made for each other.
    shown : bool, optional
        Show a bar on stderr; without it, where stderr is a terminal.
    """

    def __init__(
        self,
        config: TrainConfig,
        folder: RunFolder,
        task: Task,
        policy: Policy,
        objective: Objective,
        *,
        shown: bool | None,
    ) -> None:
        self.config = config
        self.folder = folder
        self.task = task
        self.policy = policy
        self.objective = objective
        self.shown = shown
        self.descent = Descent(objective.module, config)
        self.at = Progressed()

    def run(self) -> TrainReport:
        """Train from the checkpoint, or from the beginning, to the end."""
        config = self.config
        found = load_checkpoint(self.folder.checkpoint)
        if found is None or found[1].step < config.steps:
            labels = LabelStore(config.labels, progress=self.shown)
            data_hash = self.task.prepare(labels, say)
            if found is None:
                self.at.data_hash = data_hash
            else:
                self._go_on(*found, data_hash)
            # Without a checkpoint not even the line of the untrained policy stands.
            self.log = Log(self.folder.path, last_step=-1 if found is None else self.at.step)
            with self.log, TrainProgress(config.steps, shown=self.shown) as bar:
                if found is None:
                    self._validate()
                bar.skip(self.at.step)
                self._loop(bar)
        else:
            self.at = found[1]
        draw_training(self.folder.path, config.name)
        return TrainReport(
            name=config.name,
            problem=self.task.problem,
            solver=getattr(self.task, "solver", "policy"),
            gap=self.at.best_gap,
            step=self.at.best_step,
            steps=config.steps,
            seconds=self.at.seconds,
            policy=self.folder.policy,
        )

    def _go_on(self, state: dict[str, torch.Tensor], at: Progressed, data_hash: str) -> None:
        """Take over a checkpoint."""
        if at.data_hash != data_hash:
            raise InputError(
                "the run was begun with other labels than these",
                code="train.data",
                where=str(self.folder.path),
                hint="they were made again; train in another folder",
            )
        try:
            self.descent.load(state)
        except (RuntimeError, KeyError):
            raise InputError(
                "is of another network than the configuration makes now",
                code="train.checkpoint",
                where=str(self.folder.checkpoint),
            ) from None
        self.at = at

    def _loop(self, bar: TrainProgress) -> None:
        config, at = self.config, self.at
        with first_interrupt() as interrupted:
            for step in range(at.step + 1, config.steps + 1):
                began = time.perf_counter()
                figures = self._step(step)
                instances = figures.pop("instances", float(config.batch))
                at.count(figures, instances=instances)
                spent = time.perf_counter() - began
                validated = step % config.validate_every == 0 or step == config.steps
                if validated:
                    self._validate()
                elif step % max(1, config.steps // LOG_LINES) == 0:
                    self._write_log({})
                at.seconds += time.perf_counter() - began
                if validated or step % config.checkpoint_every == 0 or interrupted.is_set():
                    save_checkpoint(self.folder.checkpoint, self.descent.state(), at)
                bar.step(loss=figures["loss"], gap=at.gap, instances=instances, seconds=spent)
                if interrupted.is_set():
                    raise KeyboardInterrupt(
                        f"interrupted after step {step} of {config.steps}; "
                        "the same command goes on from there"
                    )

    def _step(self, step: int) -> dict[str, float]:
        """Change the weights once."""
        torch.manual_seed(torch_seed(self.config.seed, step))
        self.objective.module.train()
        self.descent.begin(step)
        try:
            figures = self.objective.update(step, self.descent)
        except NotFiniteError as error:
            # Within a step of several changes the weights belong to no step at all.
            if self.descent.changes == 0:
                save_checkpoint(self.folder.checkpoint, self.descent.state(), self.at)
            raise NetrouteError(
                f"step {step} (batch of seed [{self.config.seed}, {step}]): {error}; the last good "
                f"weights are in {self.folder.path} (lower learning_rate or clip, and give "
                f"start: {self.folder.policy} to go on from the best ones)"
            ) from None
        self.descent.end(step)
        self.at.step = step
        return figures

    def _validate(self) -> None:
        """Measure the weights, or their running mean, and keep them if they are the best so far."""
        policy = self._candidate()
        policy.eval()
        with torch.no_grad():
            found = self.task.validate(policy)
        figures = {name: float(value) for name, value in found.items()}
        at = self.at
        at.gap = figures["gap"]
        self._write_log(figures)
        if at.improves():
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
        if self.descent.average is None:
            return self.policy
        names = [n for n, module in self.objective.module.named_modules() if module is self.policy]
        return cast("Policy", self.descent.average.get_submodule(names[0]))

    def _write_log(self, figures: dict[str, float]) -> None:
        """Log the means since the last line, and ``figures``."""
        at = self.at
        row = {"step": at.step, "seconds": round(at.seconds, 3), "instances": at.instances}
        self.log.add(row | at.means() | figures)


@contextmanager
def _deterministic(config: TrainConfig) -> Iterator[None]:
    """Let torch compute the same numbers each time, on the configuration's threads."""
    before = torch.are_deterministic_algorithms_enabled()
    memory: Any = torch.utils.deterministic
    fill = memory.fill_uninitialized_memory
    with torch_threads(config.threads), torch.random.fork_rng(devices=[]):
        torch.manual_seed(torch_seed(config.seed, 0))
        torch.use_deterministic_algorithms(True)
        # It would write to all new memory, to make the use of uninitialised numbers visible.
        memory.fill_uninitialized_memory = False
        try:
            yield
        finally:
            torch.use_deterministic_algorithms(before)
            memory.fill_uninitialized_memory = fill
