"""The solver's side of the PuLP process."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Self

from netroute.core.errors import NetrouteError

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from netroute.solvers.lp.answer import Answer
    from netroute.solvers.lp.worker import Job

PROGRAM = "from netroute.solvers.lp.worker import main; main()"
POLL_SECONDS = 0.05
GRACE_SECONDS = 1.0
"""How long an engine may overrun its own limit to hand over what it has."""


class Worker:
    """A process that solves models with PuLP; use it in a ``with`` statement."""

    def __enter__(self) -> Self:
        # PuLP leaves its files behind when its engine is killed.
        self._folder = tempfile.TemporaryDirectory(prefix="netroute-ilp-")
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-c", PROGRAM],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            # A group of its own: it ends together with the engine that it has started, and Ctrl-C
            # in a terminal reaches the parent only.
            start_new_session=True,
            env=os.environ | dict.fromkeys(("TMPDIR", "TMP", "TEMP"), self._folder.name),
        )
        return self

    @property
    def group(self) -> int:
        """Number of the process group."""
        return self._process.pid

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.group, signal.SIGKILL)
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with suppress(BrokenPipeError):
                    stream.close()
        self._folder.cleanup()

    def solve(
        self, job: Job, stop: Callable[[], bool], *, grace: float = GRACE_SECONDS
    ) -> Answer | None:
        """Return the answer to a job, or None once ``stop`` is true; the process is lost then.

        An engine with a limit in seconds gets ``grace`` seconds more to hand over what it has.

        Raises
        ------
        NetrouteError
            The engine is not available or has failed.
        """
        received: list[Answer] = []
        exchange = threading.Thread(target=self._exchange, args=(job, received), daemon=True)
        exchange.start()
        overrun = 0.0
        while exchange.is_alive():
            exchange.join(POLL_SECONDS)
            if stop():
                overrun += POLL_SECONDS
                if job.seconds is None or overrun > grace:
                    return None
        if not received:
            raise NetrouteError("the PuLP process ended unexpectedly")
        if received[0].fault:
            raise NetrouteError(received[0].fault)
        return received[0]

    def _exchange(self, job: Job, received: list[Answer]) -> None:
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        try:
            pickle.dump(job, stdin)
            stdin.flush()
            received.append(pickle.load(stdout))
        except (EOFError, OSError, ValueError, pickle.UnpicklingError):
            return
