"""Many travelling salesman problems of one size as arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from netroute.core.errors import InputError, UnsupportedError
from netroute.envs.engine import require
from netroute.envs.legs import (
    Legs,
    Places,
    Tables,
    fields_of,
    joined,
    measurable,
    places,
    put,
    tables,
)
from netroute.problems.geometry import Rounding

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from netroute.problems.tsp import TspInstance


@dataclass(frozen=True, eq=False)
class TspData:
    """B problems with n nodes each.

    Make one by `of_arrays` or `of_instances`.

    Attributes
    ----------
    legs : Places or Tables
        Distances.
    """

    legs: Legs

    @property
    def extent(self) -> str:
        """What problems must share to be played in one batch, in words."""
        return _extent(self.nodes, measured=isinstance(self.legs, Places))

    @property
    def count(self) -> int:
        """Number of problems."""
        return len(self._nodes())

    @property
    def nodes(self) -> int:
        """Number of nodes of each problem."""
        return int(self._nodes().shape[1])

    @classmethod
    def of_arrays(
        cls,
        coordinates: npt.ArrayLike | None,
        *,
        distances: npt.ArrayLike | None = None,
        rounding: Rounding = Rounding.EXACT,
    ) -> TspData:
        """Take problems whose distances are Euclidean, or explicit.

        Parameters
        ----------
        coordinates : array, shape (B, n, 2), or None
            Not read if there are ``distances``.
        distances : array, shape (B, n, n), optional
            Row to column.
        rounding : Rounding
            Of Euclidean distances.

        Raises
        ------
        InputError
            Not of these shapes.

        Examples
        --------
        >>> data = TspData.of_arrays(np.random.default_rng(1).random((8, 20, 2)))
        >>> data.count, data.nodes
        (8, 20)
        """
        if distances is not None:
            values = np.asarray(distances, np.float64)
            square = values.ndim == 3 and values.shape[1] == values.shape[2] > 0
            require("distances", values.shape, square, "(B, n, n)")
            return cls(tables(values))
        points = np.asarray(coordinates, np.float64)
        flat = points.ndim == 3 and points.shape[1] > 0 and points.shape[2] == 2
        require("coordinates", points.shape, flat, "(B, n, 2)")
        return cls(places(points, rounding=rounding))

    @classmethod
    def of_instances(cls, instances: Sequence[TspInstance]) -> TspData:
        """Take instances of one size.

        Raises
        ------
        InputError
            No instance, or not all of one size and kind of distances.
        UnsupportedError
            An instance has fixed edges.

        Examples
        --------
        >>> from netroute.datasets.tsp.points import generate_points
        >>> TspData.of_instances([generate_points(nodes=20, seed=s) for s in range(3)]).count
        3
        """
        require("instances", "none", len(instances) > 0, "at least one")
        kinds = sorted({extent_of(instance) for instance in instances})
        if len(kinds) > 1:
            raise InputError(
                f"found {kinds[0]} beside {kinds[1]}, expected the same of all of them",
                code="env",
                where="instance",
            )
        if not _measured(instances[0]):
            return cls(tables([instance.distance_matrix() for instance in instances]))
        return cls(
            joined(
                places(each.coordinates[None], metric=each.metric, rounding=each.rounding)
                for each in instances
                if each.coordinates is not None
            )
        )

    def put(self, b: int, other: TspData) -> None:
        """Copy the only problem of ``other`` over problem ``b``; they have the same extent."""
        put(self.legs, b, other.legs)

    def instance(self, b: int) -> TspInstance:
        """Return problem ``b`` as an instance.

        Examples
        --------
        >>> TspData.of_arrays(np.ones((2, 3, 2))).instance(1).size
        3
        """
        from netroute.problems.tsp import TspInstance

        fields = fields_of(self.legs, b)
        if "distances" in fields:
            fields["matrix"] = fields.pop("distances")
        return TspInstance(name=f"problem {b}", **fields)

    def _nodes(self) -> np.ndarray:
        return self.legs.values if isinstance(self.legs, Tables) else self.legs.points


def extent_of(instance: TspInstance) -> str:
    """Return what problems must share to be played in one batch, in words.

    Raises
    ------
    UnsupportedError
        The instance has fixed edges.

    Examples
    --------
    >>> from netroute.datasets.tsp.points import generate_points
    >>> extent_of(generate_points(nodes=20))
    '20 nodes with coordinates'
    """
    if len(instance.fixed_edges):
        raise UnsupportedError(
            f"netroute/Tsp-v0 does not support fixed edges (instance {instance.name!r})"
        )
    return _extent(instance.size, measured=_measured(instance))


def _extent(nodes: int, *, measured: bool) -> str:
    return f"{nodes} nodes with {'coordinates' if measured else 'a matrix'}"


def _measured(instance: TspInstance) -> bool:
    return measurable(instance.coordinates, instance.matrix, instance.metric)
