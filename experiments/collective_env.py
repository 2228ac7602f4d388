"""How many decisions a second the batched environment of traffic placement takes.

``python -m netroute.experiments.collective_env`` prints a Markdown table: decisions in a second of
CPU time at each level of information, on 16 leaves and 16 spines with 256 hosts in all-to-all jobs
of 64, the flows in the order of the instance, shuffled, and shuffled with noisy loads. Drawing the
orders at the begin of an episode is included in its share.
"""

from __future__ import annotations

import time

import numpy as np

from netroute.envs.collective.batch import CollectivePlacementVectorEnv
from netroute.envs.collective.engine import INFORMATION
from netroute.experiments.tables import markdown

SETTINGS = (("file", 0.0), ("shuffled", 0.0), ("shuffled", 0.2))
"""Orders of arrival and noise."""


def decisions_per_second(
    envs: CollectivePlacementVectorEnv, *, steps: int = 2000, windows: int = 10
) -> float:
    """Return decisions in a second of CPU time, the median over windows of steps.

    Parameters
    ----------
    envs : CollectivePlacementVectorEnv
        It is reset, and steps by random actions.
    steps : int
        In all, not more than an episode has.
    windows : int
        Into which they are divided, so that a spell in which the machine is slow counts once.

    Examples
    --------
    >>> decisions_per_second(CollectivePlacementVectorEnv(2), steps=20) > 0
    True
    """
    begun = time.process_time()
    envs.reset(seed=1)
    drawing = (time.process_time() - begun) / sum(p.crossing for p in envs.instance.phases)
    spines = int(envs.instance.fabric.planes)
    actions = np.random.default_rng(1).integers(0, spines, (64, envs.num_envs))
    each = max(1, steps // windows)
    found = []
    for _ in range(windows):
        begun = time.process_time()
        for t in range(each):
            envs.step(actions[t % 64])
        found.append((time.process_time() - begun) / each)
    return float(envs.num_envs / (np.median(found) + drawing))


def table(*, count: int = 256, spines: int = 16, steps: int = 2000) -> str:
    """Measure every level of information; return a Markdown table in millions a second."""
    from netroute.datasets.collective.generate import generate_collective

    job = generate_collective(
        leaves=16, spines=spines, hosts_per_leaf=16, group=64, placement="random", seed=1
    )
    rows = []
    for information in INFORMATION:
        row = [information]
        for order, noise in SETTINGS:
            envs = CollectivePlacementVectorEnv(
                count, job, order=order, information=information, noise=noise
            )
            # What compiles first does not count.
            decisions_per_second(envs, steps=10)
            row.append(f"{decisions_per_second(envs, steps=steps) / 1e6:.2f}")
        rows.append(row)
    names = [f"{order}, noise {noise:g}" if noise else order for order, noise in SETTINGS]
    return markdown(["information", *names], rows)


if __name__ == "__main__":
    print(table())
