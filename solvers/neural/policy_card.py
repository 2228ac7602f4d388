"""What policy.json says of a policy: what it is for, what it is made of, where it comes from."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from netroute.core.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

CARD = "policy.json"
"""File name of the card in a policy's folder."""

FORMAT = 1
"""Version of the files; another one is refused."""

_TYPES = {
    "format": int,
    "problem": str,
    "architecture": str,
    "settings": dict,
    "seed": int,
    "data_hash": str,
    "figures": dict,
    "sha256": str,
    "netroute": str,
}
_SETTING = (bool, int, float, str)


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyCard:
    """The contents of ``policy.json``.

    Attributes
    ----------
    problem, architecture : str
        Problem that the policy is for, and its network's name in the registry.
    settings : dict
        Keyword arguments of the network: numbers, texts, true and false.
    seed : int
        Of the training.
    data_hash : str
        SHA-256 of the data that it was trained on.
    figures : dict
        What was measured, such as the gap on the validation set in percent.
    sha256 : str
        SHA-256 of the weights file, 64 hexadecimal digits.
    netroute : str
        Version that wrote it.

    Examples
    --------
    >>> card = PolicyCard(problem="tsp", architecture="tail-transformer", settings={"width": 96},
    ...     seed=1, data_hash="", figures={"gap": 4.5}, sha256=64 * "0", netroute="0.1.0")
    >>> card_of_text(card.text()) == card
    True
    >>> card.weights
    'weights-00000000.safetensors'
    """

    format: int = FORMAT
    problem: str
    architecture: str
    settings: dict[str, bool | int | float | str]
    seed: int
    data_hash: str
    figures: dict[str, Any]
    sha256: str
    netroute: str

    @property
    def weights(self) -> str:
        """File name of the weights: another one for other weights."""
        return f"weights-{self.sha256[:8]}.safetensors"

    def text(self) -> str:
        """Return the card as it is written, with a checksum of its own.

        Raises
        ------
        InputError
            The settings or figures are not plain finite data.
        """
        content = {entry.name: getattr(self, entry.name) for entry in fields(self)}
        try:
            content["checksum"] = _checksum(content)
            return json.dumps(content, indent=2, allow_nan=False) + "\n"
        except (TypeError, ValueError) as error:
            raise InputError(f"cannot be written as JSON: {error}", where=CARD) from None


def read_card(folder: Path) -> PolicyCard:
    """Read the card of the policy in ``folder``.

    Raises
    ------
    InputError
        It is missing, damaged or of another format.
    """
    file = folder / CARD
    try:
        return card_of_text(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", where=str(file)) from None
    except UnicodeDecodeError:
        raise _damaged("is not a text file in UTF-8").at(str(file)) from None
    except InputError as error:
        raise error.at(str(file)) from None


def card_of_text(text: str) -> PolicyCard:
    """Return the card that ``text`` holds.

    Raises
    ------
    InputError
        The text is damaged or of another format.
    """
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        raise _damaged("is not JSON") from None
    if not isinstance(content, dict):
        raise _damaged(f"found a {type(content).__name__}, expected the fields of a policy")
    version = content.get("format")
    if type(version) is int and version != FORMAT:
        raise InputError(
            f"found format {version}, expected {FORMAT}",
            code="policy.format",
            hint="another version of netroute wrote it",
        )
    claimed = content.pop("checksum", None)
    if set(content) != set(_TYPES) or not all(
        type(content[name]) is kind for name, kind in _TYPES.items()
    ):
        raise _damaged("the fields of a policy are not all there, or not of their types")
    if claimed != _checksum(content):
        raise _damaged("differs from its checksum")
    if not re.fullmatch("[0-9a-f]{64}", content["sha256"]):
        raise _damaged("sha256: expected 64 hexadecimal digits")
    if not all(type(value) in _SETTING for value in content["settings"].values()):
        raise _damaged("settings: expected numbers, texts, true or false")
    return PolicyCard(**content)


def _checksum(content: dict[str, Any]) -> str:
    plain = json.dumps(content, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(plain.encode()).hexdigest()


def _damaged(message: str) -> InputError:
    return InputError(message, code="policy.damaged", hint="the file is damaged")
