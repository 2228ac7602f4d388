"""Each kernel is compiled once, whatever the instances are."""

import numpy as np
import pytest

pytest.importorskip("torch")

from netroute.solvers.neural.routing._kernels import (
    alpha,
    features,
    packing,
    plans,
    prices,
    rollout,
    savings,
    sweep,
    tables,
    tree,
    walk,
)
from netroute.solvers.neural.routing.decoding import compile_decoding, decode
from netroute.solvers.neural.routing.plans import cut_states
from netroute.solvers.neural.routing.reconstruct import rebuild_routes, rebuild_tour, split

MODULES = (alpha, features, packing, plans, prices, rollout, savings, sweep, tables, tree, walk)


def test_each_kernel_has_one_signature(tiny, make_routing):
    compile_decoding(tiny())
    rng = np.random.default_rng(0)
    for kind in ("points", "matrix", "routes"):
        policy, instances = tiny(routes=kind == "routes"), make_routing(9, kind=kind)
        for how in ("greedy", "sampling", "multi-start", "beam"):
            walks = decode(policy, instances, how=how, samples=3, rng=rng)
        if kind == "routes":
            routes = split(walks.order[0, 1:], walks.via[0, 1:])
            rebuild_routes(policy, instances, routes, rng)
            order, opens = np.arange(1, 9, dtype=np.int32)[None], np.ones((1, 8), bool)
            cut_states(
                instances, np.zeros(1, np.int64), order, opens, draw=np.ones((1, 6)) / 2, part=1
            )
        else:
            rebuild_tour(policy, instances, walks.order[0], rng)
    for kernel in (alpha.fill_alpha, features.observe, walk.advance, walk.walk_lengths):
        assert len(kernel.signatures) == 1
    for module in MODULES:
        for name, item in vars(module).items():
            if getattr(getattr(item, "py_func", None), "__module__", "") == module.__name__:
                assert len(set(item.signatures)) <= 1, (name, item.signatures)
