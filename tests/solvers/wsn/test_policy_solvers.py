"""Both learned solvers: what they play, what they refuse, and what their weights are worth."""

import numpy as np
import pytest

import netroute
from netroute.core.errors import InputError, UnsupportedError
from netroute.datasets.wsn.generate import generate_field

torch = pytest.importorskip("torch")
pytest.importorskip("safetensors")

from netroute.solvers.neural.policy_file import load_policy, save_policy  # noqa: E402
from netroute.solvers.wsn.batch import lifetimes  # noqa: E402
from netroute.solvers.wsn.leach import LeachSolver  # noqa: E402
from netroute.solvers.wsn.learned.model import NodeAttention  # noqa: E402
from netroute.solvers.wsn.learned.outputs import outputs_of  # noqa: E402
from netroute.solvers.wsn.learned.surroundings import observe, pairs_of  # noqa: E402
from netroute.solvers.wsn.local_policy import LocalPolicySolver  # noqa: E402


def saved(folder, policy):
    save_policy(
        folder, policy, problem="wsn", seed=0, data_hash="0" * 64, config="", log="", figures={}
    )
    return str(folder)


@pytest.mark.parametrize("solver", ["policy", "local-policy"])
@pytest.mark.parametrize(
    "changes",
    [
        {"setting": "far"},
        {"setting": "leach", "headless": "silent"},
        {"control_bits": 200, "spread": 1.0},
        {"aggregation_ratio": 0.1, "base_if_nearer": True, "death_test": "end"},
        {"nodes": 1},
    ],
)
def test_schedules_are_feasible(solver, changes):
    net = generate_field(**({"nodes": 25, "seed": 3, "energy": 0.02} | changes))
    result = netroute.solve(net, solver=solver, bound="none")
    verdict = netroute.check(net, result.solution)
    assert verdict.feasible
    assert verdict.objective == result.objective > 0
    again = netroute.solve(net, solver=solver, bound="none")
    assert (again.solution.parent == result.solution.parent).all()


@pytest.mark.parametrize("solver", ["policy", "local-policy"])
@pytest.mark.parametrize("changes", [{"routing": "tree"}, {"hard_threshold": 100.0}])
def test_other_features_are_refused(solver, changes):
    net = generate_field(nodes=10, seed=1, **changes)
    with pytest.raises(UnsupportedError, match=f"solver '{solver}' does not support"):
        netroute.solve(net, solver=solver, bound="none")


@pytest.mark.parametrize("solver", ["policy", "local-policy"])
def test_weights_of_others_are_refused(solver):
    net = generate_field(nodes=10, seed=1)
    with pytest.raises(InputError, match="no such policy"):
        netroute.solve(net, solver=solver, weights="wsm", bound="none")


@pytest.mark.parametrize("solver", ["policy", "local-policy"])
def test_budgets_are_kept(solver):
    net = generate_field(nodes=30, seed=1, setting="far")
    result = netroute.solve(net, solver=solver, iterations=20, bound="none")
    assert result.stopped_by == "iterations"
    assert result.objective >= 20


def test_local_decisions_reach_most_of_the_bound():
    net = generate_field(setting="far", seed=3)
    # The bound of `lifetime`, as lp-schedule proves it.
    bound = 1018
    assert LocalPolicySolver().solve(net).objective > 0.95 * bound
    assert lifetimes(LeachSolver(), [net]).full[0, 0] < 0.8 * bound


def test_a_batch_plays_what_single_fields_play():
    nets = [generate_field(nodes=20, seed=s, setting="far", energy=0.05) for s in (1, 2)]
    solver = LocalPolicySolver()
    found = lifetimes(solver, nets, seeds=(0, 1))
    assert (found.full[:, 0] == found.full[:, 1]).all()
    assert found.full[:, 0].tolist() == [solver.solve(net).objective for net in nets]


def test_other_weights_other_rounds(tmp_path):
    net = generate_field(nodes=40, seed=1, setting="far", energy=0.1)
    folder = saved(tmp_path / "new", NodeAttention(width=4, nearest=3, radius=40.0))
    new = netroute.solve(net, solver="local-policy", weights=folder, bound="none")
    shipped = netroute.solve(net, solver="local-policy", bound="none")
    assert not np.array_equal(new.solution.parent[:20], shipped.solution.parent[:20])


def test_outputs_follow_the_nodes_whatever_their_order():
    net = generate_field(nodes=30, seed=2, setting="edge", spread=1.0)
    policy = load_policy("wsn-local", problem="wsn", architectures=("node-attention",))
    order = np.random.default_rng(0).permutation(30)
    other = net.replace(position=net.position[order], energy=net.energy[order])
    found, _ = outputs_of(policy, net)
    again, _ = outputs_of(policy, other)
    assert np.allclose(again, found[order], atol=1e-5)
    assert found.std(axis=0).min() > 0


def test_outputs_are_local(tmp_path):
    net = generate_field(nodes=60, seed=2, setting="far")
    policy = NodeAttention(width=8, nearest=6, radius=25.0)
    generator = torch.Generator().manual_seed(1)
    for part in policy.parameters():
        part.data.copy_(torch.randn(part.shape, generator=generator))
    apart = np.hypot(*(net.position - net.position[0]).T)
    # Beyond two radii: neighbours of neighbours are looked at by these.
    far = apart > 50.0
    assert far.any()
    energy = np.where(far, 2.0 * net.energy, net.energy)
    found, again = (
        policy(
            {
                name: torch.as_tensor(part)[None]
                for name, part in observe(one, pairs_of(one, 25.0), 6).items()
            }
        )[0]
        for one in (net, net.replace(energy=energy))
    )
    assert (found[0] == again[0]).all()
    assert (found[far] != again[far]).any()


def test_a_network_that_cannot_be():
    with pytest.raises(ValueError, match="radius above 0"):
        NodeAttention(radius=0.0)
