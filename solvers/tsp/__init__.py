"""Travelling salesman solvers."""
