"""A progress bar on stderr, quiet where that is no terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from types import TracebackType

    from netroute.experiments.plan import PlannedRun
    from netroute.experiments.worker import Outcome


class Progress:
    """Counts the runs of a benchmark.

    Parameters
    ----------
    total : int
        All runs, those of an earlier session included.
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
            # The bar shares its cores with the solvers under measurement.
            refresh_per_second=1,
        )
        self._task = self._bar.add_task("starting", total=total)

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
        """Count runs that were finished in an earlier session."""
        self._bar.update(self._task, advance=count)

    def advance(self, run: PlannedRun, outcome: Outcome) -> None:
        """Count one run and show what came of it."""
        result = f"{outcome.objective:,.10g}" if outcome.objective is not None else outcome.status
        text = f"{run.instance.name} {run.solver.label}: {result}"
        self._bar.update(self._task, advance=1, description=text)
