"""What a user sees on stderr while a policy is trained; quiet where that is no terminal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from types import TracebackType

_MEMORY = 0.9
"""Weight of the past in the loss and the rate that are shown."""


class TrainProgress:
    """A bar with loss, gap, instances a second and the time left.

    Parameters
    ----------
    total : int
        Steps, or chunks of labels.
    shown : bool, optional
        Without it, where stderr is a terminal.
    """

    def __init__(self, total: int, *, shown: bool | None = None) -> None:
        from rich import progress
        from rich.console import Console

        console = Console(stderr=True)
        self._bar = progress.Progress(
            progress.BarColumn(),
            progress.MofNCompleteColumn(),
            progress.TimeElapsedColumn(),
            progress.TextColumn("left"),
            progress.TimeRemainingColumn(),
            progress.TextColumn("{task.description}", markup=False),
            console=console,
            disable=not (console.is_terminal if shown is None else shown),
            # The bar shares its core with the training.
            refresh_per_second=1,
        )
        self._task = self._bar.add_task("starting", total=total)
        self._loss: float | None = None
        self._rate: float | None = None

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bar.stop()

    def skip(self, count: int) -> None:
        """Count what was done in an earlier session."""
        self._bar.update(self._task, completed=count)

    def advance(self, text: str) -> None:
        """Count one."""
        self._bar.update(self._task, advance=1, description=text)

    def step(self, *, loss: float, gap: float, instances: float, seconds: float) -> None:
        """Count one step of the training, whose batch took ``seconds``."""
        rate = instances / max(seconds, 1e-9)
        self._loss = loss if self._loss is None else _mixed(self._loss, loss)
        self._rate = rate if self._rate is None else _mixed(self._rate, rate)
        self.advance(f"loss {self._loss:.4g}  gap {gap:.2f} %  {self._rate:,.0f} instances/s")


def say(text: str) -> None:
    """Print one line on stderr where that is a terminal."""
    if sys.stderr.isatty():
        print(text, file=sys.stderr, flush=True)


def _mixed(past: float, now: float) -> float:
    return _MEMORY * past + (1.0 - _MEMORY) * now
