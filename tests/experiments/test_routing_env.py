"""The measurement of environments plays what it says, and prints a row for each."""

from importlib.util import find_spec

import numpy as np

from netroute.datasets.vrp.mixture import draw_batch
from netroute.envs.vrp.batch import CvrpVectorEnv
from netroute.envs.vrp.data import CvrpData
from netroute.experiments.routing_env import gymnasium, legal_actions, plain, table


def test_both_forms_play_the_same_decisions():
    data = CvrpData.of_arrays(*draw_batch(np.random.default_rng(1), 3, 8))
    play, other = plain(data), gymnasium(CvrpVectorEnv(3, data))
    actions = legal_actions(play, steps=8, rng=np.random.default_rng(1))
    mask, same = play(None), other(None)
    for chosen in actions:
        assert mask[np.arange(3), chosen].all()
        assert (mask == same).all()
        mask, same = play(chosen), other(chosen)


def test_table():
    lines = table(count=2, n=6, steps=3, windows=1).splitlines()
    assert len(lines) == 2 + 3 + (find_spec("rl4co") is not None)
    assert all(float(line.split("|")[2]) > 0 for line in lines[2:])
