"""How likely edges are to be in a short tour: ranks of neighbours, or what a policy says."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np

from netroute.core.errors import InputError
from netroute.solvers.tsp.neighbours import nearest_neighbours

if TYPE_CHECKING:
    import numpy.typing as npt

    from netroute.problems.tsp import TspInstance

RANKS = (0.441, 0.255, 0.136, 0.073, 0.040, 0.022, 0.013, 0.008, 0.005, 0.003)
"""Share of the edges of optimal tours that lead from a node to its nearest other, the second
nearest and so on: `netroute.experiments.tsp_ranks` counts them."""


@dataclass(frozen=True)
class EdgePrior:
    """Candidates of each node, and how much each is worth.

    Attributes
    ----------
    near : ndarray of uint32, shape (n, k)
        Candidates; the node itself where there are fewer than k.
    weight : ndarray of float64, shape (n, k)
        From 0 on, not all 0 in a row; only their ratios within a row matter.

    Raises
    ------
    InputError
        The shapes differ, a candidate is no node, a weight is negative or not finite, or a row has
        no weight.

    Examples
    --------
    >>> EdgePrior.of_matrix([[0, 3, 1], [3, 0, 0], [1, 0, 0]], count=2).near.tolist()
    [[1, 2], [0, 1], [0, 2]]
    """

    near: np.ndarray
    weight: np.ndarray

    def __post_init__(self) -> None:
        near, weight = np.asarray(self.near), np.asarray(self.weight)
        if near.dtype.kind not in "iu" or near.ndim != 2 or not near.size:
            raise InputError(
                f"found {near.dtype} of shape {near.shape}, expected node numbers, shape (n, k)",
                where="prior.near",
            )
        if weight.dtype.kind not in "iuf" or weight.shape != near.shape:
            raise InputError(
                f"found {weight.dtype} of shape {weight.shape}, expected numbers, shape "
                f"{near.shape}",
                where="prior.weight",
            )
        n = len(near)
        if near.min() < 0 or near.max() >= n:
            raise InputError(f"expected nodes from 0 to {n - 1}", where="prior.near")
        weight = np.where(near == np.arange(n)[:, None], 0.0, weight)
        if not np.isfinite(weight).all() or weight.min() < 0.0:
            raise InputError("expected finite numbers from 0 on", where="prior.weight")
        empty = np.flatnonzero(weight.max(axis=1) <= 0.0)
        if len(empty):
            raise InputError(
                f"node {empty[0]}: expected a candidate with a weight above 0",
                where="prior.weight",
            )
        # Rows that add up to 1: weights of any size then do not overflow.
        weight = weight / weight.max(axis=1, keepdims=True)
        weight /= weight.sum(axis=1, keepdims=True)
        object.__setattr__(self, "near", np.ascontiguousarray(near, np.uint32))
        object.__setattr__(self, "weight", np.ascontiguousarray(weight))

    @classmethod
    def of_ranks(cls, instance: TspInstance) -> Self:
        """Give the nearest ten nodes of each node the weights of their ranks."""
        near = nearest_neighbours(instance, len(RANKS))
        return cls(near, np.tile(np.array(RANKS[: near.shape[1]]), (len(near), 1)))

    @classmethod
    def of_matrix(cls, heat: npt.ArrayLike, *, count: int = 10) -> Self:
        """Keep the heaviest ``count`` edges of each row of a matrix, shape (n, n)."""
        matrix = np.asarray(heat)
        if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or matrix.dtype.kind not in "iuf":
            raise InputError(
                f"found {matrix.dtype} of shape {matrix.shape}, expected numbers, shape (n, n)",
                where="prior.heat",
            )
        matrix = matrix.astype(np.float64)
        if not np.isfinite(matrix).all():
            raise InputError("expected finite numbers", where="prior.heat")
        np.fill_diagonal(matrix, 0.0)
        near = np.argsort(-matrix, axis=1, kind="stable")[:, : min(count, len(matrix) - 1)]
        weight = np.take_along_axis(matrix, near, 1)
        near = np.where(weight == 0.0, np.arange(len(matrix))[:, None], near)
        return cls(near, weight)

    @classmethod
    def read(cls, path: str | Path) -> Self:
        """Read an ``.npz`` file that holds ``heat``, or ``near`` and ``weight``.

        Raises
        ------
        InputError
            With the file's name: it cannot be read, or its arrays are no prior.
        """
        try:
            with np.load(Path(path), allow_pickle=False) as file:
                arrays = {name: file[name] for name in file.files}
        except (OSError, ValueError, EOFError, zipfile.BadZipFile, AttributeError):
            raise InputError("expected an .npz file of arrays", where=str(path)) from None
        try:
            if "heat" in arrays:
                return cls.of_matrix(arrays["heat"])
            if "near" in arrays and "weight" in arrays:
                return cls(arrays["near"], arrays["weight"])
        except InputError as error:
            raise error.at(str(path)) from None
        found = ", ".join(sorted(arrays)) or "none"
        raise InputError(
            f"found the arrays {found}, expected heat, or near and weight", where=str(path)
        )
