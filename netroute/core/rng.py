"""One seed in, independent reproducible streams out."""

from __future__ import annotations

import operator

import numpy as np

from netroute.core.errors import InputError


def seed_sequence(seed: int, *key: int) -> np.random.SeedSequence:
    """Return the seed sequence of the stream ``key`` under ``seed``."""
    try:
        entropy = operator.index(seed)
    except TypeError:
        entropy = -1
    if entropy < 0:
        raise InputError(f"found {seed!r}, expected an integer >= 0", where="seed")
    return np.random.SeedSequence(entropy, spawn_key=key)


def generator(seed: int, *key: int) -> np.random.Generator:
    """Return a NumPy generator for the stream ``key`` under ``seed``.

    Examples
    --------
    >>> bool(generator(1, 2).random() == generator(1, 2).random())
    True
    """
    return np.random.Generator(np.random.PCG64(seed_sequence(seed, *key)))


def kernel_state(seed: int, *key: int) -> np.ndarray:
    """Return the state of a kernel's own xorshift generator: one non-zero uint64.

    Examples
    --------
    >>> kernel_state(0).shape, kernel_state(0).dtype.name
    ((1,), 'uint64')
    """
    state = seed_sequence(seed, *key).generate_state(1, np.uint64)
    state[0] |= np.uint64(1)
    return state
