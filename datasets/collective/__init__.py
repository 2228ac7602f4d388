"""Generators of collective traffic."""
