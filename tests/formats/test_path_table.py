"""Path tables: every flow once, in whole bytes, and on links as the checker counts them."""

from __future__ import annotations

import csv

import numpy as np
import pytest

import netroute
from netroute.core.errors import InputError
from netroute.datasets.collective.generate import generate_collective
from netroute.problems.collective import CollectiveInstance, CollectiveSolution, Fabric, Placement

SMALL = {"leaves": 4, "spines": 3, "hosts_per_leaf": 4, "size": 1000}
CASES = [
    (SMALL, "koenig"),
    (SMALL | {"split": True, "spread": 1.0}, "spray"),
    (SMALL | {"pattern": "bruck"}, "greedy"),
    ({"fat_tree": 4, "size": 7}, "koenig"),
    ({"fat_tree": 4, "size": 10, "split": True}, "spray"),
]


@pytest.mark.parametrize(("settings", "solver"), CASES)
def test_lines_add_up_to_flows_and_loads(tmp_path, settings, solver):
    instance = generate_collective(**settings, seed=1)
    plan = netroute.solve(instance, solver=solver, seconds=60, bound="none").solution
    netroute.write(tmp_path / "paths.csv", instance, plan)
    with (tmp_path / "paths.csv").open() as stream:
        lines = list(csv.DictReader(stream))
    fabric, per = instance.fabric, instance.fabric.hosts_per_leaf
    tree = fabric.tiers == 3
    for number, (phase, placement) in enumerate(zip(instance.phases, plan.placements, strict=True)):
        rows = [line for line in lines if int(line["phase"]) == number]
        sent, received = np.zeros((2, fabric.hosts), int)
        up = np.zeros(fabric.up.shape)
        core_up = np.zeros((fabric.pods, fabric.planes, fabric.cores))
        local = 0
        for line in rows:
            a, b, amount = int(line["source"]), int(line["target"]), int(line["bytes"])
            sent[a] += amount
            received[b] += amount
            plane = line["aggregation" if tree else "spine"]
            assert (plane == "") == (a // per == b // per)
            local += plane == ""
            if plane:
                up[a // per, int(plane)] += amount
            if tree:
                pods = [host // per // fabric.leaves_per_pod for host in (a, b)]
                assert (line["core"] == "") == (pods[0] == pods[1])
                if line["core"]:
                    owner, core = divmod(int(line["core"]), fabric.cores)
                    assert owner == int(plane)
                    core_up[pods[0], owner, core] += amount
        assert (sent == phase.sent).all()
        assert (received == phase.received).all()
        assert local == phase.local
        # Whole bytes move the load of a link by less than one for each piece.
        slack = len(rows)
        exact = np.zeros_like(up)
        for row, leaf in enumerate(phase.source.tolist()):
            exact[leaf] += placement.counts[:, row] * phase.size[row] / placement.unit
        assert np.abs(up - exact).max() <= (0 if placement.unit == 1 else slack)
        if placement.cores is not None:
            pods = phase.pod_rows(fabric)
            exact = np.zeros_like(core_up)
            for row, pod in enumerate(pods.source.tolist()):
                exact[pod] += placement.cores[:, :, row] * pods.size[row] / placement.unit
            assert np.abs(core_up - exact).max() <= (0 if placement.unit == 1 else slack)
    pieces = sum(1 for line in lines if line["aggregation" if tree else "spine"])
    stated = netroute.check(instance, plan).metrics["pieces"]
    assert pieces >= stated if tree else pieces == stated


def test_pieces_of_a_flow_add_up_to_its_bytes(tmp_path):
    fabric = Fabric.leaf_spine(2, 3, hosts_per_leaf=1)
    instance = CollectiveInstance(fabric=fabric, flows=[(0, 0, 1, 10)], extra_pieces=None)
    plan = CollectiveSolution.of([Placement(counts=[[1], [1], [1]], unit=3)])
    netroute.write(tmp_path / "p.csv", instance, plan)
    assert (tmp_path / "p.csv").read_text().splitlines() == [
        "phase,source,target,bytes,spine",
        "0,0,1,3,0",
        "0,0,1,3,1",
        "0,0,1,4,2",
    ]


def test_what_does_not_fit_is_one_line(tmp_path):
    path = tmp_path / "p.csv"
    fabric = Fabric.leaf_spine(2, 2, hosts_per_leaf=1)
    instance = CollectiveInstance(fabric=fabric, flows=[(0, 0, 1, 10)])
    for counts, unit, words in (
        ([[1], [1]], 1, "phase 0: expected a placement in which every flow is placed once"),
        ([[1, 0], [0, 0]], 1, "phase 0: expected a placement"),
        ([[2**60], [0]], 2**60, "too small to be told apart"),
    ):
        plan = CollectiveSolution.of([Placement(counts=counts, unit=unit)])
        with pytest.raises(InputError, match=words):
            netroute.write(path, instance, plan)
    with pytest.raises(InputError, match="placements of 0 phases, expected 1"):
        netroute.write(path, instance, CollectiveSolution.of([]))
    huge = generate_collective(leaves=128, spines=4, hosts_per_leaf=64)
    with pytest.raises(InputError, match=r"a table of 67100672 flows would take 3\.0 GiB"):
        netroute.write(path, huge, CollectiveSolution.of([Placement(counts=[[1]])]))
    assert not path.exists()


def test_phases_without_flows_between_leaves(tmp_path):
    tree = Fabric.fat_tree(4)
    instance = CollectiveInstance(fabric=tree, flows=[(0, 0, 1, 4), (2, 0, 2, 6), (2, 0, 8, 6)])
    plan = netroute.solve(instance, solver="greedy", seconds=60, bound="none").solution
    netroute.write(tmp_path / "p.csv", instance, plan)
    assert (tmp_path / "p.csv").read_text().splitlines()[1] == "0,0,1,4,,"
    assert len((tmp_path / "p.csv").read_text().splitlines()) == 4
