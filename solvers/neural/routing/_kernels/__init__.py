"""Compiled loops of the routing policy."""
