"""Chains along weighted edges: what they gain, what they learn, and which weights are refused."""

from __future__ import annotations

import numpy as np
import pytest

from netroute.core.budget import Budget
from netroute.core.errors import InputError, UnsupportedError
from netroute.problems.tsp import TspInstance
from netroute.problems.tsp.check import check
from netroute.solvers.tsp._kernels import tree_search as kernels
from netroute.solvers.tsp._kernels.tour import after, before
from netroute.solvers.tsp.edge_prior import EdgePrior
from netroute.solvers.tsp.search_space import search_space
from netroute.solvers.tsp.tree_search import TreeSearch, TreeSearchSolver


@pytest.fixture(params=["integers", "floats", "ties"])
def tree(request):
    rng = np.random.default_rng(3)
    if request.param == "ties":
        points = np.stack(np.meshgrid(np.arange(8), np.arange(9)), -1).reshape(-1, 2)
    else:
        points = rng.random((80, 2)) * 1000
    rounding = "nearest" if request.param == "integers" else "exact"
    space = search_space(TspInstance(coordinates=points, rounding=rounding))
    prior = EdgePrior.of_ranks(space.instance)
    search = TreeSearch(space, prior, seed=1, depth=6, explore=0.1, reward=0.1)
    search.load(space.random_order(rng))
    search.descend()
    return search


def length(search):
    return search.space.instance.length(search.space.to_tour(search.order))


def test_chains_gain_what_they_say(tree):
    rng = np.array([7], np.uint64)
    steps_seen = set()
    for number in range(300):
        tree._tour.logged[0] = 0
        was = length(tree)
        gain, steps = kernels.chain(
            tree._tour,
            tree.space.source,
            tree.tree,
            tree._queue,
            rng,
            np.int64(20),
            1e-6,
            0.1,
        )
        steps_seen.add(int(steps))
        assert sorted(tree.order.tolist()) == list(range(tree.space.size))
        assert was - length(tree) == pytest.approx(gain, abs=1e-6)
        if number % 10 == 9:  # Between descents chains find what to gain early.
            tree.descend()
    assert len(steps_seen) > 2


def test_simulations_report_their_gain_and_weigh_edges(tree):
    weight = tree.tree.weight.copy()
    for _ in range(4):
        was = length(tree)
        count, gain = tree.kick(150)
        assert 0 < count <= 150
        assert gain >= -1e-6
        assert was - length(tree) == pytest.approx(gain, abs=1e-6)
    assert (tree.tree.weight >= weight).all()
    assert tree.tree.weight.sum(axis=1) == pytest.approx(tree.tree.total)
    assert tree.tree.tried.sum() > 0


def test_candidates_are_drawn_by_their_potential(tree):
    node = np.uint32(tree.order[0])
    rng = np.array([11], np.uint64)
    explore = 0.3
    draws = 20_000
    count = np.zeros(10)
    closing = np.uint32(tree.tree.near[node, 3])
    for _ in range(draws):
        c = kernels.draw_candidate(tree._tour, tree.tree, rng, explore, node, closing)
        count[c] += 1
    near = tree.tree.near[node]
    out = (int(before(tree._tour, node)), int(after(tree._tour, node)), int(closing))
    potential = 10 * tree.tree.weight[node] / tree.tree.total[node]
    potential += explore / np.sqrt(tree.tree.tried[node] + 1)
    potential[np.isin(near, out)] = 0.0
    assert count / draws == pytest.approx(potential / potential.sum(), abs=0.02)


def test_a_node_without_other_candidates_draws_none(tree):
    node = np.uint32(tree.order[0])
    tree.tree.near[node, :] = after(tree._tour, node)
    rng = np.array([11], np.uint64)
    assert kernels.draw_candidate(tree._tour, tree.tree, rng, 0.3, node, node) == -1


