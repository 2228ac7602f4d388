"""JSON of fabrics, jobs and placements: round trips, one-line errors, damaged files."""

from __future__ import annotations

import json

import numpy as np
import pytest

import netroute
from netroute.core.errors import InputError, NetrouteError
from netroute.datasets.collective.generate import generate_collective
from netroute.problems.collective import (
    CollectiveInstance,
    CollectiveSolution,
    Fabric,
    Job,
    Placement,
)


@pytest.mark.parametrize(
    "settings",
    [
        {"failed_links": 3, "half_rate": 2, "failed_spines": 1},
        {"pattern": "halving-doubling", "group": 16, "split": True},
        {"fat_tree": 4, "pattern": "ring", "failed_links": 2},
        {"spread": 1.0, "group": 8},
    ],
)
def test_instances_come_back_unchanged(tmp_path, settings):
    sizes = {"leaves": 4, "spines": 4, "hosts_per_leaf": 4} if "fat_tree" not in settings else {}
    instance = generate_collective(**sizes, **settings, seed=2)
    netroute.write(tmp_path / "job.json", instance)
    again = netroute.read(tmp_path / "job.json")
    assert again.fingerprint == instance.fingerprint
    assert again.name == instance.name


@pytest.mark.parametrize("high", [3, 300, 70_000, 2**40])
@pytest.mark.parametrize("rows", [0, 5, 3000])
def test_placements_come_back_packed_or_plain(high, rows):
    rng = np.random.default_rng(1)
    counts = rng.integers(0, high, (4, rows))
    cores = rng.integers(0, high, (4, 2, rows))
    plan = CollectiveSolution.of([Placement(counts=counts, cores=cores, unit=3, pieces=7)])
    data = json.loads(json.dumps(plan.to_dict()))
    (again,) = CollectiveSolution.from_dict(data).placements
    assert np.array_equal(again.counts, counts)
    assert np.array_equal(again.cores, cores)
    assert (again.unit, again.pieces) == (3, 7)


@pytest.mark.parametrize(
    "fabric",
    [
        Fabric.three_tiers(3, leaves=6, planes=2, cores=3, hosts_per_leaf=2, core_capacity=5),
        Fabric.three_tiers(4, leaves=8, planes=2, cores=2, hosts_per_leaf=1, core_capacity=5),
        Fabric.leaf_spine(3, 0, hosts_per_leaf=4),
        Fabric.leaf_spine(3, 2, hosts_per_leaf=4, capacity=0),
    ],
)
def test_fabrics_of_any_shape_come_back(tmp_path, fabric):
    if fabric.core_up is not None:
        core_up = fabric.core_up.copy()
        core_up[1, 0, 1] = 0
        fabric = fabric.replace(core_up=core_up)
    instance = CollectiveInstance(fabric=fabric, flows=[(0, 0, 1, 1)] * (fabric.hosts_per_leaf > 1))
    netroute.write(tmp_path / "job.json", instance)
    assert netroute.read(tmp_path / "job.json").fingerprint == instance.fingerprint


def test_groups_and_starts_come_back(tmp_path):
    fabric = Fabric.leaf_spine(2, 2, hosts_per_leaf=4)
    jobs = [
        Job(pattern="ring", hosts=[[0, 4], [2, 5]], start=3, channels=1),
        Job(pattern="all-to-all", hosts=[0, 1, 7]),
    ]
    instance = CollectiveInstance(fabric=fabric, jobs=jobs)
    netroute.write(tmp_path / "job.json", instance)
    again = netroute.read(tmp_path / "job.json")
    assert again.fingerprint == instance.fingerprint
    assert again.jobs[0].hosts.tolist() == [[0, 4], [2, 5]]


def base() -> dict:
    return {
        "netroute": "instance",
        "version": 1,
        "family": "collective",
        "fabric": {"leaves": 2, "spines": 2, "hosts_per_leaf": 2},
        "jobs": [{"pattern": "ring", "hosts": [0, 1, 2, 3]}],
        "flows": [[0, 0, 3, 10]],
    }


