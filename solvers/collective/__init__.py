"""Solvers of the placement of collective traffic."""
