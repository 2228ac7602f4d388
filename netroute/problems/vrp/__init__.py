"""Vehicle routing: instance, builder, solution, schedule and independent checker."""

from netroute.problems.vrp.instance import VrpInstance as VrpInstance
from netroute.problems.vrp.metric import Metric as Metric
from netroute.problems.vrp.metric import Rounding as Rounding
from netroute.problems.vrp.solution import Route as Route
from netroute.problems.vrp.solution import VrpSolution as VrpSolution
from netroute.problems.vrp.vehicle import VehicleType as VehicleType
