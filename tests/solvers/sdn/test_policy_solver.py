"""The trained policy as a solver: what it may know, what it answers, and whether it pays."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("safetensors")

import netroute  # noqa: E402
from netroute.core.budget import Budget  # noqa: E402
from netroute.core.errors import InputError, UnsupportedError  # noqa: E402
from netroute.core.rng import generator  # noqa: E402
from netroute.core.status import StoppedBy  # noqa: E402
from netroute.datasets.sdn.priority_flows import generate_priority_flows  # noqa: E402
from netroute.problems.sdn.check import check  # noqa: E402
from netroute.solvers.neural.policy_file import save_policy  # noqa: E402
from netroute.solvers.sdn.adaptive_bid_price import AdaptiveBidPriceSolver  # noqa: E402
from netroute.solvers.sdn.learned.model import BidPriceCorrection  # noqa: E402
from netroute.solvers.sdn.policy import PolicySolver  # noqa: E402


@pytest.fixture(scope="module")
def traffic():
    """Network with a few hundred flows of which two thirds fit."""
    return generate_priority_flows(nodes=12, flows=300, bandwidth=30, seed=4)


def written(folder, policy, problem="sdn"):
    save_policy(
        folder, policy, problem=problem, seed=0, data_hash="", config="", log="", figures={}
    )
    return str(folder)


def test_same_seed_same_plan_and_a_bound_above_it(traffic):
    results = [PolicySolver(order=5).solve(traffic, seed=2) for _ in range(2)]
    assert results[0].solution.to_dict() == results[1].solution.to_dict()
    for result in results:
        assert check(traffic, result.solution).feasible
        share = 100.0 * result.objective / result.bound
        assert result.metrics["percent_of_bound"] == pytest.approx(share)
        assert share <= 100.0
        assert result.iterations == 1
        assert result.parameters["weights"] == "sdn"
    other = PolicySolver(order=6).solve(traffic, seed=2)
    assert other.solution.to_dict() != results[0].solution.to_dict()


def test_with_untrained_weights_it_is_the_adaptive_bid_price(traffic, tmp_path):
    weights = written(tmp_path / "none", BidPriceCorrection(arc_units=3, path_units=2))
    for order in range(3):
        one = PolicySolver(order=order, weights=weights).solve(traffic, seed=order)
        two = AdaptiveBidPriceSolver(order=order).solve(traffic, seed=order)
        assert one.solution.to_dict() == two.solution.to_dict()


def test_it_learns_from_the_flows_but_not_from_their_order(traffic):
    """A permutation in the file and the same one as parameter are the same day."""
    order = generator(3)
    shuffled = np.arange(traffic.size)
    order.shuffle(shuffled)
    as_parameter = PolicySolver(order=3, days=2).solve(traffic, seed=1)
    same = PolicySolver(order=3, days=2).solve(traffic.replace(name="other"), seed=1)
    assert as_parameter.solution.to_dict() == same.solution.to_dict()
    in_file = traffic.replace(
        source=traffic.source[shuffled], target=traffic.target[shuffled],
        bandwidth=traffic.bandwidth[shuffled], priority=traffic.priority[shuffled], flows=None,
    )  # fmt: skip
    share = PolicySolver(days=2).solve(in_file, seed=1).metrics["percent_of_bound"]
    assert share == pytest.approx(as_parameter.metrics["percent_of_bound"], abs=5.0)


def test_it_beats_the_rule_that_it_corrects():
    """On six networks that nothing was learned on, by more than a quarter of a point."""
    gains = []
    for seed in range(6):
        net = generate_priority_flows(nodes=20, flows=800, seed=500 + seed)
        shares = [
            solver.solve(net, seed=seed).metrics["percent_of_bound"]
            for solver in (PolicySolver(), AdaptiveBidPriceSolver())
        ]
        gains.append(shares[0] - shares[1])
    assert np.mean(gains) > 0.25
    assert sum(gain > 0.0 for gain in gains) >= 4


def test_limits_are_kept(traffic):
    random = generator(7)
    net = traffic.replace(
        max_delay=random.choice([np.inf, 0.5, 1.0, 1.5], traffic.size),
        max_hops=random.integers(0, 5, traffic.size),
        table_size=random.integers(-1, 40, len(traffic.nodes)),
        weighting="given",
        weight=random.random(traffic.size).round(2) * 9,
    )
    result = PolicySolver(order=1).solve(net)
    assert result.objective > 0.0
    assert check(net, result.solution).feasible


def test_unsupported_features(traffic):
    with pytest.raises(UnsupportedError, match="'policy' does not support arc protection"):
        PolicySolver().solve(traffic.replace(protection="arc"))
    with pytest.raises(UnsupportedError, match="'policy' does not support lexicographic"):
        PolicySolver().solve(traffic.replace(objective="lexicographic"))


def test_weights_of_something_else_are_refused(traffic, tmp_path):
    with pytest.raises(InputError, match="no such policy"):
        PolicySolver(weights="no-such").solve(traffic)
    other = written(tmp_path / "other", BidPriceCorrection(), problem="wsn")
    with pytest.raises(InputError, match="found a policy for wsn, expected one for sdn"):
        PolicySolver(weights=other).solve(traffic)


def test_no_time_no_flows_and_a_name(traffic):
    result = PolicySolver().solve(traffic, budget=Budget(seconds=1e-6))
    assert result.stopped_by is StoppedBy.TIME
    empty = traffic.replace(source=[], target=[], bandwidth=[], priority=[])
    assert PolicySolver().solve(empty).objective == 0
    assert netroute.solve(traffic, solver="policy", order=1, seconds=20).solver == "policy"
