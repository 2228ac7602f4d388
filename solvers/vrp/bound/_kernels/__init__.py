"""Jitted functions of the bounds; nothing else lives here."""
