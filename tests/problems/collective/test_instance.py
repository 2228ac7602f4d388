"""What an instance holds, and what it refuses."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from netroute.core.errors import InputError
from netroute.problems.collective import CollectiveInstance, Fabric, Job
from netroute.problems.collective.patterns import PATTERNS, Block


def expanded(part):
    if isinstance(part, Block):
        hosts = part.hosts.tolist()
        return [(a, b, part.size) for a in hosts for b in hosts if a != b]
    return list(zip(part.source.tolist(), part.target.tolist(), part.size.tolist(), strict=True))


@pytest.mark.parametrize("pattern", sorted(PATTERNS))
@pytest.mark.parametrize("tree", [False, True])
def test_rows_sum_up_the_flows_between_hosts(pattern, tree):
    fabric = Fabric.fat_tree(4) if tree else Fabric.leaf_spine(4, 3, hosts_per_leaf=4)
    hosts = np.random.default_rng(3).permutation(16)
    jobs = [Job(pattern=pattern, hosts=h, size=3) for h in hosts.reshape(2, 8)]
    extra = [(0, 1, 14, 5), (0, 14, 1, 3)]
    instance = CollectiveInstance(fabric=fabric, jobs=jobs, flows=extra)
    for number, phase in enumerate(instance.phases):
        flows = [f for job in jobs for part in job.expand()[number] for f in expanded(part)]
        flows += [f[1:] for f in extra if f[0] == number]
        sent = np.zeros(16, int)
        received = np.zeros(16, int)
        rows: dict[tuple[int, int, int], int] = {}
        for a, b, size in flows:
            assert a != b
            sent[a] += size
            received[b] += size
            i, j = a // fabric.hosts_per_leaf, b // fabric.hosts_per_leaf
            if i != j:
                rows[i, j, size] = rows.get((i, j, size), 0) + 1
        found = zip(phase.source, phase.target, phase.size, phase.count, strict=True)
        assert [tuple(map(int, r)) for r in found] == [(*k, n) for k, n in sorted(rows.items())]
        assert phase.sent.tolist() == sent.tolist()
        assert phase.received.tolist() == received.tolist()
        assert phase.crossing + phase.local == len(flows)
        listing = phase.listing(fabric)
        per = fabric.hosts_per_leaf
        assert (phase.source[listing.row] == listing.source // per).all()
        assert (phase.target[listing.row] == listing.target // per).all()
        groups = phase.groups(fabric)
        placed = np.bincount(groups.row, groups.flows * groups.number, len(phase.size))
        assert placed.tolist() == phase.count.tolist()
    assert instance.size == len(extra) + sum(
        len(expanded(part)) for job in jobs for phase in job.expand() for part in phase
    )


def test_all_to_all_algorithms_move_the_same_bytes():
    fabric = Fabric.leaf_spine(2, 2, hosts_per_leaf=8)
    sums = {}
    for pattern in ("all-to-all", "bruck"):
        job = Job(pattern=pattern, hosts=range(16))
        instance = CollectiveInstance(fabric=fabric, jobs=[job])
        sums[pattern] = sum(int(phase.sent.sum()) for phase in instance.phases)
    # Bruck sends each block once for every one in the binary form of its distance.
    assert sums["bruck"] == 16 * sum(d.bit_count() for d in range(16))
    assert sums["all-to-all"] == 16 * 15


@pytest.mark.parametrize("n", [2, 3, 5, 8, 13])
def test_both_trees_reach_every_host(n):
    (up,), (down,) = Job(pattern="double-binary-tree", hosts=range(n)).expand()
    assert sorted(expanded(up)) == sorted((b, a, s) for a, b, s in expanded(down))
    edges = expanded(up)
    assert len(edges) == 2 * (n - 1)
    for tree in (edges[: n - 1], edges[n - 1 :]):
        parent = {child: above for child, above, _ in tree}
        roots = set()
        for host in range(n):
            steps = 0
            while host in parent and steps <= n:
                host, steps = parent[host], steps + 1
            roots.add(host)
        assert len(parent) == n - 1
        assert len(roots) == 1


def test_rings_of_several_channels_share_no_hop():
    ((part,),) = Job(pattern="ring", hosts=range(8), channels=4).expand()
    pairs = set(zip(part.source.tolist(), part.target.tolist(), strict=True))
    assert len(pairs) == 32
    with pytest.raises(InputError, match="channels: found 5, expected at most 4"):
        Job(pattern="ring", hosts=range(8), channels=5).expand()


def test_pickle_keeps_everything_read_only():
    fabric = Fabric.leaf_spine(4, 3, hosts_per_leaf=4)
    instance = CollectiveInstance(fabric=fabric, jobs=[Job(pattern="ring", hosts=range(16))])
    again = pickle.loads(pickle.dumps(instance))
    assert again.fingerprint == instance.fingerprint
    assert not again.fabric.up.flags.writeable
    assert not again.jobs[0].hosts.flags.writeable


LS = Fabric.leaf_spine(2, 2, hosts_per_leaf=2)


@pytest.mark.parametrize(
    ("words", "make"),
    [
        ("flows[0]: target: found 4", lambda: CollectiveInstance(fabric=LS, flows=[(0, 1, 4, 1)])),
        ("host 1 sends to itself", lambda: CollectiveInstance(fabric=LS, flows=[(0, 1, 1, 1)])),
        ("bytes: found 0", lambda: CollectiveInstance(fabric=LS, flows=[(0, 1, 2, 0)])),
        ("bytes: found -3", lambda: CollectiveInstance(fabric=LS, flows=[(0, 1, 2, -3)])),
        (
            "jobs[0].hosts[1]: found host 9",
            lambda: CollectiveInstance(fabric=LS, jobs=[Job(pattern="ring", hosts=[0, 9])]),
        ),
        ("extra_pieces: found -1", lambda: CollectiveInstance(fabric=LS, extra_pieces=-1)),
        ("host 3 is there twice", lambda: Job(pattern="ring", hosts=[3, 1, 3])),
        ("unknown pattern 'rign'", lambda: Job(pattern="rign", hosts=[3, 1])),
        ("size: found 0", lambda: Job(pattern="ring", hosts=[3, 1], size=0)),
        (
            "expected a power of two",
            lambda: Job(pattern="halving-doubling", hosts=[0, 1, 2]).expand(),
        ),
        ("k: found 5, expected an even number", lambda: Fabric.fat_tree(5)),
        ("up[1][0]: found -1", lambda: LS.replace(up=[[1, 1], [-1, 1]])),
        ("nic: found 0", lambda: LS.replace(nic=0)),
        ("down: found shape (1, 2)", lambda: LS.replace(down=[[1, 1]])),
        (
            "no path from leaf 0 to leaf 1, between which there are 1 flows, such as from host 0 "
            "to host 3",
            lambda: CollectiveInstance(
                fabric=LS.replace(up=[[1, 0], [1, 1]], down=[[1, 0], [1, 1]]), flows=[(0, 0, 3, 1)]
            ),
        ),
    ],
)
def test_what_is_wrong_is_named(words, make):
    with pytest.raises(InputError) as caught:
        make()
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_unreachable_flows_are_named():
    fabric = Fabric.leaf_spine(3, 0, hosts_per_leaf=2)
    jobs = [
        Job(pattern="all-to-all", hosts=[0, 1]),
        Job(pattern="all-to-all", hosts=[4, 3, 1], size=7),
    ]
    words = (
        r"phase 0: no path from leaf 0 to leaf 1, between which there are 1 flows, such as from "
        r"host 1 to host 3 \(and 5 more pairs of leaves\)"
    )
    with pytest.raises(InputError, match=words):
        CollectiveInstance(fabric=fabric, jobs=jobs)


def test_memory_is_estimated_before_it_is_taken():
    fabric = Fabric.leaf_spine(16384, 1, hosts_per_leaf=1)
    job = Job(pattern="all-to-all", hosts=range(16384))
    with pytest.raises(InputError, match="GiB"):
        CollectiveInstance(fabric=fabric, jobs=[job])
