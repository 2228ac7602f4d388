"""Priority flow admission and routing: instance, solution and independent checker."""

from netroute.problems.sdn.instance import SdnInstance as SdnInstance
from netroute.problems.sdn.solution import SdnSolution as SdnSolution
