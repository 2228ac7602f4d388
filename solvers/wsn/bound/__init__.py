"""Proven bounds on the lifetime of sensor networks."""
