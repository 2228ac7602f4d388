"""Generators of vehicle-routing instances."""
