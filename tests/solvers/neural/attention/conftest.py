"""Small policies, untrained, and instances for them."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from netroute.datasets.points import draw_points  # noqa: E402
from netroute.datasets.vrp.mixture import draw_batch  # noqa: E402
from netroute.solvers.neural.attention.model import AttentionPolicy  # noqa: E402


@pytest.fixture(autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def policy_of():
    def make(depot, **settings):
        torch.manual_seed(3)
        small = {"width": 16, "layers": 2, "heads": 2, "feed_forward": 32}
        return AttentionPolicy(depot=depot, **(small | settings)).eval()

    return make


@pytest.fixture
def arrays_of():
    def draw(depot, *, count=4, n=9, seed=1):
        rng = np.random.default_rng(seed)
        return draw_batch(rng, count, n) if depot else (draw_points(rng, count, n),)

    return draw
