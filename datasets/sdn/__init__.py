"""Generators of priority flow admission and routing."""
