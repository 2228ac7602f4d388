"""Corrected bid prices against a plain-Python oracle, and what the correction may know."""

import math

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("safetensors")

from netroute.core.rng import generator  # noqa: E402
from netroute.datasets.sdn.priority_flows import generate_priority_flows  # noqa: E402
from netroute.problems.sdn.check import check  # noqa: E402
from netroute.solvers.sdn._kernels import learned as kernels  # noqa: E402
from netroute.solvers.sdn._kernels.learned import describe  # noqa: E402
from netroute.solvers.sdn._kernels.online import CHEAPEST, Prices  # noqa: E402
from netroute.solvers.sdn.candidates import candidate_paths  # noqa: E402
from netroute.solvers.sdn.learned.day import (  # noqa: E402
    Corrected,
    attained_corrected,
    new_bench,
    run_corrected,
)
from netroute.solvers.sdn.learned.knowledge import knowledge, relax_days  # noqa: E402
from netroute.solvers.sdn.learned.model import BidPriceCorrection, kernel_weights  # noqa: E402
from netroute.solvers.sdn.online import Day, arrivals, menu_of, to_plan  # noqa: E402
from netroute.solvers.sdn.online_days import day_of, draw_day  # noqa: E402
from netroute.solvers.sdn.online_prices import attained, dual_prices, other_days  # noqa: E402

K = 4


@pytest.fixture(scope="module")
def traffic():
    """Network with a few hundred flows of which two thirds fit."""
    return generate_priority_flows(nodes=12, flows=300, bandwidth=30, seed=4)


@pytest.fixture(scope="module")
def plain(traffic):
    return site_of(traffic)


def site_of(net):
    """Return menu, prices and knowledge of two other days."""
    menu = menu_of(net, candidate_paths(net, K))
    relaxed = relax_days(net, other_days(net, 2, 1), [lambda: False] * 2)
    prices = Prices(relaxed.prices.mean(axis=0), 1.1, 2.0, 0.0, 0.0)
    return menu, prices, knowledge(net, menu, relaxed, prices)


def random_policy(seed, scale=0.3):
    torch.manual_seed(seed)
    policy = BidPriceCorrection(arc_units=5, path_units=3)
    with torch.no_grad():
        for weights in policy.parameters():
            weights += scale * torch.randn_like(weights)
    return policy


def limited(net, seed):
    random = generator(seed)
    return net.replace(
        max_delay=random.choice([np.inf, 0.5, 1.0, 1.5], net.size),
        max_hops=random.integers(0, 5, net.size),
        table_size=random.integers(-1, 40, len(net.nodes)),
        weighting="given",
        weight=random.random(net.size).round(1) * 9,
    )


def layers(inputs, first, shift, last, base):
    inputs = [min(max(x, -6.0), 6.0) for x in inputs]
    hidden = [sum(w * x for w, x in zip(row, inputs, strict=True)) for row in first]
    hidden = [h + s for h, s in zip(hidden, shift, strict=True)]
    hidden = [h / (1.0 + abs(h)) for h in hidden]
    rows = zip(last, base, strict=True)
    return [b + sum(w * h for w, h in zip(r, hidden, strict=True)) for r, b in rows]


def cut(logarithm):
    return math.exp(min(max(logarithm, -3.0), 3.0))


def path_cost(net, known, weights, free, path, flow, time, shortest):
    """Cost of a path for a flow by the definition, with sums of Python."""
    total, used_on = 0.0, []
    bandwidth, weight = int(net.bandwidth[flow]), max(net.weights()[flow], 1e-300)
    for a in path:
        used = 1.0 - free[a] / net.capacity[a]
        used_on.append(used)
        seen = [
            used - time, time, math.log((1.02 - used) / (1.02 - time)), known.price[a],
            known.spread[a], known.usage[a], known.width[a],
            math.log1p(free[a] / known.bandwidth), used - time * known.usage[a],
        ]  # fmt: skip
        factor, extra = layers(
            seen, weights.arc_in, weights.arc_shift, weights.arc_out, weights.arc_base
        )
        price = known.base[a] * math.exp(known.gain * (used - time)) * cut(factor)
        total += max(0.0, price + extra * known.typical)
    cost = total * known.level * bandwidth
    worth = net.weights()[flow]
    seen = [
        (worth - cost) / max(worth + cost, 1e-300), bandwidth / min(free[a] for a in path),
        math.log(bandwidth / known.bandwidth), len(path) / 10.0,
        math.log(weight / (bandwidth * known.typical)), time, (len(path) - shortest) / 4.0,
        max(used_on), sum(used_on) / len(path),
    ]  # fmt: skip
    (factor,) = layers(
        seen, weights.path_in, weights.path_shift, weights.path_out, weights.path_base
    )
    return cost * cut(factor)


