"""Distributions of actions, against enumeration, counting and torch's own."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from gymnasium import spaces  # noqa: E402

from netroute.core.errors import UnsupportedError  # noqa: E402
from netroute.experiments.training.distributions import (  # noqa: E402
    Choice,
    Numbers,
    Subset,
    distribution_of,
)

NEVER = -torch.inf
SCORES = torch.tensor([[0.3, -1.0, NEVER, 2.0], [0.0, NEVER, NEVER, NEVER]])
OTHERS = torch.tensor([[1.3, 0.0, NEVER, -2.0], [5.0, NEVER, NEVER, NEVER]])


def subsets(width):
    rows = [[k >> i & 1 for i in range(width)] for k in range(2**width)]
    return torch.tensor(rows)


def test_a_choice_by_enumeration() -> None:
    choice, other = Choice(SCORES), Choice(OTHERS)
    chances = torch.stack([choice.log_prob(torch.full((2,), a)) for a in range(4)], 1).exp()
    assert torch.allclose(chances, SCORES.softmax(1))
    kept = chances.double()[:1, [0, 1, 3]]
    assert float(choice.entropy()[0]) == pytest.approx(float(-(kept * kept.log()).sum()), abs=1e-5)
    against = OTHERS.double().softmax(1)[:1, [0, 1, 3]]
    wanted = float((kept * (kept / against).log()).sum())
    assert choice.divergence(other).tolist() == pytest.approx([wanted, 0.0], abs=1e-5)
    assert choice.mode().tolist() == [3, 0]


def test_a_subset_by_enumeration() -> None:
    subset, other = Subset(SCORES[:1]), Subset(OTHERS[:1])
    all_of_them = subsets(4)
    # The third member never counts: each subset occurs twice.
    log = torch.cat([subset.log_prob(each[None]) for each in all_of_them]).double()
    chances = log.exp() / 2.0
    assert float(chances.sum()) == pytest.approx(1.0, abs=1e-6)
    assert float(subset.entropy()) == pytest.approx(float(-(chances * log).sum()), abs=1e-5)
    apart = log - torch.cat([other.log_prob(each[None]) for each in all_of_them]).double()
    assert float(subset.divergence(other)) == pytest.approx(
        float((chances * apart).sum()), abs=1e-5
    )
    assert subset.mode().tolist() == [[1, 0, 0, 1]]


def test_numbers_as_torch_has_them() -> None:
    deviation, second = torch.tensor(0.5), torch.tensor(1.5)
    numbers, other = Numbers(SCORES, deviation.log()), Numbers(OTHERS, second.log())
    drawn = numbers.sample(torch.Generator().manual_seed(1))
    for row, allowed in enumerate((SCORES > NEVER).numpy()):
        normal = torch.distributions.Normal(SCORES[row, allowed], deviation)
        against = torch.distributions.Normal(OTHERS[row, allowed], second)
        apart = torch.distributions.kl_divergence(normal, against).sum()
        assert float(numbers.log_prob(drawn)[row]) == pytest.approx(
            float(normal.log_prob(drawn[row, allowed]).sum()), abs=1e-5
        )
        assert float(numbers.entropy()[row]) == pytest.approx(float(normal.entropy().sum()))
        assert float(numbers.divergence(other)[row]) == pytest.approx(float(apart), abs=1e-5)
        assert (drawn[row, ~allowed] == 0.0).all()


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (Choice, SCORES.softmax(1)),
        (Subset, SCORES.sigmoid()),
        (lambda scores: Numbers(scores, torch.tensor(0.0)), SCORES.masked_fill(SCORES == NEVER, 0)),
    ],
)
def test_samples_have_the_expected_mean(make, expected) -> None:
    many = make(SCORES.repeat_interleave(4000, dim=0))
    drawn = many.sample(torch.Generator().manual_seed(1))
    if make is Choice:
        drawn = torch.nn.functional.one_hot(drawn, 4)
    mean = drawn.view(2, 4000, 4).double().mean(1)
    assert np.allclose(mean, expected.double(), atol=0.07)
    assert bool((drawn.view(2, 4000, 4)[SCORES[:, None].expand(-1, 4000, -1) == NEVER] == 0).all())


@pytest.mark.parametrize(
    "make", [Choice, Subset, lambda scores: Numbers(scores, torch.tensor(0.1))]
)
def test_gradients_are_finite_under_a_mask(make) -> None:
    scores = SCORES.clone().requires_grad_(True)
    now, then = make(scores), make(OTHERS)
    action = now.mode()
    (now.log_prob(action) + now.entropy() + then.divergence(now)).sum().backward()
    assert bool(torch.isfinite(scores.grad).all())
    assert bool((scores.grad[SCORES == NEVER] == 0.0).all())


@pytest.mark.parametrize("space", [spaces.Discrete(3, start=1), spaces.Box(0, 1, (2, 2))])
def test_other_spaces_are_refused(space) -> None:
    with pytest.raises(UnsupportedError, match="not supported"):
        distribution_of(space)
