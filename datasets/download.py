"""Verified downloads into a cache on the user's machine."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import IO, TYPE_CHECKING

from netroute.core.errors import InputError
from netroute.core.files import write_atomic
from netroute.datasets.suites import digest

if TYPE_CHECKING:
    from requests import Response

TIMEOUT_SECONDS = 30
SIZE_LIMIT = 64 * 2**20
"""Most bytes that are taken from a server."""


def cache_folder() -> Path:
    """Folder for downloaded files: ``NETROUTE_CACHE``, else one in the user's cache."""
    given = os.environ.get("NETROUTE_CACHE")
    if given:
        return Path(given)
    base = os.environ.get("XDG_CACHE_HOME")
    try:
        return (Path(base) if base else Path.home() / ".cache") / "netroute" / "datasets"
    except RuntimeError:
        return Path(tempfile.gettempdir()) / "netroute" / "datasets"


def cached(file: Path, sha256: str) -> bool:
    """Whether ``file`` is in the cache, whole and unchanged."""
    try:
        return digest(file.read_bytes()) == sha256
    except OSError:
        return False


def download(url: str, file: Path, *, sha256: str, hint: str) -> None:
    """Download ``url`` to ``file`` if its checksum is right; otherwise nothing is left behind.

    Parameters
    ----------
    url : str
        HTTP or HTTPS address.
    file : Path
        Its folder is made if need be.
    sha256 : str
        What `netroute.datasets.suites.digest` must give.
    hint : str
        What the user can do if it fails.

    Raises
    ------
    InputError
        Offline, not found, cut off, another content, or no place to write; it names the address.
    """
    # They take 0.2 seconds to import, which only a download needs to pay for.
    import pooch
    from requests import RequestException

    answers: list[Response] = []
    hooks = {"response": lambda answer, **_: answers.append(answer)}
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile() as stream:
            bounded = _Bounded(stream)
            pooch.HTTPDownloader(timeout=TIMEOUT_SECONDS, hooks=hooks)(url, bounded, None)
            stream.seek(0)
            data = stream.read()
    except RequestException as error:
        raise _failed(url, file, _reason(error), hint) from None
    except OSError as error:
        raise _failed(url, file, error.strerror or str(error), hint) from None
    except ValueError as error:
        raise _failed(url, file, str(error), hint) from None
    finally:
        for answer in answers:
            answer.close()
    found = digest(data)
    if found != sha256:
        raise InputError(
            f"{file.name}: the download has the checksum {found[:16]}…, expected {sha256[:16]}…: "
            "damaged or changed, nothing was kept",
            code="dataset.checksum",
            where=url,
            hint=hint,
        )
    write_atomic(file, data)


class _Bounded:
    """A stream that refuses to grow beyond `SIZE_LIMIT`."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._left = SIZE_LIMIT

    def write(self, data: bytes) -> int:
        """Write ``data``."""
        self._left -= len(data)
        if self._left < 0:
            raise ValueError(f"the file is larger than {SIZE_LIMIT // 2**20} MiB")
        return self._stream.write(data)

    def flush(self) -> None:
        """Flush the stream."""
        self._stream.flush()


def _failed(url: str, file: Path, reason: str, hint: str) -> InputError:
    return InputError(
        f"{file.name} cannot be downloaded: {reason}", code="dataset.download", where=url, hint=hint
    )


def _reason(error: Exception) -> str:
    """One line of a chain of library errors."""
    response = getattr(error, "response", None)
    if response is not None:
        return f"the server answers {response.status_code} {response.reason}"
    inner: BaseException = error
    while inner.__context__ is not None:
        inner = inner.__context__
    return " ".join(str(inner).split())[:120] or type(error).__name__
