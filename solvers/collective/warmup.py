"""Compile all kernels of the family."""

from __future__ import annotations


def warmup() -> None:
    """Compile every kernel that the solvers of this family use."""
    from netroute.solvers.collective.colouring import compile_colouring
    from netroute.solvers.collective.greedy import compile_greedy
    from netroute.solvers.collective.hedera import compile_hedera
    from netroute.solvers.collective.leaf_phase import compile_rules, compile_scorer
    from netroute.solvers.collective.mending import compile_mending
    from netroute.solvers.collective.mending_tree import compile_tree_mending
    from netroute.solvers.collective.simulate import compile_simulation

    compile_colouring()
    compile_greedy()
    compile_hedera()
    compile_mending()
    compile_tree_mending()
    compile_simulation()
    compile_rules()
    compile_scorer()
