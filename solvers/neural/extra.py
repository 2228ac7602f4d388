"""PyTorch is an extra: whether it is there, and how many threads it takes."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from netroute.core.errors import MissingExtraError

if TYPE_CHECKING:
    from collections.abc import Iterator


def require_torch() -> None:
    """Import PyTorch and safetensors, or say how to get them.

    Raises
    ------
    MissingExtraError
        One of them is not installed.

    Examples
    --------
    >>> require_torch()
    """
    for package in ("torch", "safetensors"):
        try:
            __import__(package)
        except ModuleNotFoundError as error:
            # A package that is there but lacks a part of its own is another fault.
            if error.name != package:
                raise
            raise MissingExtraError(package, extra="learn") from None


@contextmanager
def torch_threads(count: int) -> Iterator[None]:
    """Let PyTorch compute on ``count`` threads; afterwards on as many as before.

    The number is a setting of the whole process. On one thread sums are taken in one order, so
    that the same seed gives the same answer.

    Examples
    --------
    >>> with torch_threads(1):
    ...     import torch
    ...     torch.get_num_threads()
    1
    """
    require_torch()
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)
