"""Which features an instance uses: what solvers are matched by."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from netroute.problems.sdn.instance import SdnInstance

FEATURES = frozenset(
    {
        "delay limits",
        "hop limits",
        "flow tables",
        "arc protection",
        "node protection",
        "lexicographic objective",
        "fractional weights",
    }
)


def features(instance: SdnInstance) -> frozenset[str]:
    """Names of the features in use; limits that are all infinite do not count."""
    limits, hops, tables = instance.max_delay, instance.max_hops, instance.table_size
    weighted = instance.objective == "weighted" and instance.weighting == "given"
    tests = {
        "delay limits": limits is not None and bool(np.isfinite(limits).any()),
        "hop limits": hops is not None and bool(hops.any()),
        "flow tables": tables is not None and bool((tables >= 0).any()),
        "arc protection": instance.protection == "arc",
        "node protection": instance.protection == "node",
        "lexicographic objective": instance.objective == "lexicographic",
        "fractional weights": weighted and bool((instance.weights() % 1.0).any()),
    }
    return frozenset(name for name, used in tests.items() if used)
