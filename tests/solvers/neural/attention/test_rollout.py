"""Log-likelihoods and gradients of all decisions at once, against one decision after the other."""

import numpy as np
import pytest
import torch

from netroute.solvers.neural.attention.decode import instances_of
from netroute.solvers.neural.attention.model import AttentionPolicy
from netroute.solvers.neural.attention.rollout import lengths, log_likelihood, roll_out


def first_of(depot, n, count):
    return (torch.arange(n) + int(depot)).expand(count, n).contiguous()


@pytest.mark.parametrize("depot", [False, True])
def test_log_likelihood_adds_up_what_each_decision_had(policy_of, arrays_of, depot) -> None:
    policy, instances = policy_of(depot), instances_of(*arrays_of(depot), *[None] * (2 - 2 * depot))
    encoded = policy.encode(instances.coordinates, instances.share)
    source = torch.Generator().manual_seed(1)
    plans = roll_out(policy, encoded, instances, first_of(depot, 9, 4), rng=source)
    assert plans.nodes.dtype == torch.int64
    with torch.no_grad():
        wanted = torch.zeros(4, 9)
        for t in range(plans.mask.shape[2]):
            logits = policy.logits(
                encoded, plans.nodes[:, :, t], plans.context[:, :, t], plans.mask[:, :, t]
            )
            chosen = plans.nodes[:, :, t + 1, None]
            wanted += logits.log_softmax(dim=2).gather(2, chosen)[..., 0]
    found = log_likelihood(policy, encoded, plans)
    assert torch.allclose(found, wanted, atol=1e-4)
    assert bool((found < 0.0).all())
    found.sum().backward()
    gradients = [p.grad for p in policy.parameters()]
    assert all(g is not None and bool(torch.isfinite(g).all()) for g in gradients)


def test_samples_have_the_frequencies_that_logits_say(policy_of) -> None:
    """Tours of four nodes from node 0: six of them, counted."""
    policy = policy_of(False, clip=2.0)
    points = np.random.default_rng(1).random((1, 4, 2))
    instances = instances_of(points, None, None)
    encoded = policy.encode(instances.coordinates)
    first = torch.zeros(1, 6000, dtype=torch.int64)
    plans = roll_out(policy, encoded, instances, first, rng=torch.Generator().manual_seed(5))
    with torch.no_grad():
        likelihood = log_likelihood(policy, encoded, plans)[0].exp()
    tours = [tuple(row) for row in plans.nodes[0].tolist()]
    for tour in set(tours):
        chance = float(likelihood[tours.index(tour)])
        share = tours.count(tour) / len(tours)
        assert share == pytest.approx(chance, abs=4.0 * (chance * (1 - chance) / 6000) ** 0.5)
    assert len(set(tours)) == 6


def test_lengths_are_those_of_closed_plans() -> None:
    corners = torch.tensor([[[0.0, 0.0], [0.0, 1.0], [1.0, 1.0], [1.0, 0.0]]])
    tour = torch.tensor([[[0, 1, 2, 3], [0, 2, 1, 3]]])
    diagonal = 2.0**0.5
    assert lengths(corners, tour, depot=False).tolist()[0] == pytest.approx([4, 2 + 2 * diagonal])
    routes = torch.tensor([[[1, 2, 3, 0, 0], [1, 0, 2, 0, 3]]])
    found = lengths(corners, routes, depot=True).tolist()[0]
    assert found == pytest.approx([4, 2 + 2 * diagonal + 2])


@pytest.mark.parametrize("wrong", [{"width": 10}, {"heads": 0}, {"clip": 0.0}, {"layers": 0}])
def test_settings_that_make_no_network_are_refused(wrong) -> None:
    with pytest.raises(ValueError, match="expected"):
        AttentionPolicy(depot=True, **({"heads": 4} | wrong))


def test_a_policy_is_made_again_by_its_settings(policy_of) -> None:
    for depot in (False, True):
        policy = policy_of(depot)
        again = AttentionPolicy(**policy.settings())
        again.load_state_dict(policy.state_dict())
        assert again.settings() == policy.settings()
