"""Placement of collective traffic on the paths of a data centre's fabric."""

from netroute.problems.collective.fabric import Fabric as Fabric
from netroute.problems.collective.instance import CollectiveInstance as CollectiveInstance
from netroute.problems.collective.job import Job as Job
from netroute.problems.collective.solution import CollectiveSolution as CollectiveSolution
from netroute.problems.collective.solution import Placement as Placement
