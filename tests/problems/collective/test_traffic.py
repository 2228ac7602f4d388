"""Servers, rails, toruses and mixes: who sends to whom, and what stays off the fabric."""

from __future__ import annotations

import math

import numpy as np
import pytest

from netroute.core.errors import InputError
from netroute.problems.collective import CollectiveInstance, Fabric, Job
from netroute.problems.collective.beyond import beyond_servers
from netroute.problems.collective.patterns import PATTERNS, Block
from netroute.problems.collective.placements import PLACEMENTS, servers
from netroute.problems.collective.recipes import shape_of, torus
from netroute.problems.collective.traffic import NAMES, Traffic

FABRIC = Fabric.leaf_spine(4, 2, hosts_per_leaf=8)


def flows_of(jobs, flows=()):
    """All flows as (phase, source, target, bytes)."""
    found = [tuple(map(int, row)) for row in flows]
    for job in jobs:
        for number, phase in enumerate(job.expand()):
            for part in phase:
                if isinstance(part, Block):
                    hosts = part.hosts.tolist()
                    found += [(number, a, b, part.size) for a in hosts for b in hosts if a != b]
                else:
                    columns = (part.source.tolist(), part.target.tolist(), part.size.tolist())
                    found += [(number, *row) for row in zip(*columns, strict=True)]
    return sorted(found)


@pytest.mark.parametrize("placement", sorted(PLACEMENTS))
@pytest.mark.parametrize("rails", [False, True])
def test_ranks_of_a_server_are_its_cards(placement, rails):
    traffic = Traffic(pattern="rail-all-to-all", placement=placement, server=4, rails=rails, seed=3)
    demand = traffic.place(FABRIC)
    table = servers(FABRIC, 4, rails=rails)
    assert sorted(table.ravel().tolist()) == list(range(32))
    leaf = table // 8
    if rails:
        assert (leaf == [0, 1, 2, 3]).all()
    else:
        assert (leaf == leaf[:, :1]).all()
    (job,) = demand.jobs
    # Row r holds card r of all servers.
    assert {tuple(row) for row in job.hosts.T.tolist()} == {tuple(row) for row in table.tolist()}
    instance = CollectiveInstance(fabric=FABRIC, jobs=demand.jobs)
    assert instance.phases[0].crossing == (0 if rails else 4 * 8 * 6)


