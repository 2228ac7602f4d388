"""Instances that come many in one file: each is taken out and kept as a file of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from netroute.core.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path


def unpack(pack: Path, file: Path) -> Path:
    """Take one instance out of a test set of the learning literature.

    Parameters
    ----------
    pack : Path
        A file that `netroute.formats.neural` reads, or `netroute.formats.neural_tsp` for the ending
        ``.tsp``.
    file : Path
        The instance's own file. Its name ends in the number from 0, such as ``vrp200-17.vrp``; its
        folder is made if need be.

    Returns
    -------
    Path
        ``file``, in the format of its ending.

    Raises
    ------
    InputError
        The set is damaged or has fewer instances, or nothing can be written.
    """
    from netroute.formats import write_instance
    from netroute.formats.neural import read_neural
    from netroute.formats.neural_tsp import read_neural_tsp

    name = file.stem
    found: list[Any] = [
        pair[0] for pair in (read_neural_tsp if file.suffix == ".tsp" else read_neural)(pack)
    ]
    number = int(name.rpartition("-")[2])
    if number >= len(found):
        raise InputError(
            f"found {len(found)} instances, expected more than {number} for {name}",
            code="dataset.packed",
            where=str(pack),
        )
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"cannot be made: {error.strerror}", code="dataset.cache", where=str(file.parent)
        ) from None
    write_instance(file, found[number].replace(name=name))
    return file
