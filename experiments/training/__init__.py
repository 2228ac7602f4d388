"""Training of learned policies: `netroute train CONFIG.yaml --out DIR`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from netroute.experiments.training.report import TrainReport


def train(
    config: str | Path,
    out: str | Path,
    *,
    overrides: Iterable[str] = (),
    progress: bool | None = None,
) -> TrainReport:
    """Train a policy, or go on with the training that was stopped in ``out``.

    Killed at any moment, the training goes on from its last checkpoint and ends with the same
    weights, bit for bit, as one that was never stopped.

    Parameters
    ----------
    config : str or Path
        A YAML file (see `TrainConfig`), or the name of a shipped one.
    out : str or Path
        Folder of the run, made if need be: resolved configuration, log, checkpoint, and in
        ``policy`` the best weights so far as ``--set weights=`` takes them.
    overrides : iterable of str
        ``field.path=value`` each, as given by ``--set``.
    progress : bool, optional
        Show a bar on stderr; without it, where stderr is a terminal.

    Returns
    -------
    TrainReport
        Best validation gap and where the weights are; ``str()`` of it is for people.

    Raises
    ------
    MissingExtraError
        Torch is not installed.
    InputError
        The configuration is wrong, with file and field, or the folder cannot be used.
    NetrouteError
        The loss or its gradient is no finite number; the last good weights are kept.
    KeyboardInterrupt
        After Ctrl-C or SIGTERM; a checkpoint has been written.
    """
    from netroute.solvers.neural.extra import require_torch

    require_torch()
    from netroute.experiments.training.trainer import run_training

    return run_training(config, out, overrides=overrides, progress=progress)
