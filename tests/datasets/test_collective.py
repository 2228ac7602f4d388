"""Generated fabrics: oversubscription, rails, everything that fails, and one seed one instance."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import netroute
from netroute.core.errors import InputError
from netroute.datasets.collective.generate import generate_collective
from netroute.problems.collective.traffic import NAMES

SMALL = {"leaves": 8, "spines": 4, "hosts_per_leaf": 8}


@pytest.mark.parametrize("pattern", NAMES)
@pytest.mark.parametrize("fabric", [SMALL, {"fat_tree": 4, "hosts_per_leaf": 4}])
def test_every_pattern_is_seeded_and_solved(tmp_path, pattern, fabric):
    values = fabric | {"pattern": pattern, "group": 16, "server": 2, "failed_links": 1}
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        netroute.write(
            tmp_path / f"{name}.json", generate_collective(**values, seed=seed, name="x")
        )
    texts = [(tmp_path / f"{name}.json").read_text() for name in "abc"]
    assert texts[0] == texts[1] != texts[2]
    instance = netroute.read(tmp_path / "a.json")
    result = netroute.solve(instance, solver="greedy", seconds=60, bound="none")
    assert netroute.check(instance, result.solution).feasible


@pytest.mark.parametrize("ratio", [1, 2, 4, 8])
def test_oversubscription(ratio):
    for values, links in (({"leaves": 4, "spines": 2}, 2), ({"fat_tree": 4}, 2)):
        instance = generate_collective(**values, oversubscription=ratio, capacity=4, nic=2)
        assert instance.fabric.hosts_per_leaf * 2 == ratio * links * 4


@pytest.mark.parametrize("k", [4, 16, 64])
def test_fat_trees(k):
    instance = generate_collective(fat_tree=k, pattern="ring", group=4, seed=1)
    fabric = instance.fabric
    assert (fabric.hosts, fabric.leaves, fabric.paths) == (k**3 // 4, k * k // 2, k * k // 4)


def test_rail_optimised_and_rail_only():
    values = {"leaves": 8, "hosts_per_leaf": 16, "server": 8, "rails": True, "group": 64}
    # Rings on rails stay on their leaves; with two groups of rails they change leaves.
    for leaves, crossing in ((8, False), (16, True)):
        instance = generate_collective(
            **values | {"leaves": leaves}, spines=4, pattern="hierarchical", seed=1
        )
        assert (instance.phases[0].crossing > 0) == crossing
    alone = generate_collective(**values, spines=0, pattern="rail-all-to-all")
    assert not alone.fabric.alive().any()
    result = netroute.solve(alone, seconds=60)
    assert (result.objective, result.gap) == (7 * 8.0, 0.0)
    with pytest.raises(InputError, match="no path from leaf 0 to leaf 1"):
        generate_collective(**values, spines=0, pattern="all-to-all")


def test_a_slow_leaf_and_half_rates_keep_capacities_whole():
    instance = generate_collective(**SMALL, slow_leaf=3, half_rate=2, size=5, seed=2)
    up = instance.fabric.up
    assert (instance.fabric.nic, up.max(), instance.jobs[0].size) == (6, 6, 30)
    slow = np.flatnonzero((up <= 2).all(axis=1))
    assert len(slow) == 1
    assert ((up == 3).sum() + (up == 1).sum()) == 2
    assert np.array_equal(instance.fabric.down, up.T)
    even = generate_collective(**SMALL, slow_leaf=4, capacity=400, seed=2)
    assert sorted(np.unique(even.fabric.up)) == [100, 400]
    bad = generate_collective(**SMALL, bad_leaf=0.5, slow_leaf=2, seed=2)
    (leaf,) = np.flatnonzero((bad.fabric.up == 0).any(axis=1))
    assert sorted(bad.fabric.up[leaf].tolist()) == [0, 0, 1, 1]


def test_core_links_fail_one_by_one():
    instance = generate_collective(fat_tree=8, pattern="ring", group=16, failed_core_links=9)
    fabric = instance.fabric
    assert (fabric.core_up == 0).sum() == 9
    assert np.array_equal(fabric.core_down, fabric.core_up.transpose(1, 2, 0))
    assert "unequal capacities" in instance.features()
    result = netroute.solve(instance, seconds=60)
    verdict = netroute.check(instance, result.solution)
    assert verdict.feasible
    assert result.bound <= verdict.objective


@pytest.mark.parametrize(
    ("words", "values"),
    [
        ("failed_links: found -1", {"failed_links": -1}),
        ("failed_links: found 99, of which 24 can fail", {"failed_links": 99}),
        ("failed_core_links: found 1, expected a fat tree", {"failed_core_links": 1}),
        ("failed_core_links: found 99, of which 8 can", {"fat_tree": 4, "failed_core_links": 99}),
        ("bad_leaf: found 1.5", {"bad_leaf": 1.5}),
        ("slow_leaf: found 0", {"slow_leaf": 0}),
        ("half_rate: found 40", {"half_rate": 40}),
        ("oversubscription: found 2 beside hosts_per_leaf", {"oversubscription": 2}),
        ("k: found 7, expected an even number", {"fat_tree": 7}),
        ("leaves: found 0", {"leaves": 0}),
        ("spines: found -1", {"spines": -1}),
        ("capacity: found 0, expected an integer from 1", {"capacity": 0}),
        ("nic: found -4", {"nic": -4}),
        ("seed: found -1", {"seed": -1}),
        ("channels: found 0", {"channels": 0}),
        ("tables of 1073741824 links would take 64.0 GiB", {"leaves": 2**15, "spines": 2**15}),
        ("hosts_per_leaf: found more than 16777216 hosts", {"hosts_per_leaf": 2**24}),
    ],
)
def test_what_is_wrong_is_named(words, values):
    with pytest.raises(InputError) as caught:
        generate_collective(**SMALL | values)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


@settings(max_examples=250, deadline=None)
@given(
    values=st.fixed_dictionaries(
        {"seed": st.integers(0, 5), "pattern": st.sampled_from(NAMES)},
        optional={
            "leaves": st.integers(-1, 9),
            "spines": st.integers(-1, 5),
            "hosts_per_leaf": st.integers(-1, 9),
            "fat_tree": st.sampled_from([-2, 0, 2, 3, 4, 6]),
            "oversubscription": st.integers(0, 9),
            "group": st.integers(-1, 80),
            "channels": st.integers(0, 4),
            "placement": st.sampled_from(["random", "packed", "striped", "fragmented"]),
            "server": st.integers(0, 9),
            "rails": st.booleans(),
            "shape": st.sampled_from(["2x4", "4x4", "2x2x2", "0x3", "x", "-1x4"]),
            "tensor": st.integers(0, 4),
            "expert": st.integers(0, 4),
            "data": st.integers(0, 8),
            "pipeline": st.integers(0, 4),
            "reduction": st.sampled_from(["ring", "halving-doubling", "all-to-all", "bruck"]),
            "size": st.sampled_from([-1, 0, 1, 3, 2**30, 2**31]),
            "spread": st.sampled_from([-1.0, 0.0, 0.5, 4.0, float("nan"), float("inf")]),
            "capacity": st.sampled_from([0, 1, 3, 2**40, 2**41]),
            "nic": st.sampled_from([-1, 1, 2, 2**40]),
            "failed_spines": st.integers(-1, 3),
            "failed_links": st.integers(-1, 9),
            "failed_core_links": st.integers(-1, 9),
            "half_rate": st.integers(-1, 9),
            "bad_leaf": st.sampled_from([-0.1, 0.0, 0.5, 1.0, float("nan")]),
            "slow_leaf": st.integers(0, 5),
            "split": st.booleans(),
        },
    )
)
def test_any_options_make_an_instance_or_one_line(values):
    instance, words = None, ""
    try:
        instance = generate_collective(**values)
    except InputError as error:
        words = str(error)
    assert "\n" not in words
    if instance is not None:
        assert instance.size > 0
        assert generate_collective(**values).fingerprint == instance.fingerprint


@pytest.mark.parametrize(
    ("words", "values"),
    [
        ("hosts_per_leaf: missing", {"spines": 0}),
        ("hosts_per_leaf: 16 above a leaf are no multiple of 3", {"nic": 3}),
        ("oversubscription: found 65, expected an integer from 1 to 64", {"oversubscription": 65}),
    ],
)
def test_hosts_of_a_leaf(words, values):
    with pytest.raises(InputError, match=words):
        generate_collective(**values)
