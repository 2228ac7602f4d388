"""What a user sees on standard error while a solver works."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any, Self

from netroute.cli._options import figure, percent
from netroute.core.result import relative_gap

if TYPE_CHECKING:
    from collections.abc import Iterator

    from netroute.core.event import Event

REFRESH_PER_SECOND = 8
BAR_WIDTH = 20


class Progress:
    """Follows a run: a live line on a terminal, else nothing; with ``verbose`` the improvements.

    Parameters
    ----------
    seconds : float, optional
        The deadline, for the bar.
    noun : str
        What the objective is called.
    verbose : bool
        Print a line for each improvement and each stage.
    """

    def __init__(self, *, seconds: float | None, noun: str = "cost", verbose: bool = False) -> None:
        self._noun = noun
        self._deadline = seconds
        self._verbose = verbose
        self._began = time.perf_counter()
        self._event: Event | None = None
        self._at = self._began
        self._answer: str | None = None
        self._stage = "starting"
        self._live: Any = None
        self._console: Any = None

    def __enter__(self) -> Self:
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.live import Live
            from rich.spinner import Spinner

            self._console = Console(stderr=True)
            self._spinner = Spinner("dots")
            self._live = Live(
                self,
                console=self._console,
                refresh_per_second=REFRESH_PER_SECOND,
                transient=True,
                redirect_stdout=False,
                redirect_stderr=False,
            )
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._live is not None:
            self._live.stop()

    def observe(self, event: Event) -> None:
        """Take one event of the run; drawing happens in a thread of its own."""
        now = time.perf_counter()
        if event.kind == "phase":
            self._stage = event.message
            if self._verbose:
                self._line(f"{event.seconds:8.2f} s  {event.message}")
        elif event.kind in ("tick", "incumbent"):
            self._stage = ""
        if event.kind == "incumbent":
            self._answer = _answer(event)
        self._event, self._at = event, now
        if self._verbose and event.kind in ("incumbent", "bound"):
            self._line(f"{event.seconds:8.2f} s  {'  '.join(self._figures(event))}")

    def __rich_console__(self, *_: object) -> Iterator[Any]:
        from rich.progress_bar import ProgressBar
        from rich.table import Table
        from rich.text import Text

        now = time.perf_counter()
        event = self._event
        # Between events the clock runs on, but not while kernels are being compiled.
        spent = 0.0 if event is None else event.seconds + (0.0 if self._stage else now - self._at)
        parts: list[Any] = [self._spinner.render(now)]
        if self._deadline is None:
            parts.append(Text(f"{spent:.1f} s"))
        else:
            parts.append(Text(f"{min(spent, self._deadline):.1f}/{self._deadline:g} s"))
            parts.append(ProgressBar(total=self._deadline, completed=spent, width=BAR_WIDTH))
        said = [] if event is None else self._figures(event)
        if self._stage:
            said.append(f"{self._stage} ({now - self._at:.0f} s)")
        parts.append(Text("  ".join(said), no_wrap=True, overflow="ellipsis"))
        grid = Table.grid(padding=(0, 1))
        for _part in parts:
            grid.add_column(no_wrap=True)
        grid.add_row(*parts)
        yield grid

    def _figures(self, event: Event) -> list[str]:
        said = [f"it {event.iteration}"]
        if event.objective is not None:
            said.append(f"{self._noun} {figure(event.objective)}")
        if event.bound is not None:
            said.append(f"bound {figure(event.bound)}")
            gap = relative_gap(event.objective, event.bound)
            if gap is not None:
                said.append(f"gap {percent(gap)}")
        if self._answer is not None:
            said.append(self._answer)
        return said

    def _line(self, text: str) -> None:
        if self._console is not None:
            self._console.print(text, markup=False, highlight=False)
        else:
            print(text, file=sys.stderr, flush=True)


def _answer(event: Event) -> str | None:
    """Say in a word what an answer consists of."""
    info = event.info or {}
    for noun in ("vehicles", "admitted"):
        if noun in info:
            return f"{int(info[noun])} {noun}"
    routes = getattr(event.solution, "routes", None)
    return None if routes is None else f"{len(routes)} vehicles"