def test_kernels_have_one_signature_for_each_kind_of_distances(tree):
    tree.kick(3)
    for name in ("chain", "simulate"):
        assert len(getattr(kernels, name).signatures) <= 3, name
    for name in ("draw_candidate", "swap_paths"):
        assert len(getattr(kernels, name).signatures) <= 1, name


@pytest.mark.parametrize("kind", ["points", "matrix"])
@pytest.mark.parametrize("fixed", [0, 4])
def test_tours_are_feasible_and_repeatable(make_tsp, kind, fixed):
    for n in (3, 8, 9, 40):
        instance = make_tsp(n, kind, fixed=min(fixed, n - 2), seed=n)
        budget = Budget(iterations=300)
        found = [TreeSearchSolver().solve(instance, budget=budget, seed=2) for _ in range(2)]
        assert check(instance, found[0].solution).feasible
        assert found[0].solution == found[1].solution


def test_a_matrix_of_weights_leads_to_its_tour(tmp_path):
    instance = TspInstance(coordinates=np.random.default_rng(0).random((30, 2)))
    heat = np.random.default_rng(1).random((30, 30))
    np.savez(tmp_path / "heat.npz", heat=heat)
    by_file = TreeSearchSolver(prior=str(tmp_path / "heat.npz"))
    by_hand = TreeSearchSolver(prior=EdgePrior.of_matrix(heat))
    budget = Budget(iterations=200)
    first, second = (s.solve(instance, budget=budget) for s in (by_file, by_hand))
    assert first.solution == second.solution
    assert second.parameters["prior"] == "given, shape 30 x 10"
    np.savez(tmp_path / "sparse.npz", near=by_hand.prior.near, weight=by_hand.prior.weight)
    sparse = EdgePrior.read(tmp_path / "sparse.npz")
    assert sparse.weight == pytest.approx(by_hand.prior.weight)


@pytest.mark.parametrize(
    ("near", "weight", "message"),
    [
        (np.zeros((3, 1)), np.ones((3, 1)), "expected node numbers"),
        (np.zeros((3, 0), int), np.ones((3, 0)), "expected node numbers"),
        ([[1], [2], [3]], np.ones((3, 1)), "nodes from 0 to 2"),
        ([[1], [2], [0]], np.ones((3, 2)), r"expected numbers, shape \(3, 1\)"),
        ([[1], [2], [0]], [[1.0], [-1.0], [1.0]], "from 0 on"),
        ([[1], [2], [0]], [[1.0], [np.inf], [1.0]], "finite"),
        ([[1], [1], [0]], [[1.0], [1.0], [1.0]], "node 1: expected a candidate"),
    ],
)
def test_faulty_weights_are_refused(near, weight, message):
    with pytest.raises(InputError, match=message):
        EdgePrior(np.array(near), np.array(weight))


def test_faulty_files_and_sizes_are_refused(tmp_path):
    instance = TspInstance(coordinates=np.random.default_rng(0).random((9, 2)))
    text = tmp_path / "heat.npz"
    text.write_text("no arrays")
    np.savez(tmp_path / "other.npz", cold=np.ones(3))
    np.savez(tmp_path / "flat.npz", heat=np.ones(3))
    np.savez(tmp_path / "small.npz", heat=np.ones((4, 4)))
    for name, message in [
        ("none.npz", "expected an .npz file"),
        ("heat.npz", "expected an .npz file"),
        ("other.npz", "found the arrays cold, expected heat"),
        ("flat.npz", r"flat.npz: prior.heat: found float64 of shape \(3,\)"),
        ("small.npz", "found weights of 4 nodes, expected 9"),
    ]:
        solver = TreeSearchSolver(prior=str(tmp_path / name))
        with pytest.raises(InputError, match=message):
            solver.solve(instance, budget=Budget(iterations=1))
    with pytest.raises(InputError, match="expected a file's name or an EdgePrior"):
        TreeSearchSolver(prior=3)


def test_asymmetric_distances_are_refused(make_tsp):
    with pytest.raises(UnsupportedError, match="asymmetric"):
        TreeSearchSolver().solve(make_tsp(9, "arcs"))
