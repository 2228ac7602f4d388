"""Keeps the runs of a benchmark in one SQLite file: each finished run is committed at once."""

from __future__ import annotations

import fcntl
import json
import sqlite3
import time
import zlib
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from netroute.core.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from types import TracebackType

    from netroute.experiments.plan import PlannedRun
    from netroute.experiments.worker import Outcome

_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS planned (
    key TEXT PRIMARY KEY, position INTEGER, instance TEXT, size INTEGER, fingerprint TEXT,
    label TEXT, solver TEXT, parameters TEXT, threads INTEGER, revision TEXT, seed INTEGER,
    budget TEXT, budget_seconds REAL, budget_iterations INTEGER, bound_method TEXT
);
CREATE TABLE IF NOT EXISTS runs (
    key TEXT PRIMARY KEY REFERENCES planned (key), status TEXT NOT NULL, error TEXT,
    objective REAL, bound REAL, stopped_by TEXT, iterations INTEGER, seconds REAL,
    compile_seconds REAL, wall_seconds REAL, cpu_seconds REAL, peak_megabytes REAL, cores TEXT,
    versions TEXT, finished REAL, trace BLOB, solution BLOB, measures TEXT
);
"""

_COLUMNS = (
    "instance, size, fingerprint, label, solver, parameters, planned.threads, revision, seed, "
    "budget, budget_seconds, budget_iterations, status, error, objective, bound, stopped_by, "
    "iterations, seconds, compile_seconds, wall_seconds, cpu_seconds, peak_megabytes, cores, "
    "finished, trace, measures"
)

_PLAIN = (
    "status",
    "error",
    "objective",
    "bound",
    "stopped_by",
    "iterations",
    "seconds",
    "compile_seconds",
    "wall_seconds",
    "cpu_seconds",
    "peak_megabytes",
)
"""Fields of an outcome that are stored as they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A planned run with what came of it; ``status`` is ``missing`` while nothing has."""

    instance: str
    size: int
    fingerprint: str
    label: str
    solver: str
    parameters: str
    threads: int
    revision: str
    seed: int
    budget: str
    budget_seconds: float | None
    budget_iterations: int | None
    status: str
    error: str
    objective: float | None
    bound: float | None
    stopped_by: str
    iterations: int
    seconds: float
    compile_seconds: float
    wall_seconds: float
    cpu_seconds: float
    peak_megabytes: float
    cores: str
    finished: float
    trace: list[tuple[float, float | None, float | None]] = field(default_factory=list)
    measures: dict[str, float | None] = field(default_factory=dict)


class Store:
    """The SQLite file of one benchmark folder, open for one writer.

    Parameters
    ----------
    path : Path
        Created with its tables where it does not exist.
    writing : bool
        Take the lock that keeps a second benchmark out of the same folder.
    """

    def __init__(self, path: Path, *, writing: bool = False) -> None:
        self._lock = None
        if writing:
            self._lock = path.with_suffix(".lock").open("w")
            try:
                fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                self._lock.close()
                raise InputError(
                    "another benchmark is at work in this folder", where=str(path.parent)
                ) from None
        elif not path.is_file():
            raise InputError("no benchmark has run here", where=str(path.parent))
        try:
            self._connection = sqlite3.connect(path)
            self._connection.execute("PRAGMA journal_mode=WAL")
            self._connection.execute("PRAGMA synchronous=FULL")
            self._connection.executescript(_SCHEMA)
            self._widen()
        except sqlite3.DatabaseError as error:
            self.close()
            raise InputError(f"cannot be used as a store: {error}", where=str(path)) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file and give the lock back."""
        if hasattr(self, "_connection"):
            self._connection.close()
        if self._lock is not None:
            self._lock.close()

    def _widen(self) -> None:
        """Add the column that folders of earlier versions lack."""
        with closing(self._connection.execute("PRAGMA table_info(runs)")) as rows:
            names = {row[1] for row in rows}
        if "measures" not in names:
            self._connection.execute("ALTER TABLE runs ADD COLUMN measures TEXT")

    def plan(self, runs: Sequence[PlannedRun]) -> None:
        """Make ``runs`` the current plan; results of earlier plans stay."""
        with self._connection as connection:
            connection.execute("UPDATE planned SET position = NULL")
            for position, run in enumerate(runs):
                row = {
                    "key": run.key,
                    "position": position,
                    "instance": run.instance.name,
                    "size": run.instance.size,
                    "fingerprint": run.instance.fingerprint,
                    "label": run.solver.label,
                    "solver": run.solver.solver,
                    "parameters": json.dumps(run.solver.parameters, default=str),
                    "threads": run.solver.threads,
                    "revision": run.solver.revision,
                    "seed": run.seed,
                    "budget": run.budget,
                    "budget_seconds": run.seconds,
                    "budget_iterations": run.iterations,
                    "bound_method": run.bound,
                }
                _insert(connection, "planned", row)

    def finished(self) -> set[str]:
        """Keys of the runs that are done; failed ones are tried again."""
        query = "SELECT key FROM runs WHERE status = 'done'"
        with closing(self._connection.execute(query)) as rows:
            return {key for (key,) in rows}

    def add(self, key: str, outcome: Outcome) -> None:
        """Commit one run; it is on the disk when this returns."""
        row = {
            **{name: getattr(outcome, name) for name in _PLAIN},
            "key": key,
            "cores": json.dumps(outcome.cores),
            "versions": json.dumps(outcome.versions),
            "measures": json.dumps(outcome.measures),
            "finished": time.time(),
            "trace": _pack(outcome.trace),
            "solution": _pack(outcome.solution),
        }
        with self._connection as connection:
            _insert(connection, "runs", row)

    def records(self) -> list[Record]:
        """All runs of the current plan in its order, those not yet done included."""
        query = (
            f"SELECT {_COLUMNS} FROM planned LEFT JOIN runs USING (key) "
            "WHERE position IS NOT NULL ORDER BY position"
        )
        names = [name.strip().rpartition(".")[2] for name in _COLUMNS.split(",")]
        with closing(self._connection.execute(query)) as rows:
            return [_record(dict(zip(names, row, strict=True))) for row in rows]

    def solution(self, key: str) -> Any:
        """Solution of one run as plain data, None where there is none."""
        query = "SELECT solution FROM runs WHERE key = ?"
        row = self._connection.execute(query, (key,)).fetchone()
        return None if row is None else _unpack(row[0])

    def put(self, name: str, value: Any) -> None:
        """Keep a JSON value about the benchmark as a whole."""
        with self._connection as connection:
            _insert(connection, "meta", {"name": name, "value": json.dumps(value)})

    def get(self, name: str) -> Any:
        """Return what `put` kept under ``name``."""
        query = "SELECT value FROM meta WHERE name = ?"
        row = self._connection.execute(query, (name,)).fetchone()
        return None if row is None else json.loads(row[0])


def _insert(connection: sqlite3.Connection, table: str, row: dict[str, Any]) -> None:
    columns, marks = ", ".join(row), ", ".join("?" * len(row))
    connection.execute(
        f"INSERT OR REPLACE INTO {table} ({columns}) VALUES ({marks})", tuple(row.values())
    )


def _record(row: dict[str, Any]) -> Record:
    if row["status"] is None:
        row = {k: v for k, v in row.items() if v is not None or k.startswith("budget")}
        blank = Record.__dataclass_fields__
        texts = ("error", "stopped_by", "cores")
        for name in blank.keys() - row.keys() - {"trace", "measures"}:
            row[name] = "" if name in texts else None if name in ("objective", "bound") else 0
        return Record(**{**row, "status": "missing", "trace": []})
    trace = [tuple(point) for point in _unpack(row["trace"])]
    return Record(**{**row, "trace": trace, "measures": json.loads(row["measures"] or "{}")})


def _pack(value: Any) -> bytes:
    return zlib.compress(json.dumps(value).encode())


def _unpack(blob: bytes) -> Any:
    return json.loads(zlib.decompress(blob))
