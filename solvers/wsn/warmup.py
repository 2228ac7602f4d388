"""Compile all kernels of the family."""

from __future__ import annotations

PROTOCOLS = (
    "direct", "leach", "leach-c", "heed", "sep", "deec", "teen", "pegasis", "k-means", "pso-c",
    "chef", "max-residual", "game", "q-learning",
)  # fmt: skip
"""One protocol for each kernel."""


def warmup() -> None:
    """Compile every kernel that the solvers and bounds of this family use."""
    from netroute.problems.wsn.registry import WSN
    from netroute.solvers.wsn.all_pairs import compile_pairs
    from netroute.solvers.wsn.learned.rollout import compile_bidding
    from netroute.solvers.wsn.location import compile_location
    from netroute.solvers.wsn.price_play import compile_play
    from netroute.solvers.wsn.protocol import compile_protocol

    for name in PROTOCOLS:
        compile_protocol(WSN.solver(name)())
    compile_location()
    compile_pairs()
    compile_play()
    compile_bidding()
