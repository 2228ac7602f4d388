"""The one decorator for Numba kernels, and where their compiled code is kept.

Numba keys a cached kernel by the time of its own file only, so an edited helper in another
module would go unnoticed. The cache of a family of problems therefore lies in a folder named after
a hash of every kernel source that its kernels may call: the family's own, in all rooms, and those
that all families share. Where no folder is writable Numba refuses to decorate; the kernels are
then compiled anew in each process.
"""

from __future__ import annotations

import hashlib
import os
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_ROOT = Path(__file__).resolve().parents[2]


_SHARED = ("netroute", "solvers", "envs")
"""Rooms whose own folder `_kernels` serves every family."""


def _kernel_sources(family: str | None = None) -> list[Path]:
    """List kernel files: all of them, or those that kernels of one family can call."""
    package = Path(__file__).resolve().parents[1]
    roots = [package, package / "solvers", _ROOT / "solvers", package / "envs", _ROOT / "envs"]
    found = {path for root in roots if root.is_dir() for path in root.glob("**/_kernels/**/*.py")}
    return sorted(path for path in found if family is None or _family(path) in (family, None))


def _family(source: Path) -> str | None:
    """Return the folder around `_kernels`; None for shared kernels and files elsewhere."""
    parts = source.parts
    if "_kernels" not in parts:
        return None
    owner = parts[parts.index("_kernels") - 1]
    return None if owner in _SHARED else owner


@cache
def source_hash(family: str | None = None) -> str:
    """Hash of the kernel sources of a family, or of this installation: 16 hexadecimal digits."""
    digest = hashlib.blake2b(digest_size=8)
    # This file too: it sets options. Bounds checking changes the code, but not Numba's own key.
    digest.update(Path(__file__).read_bytes())
    digest.update(os.environ.get("NUMBA_BOUNDSCHECK", "").encode())
    for path in _kernel_sources(family):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def cache_folder() -> Path | None:
    """Folder above those of compiled kernels, or None where nothing can be written.

    ``NETROUTE_JIT_CACHE`` names another base folder; the value 0 switches the cache off.
    """
    given = os.environ.get("NETROUTE_JIT_CACHE")
    if given == "0":
        return None
    if given:
        base = Path(given)
    elif "XDG_CACHE_HOME" in os.environ:
        base = Path(os.environ["XDG_CACHE_HOME"]) / "netroute" / "jit"
    else:
        try:
            base = Path.home() / ".cache" / "netroute" / "jit"
        except RuntimeError:
            return None
    try:
        base.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    return base if os.access(base, os.W_OK) else None


@cache
def _folder(family: str | None) -> Path | None:
    """Look for a family's folder once a process."""
    base = cache_folder()
    if base is None:
        return None
    folder = base / (f"{family}-{source_hash(family)}" if family else source_hash())
    try:
        folder.mkdir(exist_ok=True)
    except OSError:
        return None
    return folder if os.access(folder, os.W_OK) else None


_BLAS = "scipy.linalg.cython_blas"


@cache
def _numba() -> Any:
    """Import Numba, but not SciPy's linear algebra, which takes as long and which no kernel uses.

    Numba imports it only to learn whether matrix products can be compiled. A stand-in tells it so
    and goes away at once: whoever really multiplies matrices gets the true module.
    """
    import numba

    if "numba.np.arraymath" in sys.modules or "scipy.linalg" in sys.modules:
        return numba
    with suppress(ImportError):
        import scipy  # noqa: F401

        sys.modules[_BLAS] = ModuleType(_BLAS)
        try:
            import numba.np.arraymath
        finally:
            del sys.modules[_BLAS]
    return numba


_KERNELS: list[Any] = []


def compilations() -> int:
    """Count the kernel variants compiled by this process; those loaded from disk do not count."""
    return sum(len(k.overloads) - sum(k.stats.cache_hits.values()) for k in _KERNELS)


def kernel(function: Callable[..., Any] | None = None, /, **options: Any) -> Any:
    """Compile a function to nopython machine code on its first call.

    Options go to ``numba.njit``; ``nogil``, ``error_model="numpy"`` and, where a cache folder
    is writable, ``cache`` are set here. Kernels that allocate nothing pass ``_nrt=False``, which
    drops reference counting: 3-5 times faster where helpers take named tuples of arrays.

    Examples
    --------
    >>> @kernel(_nrt=False)
    ... def twice(x):
    ...     return 2 * x
    >>> twice(21)
    42
    """
    numba = _numba()

    def wrap(inner: Callable[..., Any]) -> Any:
        settings = {"nogil": True, "error_model": "numpy", **options}
        source = Path(inner.__code__.co_filename)
        folder = _folder(_family(source)) if source.is_file() else None
        if folder is None:
            return _known(numba.njit(**settings)(inner))
        # Numba reads its setting while it decorates; a user's own kernels keep theirs.
        config: Any = numba.config
        before = config.CACHE_DIR
        config.CACHE_DIR = str(folder)
        try:
            return _known(numba.njit(cache=True, **settings)(inner))
        except RuntimeError as error:
            if "no locator available" not in str(error):
                raise
            return _known(numba.njit(**settings)(inner))
        finally:
            config.CACHE_DIR = before

    return wrap if function is None else wrap(function)


def _known(dispatcher: Any) -> Any:
    _KERNELS.append(dispatcher)
    return dispatcher
