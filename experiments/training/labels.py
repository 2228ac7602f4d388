"""Labels, made once, in parallel, in chunks that outlive whatever ends the process.

A chunk is one ``.npz`` file in the cache, under a name that follows from what makes it, with which
parameters, seed and number. A maker that is stopped in the middle goes on with the chunks that are
missing. The number of processes has no influence on what is made.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tempfile
import warnings
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from netroute.core.errors import InputError, NetrouteError
from netroute.core.files import write_atomic
from netroute.core.problem import resolve
from netroute.experiments.training.progress import TrainProgress
from netroute.experiments.worker import prepare

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from netroute.experiments.training.config import LabelSpec

Chunk = dict[str, np.ndarray]


@dataclass(frozen=True, slots=True)
class Labels:
    """Labels in the order of their chunks, and the hash of their contents."""

    chunks: tuple[Chunk, ...]
    digest: str

    def stacked(self, name: str) -> np.ndarray:
        """All arrays called ``name``, one behind the other along the first axis."""
        return np.concatenate([chunk[name] for chunk in self.chunks])


class LabelStore:
    """Makes labels or finds them in the cache.

    Parameters
    ----------
    spec : LabelSpec
        Number, chunk size and processes.
    folder : Path, optional
        Without it ``labels`` in ``NETROUTE_CACHE``, or in the user's cache.
    progress : bool, optional
        Show a bar on stderr; without it, where stderr is a terminal.
    """

    def __init__(
        self, spec: LabelSpec, *, folder: Path | None = None, progress: bool | None = None
    ) -> None:
        self.count = spec.count
        self._chunk = spec.chunk
        self._jobs = spec.jobs
        self._folder = folder or label_folder()
        self._progress = progress

    def make(
        self,
        maker: str,
        *,
        version: int,
        parameters: Mapping[str, Any],
        seed: int = 0,
        count: int | None = None,
    ) -> Labels:
        """Return ``count`` labels (``labels.count`` of the configuration without it).

        Parameters
        ----------
        maker : str
            Dotted path of ``make(parameters, rng, count) -> dict of arrays``, a function of a
            module; it runs in processes of their own, on one thread each.
        version : int
            To be raised whenever the maker makes something else.
        parameters : mapping
            Plain data; part of the name under which the labels are kept.
        seed : int
            Chunk ``i`` gets the generator ``default_rng([seed, i])``.
        count : int, optional
            Number of labels.

        Raises
        ------
        NetrouteError
            The maker failed; chunks that were finished are kept.
        InputError
            A chunk cannot be written, or one in the cache is damaged.
        """
        total = self.count if count is None else count
        sizes = [min(self._chunk, total - begin) for begin in range(0, total, self._chunk)]
        made_by = [maker, version, dict(parameters), seed]
        paths = [self._folder / _file_name([*made_by, i, size]) for i, size in enumerate(sizes)]
        missing = [i for i, path in enumerate(paths) if not path.is_file()]
        if missing:
            self._make(
                [
                    (maker, dict(parameters), seed, index, sizes[index], str(paths[index]))
                    for index in missing
                ],
                done=len(paths) - len(missing),
            )
        chunks = tuple(map(_read, paths))
        return Labels(chunks, _digest(chunks))

    def _make(self, todo: Sequence[tuple[Any, ...]], *, done: int) -> None:
        from joblib import Parallel, cpu_count, delayed, parallel_config
        from joblib.externals.loky import get_reusable_executor
        from joblib.externals.loky.process_executor import TerminatedWorkerError

        _make_folder(self._folder)
        jobs = min(self._jobs or cpu_count(), len(todo))
        own: dict[str, Any] = {}
        if jobs > 1:
            own = {"initializer": prepare, "initargs": (os.getpid(),)}
        with (
            TrainProgress(done + len(todo), shown=self._progress) as bar,
            parallel_config(backend="loky", inner_max_num_threads=1, **own),
        ):
            bar.skip(done)
            work = Parallel(n_jobs=jobs, return_as="generator_unordered", batch_size=1)
            faults = work(delayed(make_chunk)(*entry) for entry in todo)
            try:
                for fault in faults:
                    if fault:
                        raise NetrouteError(f"labels cannot be made: {fault}")
                    bar.advance("labels")
            except TerminatedWorkerError:
                raise NetrouteError(
                    "a process that makes labels has died, perhaps out of memory; "
                    "finished ones are kept"
                ) from None
            finally:
                with warnings.catch_warnings():
                    # Joblib warns of calls that are given up, which is what is wanted here.
                    warnings.simplefilter("ignore")
                    faults.close()
                if jobs > 1:
                    # Idle processes would hold their memory for minutes.
                    get_reusable_executor().shutdown(wait=True, kill_workers=True)


def make_chunk(
    maker: str, parameters: dict[str, Any], seed: int, index: int, count: int, path: str
) -> str:
    """Make one chunk and write it whole; return what went wrong, or nothing."""
    try:
        chunk = resolve(maker)(parameters, np.random.default_rng([seed, index]), count)
        stream = io.BytesIO()
        np.savez_compressed(stream, **chunk)
        target = Path(path)
        # Two trainings may make the same labels at a time: the first ones are kept by both.
        if not target.exists():
            write_atomic(target, stream.getvalue())
    except NetrouteError as error:
        return str(error)
    except Exception as error:
        return f"chunk {index}, seed {seed}: {type(error).__name__}: {error}"
    return ""


def label_folder() -> Path:
    """Folder of cached labels: in ``NETROUTE_CACHE``, else in the user's cache."""
    given = os.environ.get("NETROUTE_CACHE")
    if given:
        return Path(given) / "labels"
    base = os.environ.get("XDG_CACHE_HOME")
    try:
        return (Path(base) if base else Path.home() / ".cache") / "netroute" / "labels"
    except RuntimeError:
        return Path(tempfile.gettempdir()) / "netroute" / "labels"


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"cannot be made: {error.strerror}", where=str(folder)) from None


def _file_name(key: Sequence[Any]) -> str:
    text = json.dumps(key, sort_keys=True)
    return f"{hashlib.sha256(text.encode()).hexdigest()[:32]}.npz"


def _read(path: Path) -> Chunk:
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as file:
            return {name: file[name] for name in file.files}
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        raise InputError(
            f"cannot be read: {error}", where=str(path), hint="remove it to make it again"
        ) from None


def _digest(chunks: Sequence[Chunk]) -> str:
    digest = hashlib.sha256()
    for chunk in chunks:
        for name in sorted(chunk):
            array = np.ascontiguousarray(chunk[name])
            digest.update(f"{name} {array.dtype.str} {array.shape};".encode())
            digest.update(array.tobytes())
    return digest.hexdigest()
