"""How the protocols' kernels compile."""

import importlib

import pytest

from netroute.problems.wsn.registry import WSN
from netroute.solvers.wsn.batch import lifetimes
from netroute.solvers.wsn.protocol import compile_protocol
from netroute.solvers.wsn.warmup import PROTOCOLS

PLACES = "netroute.solvers.wsn._kernels."
KERNELS = {
    "rotation": ("direct", "leach", "sep", "deec"),
    "thresholds": ("teen",),
    "chain": ("pegasis",),
    "hybrid": ("heed",),
    "fuzzy": ("chef",),
    "annealing": ("leach-c",),
    "swarm": ("pso-c",),
    "clusters": ("k-means", "max-residual"),
    "volunteers": ("game",),
    "learning": ("q-learning",),
}
OTHERS = {
    "pegasis": {"spread": float("inf")},
    "heed": {"share": 1, "radius": 30},
    "leach-c": {"heads": 1, "moves": 3},
    "pso-c": {"heads": 1, "particles": 2, "balance": 1},
    "q-learning": {"discount": 0, "temperature": 1},
    "game": {"radius": 10},
}


@pytest.mark.parametrize("module", KERNELS)
def test_one_signature_each(make_field, module):
    own = importlib.import_module(PLACES + module)
    kernels = [k for k in vars(own).values() if hasattr(k, "signatures")]
    kernels = [k for k in kernels if k.py_func.__module__ == own.__name__]
    for name in KERNELS[module]:
        solver = WSN.solver(name)
        compile_protocol(solver())
        changes = {"routing": "tree"} if name == "pegasis" else {"message_bits": 500}
        nets = [make_field(seed=seed, **changes) for seed in range(2)]
        lifetimes(solver(**OTHERS.get(name, {})), nets, rounds=20)
        solver(**OTHERS.get(name, {})).solve(nets[0])
    # Inner ones have none where what calls them comes from the cache.
    counts = {kernel.py_func.__name__: len(kernel.signatures) for kernel in kernels}
    assert set(counts.values()) <= {0, 1}, counts
    assert 1 in counts.values()


def test_warming_up_leaves_no_kernel_out():
    assert {name for names in KERNELS.values() for name in names} - {"sep"} <= {*PROTOCOLS}
