"""Instances that come many in one file: each is taken out and kept as a file of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netroute.core.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path


def unpack(pack: Path, name: str, folder: Path) -> Path:
    """Write instance ``name`` of a test set of the learning literature to ``folder``.

    Parameters
    ----------
    pack : Path
        A file that `netroute.formats.neural` reads.
    name : str
        Ends in the instance's number from 0, such as ``vrp200-17``.
    folder : Path
        Made if need be.

    Returns
    -------
    Path
        The instance's own file, in VRPLIB's format.

    Raises
    ------
    InputError
        The set is damaged or has fewer instances, or nothing can be written.
    """
    from netroute.formats.neural import read_neural
    from netroute.formats.vrplib_write import write_vrplib

    references = read_neural(pack)
    number = int(name.rpartition("-")[2])
    if number >= len(references):
        raise InputError(
            f"found {len(references)} instances, expected more than {number} for {name}",
            code="dataset.packed",
            where=str(pack),
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"cannot be made: {error.strerror}", code="dataset.cache", where=str(folder)
        ) from None
    file = folder / f"{name}.vrp"
    write_vrplib(file, references[number].instance.replace(name=name))
    return file
