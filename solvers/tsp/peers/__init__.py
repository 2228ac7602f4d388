"""Solvers of other projects behind the contract, for comparison."""
