"""Equal-cost multipath routing as switches do it: hashes of the headers of packets."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from netroute.core.errors import InputError
from netroute.core.solver import parameter
from netroute.problems.collective import CollectiveInstance, Fabric
from netroute.problems.collective.instance import usable
from netroute.solvers.collective.paths import MOST_MEMORY, cores_up, of_paths
from netroute.solvers.collective.placing import PlacingSolver

if TYPE_CHECKING:
    from netroute.problems.collective import Placement
    from netroute.problems.collective.phase import Listing, Phase

PORTS = 2**14
"""Source ports from 49152 on."""


@dataclass(frozen=True, kw_only=True)
class EcmpHashSolver(PlacingSolver):
    """Each switch sends a flow on by a hash of its 5-tuple: hosts, protocol and ports.

    Flows are queue pairs of RoCEv2: UDP to port 4791, from a source port of their own. Each switch
    mixes a seed of its own into the hash; polarised ones share one seed, so that the flows that an
    aggregation switch gets have few of its cores left. Another seed of the run is another set of
    hash functions and of ports; all phases have the same functions.

    Examples
    --------
    >>> from netroute.problems.collective import CollectiveInstance, Fabric, Job
    >>> instance = CollectiveInstance(
    ...     fabric=Fabric.leaf_spine(4, 4, hosts_per_leaf=4),
    ...     jobs=[Job(pattern="all-to-all", hosts=range(16))],
    ... )
    >>> EcmpHashSolver().solve(instance, seed=1).metrics["fabric"] > 12.0
    True

    References
    ----------
    C. Hopps: Analysis of an equal-cost multi-path algorithm. RFC 2992, 2000. InfiniBand Trade
    Association: RoCEv2, annex A17 of the architecture specification, 2014.
    """

    name: ClassVar[str] = "ecmp-hash"
    summary: ClassVar[str] = "each switch hashes the 5-tuple of each flow, by a seed of its own"
    same_law: ClassVar[bool] = True

    ports: int = parameter(PORTS, "source ports that flows are given", low=1, high=PORTS)
    polarised: bool = parameter(False, "all switches have the same seed")

    def compile(self) -> None:
        """Compile the kernel on one flow."""
        compile_hashing()

    def place(
        self, instance: CollectiveInstance, phase: Phase, rng: np.random.Generator
    ) -> Placement:
        """Follow the hashes."""
        flows = phase.listing(instance.fabric)
        path = hash_paths(
            instance.fabric, phase, flows, rng, ports=self.ports, polarised=self.polarised
        )
        return of_paths(instance.fabric, phase, flows.row, path[:, 0])


@dataclass(frozen=True, kw_only=True)
class FlowletSolver(PlacingSolver):
    """Each flow in equal flowlets, for each of which the switches hash anew.

    Flowlets that follow each other on one path are one piece. They are as long here as each other,
    whatever the path's load is: what flowlets gain by adapting to it is left out.

    Examples
    --------
    >>> from netroute.problems.collective import CollectiveInstance, Fabric, Job
    >>> instance = CollectiveInstance(
    ...     fabric=Fabric.leaf_spine(4, 4, hosts_per_leaf=4), extra_pieces=None,
    ...     jobs=[Job(pattern="ring", hosts=range(16))],
    ... )
    >>> 1.0 < FlowletSolver().solve(instance).metrics["pieces_per_flow"] <= 16.0
    True

    References
    ----------
    E. Vanini, R. Pan, M. Alizadeh, P. Taheri, T. Edsall: Let it flow: resilient asymmetric load
    balancing with flowlet switching. NSDI 2017.
    """

    name: ClassVar[str] = "flowlets"
    summary: ClassVar[str] = "each flow in m flowlets, hashed anew one by one"
    splits: ClassVar[bool] = True
    same_law: ClassVar[bool] = True

    m: int = parameter(16, "flowlets of a flow", low=1, high=256)

    def compile(self) -> None:
        """Compile the kernel on one flow."""
        compile_hashing()

    def place(
        self, instance: CollectiveInstance, phase: Phase, rng: np.random.Generator
    ) -> Placement:
        """Follow the hashes of all flowlets."""
        flows = phase.listing(instance.fabric)
        path = hash_paths(instance.fabric, phase, flows, rng, chunks=self.m)
        pieces = len(path) + int((np.diff(path, axis=1) != 0).sum())
        rows = np.repeat(flows.row, self.m)
        return of_paths(instance.fabric, phase, rows, path.ravel(), unit=self.m, pieces=pieces)


def hash_paths(
    fabric: Fabric,
    phase: Phase,
    flows: Listing,
    rng: np.random.Generator,
    *,
    chunks: int = 1,
    ports: int = PORTS,
    polarised: bool = False,
) -> np.ndarray:
    """Return the path of each chunk of each flow, int64, shape (F, chunks).

    Raises
    ------
    InputError
        The paths would take too much memory.
    """
    from netroute.solvers.collective._kernels.hashing import Headers, Switches, follow

    needed = 16 * len(flows.row) * chunks
    if needed > MOST_MEMORY:
        raise InputError(
            f"paths of {len(flows.row)} flows in {chunks} chunks would take "
            f"{needed / 2**30:.1f} GiB",
            code="collective.memory",
        )
    seeds = rng.integers(0, 2**63, fabric.leaves + fabric.pods * fabric.planes).astype(np.uint64)
    if polarised:
        seeds[:] = seeds[0]
    per = fabric.leaves_per_pod
    switches = Switches(
        leaf=seeds[: fabric.leaves].copy(),
        aggregation=seeds[fabric.leaves :].reshape(fabric.pods, fabric.planes).copy(),
        up=np.ascontiguousarray(usable(fabric, phase.source, phase.target)),
        core_up=np.ascontiguousarray(cores_up(fabric)),
        source=phase.source.astype(np.uint32),
        source_pod=(phase.source // per).astype(np.uint32),
        target_pod=(phase.target // per).astype(np.uint32),
    )
    headers = Headers(
        source=flows.source.astype(np.uint32),
        target=flows.target.astype(np.uint32),
        port=rng.integers(0, ports, len(flows.row)).astype(np.uint32),
        row=flows.row.astype(np.uint32),
    )
    path = np.empty((len(flows.row), chunks), np.int64)
    follow(headers, switches, np.int64(chunks), path)
    return path


@cache
def compile_hashing() -> None:
    """Compile the kernel on one flow."""
    fabric = Fabric.leaf_spine(2, 1, hosts_per_leaf=1)
    phase = CollectiveInstance(fabric=fabric, flows=[(0, 0, 1, 1)]).phases[0]
    hash_paths(fabric, phase, phase.listing(fabric), np.random.default_rng(0))
