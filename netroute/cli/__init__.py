"""The command line: ``netroute COMMAND …``, one file a command.

Exit codes: 0 answer found, 2 wrong usage or input, 3 proven infeasible, 4 no answer within the
budget, 130 interrupted (the incumbent is still written); besides 1 for a defect of netroute and
141 where the reader of a pipe went away. Results go to standard output, everything else to
standard error.
"""

from __future__ import annotations

import time

began: float | None = None
"""When `main` was called, by `time.perf_counter`: deadlines of commands count from here."""


def main(arguments: list[str] | None = None) -> int:
    """Run the command line and return its exit code; ``arguments`` default to ``sys.argv``."""
    global began
    began = time.perf_counter()
    from netroute.cli._guard import guarded, mute_closed_output

    def call() -> None:
        from netroute.cli.app import build

        build()(args=arguments, prog_name="netroute")

    try:
        guarded(call)()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0 if end.code is None else 2
    else:
        code = 0
    mute_closed_output()
    return code
