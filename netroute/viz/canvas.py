"""Figures without global state, written whole or not at all."""

from __future__ import annotations

import io
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from netroute.core.errors import InputError, MissingExtraError
from netroute.core.files import require_writable, write_atomic
from netroute.core.result import relative_gap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from netroute.core.result import Result

FORMATS = (".png", ".pdf", ".svg", ".jpg")
DPI = 160
INK = "#1f2430"
MUTED = "#6b7280"
FAINT = "#d7dae0"


def require_picture_format(path: str | Path) -> None:
    """Raise unless a picture can be drawn with what is installed, in the format of the suffix.

    Examples
    --------
    >>> require_picture_format("routes.bmp")
    Traceback (most recent call last):
    netroute.core.errors.InputError: routes.bmp: found '.bmp', expected .png, .pdf, .svg, .jpg
    """
    suffix = Path(path).suffix.lower()
    if suffix not in FORMATS:
        raise InputError(
            f"found {suffix!r}, expected {', '.join(FORMATS)}",
            code="plot.format",
            where=str(path),
        )
    if find_spec("matplotlib") is None:
        raise MissingExtraError("matplotlib", extra="plot")


def new_figure(width: float, height: float) -> Figure:
    """Make an empty figure, sizes in inches, that no other figure of the process knows of."""
    if find_spec("matplotlib") is None:
        raise MissingExtraError("matplotlib", extra="plot")
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), facecolor="white")
    FigureCanvasAgg(figure)
    return figure


def save(figure: Figure, path: str | Path) -> None:
    """Write a figure in the format of the suffix."""
    require_picture_format(path)
    require_writable(path)
    stream = io.BytesIO()
    kind = Path(path).suffix.lower().removeprefix(".")
    # Without a date the same picture gives the same file.
    metadata = {"pdf": {"CreationDate": None}, "svg": {"Date": None}}.get(kind)
    figure.savefig(stream, format=kind, dpi=DPI, metadata=metadata)
    write_atomic(path, stream.getvalue())


def tidy(axes: Axes, *, size: float = 9.0) -> None:
    """Leave faint lines and two sides of the frame; ``size`` is that of the numbers in points."""
    axes.grid(color=FAINT, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.tick_params(colors=MUTED, which="both", labelsize=size)
    for side, spine in axes.spines.items():
        spine.set_visible(side in ("left", "bottom"))
        spine.set_color(FAINT)


def named(runs: Sequence[Result]) -> list[str]:
    """Name runs by their solvers, with the seeds where a solver comes twice."""
    several = len({run.solver for run in runs}) < len(runs)
    return [f"{run.solver}, seed {run.seed}" if several else run.solver for run in runs]


def number(value: float) -> str:
    """Write a cost: whole numbers without a point, others with two decimals.

    Examples
    --------
    >>> number(27591.0), number(15.678)
    ('27591', '15.68')
    """
    return str(int(value)) if float(value).is_integer() else f"{value:.2f}"


def proven(objective: float | None, bound: float | None, *, noun: str = "cost") -> list[str]:
    """Words on cost, bound and gap for a title; ``noun`` is what the objective is called.

    Examples
    --------
    >>> proven(200.0, 198.0)
    ['cost 200', 'bound 198', 'gap 1.00 %']
    """
    words = [] if objective is None else [f"{noun} {number(objective)}"]
    if bound is not None:
        words.append(f"bound {number(bound)}")
        gap = relative_gap(objective, bound)
        if gap is not None:
            words.append(f"gap {100 * gap:.2f} %")
    return words
