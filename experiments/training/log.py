"""The log of a training: a line of JSON each, and TensorBoard's files where it is installed."""

from __future__ import annotations

import json
import math
from contextlib import suppress
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Self

from netroute.core.errors import InputError
from netroute.core.files import write_atomic

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class Log:
    """Lines with ``step``, ``seconds`` and figures, kept in ``log.jsonl`` of the run's folder.

    Parameters
    ----------
    folder : Path
        The run's folder.
    last_step : int
        Step of the checkpoint; what was logged after it, or cut off, is forgotten, since those
        steps are done again.
    """

    def __init__(self, folder: Path, *, last_step: int) -> None:
        self._path = folder / "log.jsonl"
        self.rows = [row for row in read_log(self._path) if row["step"] <= last_step]
        write_atomic(self._path, self.text())
        self._board = _board(folder / "tensorboard", last_step)

    def add(self, row: Mapping[str, float]) -> None:
        """Append a line; it has reached the file when this returns."""
        self.rows.append(dict(row))
        try:
            with self._path.open("a", encoding="utf-8") as stream:
                stream.write(_line(row))
            for name in row.keys() - {"step", "seconds"} if self._board is not None else ():
                self._board.add_scalar(name, row[name], row["step"])
        except OSError as error:
            raise InputError(
                f"cannot be written: {error.strerror}", code="file.write", where=str(self._path)
            ) from error

    def text(self) -> str:
        """All lines."""
        return "".join(map(_line, self.rows))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._board is not None:
            # A disk that is full has been complained of already.
            with suppress(OSError):
                self._board.close()


def read_log(path: Path) -> list[dict[str, Any]]:
    """Read the rows of a log; a last line that was cut off counts for nothing."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot be read: {error}", where=str(path)) from None
    rows = []
    for line in lines:
        try:
            row = json.loads(line)
        except ValueError:
            break
        if not isinstance(row, dict) or not isinstance(row.get("step"), int):
            break
        rows.append(row)
    return rows


def _line(row: Mapping[str, float]) -> str:
    # JSON has no word for what is not a finite number.
    plain = {name: value if math.isfinite(value) else None for name, value in row.items()}
    return json.dumps(plain) + "\n"


def _board(folder: Path, last_step: int) -> Any:
    if find_spec("tensorboard") is None:
        return None
    from torch.utils.tensorboard import SummaryWriter

    return SummaryWriter(str(folder), purge_step=last_step + 1)
