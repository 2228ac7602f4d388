"""The network of a data centre: leaf-spine, or a fat tree of three tiers."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from netroute.core.arrays import frozen
from netroute.core.errors import InputError

if TYPE_CHECKING:
    import numpy.typing as npt

MOST = 2**40
"""Largest capacity."""

MOST_HOSTS = 2**24

MOST_MEMORY = 6 * 2**30
"""Bytes that tables of links, of flows between leaves, or lists of flows may take."""

TABLES = 8
"""Of numbers of 8 bytes for each link between leaves and spines, while a fabric is made."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fabric:
    """Leaves with hosts below and planes above them; capacities are bytes a unit of time.

    In a leaf-spine fabric each plane is one spine. In a fat tree leaves are edge switches, the
    plane ``a`` consists of the ``a``-th aggregation switch of every pod, and of the cores above
    them. All arrays are integers, read-only; 0 stands for a failed link.

    Parameters
    ----------
    hosts_per_leaf : int
        Host ``u`` is on leaf ``u // hosts_per_leaf``.
    nic : int
        Capacity of a host's link, in each direction.
    up : array, shape (L, s)
        From each leaf to each plane.
    down : array, shape (s, L)
        From each plane to each leaf.
    core_up : array, shape (p, s, c), optional
        From the aggregation switch of each pod and plane to the cores of the plane; pods are
        ``L / p`` consecutive leaves.
    core_down : array, shape (s, c, p), optional
        Back.

    Raises
    ------
    InputError
        For the first thing that is wrong, with field and index.

    Examples
    --------
    >>> fabric = Fabric.leaf_spine(4, 2, hosts_per_leaf=8, capacity=400, nic=100)
    >>> fabric.leaves, fabric.planes, fabric.hosts, fabric.paths
    (4, 2, 32, 2)
    >>> tree = Fabric.fat_tree(4)
    >>> tree.leaves, tree.planes, tree.hosts, tree.paths, tree.pods
    (8, 2, 16, 4, 4)
    """

    hosts_per_leaf: int
    nic: int = 1
    up: np.ndarray
    down: np.ndarray
    core_up: np.ndarray | None = None
    core_down: np.ndarray | None = None

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            hosts_per_leaf: int,
            nic: int = ...,
            up: npt.ArrayLike,
            down: npt.ArrayLike,
            core_up: npt.ArrayLike | None = ...,
            core_down: npt.ArrayLike | None = ...,
        ) -> None: ...

    def __post_init__(self) -> None:
        for name in ("hosts_per_leaf", "nic"):
            value = getattr(self, name)
            whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
            if not whole or not 1 <= value <= MOST:
                raise _fault(name, f"found {value!r}, expected an integer from 1 to {MOST}")
            object.__setattr__(self, name, int(value))
        for name, axes in (("up", 2), ("down", 2), ("core_up", 3), ("core_down", 3)):
            if getattr(self, name) is not None:
                object.__setattr__(self, name, _capacities(name, getattr(self, name), axes))
        leaves, planes = self.up.shape
        if self.down.shape != (planes, leaves):
            raise _fault("down", f"found shape {self.down.shape}, expected {(planes, leaves)}")
        if leaves * self.hosts_per_leaf > MOST_HOSTS:
            raise _fault("hosts_per_leaf", f"found more than {MOST_HOSTS} hosts")
        if (self.core_up is None) != (self.core_down is None):
            raise _fault("core_down", "found one of core_up and core_down, expected both")
        if self.core_up is not None and self.core_down is not None:
            pods, found, cores = self.core_up.shape
            if found != planes or leaves % pods:
                expected = f"(p, {planes}, c) where p divides {leaves}"
                raise _fault("core_up", f"found shape {self.core_up.shape}, expected {expected}")
            if self.core_down.shape != (planes, cores, pods):
                expected = f"{(planes, cores, pods)}"
                raise _fault(
                    "core_down", f"found shape {self.core_down.shape}, expected {expected}"
                )

    def __setstate__(self, state: list[Any]) -> None:
        # Arrays come out of a pickle writable.
        for entry, value in zip(fields(self), state, strict=True):
            if isinstance(value, np.ndarray):
                value.flags.writeable = False
            object.__setattr__(self, entry.name, value)

    def __getstate__(self) -> list[Any]:
        return [getattr(self, entry.name) for entry in fields(self)]

    @classmethod
    def leaf_spine(
        cls, leaves: int, spines: int, *, hosts_per_leaf: int, capacity: int = 1, nic: int = 1
    ) -> Self:
        """Build a leaf-spine fabric in which every leaf has a link to every spine.

        Without a spine leaves are not joined at all, as in rail-only networks: there is one plane
        then, of capacity 0.
        """
        _require_counts(1, leaves=leaves)
        _require_counts(0, spines=spines)
        _require_memory(leaves * spines)
        up = np.full((leaves, max(1, spines)), capacity if spines else 0, np.int64)
        return cls(hosts_per_leaf=hosts_per_leaf, nic=nic, up=up, down=up.T)

    @classmethod
    def fat_tree(
        cls, k: int, *, hosts_per_leaf: int | None = None, capacity: int = 1, nic: int = 1
    ) -> Self:
        """Build a fat tree of k-port switches; k/2 hosts a leaf unless there are more.

        References
        ----------
        M. Al-Fares, A. Loukissas, A. Vahdat: A scalable, commodity data center network
        architecture. SIGCOMM 2008.
        """
        if k < 2 or k % 2 or k > 256:
            raise _fault("k", f"found {k}, expected an even number from 2 to 256")
        half = k // 2
        per = half if hosts_per_leaf is None else hosts_per_leaf
        shape = {"leaves": k * half, "planes": half, "cores": half}
        return cls.three_tiers(k, **shape, hosts_per_leaf=per, capacity=capacity, nic=nic)

    @classmethod
    def three_tiers(
        cls,
        pods: int,
        *,
        leaves: int,
        planes: int,
        cores: int,
        hosts_per_leaf: int,
        capacity: int = 1,
        core_capacity: int | None = None,
        nic: int = 1,
    ) -> Self:
        """Build a fat tree of any shape; ``cores`` are those of each plane.

        Examples
        --------
        >>> Fabric.three_tiers(2, leaves=4, planes=2, cores=3, hosts_per_leaf=1).paths
        6
        """
        counts = {"pods": pods, "leaves": leaves, "planes": planes, "cores": cores}
        _require_counts(1, **counts)
        _require_memory(leaves * planes + pods * planes * cores)
        up = np.full((leaves, planes), capacity, np.int64)
        speed = capacity if core_capacity is None else core_capacity
        core = np.full((pods, planes, cores), speed, np.int64)
        down = {"down": up.T, "core_down": core.transpose(1, 2, 0)}
        return cls(hosts_per_leaf=hosts_per_leaf, nic=nic, up=up, core_up=core, **down)

    def replace(self, **changes: Any) -> Self:
        """Return a validated copy with some fields changed."""
        values = {entry.name: getattr(self, entry.name) for entry in fields(self)}
        return type(self)(**values | changes)

    @property
    def leaves(self) -> int:
        """Number of leaves."""
        return int(self.up.shape[0])

    @property
    def planes(self) -> int:
        """Number of spines, or of aggregation switches in a pod."""
        return int(self.up.shape[1])

    @property
    def cores(self) -> int:
        """Number of cores in a plane; 1 in a leaf-spine fabric, where the spine is the plane."""
        return 1 if self.core_up is None else int(self.core_up.shape[2])

    @property
    def paths(self) -> int:
        """Number of paths between leaves of different pods: planes times cores."""
        return self.planes * self.cores

    @property
    def pods(self) -> int:
        """Number of pods; 1 in a leaf-spine fabric."""
        return 1 if self.core_up is None else int(self.core_up.shape[0])

    @property
    def leaves_per_pod(self) -> int:
        """Number of leaves in a pod."""
        return self.leaves // self.pods

    @property
    def hosts(self) -> int:
        """Number of hosts."""
        return self.leaves * self.hosts_per_leaf

    @property
    def tiers(self) -> int:
        """2 with spines, 3 with cores."""
        return 2 if self.core_up is None else 3

    def alive(self) -> np.ndarray:
        """Planes with any link up: bool, shape (s,)."""
        return np.asarray(self.up.any(axis=0) & self.down.any(axis=1))

    def uniform(self) -> bool:
        """Whether all links of a tier have one capacity, but for planes that failed as a whole."""
        alive = self.alive()
        tiers = [self.up[:, alive], self.down[alive]]
        if self.core_up is not None and self.core_down is not None:
            tiers += [self.core_up[:, alive], self.core_down[alive]]
        if not alive.any():
            return False
        pairs = zip(tiers[::2], tiers[1::2], strict=True)
        return all(a.min() == a.max() == b.min() == b.max() > 0 for a, b in pairs)


