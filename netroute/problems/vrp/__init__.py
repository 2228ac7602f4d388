"""Vehicle routing: instance, builder, solution, schedule and independent checker."""

from netroute.problems.geometry import Metric as Metric
from netroute.problems.geometry import Rounding as Rounding
from netroute.problems.vrp.builder import VrpBuilder as VrpBuilder
from netroute.problems.vrp.instance import VrpInstance as VrpInstance
from netroute.problems.vrp.schedule import RouteSchedule as RouteSchedule
from netroute.problems.vrp.schedule import Stop as Stop
from netroute.problems.vrp.solution import Route as Route
from netroute.problems.vrp.solution import VrpSolution as VrpSolution
from netroute.problems.vrp.vehicle import VehicleType as VehicleType
