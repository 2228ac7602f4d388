"""Compiled parts of the solvers of traffic placement."""
