"""Gymnasium environments: importing this package registers them by their ids."""

if __name__ != "netroute.envs":
    raise ImportError("import this package as netroute.envs; install it with: pip install -e .")

from gymnasium import register as _register

# Named by their paths, so that kernels are loaded when an environment is made.
_register(
    id="netroute/SdnAdmission-v0",
    entry_point="netroute.envs.sdn.admission:SdnAdmissionEnv",
    vector_entry_point="netroute.envs.sdn.batch:SdnAdmissionVectorEnv",
)
_register(
    id="netroute/CollectivePlacement-v0",
    entry_point="netroute.envs.collective.placement:CollectivePlacementEnv",
    vector_entry_point="netroute.envs.collective.batch:CollectivePlacementVectorEnv",
)
_register(
    id="netroute/WsnClusterHead-v0",
    entry_point="netroute.envs.wsn.cluster_head:WsnClusterHeadEnv",
    vector_entry_point="netroute.envs.wsn.batch:WsnClusterHeadVectorEnv",
)
_register(
    id="netroute/Cvrp-v0",
    entry_point="netroute.envs.vrp.cvrp:CvrpEnv",
    vector_entry_point="netroute.envs.vrp.batch:CvrpVectorEnv",
)
_register(
    id="netroute/Tsp-v0",
    entry_point="netroute.envs.tsp.tour:TspEnv",
    vector_entry_point="netroute.envs.tsp.batch:TspVectorEnv",
)
