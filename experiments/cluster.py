"""Runs on a Ray cluster: a Ray actor for each slot of cores, on whichever machine it lies."""

from __future__ import annotations

import logging
import os
import socket
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from netroute.core.errors import InputError, MissingExtraError
from netroute.experiments.machine import describe_machine
from netroute.experiments.slot import POLL_SECONDS, LocalSlot
from netroute.experiments.worker import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from netroute.experiments.plan import PlannedRun

_CONNECT_SECONDS = 5.0
_JOIN_SECONDS = 60.0
"""Time for the actors to start; those that have not by then take no part."""

_HELLO = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes((0, 0, 0, 4, 0, 0, 0, 0, 0))
"""How a client of HTTP/2, which Ray's head speaks, begins: preface, empty settings (RFC 9113)."""

_SETTINGS = 4


@dataclass(frozen=True, slots=True)
class Seat:
    """Where an actor has come to be: its machine and the cores that it may use there."""

    host: str
    boot: str
    cores: tuple[int, ...]
    machine: dict[str, str]


class Actor:
    """The far end of a `RaySlot`: a `LocalSlot` within a process that Ray has started."""

    def __init__(self) -> None:
        # Nothing here sets it: a benchmark that ends kills the actor, and that its processes.
        self._running = threading.Event()

    def seat(self) -> Seat:
        """Say where this is."""
        pinned = hasattr(os, "sched_getaffinity")
        cores = tuple(sorted(os.sched_getaffinity(0))) if pinned else ()
        return Seat(socket.gethostname(), _boot(), cores, describe_machine())

    def open(self, cores: tuple[int, ...] | None, kill_after: float) -> None:
        """Take the cores that are this slot's."""
        self._slot = LocalSlot(cores, kill_after=kill_after)

    def enlist(self, runs: Sequence[PlannedRun]) -> None:
        """Start the processes of all solvers."""
        self._slot.enlist(runs, self._running)

    def outcome(self, planned: PlannedRun) -> Outcome:
        """Make one run."""
        found = self._slot.outcome(planned, self._running)
        return Outcome(status="interrupted") if found is None else found


class RaySlot:
    """One slot of a cluster, as `pool.work` sees it."""

    def __init__(self, ray: Any, actor: Any) -> None:
        self._ray = ray
        self._actor = actor
        self.lost = False

    def seat(self, call: Any) -> Seat | None:
        """Return where the actor is; None where it is lost already."""
        try:
            found: Seat = self._ray.get(call)
        except self._ray.exceptions.RayError:
            return None
        return found

    def open(self, cores: tuple[int, ...] | None, kill_after: float) -> None:
        """Give the actor its cores; calls of an actor are carried out in order."""
        self._actor.open.remote(cores, kill_after)

    def enlist(self, runs: Sequence[PlannedRun], stop: threading.Event) -> None:
        """Start the processes of all solvers at the far end."""
        try:
            self._await(self._actor.enlist.remote(list(runs)), stop)
        except self._ray.exceptions.RayError:
            self.lost = True

    def outcome(self, planned: PlannedRun, stop: threading.Event) -> Outcome | None:
        """Make one run; where the worker is lost the run has failed, and the slot is of no use."""
        try:
            found = self._await(self._actor.outcome.remote(planned), stop)
        except self._ray.exceptions.RayActorError:
            self.lost = True
            return Outcome(status="failed", error="the worker on the cluster was lost")
        except self._ray.exceptions.RayError as error:
            return Outcome(status="failed", error=f"Ray: {error}")
        assert found is None or isinstance(found, Outcome)
        return found

    def end(self) -> None:
        """Kill the actor, whose processes end with it."""
        with suppress(self._ray.exceptions.RayError):
            self._ray.kill(self._actor)

    def _await(self, call: Any, stop: threading.Event) -> Any:
        while not stop.is_set():
            ready, _ = self._ray.wait([call], timeout=POLL_SECONDS)
            if ready:
                return self._ray.get(call)
        return None


