"""Jitted functions on arrays and named tuples; nothing else lives here."""
