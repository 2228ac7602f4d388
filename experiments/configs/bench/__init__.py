"""Shipped benchmarks: ``netroute bench NAME``."""
