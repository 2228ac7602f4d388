"""Which features an instance uses beyond a plain CVRP: what problems and solvers are matched by."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from netroute.core.arrays import is_symmetric

if TYPE_CHECKING:
    from netroute.problems.vrp.instance import VrpInstance


def features(instance: VrpInstance) -> frozenset[str]:
    """Names of the features in use; empty for a plain CVRP with any number of vehicles."""
    tests = {
        "asymmetric distances": instance.distances is not None
        and not is_symmetric(instance.distances),
        "separate durations": instance.durations is not None,
        "several load dimensions": instance.dimensions > 1,
        "pickups": instance.pickups is not None and bool(instance.pickups.any()),
        "service times": instance.service is not None and bool(instance.service.any()),
        "time windows": instance.windows is not None and any(instance.windows),
        "several time windows": instance.windows is not None
        and any(len(row) > 1 for row in instance.windows),
        "release times": instance.release is not None and bool(instance.release.any()),
        "optional clients": instance.required is not None
        and not bool(instance.required[instance.depots :].all()),
        "several depots": instance.depots > 1,
        "several vehicle types": len(instance.vehicles) > 1,
        "limited fleet": any(v.number is not None for v in instance.vehicles),
        "fixed costs": any(v.fixed_cost != 0 for v in instance.vehicles),
        "distance costs": any(v.distance_cost != 1 for v in instance.vehicles),
        "duration costs": any(v.duration_cost != 0 for v in instance.vehicles),
        "shifts": any(v.shift_start > 0 or math.isfinite(v.shift_end) for v in instance.vehicles),
        "maximum distance": any(math.isfinite(v.max_distance) for v in instance.vehicles),
        "maximum duration": any(math.isfinite(v.max_duration) for v in instance.vehicles),
        "open routes": any(v.end_depot is None for v in instance.vehicles),
        "different end depots": any(
            v.end_depot is not None and v.end_depot != v.start_depot for v in instance.vehicles
        ),
    }
    return frozenset(name for name, used in tests.items() if used)
