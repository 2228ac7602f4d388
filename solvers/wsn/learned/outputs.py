"""What a trained network says of the nodes of a field."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np
import torch

from netroute.solvers.neural.extra import torch_threads
from netroute.solvers.wsn.learned.model import NodeAttention
from netroute.solvers.wsn.learned.surroundings import observe, pairs_of

if TYPE_CHECKING:
    from netroute.problems.wsn import WsnInstance
    from netroute.solvers.neural.policy import Policy
    from netroute.solvers.wsn.learned.surroundings import Pairs

ARCHITECTURES = (NodeAttention.architecture,)
"""Networks that the solvers of this family can use."""


def outputs_of(policy: Policy, instance: WsnInstance) -> tuple[np.ndarray, Pairs]:
    """Return a network's outputs, float64 (n, 9), and the pairs of neighbours that it saw."""
    network = cast("NodeAttention", policy)
    pairs = pairs_of(instance, network.radius)
    seen = observe(instance, pairs, network.nearest)
    with torch_threads(1), torch.inference_mode():
        found = policy({name: torch.as_tensor(part)[None] for name, part in seen.items()})
    return found[0].numpy().astype(np.float64), pairs
