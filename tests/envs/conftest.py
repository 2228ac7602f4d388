"""Plays batched and single environments side by side."""

import numpy as np
import pytest

from netroute.core.rng import generator


@pytest.fixture
def in_step():
    """Step a batch and single environments at random; whatever both say must be the same.

    After each step it yields those that have just begun anew (bool), the rewards, the batch's
    info, and the info of each single environment whose episode has ended.
    """

    def played(envs, singles, *, steps, seed=5):
        count, random = len(singles), generator(1)
        seen, _ = envs.reset(seed=seed)
        expected = [env.reset(seed=seed + b)[0] for b, env in enumerate(singles)]
        over = np.zeros(count, bool)
        for _ in range(steps):
            for b, row in enumerate(expected):
                assert set(seen) == set(row)
                for name, values in row.items():
                    assert (seen[name][b] == values).all(), name
            assert (envs.action_masks() == (seen["action_mask"] > 0)).all()
            actions = random.integers(0, envs.single_action_space.n, count)
            seen, reward, done, truncated, info = envs.step(actions)
            assert not truncated.any()
            ended = {}
            for b, env in enumerate(singles):
                if over[b]:
                    expected[b], _ = env.reset()
                    assert (reward[b], done[b]) == (0.0, False)
                else:
                    expected[b], single, last, _, words = env.step(actions[b])
                    assert (reward[b], done[b]) == (single, last)
                    if last:
                        ended[b] = words
            yield over, reward, info, ended
            over = done.copy()

    return played
