"""Megatron's order of ranks, against groups that are made rank by rank."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from netroute.core.errors import InputError
from netroute.problems.collective.megatron import Parallelism

SIZES = [(2, 2, 4, 2), (4, 1, 3, 1), (1, 3, 6, 2), (2, 4, 4, 3)]


def coordinates(tensor, expert, data, pipeline):
    """For each rank (t, e, d, p), the first one fastest."""
    ranges = (range(pipeline), range(data // expert), range(expert), range(tensor))
    return [(t, e, d, p) for p, d, e, t in itertools.product(*ranges)]


def groups(place, varying):
    """Ranks that agree in all other coordinates, in ascending order."""
    found: dict[tuple[int, ...], list[int]] = {}
    for rank, at in enumerate(place):
        key = tuple(c for axis, c in enumerate(at) if axis not in varying)
        found.setdefault(key, []).append(rank)
    return sorted(found.values())


@pytest.mark.parametrize("sizes", SIZES)
def test_groups_are_those_of_the_order(sizes):
    plan = Parallelism(**dict(zip(("tensor", "expert", "data", "pipeline"), sizes, strict=True)))
    place = coordinates(*sizes)
    assert plan.ranks == len(place)
    hosts = np.random.default_rng(1).permutation(2 * plan.ranks).reshape(2, plan.ranks)
    jobs = plan.jobs(hosts, size=5)
    kinds = {"tensor": (0,), "expert": (1,), "pipeline": (3,), "data": (1, 2)}
    expected = {
        name: [hosts[job, group].tolist() for job in range(2) for group in groups(place, axes)]
        for name, axes in kinds.items()
        if len(groups(place, axes)[0]) > 1
    }
    assert list(jobs) == list(expected)
    for number, (name, job) in enumerate(jobs.items()):
        assert sorted(job.hosts.tolist()) == sorted(expected[name])
        assert (job.start, job.size) == (number, 5)


def test_reduction_and_faults():
    plan = Parallelism(data=8, reduction="halving-doubling")
    (job,) = plan.jobs(np.arange(8)[None]).values()
    assert len(job.expand()) == 6
    for values, words in (
        ({"data": 6, "expert": 4}, "expert: found 4, expected a divisor of data, which is 6"),
        ({"tensor": 0}, "tensor: found 0"),
        ({"pipeline": 2.0}, r"pipeline: found 2\.0"),
        ({"reduction": "bruck"}, "unknown reduction 'bruck'"),
    ):
        with pytest.raises(InputError, match=words):
            Parallelism(**values)