@pytest.mark.parametrize(
    ("words", "change"),
    [
        ("fabric: k: found 5, expected an even number", {"fabric": {"k": 5}}),
        ("fabric: hosts_per_leaf: not found", {"fabric": {"leaves": 2, "spines": 2}}),
        ("fabric: leaves: not found", {"fabric": {"spines": 2, "hosts_per_leaf": 2}}),
        ("fabric: cores: not found", {"fabric": {"pods": 2, "leaves": 4, "spines": 2}}),
        ("fabric: k: found beside 'spines'", {"fabric": {"k": 4, "spines": 2}}),
        ("fabric: core_capacity: found in", {"fabric": base()["fabric"] | {"core_capacity": 2}}),
        ("fabric: core_capacity: found 0", {"fabric": {"k": 4, "core_capacity": 0}}),
        ("fabric: unknown key 'spine'", {"fabric": {"leaves": 2, "spine": 2}}),
        ("fabric: found nothing, expected an object", {"fabric": None}),
        ("flows[0]: found '1.5'", {"flows": [[0, 0, 3, 1.5]]}),
        ("flows[0]: expected a list of 4 integers", {"flows": [[0, 0, 3]]}),
        ("flows[0]: target: found 99, expected 0 to 3", {"flows": [[0, 0, 99, 1]]}),
        ("jobs[0]: hosts[0]: found 'x'", {"jobs": [{"pattern": "ring", "hosts": ["x"]}]}),
        ("unknown key 'job'", {"job": []}),
        (
            "jobs[0]: hosts: found rows and numbers",
            {"jobs": [{"pattern": "ring", "hosts": [[0, 1], 2]}]},
        ),
        (
            "jobs[0]: hosts: found rows of different lengths",
            {"jobs": [{"pattern": "ring", "hosts": [[0, 1], [2, 3, 1]]}]},
        ),
        (
            "jobs[0]: hosts[1][0]: found '2.0'",
            {"jobs": [{"pattern": "ring", "hosts": [[0, 1], [2.0, 3]]}]},
        ),
        ("jobs[0]: start: found -2", {"jobs": [{"pattern": "ring", "hosts": [0, 1], "start": -2}]}),
        ("extra_pieces: found 'no'", {"extra_pieces": "no"}),
        ("fabric: links[0]: found 7", {"fabric": base()["fabric"] | {"links": [[7, 0, 1]]}}),
        (
            "fabric: links[0]: found a capacity -1",
            {"fabric": base()["fabric"] | {"links": [[1, 0, -1]]}},
        ),
        (
            "no path from leaf 0 to leaf 1",
            {"fabric": base()["fabric"] | {"links": [[0, 0, 0], [0, 1, 0]]}},
        ),
    ],
)
def test_faults_are_one_line_with_file_and_key(tmp_path, words, change):
    path = tmp_path / "job.json"
    path.write_text(json.dumps(base() | change))
    with pytest.raises(InputError) as caught:
        netroute.read(path)
    text = str(caught.value)
    assert text.startswith(str(path))
    assert words in text
    assert "\n" not in text


def test_damaged_instances_are_read_or_refused_cleanly(tmp_path, damage):
    rng = np.random.default_rng(8)
    path = tmp_path / "job.json"
    refused = accepted = 0
    sample = base() | {"extra_pieces": 3}
    sample["fabric"] |= {"links": [[0, 1, 2, 3]], "capacity": 4, "nic": 2}
    for _ in range(600):
        path.write_text(json.dumps(damage(rng, sample)))
        try:
            netroute.read(path)
        except NetrouteError as error:
            refused += "\n" not in str(error)
        else:
            accepted += 1
    assert refused > 300
    assert refused + accepted == 600
    text = json.dumps(sample)
    for end in range(1, len(text), 7):
        path.write_text(text[:end])
        with pytest.raises(InputError):
            netroute.read(path)


def test_damaged_solutions_are_judged_or_refused_cleanly(tmp_path, damage):
    rng = np.random.default_rng(9)
    instance = generate_collective(leaves=4, spines=4, hosts_per_leaf=4, seed=1)
    small = {"placements": [{"counts": [[1, 2], [3, 4]], "cores": [[[1]]], "unit": 2}]}
    packed = Placement(counts=np.arange(8000).reshape(4, 2000)).to_dict()
    path = tmp_path / "plan.json"
    for sample in (small, {"placements": [packed]}):
        refused = 0
        for _ in range(200):
            path.write_text(json.dumps(damage(rng, sample)))
            try:
                plan = netroute.read_solution(path, instance)
            except NetrouteError as error:
                refused += "\n" not in str(error)
            else:
                refused += not netroute.check(instance, plan).feasible
        assert refused == 200
