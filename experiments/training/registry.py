"""Tasks and objectives by name; adding one means adding its line here and a file elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from netroute.core.errors import InputError
from netroute.core.problem import resolve, unknown_name
from netroute.experiments.settings import validate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from netroute.experiments.training.config import Part

_TASKS = "netroute.experiments.training.tasks"
_OBJECTIVES = "netroute.experiments.training.objectives"

TASKS: dict[str, str] = {
    "atsp": f"{_TASKS}.atsp:AtspTask",
    "collective": f"{_TASKS}.collective:CollectiveTask",
    "cvrp": f"{_TASKS}.cvrp:CvrpTask",
    "cvrp-construction": f"{_TASKS}.construction:CvrpConstruction",
    "environment": f"{_TASKS}.environment:EnvironmentTask",
    "sdn-admission": f"{_TASKS}.sdn_admission:SdnAdmissionTask",
    "sdn-days": f"{_TASKS}.sdn_days:SdnDaysTask",
    "sdn-hindsight": f"{_TASKS}.sdn_hindsight:SdnHindsightTask",
    "tsp": f"{_TASKS}.tsp:TspTask",
    "tsp-construction": f"{_TASKS}.construction:TspConstruction",
    "wsn": f"{_TASKS}.wsn:WsnTask",
    "wsn-local": f"{_TASKS}.wsn_local:WsnLocalTask",
}
"""Name of a task to the dotted path of its class."""

OBJECTIVES: dict[str, str] = {
    "imitation": f"{_OBJECTIVES}.imitation:Imitation",
    "reinforce": f"{_OBJECTIVES}.reinforce:Reinforce",
    "ppo": f"{_OBJECTIVES}.ppo:Ppo",
}
"""Name of an objective to the dotted path of its class."""


def part_class(kind: str, name: str, known: Mapping[str, str]) -> Any:
    """Return the class called ``name``, or that at the dotted path ``package.module:Class``.

    Examples
    --------
    >>> part_class("task", "cvpr", {"cvrp": "a:B", "tsp": "a:C"})
    Traceback (most recent call last):
    netroute.core.errors.InputError: task: unknown task 'cvpr', expected one of: cvrp, tsp, or \
package.module:Class (did you mean 'cvrp'?)
    """
    if name in known:
        return resolve(known[name])
    if ":" not in name:
        error = unknown_name(kind, name, known, where=kind)
        raise InputError(
            f"{error.message}, or package.module:Class",
            code=error.code,
            where=error.where,
            hint=error.hint,
        )
    try:
        return resolve(name)
    except (ImportError, AttributeError, ValueError) as error:
        raise InputError(f"{name} cannot be imported: {error}", where=kind) from None


def read_part(kind: str, part: Part, known: Mapping[str, str]) -> tuple[Any, Any]:
    """Return the class of a part of the configuration and its validated parameters."""
    found = part_class(kind, part.name, known)
    if not hasattr(found, "Parameters"):
        raise InputError(f"{part.name} is no {kind}: it has no Parameters", where=kind)
    return found, validate(found.Parameters, part.parameters, kind)
