"""``netroute warmup``: compile every kernel ahead of time."""

from __future__ import annotations


def warmup() -> None:
    """Compile all kernels ahead of time."""
    import time

    from netroute.cli._guard import say
    from netroute.core.jit import cache_folder
    from netroute.core.problem import resolve
    from netroute.core.registry import PROBLEMS, problem

    say("compiling kernels; this takes some seconds the first time ...")
    began = time.perf_counter()
    for path in dict.fromkeys(problem(name).warmup for name in PROBLEMS):
        if path is not None:
            resolve(path)()
    folder = cache_folder()
    print(f"kernels ready after {time.perf_counter() - began:.1f} s")
    print(f"cache: {folder}" if folder else "no folder is writable: nothing was kept")
