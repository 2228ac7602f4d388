"""What a plot function draws as an array of pixels."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable


def pixels(draw: Callable[[Path], None]) -> np.ndarray:
    """Return a picture: uint8, shape (height, width, 3).

    Parameters
    ----------
    draw : callable
        Writes it into a file.

    Raises
    ------
    MissingExtraError
        Matplotlib is not installed.
    """
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "picture.png"
        draw(file)
        from matplotlib.image import imread

        values = imread(file)
    found: np.ndarray = np.rint(255.0 * values[..., :3]).astype(np.uint8)
    return found
