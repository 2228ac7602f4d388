"""After a failure the flows of failed links move, and no others."""

import numpy as np
import pytest

from netroute.core.errors import InputError, UnsupportedError
from netroute.datasets.collective.generate import generate_collective
from netroute.problems.collective import CollectiveSolution, Fabric, Placement
from netroute.problems.collective.check import check
from netroute.solvers.collective.bound.degree import degree_certificate
from netroute.solvers.collective.greedy import GreedySolver
from netroute.solvers.collective.incremental import reroute

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
    with pytest.raises(UnsupportedError, match="leaf-spine"):
        reroute(instance.replace(fabric=Fabric.fat_tree(4), jobs=()), CollectiveSolution.of([]))
