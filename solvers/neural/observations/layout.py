"""Which arrays of an observation describe actions, which point to one, and which are about all."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gymnasium import spaces

MASK = "action_mask"
"""Name of the observation that is 1 where an action is possible."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Parts of an observation by what they tell; features of each in brackets.

    Attributes
    ----------
    each : tuple of (str, int)
        Arrays with a row for each action, or for each but the last (such as a rejection).
    pointers : tuple of str
        Integers that name an action, such as the node where a vehicle is; one that is too large
        means none.
    common : tuple of (str, int)
        All other arrays of floating point numbers and flags.
    """

    each: tuple[tuple[str, int], ...]
    pointers: tuple[str, ...]
    common: tuple[tuple[str, int], ...]

    def text(self) -> str:
        """Return one line that `layout_of_text` reads.

        Examples
        --------
        >>> layout_of_text("each coordinates 2; pointer node; common load 1").text()
        'each coordinates 2; pointer node; common load 1'
        """
        return "; ".join(
            [f"each {name} {size}" for name, size in self.each]
            + [f"pointer {name}" for name in self.pointers]
            + [f"common {name} {size}" for name, size in self.common]
        )


def layout_of_text(text: str) -> Layout:
    """Read what `Layout.text` wrote.

    Raises
    ------
    ValueError
        The text is no layout.
    """
    found: dict[str, list[tuple[str, int]]] = {"each": [], "pointer": [], "common": []}
    for entry in text.split("; "):
        parts = re.fullmatch(r"(each|common) (\w+) ([1-9][0-9]{0,6})|(pointer) (\w+)", entry)
        if parts is None:
            raise ValueError(f"{entry!r} is no part of an observation")
        kind, name = parts[1] or parts[4], parts[2] or parts[5]
        found[kind].append((name, int(parts[3] or 0)))
    pointers = tuple(name for name, _ in found["pointer"])
    return Layout(tuple(found["each"]), pointers, tuple(found["common"]))


def layout_of_space(space: spaces.Dict, actions: int) -> Layout:
    """Return the layout of an observation space for so many actions.

    Integers that name no action, such as the end of a flow, say nothing to a network that knows no
    places, and are left out. Only shapes are known: an array that is as long as there are actions
    by chance is taken for one that describes them.

    Examples
    --------
    >>> from gymnasium import spaces
    >>> seen = {"at": spaces.Discrete(4), "places": spaces.Box(0, 1, (4, 2)),
    ...     "load": spaces.Box(0, 1, (1,)), "action_mask": spaces.MultiBinary(4)}
    >>> layout_of_space(spaces.Dict(seen), 4).text()
    'each places 2; pointer at; common load 1'
    """
    from gymnasium import spaces as kinds

    each, pointers, common = [], [], []
    for name, part in space.spaces.items():
        shape = part.shape or ()
        if name == MASK:
            continue
        if isinstance(part, kinds.Discrete):
            if part.start == 0 and actions <= part.n <= actions + 1:
                pointers.append(name)
        elif isinstance(part, kinds.Box | kinds.MultiBinary) and (
            isinstance(part, kinds.MultiBinary) or part.dtype.kind == "f"
        ):
            if shape and shape[0] in (actions, actions - 1):
                each.append((name, math.prod(shape[1:])))
            else:
                common.append((name, math.prod(shape)))
    return Layout(tuple(each), tuple(pointers), tuple(common))
