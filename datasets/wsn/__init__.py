"""Generators of sensor fields."""
