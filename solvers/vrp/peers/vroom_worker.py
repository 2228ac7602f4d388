"""The process in which VROOM works: one pickled job in, one pickled answer out."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np

from netroute.solvers.peers.process import serve


def routes_of(job: dict[str, Any]) -> list[list[int]] | None:
    """Return VROOM's routes as lists of locations, or None if it left clients unassigned."""
    import vroom

    problem = vroom.Input()
    # With default costs VROOM minimises durations.
    problem.set_durations_matrix(profile="car", matrix_input=job["distances"].astype(np.uint32))
    problem.add_vehicle(
        [
            vroom.Vehicle(index, start=0, end=0, capacity=[job["capacity"]])
            for index in range(job["vehicles"])
        ]
    )
    demand = job["demand"]
    problem.add_job(
        [
            vroom.Job(place, location=place, delivery=[demand[place]])
            for place in range(1, len(demand))
        ]
    )
    limit = None if job["seconds"] is None else timedelta(seconds=job["seconds"])
    answer = problem.solve(exploration_level=job["exploration"], nb_threads=1, timeout=limit)
    if answer.summary.unassigned:
        return None
    routes: dict[int, list[int]] = {}
    table = answer.routes
    for vehicle, kind, place in zip(
        table["vehicle_id"], table["type"], table["location_index"], strict=True
    ):
        if kind == "job":
            routes.setdefault(int(vehicle), []).append(int(place))
    return list(routes.values())


def main() -> None:
    """Answer the job on standard input."""
    serve(routes_of)
