"""Online placement: what leaves know, the rules, and the trained network in both of its forms."""

from __future__ import annotations

import gymnasium
import numpy as np
import pytest

import netroute.envs  # noqa: F401, registers the environment
from netroute.core.errors import InputError, UnsupportedError
from netroute.datasets.collective.generate import generate_collective
from netroute.problems.collective.registry import COLLECTIVE
from netroute.solvers.collective.greedy import GreedySolver
from netroute.solvers.collective.online_rules import (
    OnlineGreedySolver,
    OnlineTurnsSolver,
    OnlineTwoChoicesSolver,
    OnlineWeightedSolver,
)

torch = pytest.importorskip("torch")
pytest.importorskip("safetensors")

from netroute.solvers.collective.learned.model import SpineScorer  # noqa: E402
from netroute.solvers.collective.policy import PolicySolver  # noqa: E402
from netroute.solvers.neural.policy_file import load_policy, save_policy  # noqa: E402

RULES = (
    OnlineGreedySolver(memory="none"),
    OnlineGreedySolver(memory="own"),
    OnlineGreedySolver(memory="rates"),
    OnlineGreedySolver(memory="expected"),
    OnlineTwoChoicesSolver(),
    OnlineTurnsSolver(),
    OnlineWeightedSolver(),
)
SETTINGS = {"full": {}, "stale": {"refresh": 24}, "hidden": {"refresh": 24, "hidden": True}}


def job(**changes):
    shape = {"leaves": 6, "spines": 4, "hosts_per_leaf": 4, "group": 12, "nic": 1000}
    return generate_collective(**shape | {"half_rate": 4, "failed_links": 2, "seed": 1} | changes)


@pytest.fixture(scope="module")
def broken():
    return job()


@pytest.fixture(scope="module")
def phases():
    return job(pattern="halving-doubling", group=8, half_rate=2)


@pytest.fixture(scope="module")
def scorer():
    torch.manual_seed(3)
    scorer = SpineScorer(width=5)
    with torch.no_grad():
        for weights in scorer.parameters():
            weights.copy_(torch.randn(weights.shape))
    return scorer


@pytest.fixture
def weights(scorer, tmp_path):
    save_policy(
        tmp_path / "scorer", scorer, problem="collective", seed=3, data_hash="", config="", log="",
        figures={},
    )  # fmt: skip
    return str(tmp_path / "scorer")


def make(instance, information, **settings):
    settings = SETTINGS[information] | {"information": "none"} | settings
    return gymnasium.make(COLLECTIVE.environment, instance=instance, **settings).unwrapped


def counts(solution):
    return [placement.counts.tolist() for placement in solution.placements]


@pytest.mark.parametrize("information", ["stale", "hidden"])
@pytest.mark.parametrize("name", ["broken", "phases"])
def test_the_network_in_the_environment_places_as_the_solver(
    request, scorer, weights, information, name
):
    instance = request.getfixturevalue(name)
    env = make(instance, information)
    seen, _ = env.reset()
    done = False
    chosen = set()
    while not done:
        assert seen in env.observation_space
        batch = {key: torch.from_numpy(np.asarray(value))[None] for key, value in seen.items()}
        with torch.inference_mode():
            score = scorer(batch)[0]
        assert (score.isfinite().numpy() == (seen["action_mask"] > 0)).all()
        action = int(score.argmax())
        chosen.add(action)
        seen, _, done, _, _ = env.step(action)
    solver = PolicySolver(information=information, refresh=24, order="file", weights=weights)
    assert counts(solver.solve(instance).solution) == counts(env.solution)
    assert len(chosen) == instance.fabric.planes


def test_scores_follow_a_permutation_of_the_spines(broken, scorer):
    env = make(broken, "hidden")
    seen, _ = env.reset()
    for t in range(100):
        seen, *_ = env.step(t % 4)
    permuted = np.array([2, 0, 3, 1])
    rows = {key: np.asarray(value) for key, value in seen.items()}
    other = {
        key: value[permuted] if value.shape == permuted.shape and key != "scale" else value
        for key, value in rows.items()
    }
    one, two = (
        scorer({key: torch.from_numpy(value)[None] for key, value in part.items()})[0]
        for part in (rows, other)
    )
    assert torch.allclose(one[torch.from_numpy(permuted)], two, atol=1e-5)
    assert len(set(one.tolist())) > 2


def test_untrained_it_is_the_greedy_rule(broken, tmp_path):
    save_policy(
        tmp_path, SpineScorer(width=3), problem="collective", seed=0, data_hash="", config="",
        log="", figures={},
    )  # fmt: skip
    for information in SETTINGS:
        settings = {"information": information, "refresh": 32}
        rule = OnlineGreedySolver(**settings, memory="expected").solve(broken, seed=2)
        policy = PolicySolver(**settings, weights=str(tmp_path)).solve(broken, seed=2)
        # The rota counts a little more or less, as loads are bounded in features.
        assert policy.objective == pytest.approx(rule.objective, rel=0.1)


def test_with_full_information_in_file_order_it_is_the_greedy_solver():
    instance = job(spread=1.0, half_rate=5)
    rule = OnlineGreedySolver(information="full", order="file").solve(instance)
    assert rule.objective == pytest.approx(GreedySolver().solve(instance).objective, rel=0.05)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.name}-{rule.rule}")
