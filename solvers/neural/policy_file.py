"""A trained policy is a folder: policy.json, its weights, its configuration and its training log.

The weights file is named after its own checksum, and policy.json is written last: whenever the
writer is killed, the folder holds the old policy or the new one. Nothing is ever unpickled, and a
file can name an architecture but no class.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import safetensors.torch
import torch
from safetensors import SafetensorError

import netroute
from netroute.core.errors import InputError, NetrouteError
from netroute.core.files import write_atomic
from netroute.solvers.neural.policy_card import CARD, PolicyCard, read_card
from netroute.solvers.neural.registry import architecture
from netroute.solvers.neural.shipped import policy_folder

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from torch import Tensor

    from netroute.solvers.neural.policy import Policy


def save_policy(
    folder: Path,
    policy: Policy,
    *,
    problem: str,
    seed: int,
    data_hash: str,
    config: str,
    log: str,
    figures: Mapping[str, Any],
) -> None:
    """Write ``policy`` to ``folder``, in place of the one that is there.

    Parameters
    ----------
    folder : Path
        Is made where it does not exist.
    policy : Policy
        Its parameters and persistent buffers are written.
    problem : str
        What the policy is for.
    seed, data_hash : int and str
        Seed of the training, and SHA-256 of its data.
    config, log : str
        Contents of ``config.yaml``, the resolved configuration, and of ``log.jsonl``.
    figures : mapping
        What was measured on the validation set; plain data.

    Raises
    ------
    InputError
        The weights are not finite, or something cannot be written; the policy that was there
        stays whole.
    """
    # Copies: tensors that share memory are not accepted.
    weights = {
        name: tensor.detach().cpu().contiguous().clone()
        for name, tensor in policy.state_dict().items()
    }
    _require_finite(weights, str(folder))
    again = _network(type(policy), policy.settings(), str(folder))
    _require_shapes(weights, again.state_dict(), str(folder))
    data = safetensors.torch.save(weights)
    card = PolicyCard(
        problem=problem,
        architecture=policy.architecture,
        settings=policy.settings(),
        seed=seed,
        data_hash=data_hash,
        figures=dict(figures),
        sha256=hashlib.sha256(data).hexdigest(),
        netroute=netroute.__version__,
    )
    text = card.text()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"cannot be made: {error.strerror}", code="file.write", where=str(folder)
        ) from None
    write_atomic(folder / card.weights, data)
    write_atomic(folder / "config.yaml", config)
    write_atomic(folder / "log.jsonl", log)
    write_atomic(folder / CARD, text)
    for old in folder.glob("weights-*.safetensors"):
        if old.name != card.weights:
            with suppress(OSError):
                old.unlink()


def load_policy(name: str, *, problem: str, architectures: Collection[str]) -> Policy:
    """Return the shipped policy ``name``, or the one in the folder at that path, for use.

    Parameters
    ----------
    name : str
        Shipped name, or path of a folder that `save_policy` wrote.
    problem : str
        Problem that it must be for.
    architectures : collection of str
        Networks that can be used.

    Returns
    -------
    Policy
        In evaluation mode, on the CPU.

    Raises
    ------
    InputError
        There is no such policy; it is for another problem, of another architecture, or damaged.
    """
    folder = policy_folder(name)
    card = read_card(folder)
    where = str(folder / CARD)
    if card.problem != problem:
        raise InputError(
            f"found a policy for {card.problem}, expected one for {problem}",
            code="policy.problem",
            where=where,
        )
    if card.architecture not in architectures:
        raise InputError(
            f"found architecture {card.architecture!r}, "
            f"expected one of: {', '.join(sorted(architectures))}",
            code="policy.architecture",
            where=where,
        )
    file = folder / card.weights
    weights = _read_weights(file, card.sha256)
    policy = _network(architecture(card.architecture), card.settings, where)
    _require_shapes(weights, policy.state_dict(), str(file))
    _require_finite(weights, str(file))
    policy.load_state_dict(weights)
    return policy.eval()


def _read_weights(file: Path, sha256: str) -> dict[str, Tensor]:
    """Read the tensors of a file once its checksum is right."""
    try:
        data = file.read_bytes()
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", where=str(file)) from None
    if hashlib.sha256(data).hexdigest() != sha256:
        raise InputError(
            f"differs from the checksum in {CARD}",
            code="policy.damaged",
            where=str(file),
            hint="the file is damaged or belongs to another policy",
        )
    try:
        return safetensors.torch.load(data)
    except (SafetensorError, ValueError, KeyError, RuntimeError) as error:
        raise InputError(
            f"is not a safetensors file: {error}", code="policy.damaged", where=str(file)
        ) from None


def _network(kind: type[Policy], settings: Mapping[str, Any], where: str) -> Policy:
    """Make a network; its first weights do not count, nor move the caller's random numbers."""
    try:
        with torch.random.fork_rng(devices=[]):
            return kind(**settings)
    except NetrouteError:
        raise
    # Whatever a network's constructor finds wrong with its settings.
    except Exception as error:
        first = (str(error).splitlines() or [type(error).__name__])[0]
        raise InputError(
            f"settings do not make a network {kind.architecture!r}: {first}",
            code="policy.settings",
            where=where,
        ) from None


def _require_shapes(found: Mapping[str, Tensor], wanted: Mapping[str, Tensor], where: str) -> None:
    for name in sorted(set(found) | set(wanted)):
        if name not in found or name not in wanted:
            fault = f"weights {name!r} are {'missing' if name in wanted else 'not expected'}"
        elif (found[name].shape, found[name].dtype) != (wanted[name].shape, wanted[name].dtype):
            fault = f"weights {name!r}: found {_form(found[name])}, expected {_form(wanted[name])}"
        else:
            continue
        raise InputError(fault, code="policy.shape", where=where)


def _require_finite(weights: Mapping[str, Tensor], where: str) -> None:
    for name in sorted(weights):
        if not torch.isfinite(weights[name]).all():
            raise InputError(
                f"weights {name!r} are not all finite numbers", code="policy.nan", where=where
            )


def _form(tensor: Tensor) -> str:
    kind = str(tensor.dtype).removeprefix("torch.")
    return f"{kind}{list(tensor.shape)}"
