"""Solvers of other projects behind the same contract, for comparison (extra ``peers``)."""