def decide_slowly(net, candidates, flows, known, weights):
    free = net.capacity.tolist()
    entries = [math.inf] * len(net.nodes)
    if net.table_size is not None:
        entries = [math.inf if size < 0 else size for size in net.table_size.tolist()]
    chosen = []
    for i, flow in enumerate(flows.tolist()):
        options = []
        paths = [candidates.path(flow, j).tolist() for j in range(K)]
        for j, path in enumerate(paths):
            allowed = (
                candidates.allowed[flow, j] and min(free[a] for a in path) >= (net.bandwidth[flow])
            )
            if not allowed or min(entries[net.tail[a]] for a in path) < 1:
                continue
            cost = path_cost(net, known, weights, free, path, flow, i / len(flows), len(paths[0]))
            if cost <= net.weights()[flow]:
                options.append((cost, j, path))
        best = min(options, default=None)
        chosen.append(-1 if best is None else best[1])
        for a in [] if best is None else best[2]:
            free[a] -= int(net.bandwidth[flow])
            entries[net.tail[a]] -= 1
    return chosen


@pytest.mark.parametrize("kind", ["plain", "limited"])
def test_decisions_are_those_of_the_oracle(traffic, kind):
    different = 0
    for seed in range(3):
        net = traffic if kind == "plain" else limited(traffic, seed)
        menu, prices, known = site_of(net)
        candidates = candidate_paths(net, K)
        weights = kernel_weights(random_policy(seed))
        flows = arrivals(net.size, seed)
        choice = run_corrected(net, menu, flows, Corrected(known, weights))
        assert choice.tolist() == decide_slowly(net, candidates, flows, known, weights)
        assert check(net, to_plan(net, candidates, flows, choice)).feasible
        different += (choice != Day(net, menu).run(flows, CHEAPEST, prices)).sum()
    assert different > 50


def test_untrained_it_is_the_adaptive_bid_price(traffic, plain):
    menu, prices, known = plain
    flows = arrivals(traffic.size, 1)
    adaptive = Day(traffic, menu).run(flows, CHEAPEST, prices)
    untrained = kernel_weights(BidPriceCorrection())
    assert (run_corrected(traffic, menu, flows, Corrected(known, untrained)) == adaptive).all()
    other = kernel_weights(random_policy(3))
    assert (run_corrected(traffic, menu, flows, Corrected(known, other, 0.0)) == adaptive).all()
    assert (run_corrected(traffic, menu, flows, Corrected(known, other)) != adaptive).any()


def test_later_arrivals_do_not_change_a_decision(traffic, plain):
    menu, _, known = plain
    rule = Corrected(known, kernel_weights(random_policy(5)))
    flows = arrivals(traffic.size, 1)
    other = flows.copy()
    other[100:] = other[100:][::-1]
    one, two = (run_corrected(traffic, menu, f, rule) for f in (flows, other))
    assert (one[:100] == two[:100]).all()
    assert (one[100:] != two[100:]).any()


