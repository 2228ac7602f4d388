"""Generators of travelling salesman problems."""
