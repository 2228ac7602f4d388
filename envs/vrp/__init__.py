"""Capacitated routes, built node by node."""
