"""Write the reference programmes as LP or MPS files, for engines that are not at hand here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from netroute.solvers.lp.engines import write_problem
from netroute.solvers.sdn.lexicographic import stages_of

if TYPE_CHECKING:
    from pathlib import Path

    from netroute.problems.sdn import SdnInstance


def reference_problem(instance: SdnInstance, *, paths: int | None = None) -> Any:
    """Return a reference programme as a PuLP problem.

    Parameters
    ----------
    instance : SdnInstance
        With the lexicographic objective the flows of the highest class are maximised.
    paths : int, optional
        Short paths of each pair that flows may choose from, 0 for all; without it the arc
        formulation, which leaves them all paths.

    Raises
    ------
    UnsupportedError
        The programme would be too large.

    Examples
    --------
    >>> from netroute.problems.sdn import SdnInstance
    >>> net = SdnInstance(
    ...     nodes=["a", "b", "c"], tail=[0, 1, 0], head=[1, 2, 2], capacity=[5, 5, 3],
    ...     source=[0, 0], target=[2, 2], bandwidth=[3, 5],
    ... )
    >>> problem = reference_problem(net, paths=2)
    >>> problem.numVariables(), problem.numConstraints()
    (3, 4)
    """
    from netroute.solvers.sdn.ilp_arc_model import arc_model
    from netroute.solvers.sdn.ilp_path_model import path_model

    model = arc_model(instance) if paths is None else path_model(instance, paths)
    assert model is not None
    model.aim(stages_of(instance)[0].weights, [])
    problem, _, _ = model.mip.to_pulp(relaxed=False)
    return problem


def write_lp(instance: SdnInstance, path: str | Path, *, paths: int | None = None) -> None:
    """Write a reference programme in CPLEX LP format."""
    write_problem(path, lambda: reference_problem(instance, paths=paths), form="lp")


def write_mps(instance: SdnInstance, path: str | Path, *, paths: int | None = None) -> None:
    """Write a reference programme in free MPS format."""
    write_problem(path, lambda: reference_problem(instance, paths=paths), form="mps")