def _capacities(name: str, values: npt.ArrayLike, axes: int) -> np.ndarray:
    try:
        array = np.asarray(values)
    except ValueError:
        raise _fault(name, "found rows of different lengths") from None
    if array.ndim != axes or not array.size:
        raise _fault(name, f"found shape {array.shape}, expected {axes} axes that are not empty")
    if array.dtype.kind not in "iu":
        whole = array.dtype.kind == "f" and bool((np.isfinite(array) & (array % 1.0 == 0.0)).all())
        if not whole:
            raise _fault(name, "expected integers")
    wrong = (array < 0) | (array > MOST)
    if wrong.any():
        index = tuple(int(i) for i in np.argwhere(wrong)[0])
        place = "".join(f"[{i}]" for i in index)
        raise _fault(name + place, f"found {array[index]}, expected 0 to {MOST}")
    return frozen(array, np.int64)


def _require_counts(least: int, **counts: int) -> None:
    for name, value in counts.items():
        if not least <= value <= 2**15:
            raise _fault(name, f"found {value}, expected {least} to {2**15}")


def _require_memory(links: int) -> None:
    needed = TABLES * 8 * links
    if needed > MOST_MEMORY:
        raise InputError(
            f"tables of {links} links would take {needed / 2**30:.1f} GiB, "
            f"of which at most {MOST_MEMORY / 2**30:.0f} are used",
            code="collective.memory",
        )


def _fault(where: str, message: str) -> InputError:
    return InputError(message, code="collective.fabric", where=where)
