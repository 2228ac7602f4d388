"""How a solver gets its policy without the time for PyTorch's import on its budget."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netroute.solvers.neural.extra import require_torch

if TYPE_CHECKING:
    from collections.abc import Collection

    from netroute.core.recorder import Recorder
    from netroute.solvers.neural.policy import Policy


def loaded_policy(
    recorder: Recorder, name: str, *, problem: str, architectures: Collection[str]
) -> Policy:
    """Load the policy ``name`` at the start of a solver's search.

    PyTorch's first import in a process takes one to two seconds. They are charged to
    ``compile_seconds``, as JIT compilation is; reading the weights is part of the run.

    Parameters
    ----------
    recorder : Recorder
        Of the run that begins.
    name : str
        A shipped policy or the path of a folder.
    problem : str
        Problem that the policy must have been trained for.
    architectures : collection of str
        Networks that the solver can use.

    Raises
    ------
    MissingExtraError
        PyTorch is not installed.
    InputError
        There is no such policy, or it cannot be used.
    """
    with recorder.clock.importing("torch"):
        require_torch()
    from netroute.solvers.neural.policy_file import load_policy

    return load_policy(name, problem=problem, architectures=architectures)
