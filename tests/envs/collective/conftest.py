"""Small fabrics: sound, broken with unequal sizes, and with phases of which some stay in leaves."""

import numpy as np
import pytest

from netroute.datasets.collective.generate import generate_collective
from netroute.problems.collective import CollectiveInstance, Fabric


def phases():
    """Sizes differ, the second phase has flows within leaves alone, two links are down."""
    fabric = Fabric.leaf_spine(4, 3, hosts_per_leaf=3, capacity=4, nic=6)
    up, down = fabric.up.copy(), fabric.down.copy()
    up[0, 1] = down[2, 3] = 0
    up[1, 0] = 2
    rng = np.random.default_rng(5)
    flows = []
    for phase in (0, 0, 0, 2):
        for source in range(12):
            target = int(rng.integers(0, 12))
            if target != source:
                flows.append((phase, source, target, int(rng.integers(1, 9))))
    flows += [(1, 0, 1, 7), (1, 1, 2, 30)]
    return CollectiveInstance(fabric=fabric.replace(up=up, down=down), flows=flows)


@pytest.fixture(scope="session")
def jobs():
    return {
        "sound": generate_collective(leaves=4, spines=4, group=8, seed=1),
        "broken": generate_collective(
            leaves=4, spines=4, group=8, spread=1.0, failed_links=3, half_rate=2, seed=2
        ),
        "phases": phases(),
    }
