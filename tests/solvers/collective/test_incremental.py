"""After a failure the flows of failed links move, and no others."""

import json

import numpy as np
import pytest

import netroute
from netroute.cli import main
from netroute.core.errors import InputError, UnsupportedError
from netroute.datasets.collective.generate import generate_collective
from netroute.problems.collective import (
    CollectiveInstance,
    CollectiveSolution,
    Fabric,
    Placement,
)
from netroute.problems.collective.check import check
from netroute.problems.collective.instance import usable
from netroute.solvers.collective.bound.degree import degree_certificate
from netroute.solvers.collective.greedy import GreedySolver
from netroute.solvers.collective.incremental import IncrementalSolver, reroute
from netroute.solvers.collective.paths import cores_up

CASES = (
    {"group": 16},
    {"group": 8, "spread": 1.0},
    {"pattern": "halving-doubling", "group": 16},
)


def broken(instance, seed, links):
    rng = np.random.default_rng(seed)
    up = instance.fabric.up.copy()
    down = instance.fabric.down.copy()
    for k in range(links):
        (up if k % 2 else down.T)[rng.integers(len(up)), rng.integers(up.shape[1])] = 0
    return instance.replace(fabric=instance.fabric.replace(up=up, down=down))


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("seed", range(3))
def test_only_flows_on_failed_links_move(case, seed):
    sound = generate_collective(leaves=6, spines=4, hosts_per_leaf=8, nic=100, seed=seed, **case)
    before = GreedySolver().solve(sound).solution
    after = broken(sound, seed, 3)
    found = reroute(after, before)
    verdict = check(after, found.solution)
    assert verdict.feasible, verdict.violations
    affected = 0
    for phase, old, new in zip(
        after.phases, before.placements, found.solution.placements, strict=True
    ):
        for row, (i, j) in enumerate(zip(phase.source, phase.target, strict=True)):
            for k in range(4):
                if after.fabric.up[i, k] and after.fabric.down[k, j]:
                    assert new.counts[k, row] >= old.counts[k, row]
                else:
                    affected += int(old.counts[k, row])
    assert found.moved == affected > 0
    assert not check(after, before).feasible
    assert verdict.objective >= degree_certificate(after).value - 1e-9
    worst = CollectiveSolution.of(
        Placement(counts=_onto_first(after, phase, old))
        for phase, old in zip(after.phases, before.placements, strict=True)
    )
    assert check(after, worst).feasible
    assert verdict.objective <= check(after, worst).objective


def _onto_first(instance, phase, old):
    """Move what failed to the first path that is up."""
    counts = old.counts.astype(np.int64)
    for row, (i, j) in enumerate(zip(phase.source, phase.target, strict=True)):
        up = (instance.fabric.up[i] > 0) & (instance.fabric.down[:, j] > 0)
        lost = counts[~up, row].sum()
        counts[~up, row] = 0
        counts[np.argmax(up), row] += lost
    return counts


def test_nothing_moves_without_a_failure():
    instance = generate_collective(leaves=4, spines=4, group=8, seed=1)
    before = GreedySolver().solve(instance).solution
    found = reroute(instance, before)
    assert found.moved == 0
    assert (found.solution.placements[0].counts == before.placements[0].counts).all()


def test_what_does_not_fit():
    instance = generate_collective(leaves=4, spines=4, group=8, split=True, seed=1)
    rows = len(instance.phases[0].size)
    with pytest.raises(InputError, match="placements of 0 phases, expected 1"):
        reroute(instance, CollectiveSolution.of([]))
    with pytest.raises(InputError, match="phase 0: found counts of shape"):
        reroute(instance, CollectiveSolution.of([Placement(counts=[[1]])]))
    halves = Placement(counts=np.ones((4, rows), np.int64), unit=2)
    with pytest.raises(UnsupportedError, match="split"):
        reroute(instance, CollectiveSolution.of([halves]))
    few = Placement(counts=np.ones((4, rows), np.int64))
    with pytest.raises(InputError, match="phase 0: does not place every flow once"):
        reroute(instance, CollectiveSolution.of([few]))
    tree = CollectiveInstance(fabric=Fabric.fat_tree(4), flows=[(0, 0, 15, 1)])
    for cores in (None, [[[1]], [[0]]]):
        with pytest.raises(InputError, match="cores"):
            reroute(tree, CollectiveSolution.of([Placement(counts=[[1], [0]], cores=cores)]))
    with pytest.raises(InputError, match="needs the placement before the failure"):
        IncrementalSolver().solve(instance.replace(extra_pieces=0))


@pytest.mark.parametrize("seed", range(4))
def test_in_a_fat_tree_only_flows_on_failed_links_move(seed):
    sound = generate_collective(fat_tree=4, hosts_per_leaf=4, group=16, nic=100, seed=seed)
    before = GreedySolver().solve(sound).solution
    fabric, rng = sound.fabric, np.random.default_rng(seed)
    up, core_up = fabric.up.copy(), fabric.core_up.copy()
    up[rng.integers(8), rng.integers(2)] = 0
    core_up[rng.integers(4), rng.integers(2), rng.integers(2)] = 0
    after = sound.replace(fabric=fabric.replace(up=up, core_up=core_up))
    found = IncrementalSolver().solve(after, start=before)
    phase = after.phases[0]
    old, new = before.placements[0], found.solution.placements[0]
    dead = ~usable(after.fabric, phase.source, phase.target).T
    rows = phase.pod_rows(fabric)
    lost = ~cores_up(after.fabric)[rows.source, rows.target].transpose(1, 2, 0)
    least = max(int(old.counts[dead].sum()), int(old.cores[lost].sum()))
    most = int(old.counts[dead].sum()) + int(old.cores[lost].sum())
    assert 0 < least <= found.metrics["rerouted"] <= most
    fewer = np.maximum(old.counts.astype(np.int64) - new.counts, 0)
    assert fewer[~dead].sum() <= int(old.cores[lost].sum())
    assert found.bound <= found.objective <= 1.5 * found.bound


def test_ties_go_to_the_placement_that_moves_least():
    fabric = Fabric.leaf_spine(2, 2, hosts_per_leaf=2)
    instance = CollectiveInstance(fabric=fabric, flows=[(0, 0, 2, 1), (0, 1, 3, 1)], name="tie")
    start = CollectiveSolution.of([Placement(counts=[[1], [1]])])
    result = GreedySolver().solve(instance, start=start)
    assert result.metrics["rerouted"] == 0
    cut = Placement(counts=[[2], [2]], unit=2, cut=[[0, 0, 0, 1], [0, 0, 1, 1], [1, 0, 0, 1],
                                                    [1, 0, 1, 1]])  # fmt: skip
    free = instance.replace(extra_pieces=None)
    result = GreedySolver().solve(free, start=CollectiveSolution.of([cut]))
    assert result.metrics["pieces"] == 2


def test_the_command_line_tells_what_moves(tmp_path, capsys):
    sound = generate_collective(leaves=4, spines=4, hosts_per_leaf=4, group=8, nic=100, seed=2)
    after = broken(sound, 2, 3)
    netroute.write(tmp_path / "broken.json", after)
    netroute.solve(sound).save(str(tmp_path / "placed.json"))
    arguments = ["solve", "collective", str(tmp_path / "broken.json"), "--solver", "incremental"]
    assert main([*arguments, "--start", str(tmp_path / "placed.json"), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["feasible"]
    assert said["metrics"]["rerouted"] > 0
    assert said["bound"] <= said["objective"]
