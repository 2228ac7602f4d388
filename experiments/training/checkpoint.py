"""One file from which a training goes on as if it had never stopped.

Tensors and the few plain figures beside them go into a single safetensors file, which is written
beside the old one, brought to the disk and renamed: there is always one whole checkpoint.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

import safetensors.torch
from safetensors import SafetensorError, safe_open

from netroute.core.errors import InputError, NetrouteError

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
    gap : float
        Of the last validation, in percent.
    best_gap, best_step : float, int
        Lowest validation gap, and the step that it came with.
    data_hash : str
        Of the data on which it was trained.
    pending : dict
        Figures since the last line of the log: sum and number of each.

    Examples
    --------
    >>> at = Progressed()
    >>> at.count({"loss": 3.0}, instances=10)
    >>> at.count({"loss": 1.0}, instances=10)
    >>> at.means(), at.instances
    ({'loss': 2.0}, 20.0)
    """

    step: int = 0
    seconds: float = 0.0
    instances: float = 0.0
    gap: float = math.inf
    best_gap: float = math.inf
    best_step: int = 0
    data_hash: str = ""
    pending: dict[str, tuple[float, int]] = field(default_factory=dict)

    def count(self, figures: Mapping[str, float], *, instances: float) -> None:
        """Take the figures of one step in."""
        self.instances += instances
        for name, value in figures.items():
            total, number = self.pending.get(name, (0.0, 0))
            self.pending[name] = (total + float(value), number + 1)

    def means(self) -> dict[str, float]:
        """Means of all figures since the last call."""
        found = {name: total / number for name, (total, number) in self.pending.items()}
        self.pending = {}
        return found

    def improves(self) -> bool:
        """Whether the last validation is the best so far; it then counts as such.

        Raises
        ------
        NetrouteError
            Its gap is not a finite number.
        """
        if not math.isfinite(self.gap):
            raise NetrouteError(f"step {self.step}: the validation gives the gap {self.gap}")
        if self.gap >= self.best_gap:
            return False
        self.best_gap, self.best_step = self.gap, self.step
        return True


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
