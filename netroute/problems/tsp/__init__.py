"""Travelling salesman: instance, tour and independent checker."""

from netroute.problems.geometry import Metric as Metric
from netroute.problems.geometry import Rounding as Rounding
from netroute.problems.tsp.instance import TspInstance as TspInstance
from netroute.problems.tsp.solution import TspSolution as TspSolution