@contextmanager
def joined(address: str) -> Iterator[Cluster]:
    """Connect to a running Ray cluster, one of whose machines this is.

    Parameters
    ----------
    address : str
        ``host:port`` of the head, as ``ray start --head`` prints it. All machines need the same
        version of netroute, and the instances' files under the same names.

    Raises
    ------
    MissingExtraError
        Ray is not installed.
    InputError
        The address is wrong, or no cluster answers there.
    """
    # A driver that holds no accelerator has nothing to say about their visibility.
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    try:
        import ray
    except ImportError:
        raise MissingExtraError("ray", extra="ray") from None
    _require_answer(address)
    try:
        ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR)
    except (ConnectionError, RuntimeError, ValueError, OSError) as error:
        text = " ".join(str(error).split())
        raise InputError(
            f"is no Ray cluster that this machine is part of: {text}",
            code="cluster.join",
            where=f"--cluster {address}",
        ) from None
    try:
        yield Cluster(ray, address)
    finally:
        ray.shutdown()


class Cluster:
    """A cluster to which we are connected."""

    def __init__(self, ray: Any, address: str) -> None:
        self._ray = ray
        self._address = address
        self.machines: dict[str, dict[str, str]] = {}

    def size(self, threads: int) -> int:
        """Count the runs at the same time: ``threads`` of the cluster's cores to each of them."""
        nodes = [node for node in self._ray.nodes() if node["Alive"]]
        count = sum(int(node["Resources"].get("CPU", 0)) // threads for node in nodes)
        if not count:
            raise InputError(
                f"none of its {len(nodes)} nodes offers {threads} CPUs",
                code="cluster.size",
                where=f"--cluster {self._address}",
            )
        return count

    def slots(self, count: int, threads: int, *, kill_after: float) -> list[RaySlot]:
        """Start ``count`` actors and give each of them cores that no other one has.

        Where nodes of the cluster share a machine their slots are told apart by cores; where they
        offer more CPUs than the machine has, what is left over is not pinned.
        """
        ray = self._ray
        kind = ray.remote(num_cpus=threads, scheduling_strategy="SPREAD")(Actor)
        actors = [kind.remote() for _ in range(count)]
        calls = [actor.seat.remote() for actor in actors]
        ready, _ = ray.wait(calls, num_returns=count, timeout=_JOIN_SECONDS)
        pairs = [(a, call) for a, call in zip(actors, calls, strict=True) if call in ready]
        slots = [RaySlot(ray, actor) for actor, _ in pairs]
        seats = [slot.seat(call) for slot, (_, call) in zip(slots, pairs, strict=True)]
        joined = [(s, seat) for s, seat in zip(slots, seats, strict=True) if seat is not None]
        if not joined:
            raise InputError(
                f"no worker has started within {_JOIN_SECONDS:g} s",
                code="cluster.start",
                where=f"--cluster {self._address}",
                hint="ray status shows what its nodes are doing",
            )
        self.machines = {seat.host: seat.machine for _, seat in joined}
        shares = share_cores([seat for _, seat in joined], threads)
        for (slot, _), cores in zip(joined, shares, strict=True):
            slot.open(cores, kill_after)
        return [slot for slot, _ in joined]


def share_cores(seats: Sequence[Seat], threads: int) -> list[tuple[int, ...] | None]:
    """Give each seat ``threads`` cores of its machine; None where too few are left.

    Examples
    --------
    >>> first, second = Seat("", "a", (0, 1), {}), Seat("", "b", (4, 5), {})
    >>> share_cores([first, second, first, first], 1)
    [(0,), (4,), (1,), None]
    """
    taken: dict[str, set[int]] = {}
    shares: list[tuple[int, ...] | None] = []
    for seat in seats:
        used = taken.setdefault(seat.boot, set())
        free = [core for core in seat.cores if core not in used][:threads]
        shares.append(tuple(free) if len(free) == threads else None)
        if len(free) == threads:
            used.update(free)
    return shares


def _require_answer(address: str) -> None:
    """Raise `InputError` unless something listens there; Ray itself would try for minutes."""
    where = f"--cluster {address}"
    host, _, port = address.rpartition(":")
    if not host or not port.isdigit() or not 0 < int(port) < 65536:
        raise InputError("expected HOST:PORT", code="cluster.address", where=where)
    place = (host.strip("[]"), int(port))
    try:
        with socket.create_connection(place, timeout=_CONNECT_SECONDS) as connection:
            connection.sendall(_HELLO)
            answer = connection.recv(9)
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(
            f"no Ray cluster answers: {reason}", code="cluster.address", where=where
        ) from None
    if len(answer) < 9 or answer[3] != _SETTINGS:
        raise InputError("what answers is no Ray cluster", code="cluster.address", where=where)


def _boot() -> str:
    """Identity of the running system: containers on one machine have its cores in common."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return socket.gethostname()
