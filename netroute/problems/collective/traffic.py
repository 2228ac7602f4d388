"""What the hosts of a fabric send to each other: patterns, groups and where their ranks are."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from netroute.core.errors import InputError
from netroute.core.problem import unknown_name
from netroute.core.rng import generator
from netroute.problems.collective.beyond import beyond_servers
from netroute.problems.collective.job import Job
from netroute.problems.collective.megatron import Parallelism
from netroute.problems.collective.patterns import PATTERNS
from netroute.problems.collective.placements import PLACEMENTS, ranked, servers
from netroute.problems.collective.recipes import hierarchical, rail_all_to_all, shape_of, torus

if TYPE_CHECKING:
    from netroute.problems.collective.fabric import Fabric

NAMES = (*PATTERNS, "hierarchical", "rail-all-to-all", "torus", "megatron")
"""Patterns, and what is made of several of them."""

OWN = ("shape", "tensor", "expert", "data", "pipeline", "reduction")
"""Fields of single patterns."""

MOST_SKEWED = 4096
"""Hosts of a group whose flows are listed with sizes of their own."""


class Demand(NamedTuple):
    """Jobs, and further flows as rows of phase, source, target, bytes: int64, shape (F, 4)."""

    jobs: tuple[Job, ...]
    flows: np.ndarray


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """Jobs of one kind that fill the hosts of a fabric.

    Parameters
    ----------
    pattern : str
        One of `NAMES`.
    group : int, optional
        Hosts of a job; all hosts without it. Those that do not fill a job are idle.
    channels : int
        Rings side by side; other patterns send so many times the bytes.
    placement : str
        One of `netroute.problems.collective.placements.PLACEMENTS`.
    server : int
        Network cards of a server; flows within a server use its own links and are left out.
    rails : bool
        Whether each card of a server is on a leaf of its own.
    shape : str, optional
        Of a torus, such as ``"4x8"``; nearly square without it.
    tensor, expert, data, pipeline, reduction
        Of megatron, as in `netroute.problems.collective.megatron.Parallelism`; ``data`` takes all
        hosts of the group without a number.
    size : int
        Bytes of a flow, of the smallest one where they differ.
    spread : float
        Skew of the exchanges of experts: of all-to-all, also that of megatron. What a host gets
        from each other one of its group falls with the rank of its popularity to the power of minus
        ``spread`` (Zipf); 0 for equal sizes.
    seed : int
        Of all that is drawn.

    Raises
    ------
    InputError
        With the name of the field.

    Examples
    --------
    >>> from netroute.problems.collective import Fabric
    >>> fabric = Fabric.leaf_spine(4, 2, hosts_per_leaf=4)
    >>> demand = Traffic(pattern="ring", group=8, placement="packed").place(fabric)
    >>> [job.hosts.tolist() for job in demand.jobs]
    [[0, 1, 2, 3, 4, 5, 6, 7], [8, 9, 10, 11, 12, 13, 14, 15]]
    """

    pattern: str = "all-to-all"
    group: int | None = None
    channels: int = 1
    placement: str = "random"
    server: int = 1
    rails: bool = False
    shape: str | None = None
    tensor: int = 1
    expert: int = 1
    data: int | None = None
    pipeline: int = 1
    reduction: str = "ring"
    size: int = 1
    spread: float = 0.0
    seed: int = 0

    def __post_init__(self) -> None:
        if self.pattern not in NAMES:
            raise unknown_name("pattern", str(self.pattern)[:40], NAMES)
        if self.placement not in PLACEMENTS:
            raise unknown_name("placement", str(self.placement)[:40], PLACEMENTS)
        _require("size", self.size, 1 <= self.size <= 2**30, "an integer from 1 to 2^30")
        _require("spread", self.spread, 0.0 <= self.spread <= 4.0, "a number from 0 to 4")
        _require("server", self.server, self.server >= 1, "an integer from 1 on")
        if self.spread and self.pattern not in ("all-to-all", "megatron"):
            raise _fault("spread", f"found {self.spread} with {self.pattern}, expected all-to-all")
        for entry in fields(self):
            only = "torus" if entry.name == "shape" else "megatron"
            value = getattr(self, entry.name)
            if entry.name in OWN and self.pattern != only and value != entry.default:
                found = f"found {str(value)[:40]} with {self.pattern}, expected {only}"
                raise _fault(entry.name, found)

    def place(self, fabric: Fabric) -> Demand:
        """Return what the hosts of a fabric send; same seed, same demand."""
        rng = generator(self.seed, 0)
        hosts = ranked(fabric, self.placement, rng, self.server, rails=self.rails)
        group = self.ranks(fabric)
        hosts = hosts[: len(hosts) // group * group].reshape(-1, group)
        jobs, flows = self._made(fabric, hosts, rng)
        if self.server == 1:
            return Demand(tuple(jobs), flows)
        return Demand(*beyond_servers(jobs, flows, servers(fabric, self.server, rails=self.rails)))

    def ranks(self, fabric: Fabric) -> int:
        """Return the number of hosts of a job on a fabric."""
        most = f"an integer from 2 to {fabric.hosts}"
        group = self.group
        if self.pattern == "megatron":
            ranks = self._plan(fabric).ranks
            if group is not None and group != ranks:
                message = f"found {group}, expected the {ranks} ranks of megatron, or none"
                raise _fault("group", message)
            group = ranks
        group = fabric.hosts if group is None else group
        _require("group", group, 2 <= group <= fabric.hosts, most)
        return group

    def _plan(self, fabric: Fabric) -> Parallelism:
        data = self.data
        if data is None:
            group = fabric.hosts if self.group is None else self.group
            data = max(1, group // max(1, self.tensor * self.pipeline))
        return Parallelism(
            tensor=self.tensor,
            expert=self.expert,
            data=data,
            pipeline=self.pipeline,
            reduction=self.reduction,
        )

    def _made(
        self, fabric: Fabric, hosts: np.ndarray, rng: np.random.Generator
    ) -> tuple[list[Job], np.ndarray]:
        """Return jobs and flows of groups of hosts, one a row."""
        flows = np.zeros((0, 4), np.int64)
        values = {"size": self.size, "channels": self.channels}
        match self.pattern:
            case "hierarchical":
                return hierarchical(hosts, self.server, **values), flows
            case "rail-all-to-all":
                return rail_all_to_all(hosts, self.server, **values), flows
            case "torus":
                return torus(hosts, shape_of(self.shape, hosts.shape[1]), **values), flows
            case "megatron":
                made = self._plan(fabric).jobs(hosts, **values)
                if self.spread and "expert" in made:
                    flows = self._skewed(made.pop("expert"), rng)
                return list(made.values()), flows
        if self.spread:
            return [], self._skewed(Job(pattern=self.pattern, hosts=hosts, **values), rng)
        return [Job(pattern=self.pattern, hosts=row, **values) for row in hosts], flows

    def _skewed(self, job: Job, rng: np.random.Generator) -> np.ndarray:
        """Return flows from all to all whose bytes go with the popularity of the target."""
        number, n = job.groups.shape
        if n > MOST_SKEWED:
            raise _fault("group", f"found {n} hosts, at most {MOST_SKEWED} with a spread")
        popularity = (np.arange(1, n + 1) ** -self.spread) * n**self.spread
        a, b = np.nonzero(~np.eye(n, dtype=bool))
        flows = np.empty((number, len(a), 4), np.int64)
        flows[:, :, 0] = job.start
        for row, hosts in zip(flows, job.groups, strict=True):
            scaled = job.size * job.channels * rng.permutation(popularity)
            amount = np.maximum(1, np.rint(scaled)).astype(np.int64)
            row[:, 1], row[:, 2], row[:, 3] = hosts[a], hosts[b], amount[b]
        return flows.reshape(-1, 4)


def _require(where: str, value: object, holds: bool, expected: str) -> None:
    if not holds:
        raise _fault(where, f"found {value!r}, expected {expected}")


def _fault(where: str, message: str) -> InputError:
    return InputError(message, code="collective.traffic", where=where)
