"""From exceptions to one line on standard error and an exit code."""

from __future__ import annotations

import contextlib
import functools
import os
import signal
import sys
import threading
from typing import TYPE_CHECKING, Any

from netroute.core.errors import NetrouteError

if TYPE_CHECKING:
    from collections.abc import Callable

DEFECT = 1
INTERRUPTED = 130
PIPE_CLOSED = 141


def guarded(command: Callable[..., None]) -> Callable[..., None]:
    """Wrap a command: each exception becomes one clear line and the exit code that it stands for.

    With the environment variable ``NETROUTE_DEBUG`` the traceback comes before the line.
    """

    @functools.wraps(command)
    def run(*args: Any, **kwargs: Any) -> None:
        with _terminated_as_interrupted():
            try:
                command(*args, **kwargs)
                sys.stdout.flush()
            except BrokenPipeError:
                raise SystemExit(PIPE_CLOSED) from None
            except KeyboardInterrupt:
                say("interrupted")
                raise SystemExit(INTERRUPTED) from None
            except NetrouteError as error:
                _tell(error, str(error))
                raise SystemExit(error.exit_code) from None
            except MemoryError as error:
                _tell(error, "out of memory")
                raise SystemExit(DEFECT) from None
            except Exception as error:
                if type(error).__module__.startswith("typer"):
                    raise
                hint = "(a defect of netroute; NETROUTE_DEBUG=1 shows where)"
                _tell(error, f"{type(error).__name__}: {error} {hint}")
                raise SystemExit(DEFECT) from None

    return run


def say(text: str) -> None:
    """Print one line on standard error."""
    with contextlib.suppress(OSError):
        print(" ".join(text.split()), file=sys.stderr, flush=True)


def mute_closed_output() -> None:
    """Flush standard output; where its reader went away, keep the interpreter from complaining."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _tell(error: BaseException, text: str) -> None:
    if os.environ.get("NETROUTE_DEBUG"):
        import traceback

        traceback.print_exception(error, file=sys.stderr)
    say(f"error: {text}")


@contextlib.contextmanager
def _terminated_as_interrupted() -> Any:
    """Let SIGTERM end a command just as Ctrl-C does."""

    def interrupt(_number: int, _frame: Any) -> None:
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
