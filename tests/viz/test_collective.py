from __future__ import annotations

import numpy as np
import pytest

import netroute
from netroute.core.errors import InputError
from netroute.datasets.collective.generate import generate_collective

pytest.importorskip("matplotlib")

from netroute.viz.collective import link_times, plot_loads, sorted_times
from netroute.viz.collective_schemes import plot_schemes
from netroute.viz.collective_seeds import plot_hash_seeds


@pytest.fixture(scope="module")
def job():
    return generate_collective(
        leaves=4, spines=3, hosts_per_leaf=4, group=8, failed_links=2, spread=1.0, nic=16, seed=3
    )


@pytest.fixture(scope="module")
def results(job):
    return [netroute.solve(job, solver=name, seed=2) for name in ("ecmp", "auto")]


@pytest.fixture
def words(tmp_path):
    """Draw as SVG and return all texts in it."""
    import matplotlib as mpl

    def drawn(plot, *arguments, **options):
        path = tmp_path / "x.svg"
        with mpl.rc_context({"svg.fonttype": "none"}):
            plot(*arguments, path, **options)
        return path.read_text()

    return drawn


@pytest.mark.parametrize("options", [{"leaves": 4, "spines": 3}, {"fat_tree": 4}])
def test_times_of_links_are_the_checkers(options):
    instance = generate_collective(
        group=8, hosts_per_leaf=4, placement="random", nic=6, seed=1, **options
    )
    plan = netroute.solve(instance, solver="ecmp", seed=1).solution
    times = sorted_times(instance, plan)
    fabric = instance.fabric
    links = 2 * fabric.up.size + (0 if fabric.core_up is None else 2 * fabric.core_up.size)
    assert len(times) == links
    assert (np.diff(times) <= 0).all()
    assert times[0] == netroute.check(instance, plan).objective
    up, down, core = link_times(instance, plan)
    assert up.shape == down.shape == fabric.up.shape
    assert (
        np.sort(np.concatenate([up.ravel(), down.ravel(), core]))[::-1].tolist() == times.tolist()
    )


def test_failed_links_have_no_time(job, results):
    up, down, _ = link_times(job, results[0].solution)
    assert (np.isnan(up) == (job.fabric.up == 0)).all()
    assert (np.isnan(down) == (job.fabric.down.T == 0)).all()
    assert np.isnan(up).any()


def test_schemes_are_named_best_first(job, results, words):
    text = words(plot_schemes, job, results)
    assert 0 < text.index(">auto<") < text.index(">ecmp<")
    assert f"bound {max(run.bound for run in results):g}" in text
    twice = words(plot_schemes, job, [results[0], results[0]])
    assert "ecmp, seed 2" in twice


def test_schemes_need_placements(job, results, tmp_path):
    with pytest.raises(InputError, match="found 0 results with a placement, expected 1 to 12"):
        plot_schemes(job, [], tmp_path / "x.png")
    with pytest.raises(InputError, match="found 13 results"):
        plot_schemes(job, results[:1] * 13, tmp_path / "x.png")


def test_hash_seeds_tell_their_spread_and_the_placement(job, results, words):
    plain = words(plot_hash_seeds, job, None)
    assert "ecmp, 100 seeds" in plain
    assert "worst" in plain
    assert "of seeds at the bound" in plain
    text = words(plot_hash_seeds, job, results[1].solution, result=results[1])
    assert f"auto {results[1].objective:g}" in text


def test_hash_seeds_refuse_what_would_take_minutes(tmp_path):
    large = generate_collective(leaves=512, spines=16, group=64, placement="random")
    with pytest.raises(InputError, match="too many for 100 seeds"):
        plot_hash_seeds(large, None, tmp_path / "x.png")


def test_loads(job, results, words):
    assert "load over capacity" in words(plot_loads, job, results[1].solution, result=results[1])
    assert "load over capacity" not in words(plot_loads, job, None)
