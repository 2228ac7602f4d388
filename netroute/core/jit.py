"""The one decorator for Numba kernels, and where their compiled code is kept.

Numba keys a cached kernel by the time of its own file only, so an edited helper in another
module would go unnoticed. The cache therefore lies in a folder named after a hash of every
kernel source of the installation. Where no folder is writable Numba refuses to decorate;
the kernels are then compiled anew in each process.
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


def _kernel_sources() -> list[Path]:
    package = Path(__file__).resolve().parents[1]
    roots = [package, package / "solvers", _ROOT / "solvers", package / "envs", _ROOT / "envs"]
    found = {path for root in roots if root.is_dir() for path in root.glob("**/_kernels/**/*.py")}
    return sorted(found)


@cache
def source_hash() -> str:
    """Hash of all kernel sources of this installation: 16 hexadecimal digits."""
    digest = hashlib.blake2b(digest_size=8)
    # This file too: it sets options. Bounds checking changes the code, but not Numba's own key.
    digest.update(Path(__file__).read_bytes())
    digest.update(os.environ.get("NUMBA_BOUNDSCHECK", "").encode())
    for path in _kernel_sources():
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def cache_folder() -> Path | None:
    """Folder for compiled kernels, or None where nothing can be written.

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
    folder = base / source_hash()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    return folder if os.access(folder, os.W_OK) else None


@cache
def _folder() -> Path | None:
    """Look for a folder once: all kernels of a process share it."""
    return cache_folder()


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
        folder = _folder()
        if folder is None or not Path(inner.__code__.co_filename).is_file():
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