@pytest.mark.parametrize("information", list(SETTINGS))
def test_rules_place_all_flows_and_follow_the_seed(phases, rule, information):
    solver = type(rule)(**rule.parameters() | {"information": information, "refresh": 10})
    one, again, other = (solver.solve(phases, seed=seed) for seed in (1, 1, 2))
    assert str(one.status) == "feasible"
    assert counts(one.solution) == counts(again.solution)
    # Whoever counts flows only does not mind in which order equal ones arrive.
    assert (counts(one.solution) != counts(other.solution)) == (rule.name != "online-turns")


def slow_online(instance, memory, refresh, hidden):
    """Greedy placement by the definition, from the list of all decisions so far."""
    fabric, phase = instance.fabric, instance.phases[0]
    listed = phase.listing(fabric)
    flows = [(phase.source[r], phase.target[r], phase.size[r]) for r in listed.row]
    fastest = max(fabric.up.max(), fabric.down.max())
    mean = np.mean([size for *_, size in flows])
    chosen, number = [], {}

    def load(pairs, capacity):
        return sum(size for size in pairs) / capacity

    for t, (i, j, size) in enumerate(flows):
        last, best = t - t % refresh, None
        turn = number.get((i, j), 0)
        number[i, j] = turn + 1
        for a in range(fabric.planes):
            up, down = fabric.up[i, a], fabric.down[a, j]
            if not up or not down:
                continue
            known = (fastest, fastest) if hidden else (up, down)
            over = [flows[k][2] * (flows[k][0] == i) * (chosen[k] == a) for k in range(t)]
            under = [flows[k][2] * (flows[k][1] == j) * (chosen[k] == a) for k in range(t)]
            mine = [under[k] * (flows[k][0] == i) for k in range(t)]
            times = [load(over[:last], up), load(under[:last], down)]
            new = [size, size]
            if memory != "none":
                new = [sum(over[last:]) + size, sum(mine[last:]) + size]
            rate = up if memory == "rates" and sum(over[:last]) else known[0]
            times[0] += new[0] / rate
            times[1] += new[1] / known[1]
            wait = (a - i - j - turn) % fabric.planes
            value = max(times) + 1e-3 * mean / fastest * wait / fabric.planes
            if best is None or value < best[0] - 1e-9:
                best = value, a
        chosen.append(best[1])
    return np.bincount(
        np.array(chosen) * len(phase.size) + listed.row,
        minlength=fabric.planes * len(phase.size),
    ).reshape(fabric.planes, -1)


@pytest.mark.parametrize("memory", ["none", "own", "rates"])
@pytest.mark.parametrize("hidden", [False, True])
def test_greedy_rule_is_that_of_the_definition(memory, hidden):
    instance = job(leaves=4, group=8, size=7, spread=0.7, half_rate=3, failed_links=1)
    information = "hidden" if hidden else "stale"
    solver = OnlineGreedySolver(information=information, refresh=20, memory=memory, order="file")
    found = solver.solve(instance).solution.placements[0].counts
    assert (found == slow_online(instance, memory, 20, hidden)).all()


def test_turns_are_a_latin_square_on_a_sound_fabric():
    instance = generate_collective(leaves=4, spines=4, hosts_per_leaf=4, placement="packed")
    result = OnlineTurnsSolver().solve(instance, seed=1)
    assert result.metrics["fabric"] == result.metrics["bounds"]["leaf"]


def test_two_choices_and_own_memory_beat_blind_greed_on_old_loads():
    instance = job(leaves=8, spines=8, group=16, half_rate=6)
    blind, own, two = (
        np.mean([solver.solve(instance, seed=s).objective for s in range(5)])
        for solver in (
            OnlineGreedySolver(memory="none", refresh=128),
            OnlineGreedySolver(refresh=128),
            OnlineTwoChoicesSolver(refresh=128),
        )
    )
    assert max(own, two) < blind


def test_what_is_not_supported_is_refused(broken, weights):
    with pytest.raises(UnsupportedError, match="fat tree"):
        OnlineTurnsSolver().solve(generate_collective(fat_tree=4, hosts_per_leaf=2))
    with pytest.raises(InputError, match="one of: full, stale, hidden"):
        OnlineGreedySolver(information="none")
    with pytest.raises(InputError, match="refresh"):
        make(broken, "stale", delay=3)
    with pytest.raises(InputError, match="found a policy for collective"):
        load_policy(weights, problem="tsp", architectures=("spine-scorer",))
    with pytest.raises(InputError, match="no such policy"):
        PolicySolver(weights="nowhere").solve(broken)


def test_kernels_have_one_signature(broken, weights):
    from netroute.solvers.collective._kernels import online
    from netroute.solvers.collective.leaf_phase import compile_rules, compile_scorer

    compile_rules()
    compile_scorer()
    for information in SETTINGS:
        OnlineTwoChoicesSolver(information=information).solve(broken)
        PolicySolver(information=information, weights=weights).solve(broken)
    for kernel in (online.place_by_rule, online.place_by_scorer):
        assert len(kernel.signatures) == 1
