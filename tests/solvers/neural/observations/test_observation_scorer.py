"""The generic network: what it reads of an observation, and that actions have no order."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from gymnasium import spaces  # noqa: E402

from netroute.solvers.neural.observations.layout import (  # noqa: E402
    layout_of_space,
    layout_of_text,
)
from netroute.solvers.neural.observations.model import ObservationScorer  # noqa: E402
from netroute.solvers.neural.policy_file import load_policy, save_policy  # noqa: E402

LAYOUT = "each places 2; each demand 1; pointer node; common load 1"


def observation(batch=3, actions=5):
    rng = torch.Generator().manual_seed(1)
    mask = torch.ones(batch, actions)
    mask[:, 1] = 0
    return {
        "places": torch.rand(batch, actions, 2, generator=rng),
        "demand": torch.rand(batch, actions, generator=rng),
        "node": torch.tensor([0, 3, 5]),
        "load": torch.rand(batch, 1, generator=rng),
        "action_mask": mask,
    }


@pytest.fixture
def policy():
    torch.manual_seed(2)
    return ObservationScorer(actions=5, layout=LAYOUT, width=8).eval()


def test_actions_in_another_order_get_the_same_scores(policy) -> None:
    seen = observation()
    order = torch.tensor([4, 2, 0, 1, 3])
    turned = seen | {name: seen[name][:, order] for name in ("places", "demand", "action_mask")}
    # Where actions 0 and 3 went; 5 means none.
    turned["node"] = torch.tensor([2, 4, 5])
    assert torch.allclose(policy(turned), policy(seen)[:, order], atol=1e-6)


def test_the_pointer_and_what_is_common_matter(policy) -> None:
    seen = observation()
    for name, other in (("node", torch.tensor([2, 2, 2])), ("load", seen["load"] + 1.0)):
        changed = policy(seen | {name: other})
        assert not torch.allclose(changed[:, 0], policy(seen)[:, 0])


def test_a_last_action_may_have_no_row() -> None:
    policy = ObservationScorer(actions=4, layout="each paths 2", width=8)
    scores = policy({"paths": torch.rand(2, 3, 2), "action_mask": torch.ones(2, 4)})
    assert scores.shape == (2, 4)


def test_layouts_of_spaces() -> None:
    box = spaces.Box(0.0, 1.0, (3, 2), np.float32)
    seen = {
        "paths": box,
        "ends": spaces.MultiDiscrete([5, 5]),
        "flow": spaces.Box(0.0, 1.0, (4,), np.float32),
        "far": spaces.Discrete(9),
        "action_mask": spaces.MultiBinary(4),
    }
    layout = layout_of_space(spaces.Dict(seen), 4)
    assert layout.text() == "each flow 1; each paths 2"
    assert layout_of_text(LAYOUT).text() == LAYOUT


@pytest.mark.parametrize("text", ["", "each x", "each x 0", "pointer", "each x 2;common y 1"])
def test_texts_that_are_no_layout(text) -> None:
    with pytest.raises(ValueError, match="no part"):
        layout_of_text(text)


def test_it_is_kept_in_a_file(policy, tmp_path) -> None:
    save_policy(
        tmp_path, policy, problem="cvrp", seed=1, data_hash="", config="", log="", figures={}
    )
    again = load_policy(str(tmp_path), problem="cvrp", architectures=["observation-scorer"])
    assert torch.equal(again(observation()), policy(observation()))
