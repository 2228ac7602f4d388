"""A peer in a process of its own, which is killed where it does not end in time."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from netroute.core.errors import NetrouteError, NoAnswerError

if TYPE_CHECKING:
    from collections.abc import Callable

    from netroute.core.recorder import Recorder

POLL_SECONDS = 0.05


def answer_of(program: str, job: Any, recorder: Recorder, *, peer: str, advice: str) -> Any:
    """Return what a program answers to a job.

    Parameters
    ----------
    program : str
        Python code that calls `serve`.
    job : object
        Is pickled.
    recorder : Recorder
        Says when to stop waiting.
    peer, advice : str
        The peer's name and what else to try, for the message.

    Raises
    ------
    NoAnswerError
        The peer had to be killed.
    NetrouteError
        It has failed.
    """
    process = subprocess.Popen(
        [sys.executable, "-P", "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    received: list[Any] = []
    exchange = threading.Thread(target=_exchange, args=(process, job, received), daemon=True)
    exchange.start()
    while exchange.is_alive() and not recorder.stop():
        exchange.join(POLL_SECONDS)
    ended = not exchange.is_alive()
    process.kill()
    process.wait()
    exchange.join()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            with suppress(BrokenPipeError):
                stream.close()
    if not ended:
        raise NoAnswerError(
            f"{peer} was killed after {recorder.clock.elapsed():.1f} s: it had not ended within "
            f"the budget and reports nothing before; {advice}"
        )
    if not received:
        raise NetrouteError(f"the process of {peer} ended unexpectedly")
    return received[0]


def serve(answer: Callable[[Any], Any]) -> None:
    """Answer the pickled job on standard input; for the process itself."""
    # Answers go to a copy of standard output: a peer that prints must not spoil them.
    channel = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    pickle.dump(answer(pickle.load(sys.stdin.buffer)), channel)
    channel.flush()


def _exchange(process: subprocess.Popen[bytes], job: Any, received: list[Any]) -> None:
    if process.stdin is None or process.stdout is None:
        return
    try:
        pickle.dump(job, process.stdin)
        process.stdin.flush()
        received.append(pickle.load(process.stdout))
    except (EOFError, OSError, ValueError, pickle.UnpicklingError):
        return
