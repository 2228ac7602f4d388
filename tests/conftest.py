"""What tests of several rooms share."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import settings

from netroute.problems.vrp import Rounding, VehicleType, VrpInstance

if TYPE_CHECKING:
    from collections.abc import Callable

# The same examples on every run and machine; no deadline, since kernels compile on first use.
settings.register_profile("netroute", deadline=None, derandomize=True)
settings.load_profile("netroute")


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """Folder with the public benchmark suites; the test is skipped where there is none."""
    folder = os.environ.get("NETROUTE_DATA")
    if not folder or not Path(folder).is_dir():
        pytest.skip("NETROUTE_DATA names no folder with benchmark instances")
    return Path(folder)


@pytest.fixture(scope="session")
def make_cvrp() -> Callable[..., VrpInstance]:
    """Make a plain CVRP instance with integer costs, the same one for the same arguments."""

    def make(clients: int, *, seed: int = 0, per_route: float = 5.0) -> VrpInstance:
        rng = np.random.default_rng(seed)
        demands = rng.integers(1, 20, clients)
        capacity = max(float(demands.max()), np.ceil(per_route * demands.mean()))
        return VrpInstance(
            name=f"random-n{clients}-s{seed}",
            coordinates=rng.integers(0, 1000, (clients + 1, 2)),
            rounding=Rounding.NEAREST,
            deliveries=np.concatenate([[0], demands]),
            vehicles=(VehicleType(capacity=(capacity,)),),
        )

    return make
