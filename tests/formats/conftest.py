"""What tests of formats share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np


def damaged(rng: np.random.Generator, value: Any) -> Any:
    odd = [None, -1, 0, 2**70, 1.5, "x", [], {}, [[]], True, [0, 1], -(2**63)]
    if isinstance(value, dict) and value and rng.random() < 0.85:
        key = list(value)[int(rng.integers(len(value)))]
        if rng.random() < 0.1:
            return {k: v for k, v in value.items() if k != key}
        return value | {key: damaged(rng, value[key])}
    if isinstance(value, list) and value and rng.random() < 0.85:
        at = int(rng.integers(len(value)))
        return [damaged(rng, v) if t == at else v for t, v in enumerate(value)]
    return odd[int(rng.integers(len(odd)))]


@pytest.fixture
def damage() -> Callable[[np.random.Generator, Any], Any]:
    """Replace a random part of nested data by something else."""
    return damaged
