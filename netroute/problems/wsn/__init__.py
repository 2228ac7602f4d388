"""Cluster heads of wireless sensor networks: who reports to whom, round by round."""

from netroute.problems.wsn.instance import WsnInstance as WsnInstance
from netroute.problems.wsn.solution import WsnSolution as WsnSolution
