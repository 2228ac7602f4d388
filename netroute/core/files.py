"""Files are written whole or not at all."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from netroute.core.errors import InputError


def write_atomic(path: str | Path, data: str | bytes) -> None:
    """Write ``data`` to a temporary file beside ``path`` and rename it into place.

    A symbolic link is followed. Devices and pipes, which must not be replaced, are written to.

    Raises
    ------
    InputError
        The file cannot be written; what was there before is untouched.
    """
    target = Path(path).resolve()
    require_writable(path)
    payload = data.encode() if isinstance(data, str) else data
    try:
        if target.exists() and not target.is_file():
            target.write_bytes(payload)
            return
        temporary = target.with_name(f".{secrets.token_hex(8)}.tmp")
        try:
            with temporary.open("xb") as stream:
                stream.write(payload)
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise InputError(
            f"cannot be written: {error.strerror}", code="file.write", where=str(path)
        ) from error


def require_writable(path: str | Path) -> None:
    """Raise `InputError` unless a file can be written at ``path``."""
    try:
        obstacle = _obstacle(Path(path).resolve())
    except OSError as error:
        obstacle = f"cannot be written: {error.strerror}"
    if obstacle:
        raise InputError(obstacle, code="file.write", where=str(path))


def _obstacle(target: Path) -> str | None:
    if target.is_dir():
        return "is a directory, expected a file"
    if not target.parent.is_dir():
        return f"cannot be written: folder {target.parent} does not exist"
    # Renaming needs the folder only, but a write-protected file asks to be kept.
    guarded = [target] if target.exists() else []
    if target.is_file() or not guarded:
        guarded.append(target.parent)
    if not all(os.access(entry, os.W_OK) for entry in guarded):
        return "cannot be written: permission denied"
    return None
