"""Solvers of cluster-head schedules for wireless sensor networks."""
