"""Training with tensor, expert, data and pipeline parallelism at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from netroute.core.errors import InputError
from netroute.core.problem import unknown_name
from netroute.problems.collective.job import Job

REDUCTIONS = ("ring", "halving-doubling", "double-binary-tree", "all-to-all")
"""Patterns of all-reduce."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parallelism:
    """How many ways a model and its data are divided.

    Ranks are numbered as in Megatron-LM's default order ``tp-cp-ep-dp-pp`` (here without context
    parallelism): tensor-parallel neighbours first, then expert-parallel ones, then the other
    replicas of the data, and pipeline stages last. Rank ``t + T (e + E (d + D/E p))`` is
    tensor-parallel rank t of T, expert-parallel rank e of E, data-parallel rank e + E d of D and in
    pipeline stage p.

    Parameters
    ----------
    tensor, expert, data, pipeline : int
        Ranks of each kind of group; expert-parallel groups are parts of data-parallel ones, so that
        ``expert`` divides ``data``.
    reduction : str
        All-reduce of the data-parallel groups: one of `REDUCTIONS`.

    References
    ----------
    D. Narayanan and others: Efficient large-scale language model training on GPU clusters using
    Megatron-LM. SC 2021. The order: ``initialize_model_parallel`` in ``megatron.core``.

    Examples
    --------
    >>> Parallelism(tensor=8, data=4, pipeline=2).ranks
    64
    """

    tensor: int = 1
    expert: int = 1
    data: int = 1
    pipeline: int = 1
    reduction: str = "ring"

    def __post_init__(self) -> None:
        for name in ("tensor", "expert", "data", "pipeline"):
            value = getattr(self, name)
            if type(value) is not int or not 1 <= value <= 2**24:
                raise InputError(f"found {value!r}, expected an integer from 1 on", where=name)
        if self.data % self.expert:
            message = f"found {self.expert}, expected a divisor of data, which is {self.data}"
            raise InputError(message, where="expert")
        if self.reduction not in REDUCTIONS:
            raise unknown_name("reduction", str(self.reduction)[:40], REDUCTIONS)

    @property
    def ranks(self) -> int:
        """Ranks of a job."""
        return self.tensor * self.data * self.pipeline

    def jobs(self, hosts: np.ndarray, *, size: int = 1, channels: int = 1) -> dict[str, Job]:
        """Return what happens in a training step, each kind of group in phases of its own.

        Parameters
        ----------
        hosts : array of int, shape (J, ranks)
            For each job its hosts in the order of ranks.
        size, channels : int
            Of all patterns.

        Returns
        -------
        dict
            In the order of phases, as far as groups have more than one rank: ``tensor``, rings of
            the activations' all-reduce; ``expert``, all-to-all exchanges; ``pipeline``, what each
            stage hands on to the next one; ``data``, the gradients' all-reduce.

        Examples
        --------
        >>> plan = Parallelism(tensor=2, expert=2, data=4, pipeline=2)
        >>> jobs = plan.jobs(np.arange(16)[None])
        >>> jobs["expert"].hosts.tolist()[:3], jobs["data"].hosts.tolist()[0]
        ([[0, 2], [1, 3], [4, 6]], [0, 2, 4, 6])
        >>> jobs["pipeline"].hosts.tolist()[0], [job.start for job in jobs.values()]
        ([0, 8], [0, 1, 2, 3])
        """
        replicas = self.data // self.expert
        grid = hosts.reshape(-1, self.pipeline, replicas, self.expert, self.tensor)
        kinds = (
            ("tensor", "ring", self.tensor, grid),
            ("expert", "all-to-all", self.expert, np.moveaxis(grid, 3, -1)),
            ("pipeline", "pipeline", self.pipeline, np.moveaxis(grid, 1, -1)),
            ("data", self.reduction, self.data, grid.transpose(0, 1, 4, 2, 3)),
        )
        found: dict[str, Job] = {}
        for name, pattern, length, groups in kinds:
            if length > 1:
                rows = groups.reshape(-1, length)
                values = {"size": size, "channels": channels, "start": len(found)}
                found[name] = Job(pattern=pattern, hosts=rows, **values)
        return found
