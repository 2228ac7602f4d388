"""Constructed plans, judged by the checkers and by the environments' engines."""

import numpy as np
import pytest
import torch

import netroute
from netroute.envs.tsp.data import TspData
from netroute.envs.tsp.tours import TspBatch
from netroute.envs.vrp.data import CvrpData
from netroute.envs.vrp.plans import CvrpBatch
from netroute.problems.geometry import Rounding
from netroute.problems.tsp import TspInstance, TspSolution
from netroute.problems.vrp import VehicleType, VrpInstance, VrpSolution
from netroute.solvers.neural.attention import decode
from netroute.solvers.neural.attention.decode import construct


def verdict(arrays, b, nodes):
    """The checker's, which shares nothing with the network."""
    if len(arrays) == 1:
        instance = TspInstance(coordinates=arrays[0][b], rounding=Rounding.EXACT)
        return netroute.check(instance, TspSolution.of(nodes))
    coordinates, demand, capacity = arrays
    instance = VrpInstance(
        coordinates=coordinates[b],
        deliveries=demand[b],
        rounding=Rounding.EXACT,
        vehicles=(VehicleType(capacity=(float(capacity[b]),)),),
    )
    routes: list[list[int]] = [[]]
    for at in nodes.tolist():
        if at:
            routes[-1].append(at)
        elif routes[-1]:
            routes.append([])
    return netroute.check(instance, VrpSolution.of([route for route in routes if route]))


@pytest.mark.parametrize("depot", [False, True])
@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("sampled", [False, True])
def test_plans_are_feasible_and_as_long_as_the_checker_says(
    policy_of, arrays_of, depot, mirrored, sampled
) -> None:
    arrays = arrays_of(depot)
    rng = np.random.default_rng(1) if sampled else None
    found = construct(policy_of(depot), *arrays, mirrored=mirrored, rng=rng)
    assert found.nodes.shape[:2] == found.lengths.shape == (4, 9 * (8 if mirrored else 1))
    for b in range(4):
        for k in range(0, found.nodes.shape[1], 5):
            judged = verdict(arrays, b, found.nodes[b, k])
            assert judged.feasible
            assert judged.objective == pytest.approx(found.lengths[b, k], rel=1e-9)
    best = [verdict(arrays, b, nodes).objective for b, nodes in enumerate(found.best())]
    assert best == pytest.approx(found.lengths.min(axis=1))


@pytest.mark.parametrize("depot", [False, True])
def test_plans_cost_what_the_engine_says_and_its_mask_allows_them(
    policy_of, arrays_of, depot
) -> None:
    arrays = arrays_of(depot, count=6, n=12)
    found = construct(policy_of(depot), *arrays, rng=np.random.default_rng(2))
    if depot:
        plans = CvrpBatch(CvrpData.of_arrays(*arrays), starts=12)
    else:
        plans = TspBatch(TspData.of_arrays(*arrays), starts=12, start=None)
    for t in range(found.nodes.shape[2]):
        node = found.nodes[:, :, t]
        assert np.take_along_axis(plans.mask, node[..., None], 2).all()
        plans.step(node)
    assert plans.done
    assert plans.cost == pytest.approx(found.lengths)


@pytest.mark.parametrize("depot", [False, True])
def test_each_start_begins_elsewhere(policy_of, arrays_of, depot) -> None:
    arrays = arrays_of(depot)
    policy = policy_of(depot)
    every = construct(policy, *arrays).nodes[0, :, 0]
    assert every.tolist() == list(range(int(depot), 9 + int(depot)))
    few = construct(policy, *arrays, starts=3).nodes
    assert few[0, :, 0].tolist() == [int(depot), 3 + int(depot), 6 + int(depot)]
    more = construct(policy, *arrays, starts=100)
    assert more.nodes.shape[1] == 9


