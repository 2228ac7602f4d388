"""Files are written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from netroute.core.errors import InputError


def write_atomic(path: str | Path, data: str | bytes) -> None:
    """Write ``data`` to a temporary file beside ``path`` and rename it into place."""
    target = Path(path)
    require_writable(target)
    payload = data.encode() if isinstance(data, str) else data
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(payload)
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(target)
    except OSError as error:
        raise InputError(
            f"cannot be written: {error.strerror}", code="file.write", where=str(target)
        ) from error
    finally:
        temporary.unlink(missing_ok=True)


def require_writable(path: str | Path) -> None:
    """Raise `InputError` unless a file can be written at ``path``."""
    target = Path(path)
    if target.is_dir():
        raise InputError("is a directory, expected a file", code="file.write", where=str(target))
    if not target.parent.is_dir():
        raise InputError(
            f"cannot be written: folder {target.parent} does not exist",
            code="file.write",
            where=str(target),
        )
    if not os.access(target.parent, os.W_OK) or (target.exists() and not os.access(target, os.W_OK)):
        raise InputError(
            "cannot be written: permission denied", code="file.write", where=str(target)
        )


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
