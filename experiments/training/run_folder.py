"""The folder of one training: its configuration, and the lock that keeps a second one out."""

from __future__ import annotations

import fcntl
from typing import TYPE_CHECKING, Any, Self

import yaml

from netroute.core.errors import InputError
from netroute.core.files import write_atomic

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from netroute.experiments.training.config import TrainConfig

FREE = frozenset({"checkpoint_every", "labels.jobs"})
"""Fields without influence on the weights: they may differ when a training goes on."""


class RunFolder:
    """A run's folder, open for one training at a time.

    Parameters
    ----------
    folder : Path
        Made if need be.
    config : TrainConfig
        The resolved configuration; a folder of another one is refused.
    """

    def __init__(self, folder: Path, config: TrainConfig) -> None:
        self.path = folder
        self.checkpoint = folder / "checkpoint.safetensors"
        self.policy = folder / "policy"
        plain = config.model_dump(mode="json")
        self.config_text = yaml.safe_dump(plain, sort_keys=False)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._lock = (folder / "train.lock").open("w")
        except OSError as error:
            raise InputError(f"cannot be used: {error.strerror}", where=str(folder)) from None
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._lock.close()
            raise InputError(
                "another training is at work in this folder", where=str(folder)
            ) from None
        try:
            self._settle(plain)
        except BaseException:
            self.close()
            raise

    def _settle(self, plain: dict[str, Any]) -> None:
        saved = self.path / "config.yaml"
        if saved.is_file():
            _require_same(_read(saved), plain, str(saved))
        elif self.checkpoint.exists() or (self.path / "log.jsonl").exists():
            raise InputError("holds a run without its config.yaml", where=str(self.path))
        write_atomic(saved, self.config_text)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the lock back."""
        self._lock.close()


def _read(path: Path) -> dict[str, Any]:
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise InputError(f"cannot be read: {error}", where=str(path)) from None
    return found if isinstance(found, dict) else {}


def _require_same(before: dict[str, Any], now: dict[str, Any], where: str) -> None:
    """Raise `InputError` that names the first field in which two configurations differ."""
    old, new = dict(_leaves(before)), dict(_leaves(now))
    for name in [*new, *(name for name in old if name not in new)]:
        if name not in FREE and old.get(name) != new.get(name):
            raise InputError(
                f"the run in this folder has {old.get(name)!r}, expected {new.get(name)!r}",
                code="train.folder",
                where=f"{where}: {name}",
                hint="give another --out, or the configuration of this run",
            )


def _leaves(node: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in node.items():
        path = f"{prefix}{name}"
        if isinstance(value, dict) and value:
            yield from _leaves(value, f"{path}.")
        else:
            yield path, value
