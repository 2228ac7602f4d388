"""How many decisions a second the environments of capacitated routing take.

``python -m netroute.experiments.routing_env`` prints a Markdown table: decisions in a second of CPU
time on one core, with 1024 environments of 100 uniform clients each and random legal actions that
are chosen beforehand. Rows are `netroute.envs.vrp.plans.CvrpBatch`, which keeps masks and state as
arrays that change in place, and ``netroute/Cvrp-v0`` as Gymnasium's vector environment, which
returns new observations, both with 1024 different problems; then the latter with copies of one
problem. Where RL4CO is installed (it needs an environment of its own), its ``CVRPEnv`` on the same
work comes last; it returns masks and state, and measures distances at the end of an episode.
Methods take turns, so that a spell in which the machine is slow counts for all.
"""

from __future__ import annotations

import time
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np

from netroute.datasets.vrp.mixture import draw_batch
from netroute.envs.vrp.batch import CvrpVectorEnv
from netroute.envs.vrp.data import CvrpData
from netroute.envs.vrp.plans import CvrpBatch
from netroute.experiments.tables import markdown

if TYPE_CHECKING:
    from collections.abc import Callable

    Play = Callable[[np.ndarray | None], np.ndarray]
    """Begins episodes (None) or takes actions, and returns masks of the next ones, (B, n + 1)."""


def plain(data: CvrpData) -> Play:
    """Play by arrays that change in place."""
    plans = CvrpBatch(data)

    def play(actions: np.ndarray | None) -> np.ndarray:
        if actions is None:
            plans.reset()
        else:
            plans.step(actions[:, None])
        return plans.mask[:, 0]

    return play


def gymnasium(envs: CvrpVectorEnv) -> Play:
    """Play by Gymnasium's vector environment."""

    def play(actions: np.ndarray | None) -> np.ndarray:
        found = envs.reset(seed=1) if actions is None else envs.step(actions)
        return found[0]["action_mask"]

    return play


def rl4co(count: int, n: int) -> Play:
    """Play by RL4CO's environment."""
    torch, routing = import_module("torch"), import_module("rl4co.envs.routing")
    torch.set_num_threads(1)
    env = routing.CVRPEnv(generator_params={"num_loc": n}, check_solution=False)
    first = env.reset(batch_size=[count])
    state: list[Any] = [first]

    def play(actions: np.ndarray | None) -> np.ndarray:
        if actions is None:
            state[0] = first.clone()
        else:
            state[0].set("action", torch.from_numpy(actions))
            state[0] = env.step(state[0])["next"]
        found: np.ndarray = state[0]["action_mask"].numpy()
        return found

    return play


def legal_actions(play: Play, *, steps: int, rng: np.random.Generator) -> list[np.ndarray]:
    """Play the first steps of an episode at random; return what was done."""
    mask, found = play(None), []
    for _ in range(steps):
        found.append((mask * rng.random(mask.shape, np.float32)).argmax(axis=1))
        mask = play(found[-1])
    return found


def seconds(play: Play, actions: list[np.ndarray]) -> float:
    """Return the CPU time of a step, the mean over the first ones of an episode.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> play = plain(CvrpData.of_arrays(*draw_batch(rng, 2, 10)))
    >>> seconds(play, legal_actions(play, steps=5, rng=rng)) > 0
    True
    """
    play(None)
    begun = time.process_time()
    for chosen in actions:
        play(chosen)
    return (time.process_time() - begun) / len(actions)


def table(*, count: int = 1024, n: int = 100, steps: int = 90, windows: int = 15) -> str:
    """Measure all; return a Markdown table in millions a second, medians over windows."""
    rng = np.random.default_rng(1)
    data = CvrpData.of_arrays(*draw_batch(rng, count, n))
    one = data.instance(0)
    plays = {
        "`CvrpBatch`": plain(data),
        "`netroute/Cvrp-v0`": gymnasium(CvrpVectorEnv(count, data)),
        "`netroute/Cvrp-v0`, copies of one problem": gymnasium(CvrpVectorEnv(count, one)),
    }
    if find_spec("rl4co") is not None:
        plays["RL4CO `CVRPEnv`"] = rl4co(count, n)
    # What compiles does so here.
    actions = [legal_actions(play, steps=steps, rng=rng) for play in plays.values()]
    found = [
        [count / seconds(*each) for each in zip(plays.values(), actions, strict=True)]
        for _ in range(windows)
    ]
    rates = np.median(found, axis=0)
    rows = [[name, f"{rate / 1e6:.2f}"] for name, rate in zip(plays, rates, strict=True)]
    return markdown(["environment", "million decisions a second"], rows)


if __name__ == "__main__":
    print(table())
