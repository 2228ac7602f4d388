"""Random numbers of a training step: they follow from the seed and the step, and nothing else.

No generator lives from one step to the next, so there is none to save: a training that goes on from
a checkpoint draws what an unbroken one draws.
"""

from __future__ import annotations

import numpy as np
import torch

BATCH = 0
"""Stream that draws the batch of a step."""
GLOBAL = 1
"""Stream that seeds torch's own generator, which dropout draws from."""


def step_rng(seed: int, step: int, stream: int = BATCH) -> np.random.Generator:
    """Return the generator of one purpose in one step.

    Examples
    --------
    >>> int(step_rng(1, 5).integers(100)) == int(step_rng(1, 5).integers(100))
    True
    """
    return np.random.default_rng([seed, step, stream])


def torch_seed(seed: int, step: int, stream: int = GLOBAL) -> int:
    """Return a seed for torch of 63 bits.

    Examples
    --------
    >>> torch_seed(1, 5) != torch_seed(1, 6)
    True
    """
    return int(step_rng(seed, step, stream).integers(2**63 - 1))


def torch_rng(seed: int, step: int, stream: int) -> torch.Generator:
    """Return torch's generator of one purpose in one step."""
    return torch.Generator().manual_seed(torch_seed(seed, step, stream))
