"""A network under its flows as an array of pixels."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from netroute.problems.sdn import SdnInstance, SdnSolution


def picture(instance: SdnInstance, solution: SdnSolution) -> np.ndarray:
    """Draw a plan and return its pixels: uint8, shape (height, width, 3).

    Raises
    ------
    MissingExtraError
        Matplotlib is not installed.
    """
    from netroute.viz.sdn import plot_network

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "network.png"
        plot_network(instance, solution, file)
        from matplotlib.image import imread

        pixels = imread(file)
    found: np.ndarray = np.rint(255.0 * pixels[..., :3]).astype(np.uint8)
    return found
