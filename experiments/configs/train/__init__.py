"""Shipped trainings: ``netroute train NAME``."""