@pytest.mark.parametrize("depot", [False, True])
def test_scale_place_and_batch_do_not_matter(policy_of, arrays_of, depot, monkeypatch) -> None:
    policy = policy_of(depot)
    coordinates, *rest = arrays_of(depot)
    plain = construct(policy, coordinates, *rest)
    moved = construct(policy, 1024.0 * coordinates - 4096.0, *rest)
    assert np.array_equal(plain.nodes, moved.nodes)
    assert moved.lengths == pytest.approx(1024.0 * plain.lengths)
    # Parts of one instance each.
    monkeypatch.setattr(decode, "MOST_NUMBERS", 1)
    parted = construct(policy, coordinates, *rest)
    assert parted.lengths == pytest.approx(plain.lengths)


def test_arrays_may_be_read_only(policy_of, arrays_of, recwarn) -> None:
    arrays = arrays_of(True)
    for array in arrays:
        array.flags.writeable = False
    before = [array.copy() for array in arrays]
    construct(policy_of(True), *arrays, mirrored=True)
    assert not recwarn.list
    assert all(map(np.array_equal, arrays, before))


def test_mirrored_plans_contain_the_plain_ones(policy_of, arrays_of) -> None:
    policy, arrays = policy_of(True), arrays_of(True)
    plain, mirrored = construct(policy, *arrays), construct(policy, *arrays, mirrored=True)
    assert mirrored.lengths[:, :9] == pytest.approx(plain.lengths)
    assert (mirrored.lengths.min(axis=1) <= plain.lengths.min(axis=1) + 1e-9).all()


def test_the_same_seed_samples_the_same_plans(policy_of, arrays_of) -> None:
    policy, arrays = policy_of(False), arrays_of(False)
    first, again, other = (
        construct(policy, *arrays, rng=np.random.default_rng(seed)).nodes for seed in (1, 1, 2)
    )
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_a_vehicle_that_is_full_to_the_last_unit_is_allowed(policy_of) -> None:
    points = np.random.default_rng(1).random((1, 4, 2))
    found = construct(policy_of(True), points, [[0.0, 0.1, 0.2, 0.3]], [0.6], starts=1)
    # 0.1 + 0.2 + 0.3 is a little more than 0.6 in floating point numbers.
    loads = [route for route in "".join(map(str, found.nodes[0, 0])).split("0") if route]
    assert sum(map(len, loads)) == 3
    full = construct(policy_of(True), points, [[0.0, 0.6, 0.6, 0.6]], [0.6], starts=1)
    assert full.nodes[0, 0].tolist().count(0) == 2


def test_a_policy_reads_observations_like_the_rollout(policy_of, arrays_of) -> None:
    """One decision at a time gives the greedy plan of `construct`."""
    for depot in (False, True):
        policy = policy_of(depot)
        arrays = arrays_of(depot, count=1, n=7)
        wanted = construct(policy, *arrays, starts=1).nodes[0, 0]
        if depot:
            plans = CvrpBatch(CvrpData.of_arrays(*arrays))
        else:
            plans = TspBatch(TspData.of_arrays(*arrays), start=None)
        plans.step(wanted[:1][None])
        taken = [int(wanted[0])]
        points = torch.from_numpy(decode.unit_square(arrays[0]).astype(np.float32))
        while not plans.done:
            seen = {
                "coordinates": points,
                "node": torch.from_numpy(plans.node[0].copy()),
                "action_mask": torch.from_numpy(plans.mask[0].copy()),
            }
            if depot:
                share = arrays[1] / arrays[2][:, None]
                room = 1.0 - plans.load[0] / arrays[2]
                seen["demand"] = torch.from_numpy(share.astype(np.float32))
                seen["room"] = torch.from_numpy(room.astype(np.float32))
            else:
                seen["first"] = torch.from_numpy(plans.first[0].copy())
            with torch.no_grad():
                node = int(policy(seen).argmax())
            taken.append(node)
            plans.step(np.array([[node]]))
        assert taken == wanted.tolist()[: len(taken)]