@pytest.mark.parametrize("pattern", sorted(set(PATTERNS) - {"all-to-all"}))
@pytest.mark.parametrize("cards", [2, 4])
def test_only_flows_within_servers_are_left_out(pattern, cards):
    jobs = [Job(pattern=pattern, hosts=np.arange(16).reshape(2, 8), size=3)]
    jobs.append(Job(pattern="all-to-all", hosts=[1, 5, 9, 6], size=2, start=1))
    extra = np.array([(0, 0, 1, 7), (0, 1, 31, 8)])
    table = servers(FABRIC, cards)
    left = flows_of(*beyond_servers(jobs, extra, table))
    kept = [row for row in flows_of(jobs, extra) if row[1] // cards != row[2] // cards]
    phases = sorted({row[0] for row in kept})
    assert left == sorted((phases.index(n), *row) for n, *row in kept)


def test_jobs_between_servers_stay_jobs():
    none = np.zeros((0, 4), np.int64)
    within = Job(pattern="ring", hosts=np.arange(8).reshape(4, 2))
    between = Job(pattern="all-to-all", hosts=[0, 2, 4, 6], start=1)
    jobs, flows = beyond_servers([within, between], none, np.arange(8).reshape(4, 2))
    assert [(job.pattern, job.start, job.hosts.tolist()) for job in jobs] == [
        ("all-to-all", 0, [0, 2, 4, 6])
    ]
    assert len(flows) == 0
    with pytest.raises(InputError, match="server: found groups within servers only"):
        beyond_servers([within], none, np.arange(8).reshape(4, 2))
    wide = Job(pattern="all-to-all", hosts=np.arange(2**13))
    with pytest.raises(InputError, match="67108864 flows, of which at most"):
        beyond_servers([wide], none, np.arange(2**13).reshape(-1, 8))


@pytest.mark.parametrize("shape", [(4, 2), (2, 2, 2), (3, 2, 4)])
def test_rings_of_a_torus_reduce_everything(shape):
    """Run the reduction on sets of contributions: every rank ends with each part in full."""
    n = math.prod(shape)
    jobs = torus(np.arange(n)[None], shape)
    assert [job.start for job in jobs] == list(range(2 * len(shape)))
    parts = n
    for job in jobs[: len(shape)]:
        length = job.groups.shape[1]
        # Of its parts a rank hands on all but those that it keeps.
        assert job.size == (length - 1) * (parts // length)
        parts //= length
    assert parts == 1
    assert [job.size for job in jobs] == [job.size for job in jobs[::-1]]
    known = {rank: {rank} for rank in range(n)}
    for job in jobs[: len(shape)]:
        for row in job.groups.tolist():
            everything = set.union(*(known[rank] for rank in row))
            known |= dict.fromkeys(row, everything)
    assert all(found == set(range(n)) for found in known.values())


def test_hierarchical_leaves_one_flow_a_card():
    demand = Traffic(pattern="hierarchical", server=4, group=16, placement="packed").place(FABRIC)
    flows = flows_of(*demand)
    assert len(flows) == 32
    assert all((a // 4 + 1) % 4 == b // 4 % 4 for _, a, b, _ in flows)
    assert all(a % 4 == b % 4 for _, a, b, _ in flows)


def test_mixes_put_what_leaves_servers_on_the_fabric():
    values = {"pattern": "megatron", "server": 8, "placement": "packed", "pipeline": 2}
    inside = Traffic(**values, tensor=8, data=2).place(FABRIC)
    assert [(job.pattern, job.start) for job in inside.jobs] == [("pipeline", 0), ("ring", 1)]
    half = Traffic(**values, tensor=4, expert=2, data=4).place(FABRIC)
    flows = flows_of(*half)
    assert {row[0] for row in flows} == {0, 1}
    assert all(a // 8 != b // 8 for _, a, b, _ in flows)
    # Experts 0 and 1 are neighbours in a server; of a ring of four, two hops leave it.
    assert sum(row[0] == 0 for row in flows) == 16
    assert sum(row[0] == 1 for row in flows) == 32 // 2
    skewed = Traffic(**values, tensor=2, expert=8, data=8, spread=1.0, size=6).place(FABRIC)
    assert len({row[3] for row in flows_of(*skewed) if row[0] == 0}) > 1


@pytest.mark.parametrize("pattern", NAMES)
def test_same_seed_same_demand(pattern):
    values = {"pattern": pattern, "server": 2, "group": 8}
    demands = [Traffic(**values, seed=seed).place(FABRIC) for seed in (4, 4, 5)]
    one, same, other = (flows_of(*demand) for demand in demands)
    assert one == same
    assert one != other
    assert all(a // 2 != b // 2 for _, a, b, _ in one)


def test_shapes():
    assert shape_of(None, 64) == (8, 8)
    assert shape_of("16x2x2", 64) == (16, 2, 2)
    for text, ranks, words in (
        ("4x4", 8, "found 4x4, expected dimensions from 2 on whose product is 8"),
        ("8x1", 8, "found 8x1"),
        ("eight", 8, "found 'eight', expected dimensions such as 4x8"),
        (None, 7, "group: found 7 ranks, which make no torus"),
    ):
        with pytest.raises(InputError, match=words):
            shape_of(text, ranks)


@pytest.mark.parametrize(
    ("words", "values"),
    [
        ("unknown pattern 'rign'", {"pattern": "rign"}),
        ("unknown placement 'tidy'", {"placement": "tidy"}),
        ("group: found 33, expected an integer from 2 to 32", {"group": 33}),
        ("group: found 1,", {"group": 1}),
        ("size: found 0", {"size": 0}),
        ("spread: found 9.0", {"spread": 9.0}),
        ("spread: found 1.0 with ring", {"pattern": "ring", "spread": 1.0}),
        ("shape: found 4x4 with ring, expected torus", {"pattern": "ring", "shape": "4x4"}),
        ("tensor: found 8 with all-to-all, expected megatron", {"tensor": 8}),
        ("server: found 3, expected a divisor of the 8 hosts of a leaf", {"server": 3}),
        ("server: found 8, expected a divisor of the 4 leaves", {"server": 8, "rails": True}),
        ("server: found 0", {"server": 0}),
        ("group: found 8 hosts, expected those of 2 or more", {"pattern": "hierarchical"}),
        ("group: found 12, expected the 16 ranks", {"pattern": "megatron", "data": 16}),
        ("group: found 64, expected an integer from 2 to 32", {"pattern": "megatron", "data": 64}),
        ("expert: found 3", {"pattern": "megatron", "expert": 3}),
    ],
)
def test_what_is_wrong_is_named(words, values):
    if values.get("pattern") == "hierarchical":
        values = values | {"server": 8, "group": 8}
    if "16 ranks" in words:
        values = values | {"group": 12}
    with pytest.raises(InputError) as caught:
        Traffic(**values).place(FABRIC)
    assert words in str(caught.value)
