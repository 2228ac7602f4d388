"""A user's program; CI checks it with mypy --strict against the installed wheel."""

from __future__ import annotations

import netroute
from netroute.problems.vrp import RouteSchedule, VrpSolution


def build() -> netroute.VrpInstance:
    builder = netroute.VrpBuilder("typed").add_depot(0, 0).add_client(3, 4, delivery=1)
    return builder.add_vehicle_type(capacity=2, max_distance=20).build()


def gap(instance: netroute.VrpInstance) -> float | None:
    result: netroute.Result = netroute.solve(instance, seconds=1, solver="savings")
    return result.gap


def timetable(instance: netroute.VrpInstance) -> tuple[RouteSchedule, ...]:
    plan = VrpSolution.of([[1]])
    verdict: netroute.Evaluation = netroute.check(instance, plan)
    return plan.schedule(instance) if verdict.feasible else ()
