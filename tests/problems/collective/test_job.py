"""Jobs of several groups, later phases, and what is refused before it takes memory."""

from __future__ import annotations

import numpy as np
import pytest

from netroute.core.errors import InputError
from netroute.problems.collective import CollectiveInstance, Fabric, Job
from netroute.problems.collective.patterns import PATTERNS

FABRIC = Fabric.leaf_spine(4, 2, hosts_per_leaf=4)
COLUMNS = ("source", "target", "size", "count", "sent", "received")


@pytest.mark.parametrize("pattern", sorted(PATTERNS))
def test_groups_are_jobs_side_by_side(pattern):
    rows = np.random.default_rng(1).permutation(16).reshape(4, 4)
    together = CollectiveInstance(
        fabric=FABRIC, jobs=[Job(pattern=pattern, hosts=rows, size=3, channels=2)]
    )
    apart = CollectiveInstance(
        fabric=FABRIC, jobs=[Job(pattern=pattern, hosts=row, size=3, channels=2) for row in rows]
    )
    assert len(together.phases) == len(apart.phases)
    for one, other in zip(together.phases, apart.phases, strict=True):
        for name in COLUMNS:
            assert np.array_equal(getattr(one, name), getattr(other, name))
        assert one.local == other.local
    assert together.fingerprint != apart.fingerprint


def test_jobs_start_in_later_phases():
    jobs = [
        Job(pattern="ring", hosts=range(8), start=1),
        Job(pattern="halving-doubling", hosts=range(8, 12)),
    ]
    instance = CollectiveInstance(fabric=FABRIC, jobs=jobs)
    assert [phase.crossing + phase.local for phase in instance.phases] == [4, 12, 4, 4]
    late = CollectiveInstance(fabric=FABRIC, jobs=[jobs[0]])
    now = late.replace(jobs=[Job(pattern="ring", hosts=range(8))])
    assert [len(late.phases[0].size), late.size] == [0, now.size]
    assert late.fingerprint != now.fingerprint


@pytest.mark.parametrize(
    ("words", "values"),
    [
        ("hosts: found groups of different lengths", {"hosts": [[0, 1], [2]]}),
        ("hosts: host 3 is there twice", {"hosts": [[0, 3], [3, 1]]}),
        ("hosts: expected a list of at least 2", {"hosts": [[0], [1]]}),
        ("hosts: expected a list of at least 2", {"hosts": []}),
        ("hosts: expected a list of at least 2", {"hosts": [0.5, 1.5]}),
        ("start: found -1, expected an integer from 0 to 4000", {"start": -1}),
        ("start: found 4001", {"start": 4001}),
        ("channels: found True", {"channels": True}),
        ("size: found 1099511627776, with which a host sends too much", {"size": 2**40}),
    ],
)
def test_what_is_wrong_is_named(words, values):
    with pytest.raises(InputError) as caught:
        Job(**{"pattern": "bruck", "hosts": range(2**13), "channels": 2**10, **values})
    assert words in str(caught.value)


def test_groups_name_the_host_that_is_out_of_range():
    job = Job(pattern="ring", hosts=[[0, 1], [2, 16]])
    with pytest.raises(InputError, match=r"jobs\[0\].hosts\[1\]\[1\]: found host 16"):
        CollectiveInstance(fabric=FABRIC, jobs=[job])


def test_lists_of_flows_are_refused_before_they_take_memory():
    fabric = Fabric.leaf_spine(2**12, 1, hosts_per_leaf=2**6)
    job = Job(pattern="pipeline", hosts=np.arange(2**18), channels=2**10)
    assert job.listed == 2**28
    with pytest.raises(InputError, match=r"a list of 268435456 flows would take 16\.0 GiB"):
        CollectiveInstance(fabric=fabric, jobs=[job])
    with pytest.raises(InputError, match=r"would take 16\.0 GiB"):
        job.expand()
