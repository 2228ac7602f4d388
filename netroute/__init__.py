"""netroute: network and combinatorial routing optimization with checked answers.

Names are loaded on first use; importing the package loads nothing heavy.
"""

from __future__ import annotations

import logging
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from netroute.core.budget import Budget as Budget
    from netroute.core.errors import InfeasibleError as InfeasibleError
    from netroute.core.errors import InputError as InputError
    from netroute.core.errors import MissingExtraError as MissingExtraError
    from netroute.core.errors import NetrouteError as NetrouteError
    from netroute.core.errors import NoAnswerError as NoAnswerError
    from netroute.core.errors import UnsupportedError as UnsupportedError
    from netroute.core.evaluation import Evaluation as Evaluation
    from netroute.core.event import Event as Event
    from netroute.core.result import Result as Result
    from netroute.core.status import Status as Status
    from netroute.face import check as check
    from netroute.face import read as read
    from netroute.face import read_solution as read_solution
    from netroute.face import solve as solve
    from netroute.face import write as write
    from netroute.problems.sdn.instance import SdnInstance as SdnInstance
    from netroute.problems.sdn.solution import SdnSolution as SdnSolution
    from netroute.problems.tsp.instance import TspInstance as TspInstance
    from netroute.problems.tsp.solution import TspSolution as TspSolution
    from netroute.problems.vrp.builder import VrpBuilder as VrpBuilder
    from netroute.problems.vrp.instance import VrpInstance as VrpInstance
    from netroute.problems.vrp.solution import VrpSolution as VrpSolution
    from netroute.problems.vrp.vehicle import VehicleType as VehicleType

__version__ = "0.1.0"

_HOMES = {
    "Budget": "core.budget",
    "InfeasibleError": "core.errors",
    "InputError": "core.errors",
    "MissingExtraError": "core.errors",
    "NetrouteError": "core.errors",
    "NoAnswerError": "core.errors",
    "UnsupportedError": "core.errors",
    "Evaluation": "core.evaluation",
    "Event": "core.event",
    "Result": "core.result",
    "Status": "core.status",
    "check": "face",
    "read": "face",
    "read_solution": "face",
    "solve": "face",
    "write": "face",
    "SdnInstance": "problems.sdn.instance",
    "SdnSolution": "problems.sdn.solution",
    "TspInstance": "problems.tsp.instance",
    "TspSolution": "problems.tsp.solution",
    "VrpBuilder": "problems.vrp.builder",
    "VrpInstance": "problems.vrp.instance",
    "VrpSolution": "problems.vrp.solution",
    "VehicleType": "problems.vrp.vehicle",
}

__all__ = ["__version__", *_HOMES]

logging.getLogger(__name__).addHandler(logging.NullHandler())


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'netroute' has no attribute {name!r}")
    return getattr(import_module(f"netroute.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES])
