"""Solvers of cluster-head selection in sensor networks."""
