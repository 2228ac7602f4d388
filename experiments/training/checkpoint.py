"""One file from which a training goes on as if it had never stopped.

Tensors and the few plain figures beside them go into a single safetensors file, which is written
beside the old one, brought to the disk and renamed: there is always one whole checkpoint.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

import safetensors.torch
from safetensors import SafetensorError, safe_open

from netroute.core.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from torch import Tensor

_FORMAT = "netroute checkpoint 1"


@dataclass(slots=True, kw_only=True)
class Progressed:
    """How far a training has come.

    Attributes
    ----------
    step : int
        Steps that were done.
    seconds : float
        Time that they took, over all sessions.
    instances : float
        What was worked through.
    best_gap, best_step : float or None, int
        Lowest validation gap in percent, and the step that it came with.
    gap : float or None
        Of the last validation.
    data_hash : str
        Of the data on which it was trained.
    pending : dict
        Sums of the figures since the last line of the log, and their number as ``steps``.
    """

    step: int = 0
    seconds: float = 0.0
    instances: float = 0.0
    best_gap: float | None = None
    best_step: int = 0
    gap: float | None = None
    data_hash: str = ""
    pending: dict[str, float] = field(default_factory=dict)


def save_checkpoint(path: Path, state: Mapping[str, Tensor], progressed: Progressed) -> None:
    """Write a checkpoint in place of the one that is there.

    Raises
    ------
    InputError
        It cannot be written, as on a full disk; the old one stays.
    """
    tensors = {name: value.detach().contiguous() for name, value in state.items()}
    metadata = {
        "format": _FORMAT,
        "progressed": json.dumps(asdict(progressed)),
        "sha256": _digest(tensors),
    }
    data = safetensors.torch.save(tensors, metadata)
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        with temporary.open("wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    except OSError as error:
        raise InputError(
            f"cannot be written: {error.strerror}", code="file.write", where=str(path)
        ) from error
    finally:
        temporary.unlink(missing_ok=True)


def load_checkpoint(path: Path) -> tuple[dict[str, Tensor], Progressed] | None:
    """Read a checkpoint; None where there is none.

    Raises
    ------
    InputError
        The file is damaged.
    """
    if not path.is_file():
        return None
    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        if metadata.get("format") != _FORMAT or metadata.get("sha256") != _digest(tensors):
            raise ValueError("its checksum is wrong")
        return tensors, Progressed(**json.loads(metadata["progressed"]))
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", where=str(path)) from None
    except (SafetensorError, ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"is damaged: {error}",
            code="train.checkpoint",
            where=str(path),
            hint="remove it to train from the beginning",
        ) from None


def _digest(tensors: Mapping[str, Tensor]) -> str:
    digest = hashlib.sha256()
    for name in sorted(tensors):
        digest.update(f"{name} {tensors[name].dtype} {tuple(tensors[name].shape)};".encode())
        digest.update(safetensors.torch.save({name: tensors[name]}))
    return digest.hexdigest()
