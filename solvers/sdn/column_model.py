"""The path formulation over the columns of a relaxation: its optimum is a plan, but no bound."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netroute.solvers.sdn.ilp_path_model import Option, option_model

if TYPE_CHECKING:
    from collections.abc import Callable

    from netroute.problems.sdn import SdnInstance
    from netroute.solvers.sdn.ilp_model import FlowModel
    from netroute.solvers.sdn.path_solution import PathLp


def column_model(
    instance: SdnInstance, relaxed: PathLp, *, stop: Callable[[], bool] = lambda: False
) -> FlowModel | None:
    """Build the programme over all columns of a relaxation; None if ``stop()`` came true before.

    Raises
    ------
    UnsupportedError
        It would have too many variables.
    """
    options: list[list[Option]] = [[] for _ in relaxed.pairs.source]
    for column, pair in enumerate(relaxed.pair.tolist()):
        arcs = relaxed.arcs[relaxed.start[column] : relaxed.start[column + 1]].tolist()
        split = int(relaxed.split[column])
        options[pair].append((tuple(arcs[:split]), tuple(arcs[split:])))
    return option_model(instance, relaxed.pairs, options, complete=False, stop=stop)