def test_the_network_scores_what_the_kernel_decides(traffic, plain):
    menu, _, known = plain
    policy = random_policy(7).eval()
    flows = arrivals(traffic.size, 2)
    choice = run_corrected(traffic, menu, flows, Corrected(known, kernel_weights(policy)))
    day = Day(traffic, menu)
    bench, longest = new_bench(len(traffic.tail)), 12
    admitted = 0
    for i, flow in enumerate(flows.tolist()):
        arc = np.zeros((K, longest, kernels.ARC_FEATURES), np.float32)
        price, on_path = np.zeros((K, longest), np.float32), np.zeros((K, longest), bool)
        path, mask = np.zeros((K, kernels.PATH_FEATURES), np.float32), np.zeros(K, bool)
        describe(
            menu, known, bench, np.uint32(flow), i / len(flows), day.capacity, day.entries,
            arc, price, path, on_path, mask,
        )  # fmt: skip
        seen = {"arc": arc, "price": price, "path": path, "on_path": on_path, "mask": mask}
        seen |= {
            "bandwidth": np.float32(menu.bandwidth[flow] * known.level),
            "typical": np.float32(known.typical),
            "weight": np.float32(menu.weight[flow]),
        }
        with torch.inference_mode():
            scores = policy({n: torch.as_tensor(v)[None] for n, v in seen.items()})[0]
        assert (scores[:-1] == -torch.inf).tolist() == (~mask).tolist()
        best = int(scores.argmax())
        # In single precision a choice between equals may fall the other way.
        expected = K if choice[i] < 0 else int(choice[i])
        assert scores[best] - scores[expected] < 1e-3
        if choice[i] >= 0:
            admitted += 1
            here = int(menu.pair[flow]) * K + int(choice[i])
            arcs = menu.arc[menu.start[here] : menu.start[here + 1]]
            day.capacity[arcs] -= menu.bandwidth[flow]
    assert admitted > 100


def test_order_of_paths_and_padding_do_not_matter():
    torch.manual_seed(1)
    policy = random_policy(2)
    seen = {
        "arc": torch.randn(2, 3, 4, kernels.ARC_FEATURES),
        "price": torch.rand(2, 3, 4),
        "path": torch.randn(2, 3, kernels.PATH_FEATURES),
        "on_path": torch.tensor([True, True, True, False]).expand(2, 3, 4),
        "mask": torch.tensor([[True, False, True], [True, True, True]]),
        "bandwidth": torch.rand(2),
        "typical": torch.rand(2),
        "weight": torch.ones(2),
    }
    scores = policy(seen)
    swapped = {n: v[:, [2, 0, 1]] if v.ndim > 1 else v for n, v in seen.items()}
    assert torch.allclose(policy(swapped)[:, :3], scores[:, [2, 0, 1]])
    backwards = {n: v.clone() for n, v in seen.items()}
    for name in ("arc", "price"):
        backwards[name][:, :, 3] = 7.0
        backwards[name][:, :, :3] = backwards[name][:, :, :3].flip(2)
    assert torch.allclose(policy(backwards), scores, atol=1e-5)


def test_days_are_relaxed_as_for_the_adaptive_bid_price(traffic):
    draws = other_days(traffic, 2, 1)
    relaxed = relax_days(traffic, draws, [lambda: False] * 2)
    assert (relaxed.prices.mean(axis=0) == dual_prices(traffic, draws, [lambda: False] * 2)).all()
    assert relaxed.usage.max() <= 1.01
    # Only what is used up has a price.
    assert (relaxed.usage[relaxed.prices > 0.05] > 0.98).all()


def test_weight_of_drawn_days_is_that_of_their_plans(traffic, plain):
    menu, prices, known = plain
    draws = [draw_day(traffic.size, generator(s)) for s in range(2)]
    untrained = Corrected(known, kernel_weights(BidPriceCorrection()))
    assert attained_corrected(traffic, menu, draws, untrained) == attained(
        traffic, menu, draws, prices
    )
    rule = Corrected(known, kernel_weights(random_policy(1)))
    total = 0.0
    for draw in draws:
        day = day_of(traffic, draw)
        candidates = candidate_paths(day, K)
        flows = arrivals(day.size, None)
        choice = run_corrected(day, menu_of(day, candidates), flows, rule)
        total += check(day, to_plan(day, candidates, flows, choice)).objective
    assert attained_corrected(traffic, menu, draws, rule) == total


def test_one_signature_each(traffic, plain):
    menu, _, known = plain
    weights = kernel_weights(random_policy(1))
    run_corrected(traffic, menu, arrivals(traffic.size, 1), Corrected(known, weights, 1))
    assert len(kernels.decide_learned.signatures) == 1
    assert len(kernels.describe.signatures) <= 1
